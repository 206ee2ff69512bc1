"""`ChartReads` over the projections: one patient, always from one snapshot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, union_all

from app.domain.chart import Overview
from app.domain.notes import Note
from app.domain.orders import OrderClass, OrderLine
from app.domain.patients import Banner, Stay, allergy_state
from app.domain.results import Report, ResultRow, Series
from app.domain.terms import NoteId, PatientId, Ref
from localdb.projections.all import UNREAD
from localdb.projections.tables import (
    OTHER_BEDSIDE,
    PATIENT,
    VITAL_SIGN,
    patient_row,
    seen_row,
    stay_row,
)
from localdb.reads import papers, results
from localdb.reads.oddities import shown_in_part, unplaced
from localdb.reads.snapshots import DataAsOf, Snapshots, patient_scope, scopes_as_of
from localdb.reads.standing import allergies, standing, weight
from localdb.reads.stays import all_of
from localdb.reads.timeline import timeline

OVERVIEW_RESULTS = 50
OVERVIEW_NOTES = 20

_READ_SET = (
    select(seen_row.c.ref, seen_row.c.server_version)
    .where(seen_row.c.patient == bindparam("patient"))
    .order_by(seen_row.c.ref)
)
_UNREADABLE = union_all(
    *(
        select(table.c.ref, table.c.reason).where(table.c.patient == bindparam("patient"))
        for table in UNREAD
    )
).order_by("ref")
_PATIENT = select(patient_row.c.guarded, *(patient_row.c[name] for name in PATIENT.names)).where(
    patient_row.c.id == bindparam("patient")
)
_GUARDED_STAY = select(stay_row.c.ref).where(
    stay_row.c.patient == bindparam("patient"), stay_row.c.current == 1, stay_row.c.guarded == 1
)


class SqlChartReads:
    """`ChartReads`. `data_as_of` says until when a scope is complete."""

    def __init__(self, cache: Snapshots, data_as_of: DataAsOf = scopes_as_of) -> None:
        self._cache = cache
        self._data_as_of = data_as_of

    def banner(self, patient: PatientId) -> Banner | None:
        with self._cache.read() as connection:
            return self._banner(connection, patient, all_of(connection, patient))

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        """The first page from one snapshot.

        Events and vital signs from `since`; what holds now of orders and problems; the newest
        results and notes, and every critical result that nobody took note of.
        """
        with self._cache.read() as connection:
            stays = all_of(connection, patient)
            banner = self._banner(connection, patient, stays)
            if banner is None:
                return None
            current = papers.current_orders(connection, patient)
            return Overview(
                banner=banner,
                problems=papers.problems(connection, patient),
                medications=tuple(line for line in current if _is_medication(line)),
                other_orders=tuple(line for line in current if not _is_medication(line)),
                vitals=results.bedside(connection, patient, since, VITAL_SIGN),
                results=results.latest_results(connection, patient, OVERVIEW_RESULTS),
                events=timeline(connection, patient, stays, since),
                notes=papers.latest_notes(connection, patient, OVERVIEW_NOTES),
                versions=_read_set(connection, patient),
                incomplete=shown_in_part(connection, patient),
                unplaced=unplaced(connection, patient),
            )

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]:
        """Everything charted at the bedside from `since` on: vital signs, then scores."""
        with self._cache.read() as connection:
            return results.bedside(connection, patient, since, VITAL_SIGN, OTHER_BEDSIDE)

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        with self._cache.read() as connection:
            return results.all_results(connection, patient)

    def series(self, patient: PatientId, code: str) -> Series | None:
        with self._cache.read() as connection:
            return results.series(connection, patient, code)

    def reports(self, patient: PatientId) -> tuple[Report, ...]:
        with self._cache.read() as connection:
            return results.reports(connection, patient)

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        with self._cache.read() as connection:
            return papers.notes(connection, patient)

    def note(self, note: NoteId) -> Note | None:
        with self._cache.read() as connection:
            return papers.note(connection, note)

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        with self._cache.read() as connection:
            return papers.orders(connection, patient)

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        with self._cache.read() as connection:
            return _read_set(connection, patient)

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        with self._cache.read() as connection:
            rows = connection.execute(_UNREADABLE, {"patient": patient})
            return tuple((Ref(row[0]), str(row[1])) for row in rows)

    def _banner(
        self, connection: Connection, patient: PatientId, stays: tuple[Stay, ...]
    ) -> Banner | None:
        row = connection.execute(_PATIENT, {"patient": patient}).first()
        if row is None:
            return None
        scope = patient_scope(patient)
        as_of = self._data_as_of(connection, (scope,)).get(scope)
        above = standing(connection, (patient,))[patient]
        recorded = allergies(connection, (patient,))[patient]
        guarded_stay = connection.execute(_GUARDED_STAY, {"patient": patient}).first()
        return Banner(
            patient=PATIENT.unpack(row, 1),
            stay=stays[0] if stays else None,
            allergy_state=allergy_state(recorded, available=as_of is not None),
            allergies=recorded,
            weight=weight(connection, patient),
            code_status=above.code_status,
            flags=above.flags,
            isolation=above.isolation,
            level_of_care=above.level_of_care,
            severity=above.severity,
            guarded=bool(row[0]) or guarded_stay is not None,
            as_of=as_of,
        )


def _read_set(connection: Connection, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
    rows = connection.execute(_READ_SET, {"patient": patient}).all()
    return tuple((Ref(row[0]), str(row[1])) for row in rows)


def _is_medication(line: OrderLine) -> bool:
    return line.order.order_class is OrderClass.MEDICATION
