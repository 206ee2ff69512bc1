"""`VerificationReads` over the projections, each from one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import BindParameter, Connection, Table, and_, bindparam, or_, select

from app.domain.census import Ward, bed_order
from app.domain.order_verification import Bedside, Recorded, Reviewed, Verified
from app.domain.orders import OrderLine
from app.domain.skin_tests import SkinResult
from app.domain.terms import Named, PatientId, Ref, WardId
from app.ports.verifying import WardRecord
from localdb.projections.flat import micros
from localdb.projections.tables import ORDER, order_row
from localdb.projections.verification_tables import (
    REVIEWED,
    SKIN,
    VERIFIED,
    review_row,
    skin_row,
    verification_row,
)
from localdb.reads.papers import Fetched, order_lines
from localdb.reads.places import inside
from localdb.reads.snapshots import (
    DataAsOf,
    Snapshots,
    census_scope,
    patient_scope,
    scopes_as_of,
)
from localdb.reads.stays import Lying, in_places, of_patients
from localdb.reads.ward import namesakes

_HOLDING = ("active", "on-hold")
_ENDED = ("stopped", "cancelled", "revoked", "entered-in-error")
_PATIENTS: BindParameter[str] = bindparam("patients", expanding=True)
_ORDERS = (
    select(order_row.c.unsent, *(order_row.c[name] for name in ORDER.names), order_row.c.ref)
    .where(
        order_row.c.patient.in_(_PATIENTS),
        or_(
            order_row.c.status.in_(_HOLDING),
            and_(
                order_row.c.status.in_(_ENDED),
                or_(
                    order_row.c.stopped_at >= bindparam("since"),
                    order_row.c.ref.in_(
                        select(verification_row.c.order).where(
                            verification_row.c.patient.in_(_PATIENTS)
                        )
                    ),
                ),
            ),
        ),
    )
    .order_by(order_row.c.sorted_at, order_row.c.group, order_row.c.place, order_row.c.ref)
)
T = TypeVar("T")


class SqlVerificationReads:
    """`VerificationReads` over the encrypted cache."""

    def __init__(self, cache: Snapshots, data_as_of: DataAsOf = scopes_as_of) -> None:
        self._cache = cache
        self._data_as_of = data_as_of

    def ward(self, ward: WardId, since: datetime) -> WardRecord:
        with self._cache.read() as connection:
            here = inside(connection, ward)
            lying = in_places(connection, here.places)
            scope = census_scope(ward)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
            patients = self._recorded(connection, lying, since)
        occupied = len(lying) if as_of is not None else None
        return WardRecord(Ward(ward, here.name, len(here.beds), occupied), patients, as_of)

    def patients(self, patients: tuple[PatientId, ...], since: datetime) -> tuple[Recorded, ...]:
        with self._cache.read() as connection:
            lying = tuple(of_patients(connection, patients).values())
            return self._recorded(connection, lying, since)

    def skin_tests(self, patient: PatientId) -> tuple[SkinResult, ...]:
        with self._cache.read() as connection:
            return _of(connection, skin_row, [patient], SKIN.names, _skin).get(patient, ())

    def _recorded(
        self, connection: Connection, lying: Sequence[Lying], since: datetime
    ) -> tuple[Recorded, ...]:
        ids = [one.patient.id for one in lying]
        orders = _orders(connection, ids, since)
        done = _of(connection, verification_row, ids, VERIFIED.names, _verified)
        reviews = _of(connection, review_row, ids, REVIEWED.names, _reviewed)
        skin = _of(connection, skin_row, ids, SKIN.names, _skin)
        whole = self._data_as_of(connection, [patient_scope(key) for key in ids])
        alike = namesakes(lying, lying)
        ordered = sorted(lying, key=lambda one: (bed_order(one.stay.bed), one.patient.id))
        return tuple(
            Recorded(
                _bedside(one, whole, namesake=one.patient.id in alike),
                orders.get(one.patient.id, ()),
                done.get(one.patient.id, ()),
                reviews.get(one.patient.id, ()),
                skin.get(one.patient.id, ()),
            )
            for one in ordered
        )


def _bedside(one: Lying, whole: Mapping[str, datetime], *, namesake: bool) -> Bedside:
    patient, stay = one.patient, one.stay
    return Bedside(
        id=patient.id,
        name=Named(patient.name, patient.english),
        bed=stay.bed,
        admission_number=stay.admission_number,
        record_number=patient.record_number,
        birth_date_text=patient.birth_date_text,
        namesake=namesake,
        as_of=whole.get(patient_scope(patient.id)),
    )


def _orders(
    connection: Connection, patients: list[PatientId], since: datetime
) -> dict[PatientId, tuple[tuple[Ref, OrderLine], ...]]:
    asked = {"patients": patients, "since": micros(since)}
    rows = connection.execute(_ORDERS, asked).all()
    lines = order_lines(connection, rows)
    found: defaultdict[PatientId, list[tuple[Ref, OrderLine]]] = defaultdict(list)
    for row, line in zip(rows, lines, strict=True):
        found[line.order.patient].append((Ref(str(row[-1])), line))
    return {patient: tuple(some) for patient, some in found.items()}


def _of(
    connection: Connection,
    table: Table,
    patients: list[PatientId],
    names: tuple[str, ...],
    read: Callable[[Fetched], T],
) -> dict[PatientId, tuple[T, ...]]:
    """The rows of a table by patient, in the order of their references."""
    query = (
        select(table.c.patient, table.c.ref, *(table.c[name] for name in names))
        .where(table.c.patient.in_(_PATIENTS))
        .order_by(table.c.ref)
    )
    found: defaultdict[PatientId, list[T]] = defaultdict(list)
    for row in connection.execute(query, {"patients": patients}):
        found[PatientId(str(row[0]))].append(read(row))
    return {patient: tuple(some) for patient, some in found.items()}


def _verified(row: Fetched) -> Verified:
    return VERIFIED.unpack(row, 2)


def _reviewed(row: Fetched) -> Reviewed:
    return REVIEWED.unpack(row, 2)


def _skin(row: Fetched) -> SkinResult:
    return SKIN.unpack(row, 2, ref=Ref(str(row[1])))
