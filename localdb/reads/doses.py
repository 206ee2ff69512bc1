"""`DoseReads` over the projections, each from one snapshot."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, Row, bindparam, func, select, text

from app.domain.dose_limits import NO_LIMITS, DoseLimits
from app.domain.orders import Administration
from app.domain.slots import DoseGiven, DoseSlot
from app.domain.terms import OrderId, PatientId, PractitionerId, Ref
from app.fhir.administrations import GIVEN
from app.fhir.valuesets import STOPPED_STATUSES
from app.ports.doses import GivenUnder
from localdb.projections.flat import micros, moment
from localdb.projections.tables import (
    DOSE,
    SLOT,
    administration_row,
    limit_row,
    order_row,
    slot_row,
)
from localdb.reads.snapshots import Snapshots, names_of, patient_scope, scopes_as_of

_GIVEN = tuple(sorted(GIVEN))
_OVER = tuple(sorted({*STOPPED_STATUSES, "completed", "entered-in-error"}))
_SLOTS = (
    select(*(slot_row.c[name] for name in SLOT.names))
    .where(
        slot_row.c.patient.in_(bindparam("patients", expanding=True)),
        slot_row.c.due_at >= bindparam("since"),
        slot_row.c.due_at < bindparam("until"),
    )
    .order_by(slot_row.c.due_at, slot_row.c.ref)
)
_DUE_OF = (
    select(slot_row.c.ref)
    .where(
        slot_row.c.order == bindparam("order"),
        slot_row.c.due_at > bindparam("after"),
        slot_row.c.state == "due",
    )
    .order_by(slot_row.c.due_at, slot_row.c.ref)
)
_LAST = (
    select(slot_row.c.order, func.max(slot_row.c.due_at).label("last"))
    .group_by(slot_row.c.order)
    .subquery()
)
_ENDING = (
    select(order_row.c.ref, _LAST.c.last)
    .join(_LAST, _LAST.c.order == order_row.c.id)
    .where(
        order_row.c.order_class == "medication",
        text("order_row.status = 'active'"),  # as the partial index has it
        order_row.c.guarded == 0,
        _LAST.c.last < bindparam("until"),
    )
    .order_by(order_row.c.ref)
)
_LEFT_BEHIND = (
    select(slot_row.c.ref)
    .join(order_row, order_row.c.id == slot_row.c.order)
    .where(
        slot_row.c.due_at > bindparam("after"),
        slot_row.c.state == "due",
        order_row.c.status.in_(_OVER),
    )
    .order_by(slot_row.c.ref)
)
_DOSES = (
    select(administration_row.c.ref, *(administration_row.c[name] for name in DOSE.names))
    .where(
        administration_row.c.order.in_(bindparam("orders", expanding=True)),
        administration_row.c.status.in_(_GIVEN),
    )
    .order_by(administration_row.c.at, administration_row.c.ref)
)
_LIMITS = select(limit_row).where(limit_row.c.order.in_(bindparam("orders", expanding=True)))
_TWICE = (
    select(administration_row.c.order)
    .where(administration_row.c.slot.is_not(None), administration_row.c.status.in_(_GIVEN))
    .group_by(administration_row.c.order, administration_row.c.slot)
    .having(func.count() > 1)
)
_LIMITED = (
    select(limit_row.c.order)
    .join(administration_row, administration_row.c.order == limit_row.c.order)
    .where(administration_row.c.status.in_(_GIVEN))
    .group_by(limit_row.c.order)
    .having(func.count() > 1)
)


class SqlDoseReads:
    """`DoseReads` over the encrypted cache."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def slots(
        self, patients: tuple[PatientId, ...], since: datetime, until: datetime
    ) -> tuple[DoseSlot, ...]:
        asked = {"patients": list(patients), "since": micros(since), "until": micros(until)}
        with self._cache.read() as connection:
            return tuple(SLOT.unpack(row) for row in connection.execute(_SLOTS, asked))

    def due_of(self, order: OrderId, after: datetime) -> tuple[Ref, ...]:
        with self._cache.read() as connection:
            found = connection.scalars(_DUE_OF, {"order": order, "after": micros(after)})
            return tuple(map(Ref, found))

    def ending_before(self, until: datetime) -> tuple[tuple[Ref, datetime], ...]:
        with self._cache.read() as connection:
            rows = connection.execute(_ENDING, {"until": micros(until)}).all()
        return tuple((Ref(ref), moment(last)) for ref, last in rows)

    def left_behind(self, after: datetime) -> tuple[Ref, ...]:
        with self._cache.read() as connection:
            return tuple(map(Ref, connection.scalars(_LEFT_BEHIND, {"after": micros(after)})))

    def given(self, order: OrderId) -> tuple[DoseGiven, ...]:
        with self._cache.read() as connection:
            return _given(connection, [order]).get(order, ())

    def suspects(self) -> tuple[GivenUnder, ...]:
        with self._cache.read() as connection:
            twice, limited = connection.scalars(_TWICE).all(), connection.scalars(_LIMITED).all()
            orders = sorted({*twice, *limited})
            doses, limits = _given(connection, orders), _limits(connection, orders)
        return tuple(
            GivenUnder(OrderId(one), limits.get(one, NO_LIMITS), doses.get(OrderId(one), ()))
            for one in orders
        )

    def data_as_of(self, patient: PatientId) -> datetime | None:
        scope = patient_scope(patient)
        with self._cache.read() as connection:
            return scopes_as_of(connection, (scope,)).get(scope)


def _given(connection: Connection, orders: list[str]) -> dict[OrderId, tuple[DoseGiven, ...]]:
    rows = connection.execute(_DOSES, {"orders": orders}).all()
    read = [(Ref(row[0]), DOSE.unpack(row, 1)) for row in rows]
    names = names_of(connection, (dose.performer_ref for _, dose in read))
    found: dict[OrderId, list[DoseGiven]] = defaultdict(list)
    for ref, dose in read:
        if dose.order is not None:
            who = dose.performer or names.get(dose.performer_ref, "")
            found[dose.order].append(_dose(ref, dose, dose.order, who))
    return {order: tuple(doses) for order, doses in found.items()}


def _dose(ref: Ref, dose: Administration, order: OrderId, name: str) -> DoseGiven:
    kind, _, key = (dose.performer_ref or "").partition("/")
    by = PractitionerId(key) if kind == "Practitioner" else None
    return DoseGiven(ref, dose.patient, order, dose.slot, dose.at, dose.dose, dose.unit, by, name)


def _limits(connection: Connection, orders: list[str]) -> dict[str, DoseLimits]:
    rows = connection.execute(_LIMITS, {"orders": orders})
    return {row.order: _limit(row) for row in rows}


def _limit(row: Row[tuple[object, ...]]) -> DoseLimits:
    return DoseLimits(
        None if row.interval_s is None else timedelta(seconds=row.interval_s),
        None if row.most is None else Decimal(row.most),
        row.unit,
        timedelta(seconds=row.within_s),
    )
