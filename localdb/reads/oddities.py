"""`OddityReads`: everything that was kept here and not understood, for whoever can mend it."""

from __future__ import annotations

from sqlalchemy import Connection, Table, bindparam, func, literal, select, union, union_all

from app.domain.terms import PatientId, Ref
from app.fhir.elements import UNNAMED
from app.fhir.gaps import MODIFIER, NO_NAME
from app.kernel.faults import Message
from app.ports.reading import Oddity
from localdb.projections.all import UNREAD
from localdb.projections.tables import (
    administration_row,
    allergy_row,
    event_row,
    gap_row,
    medication_row,
    note_row,
    order_row,
    patient_row,
    problem_row,
    report_row,
    result_row,
    stay_row,
    unplaced_row,
)
from localdb.reads.snapshots import Snapshots
from localdb.schema import unreadable

_NO_PAGE = Message.of("unread.no-page")
_NAMELESS = tuple(
    (
        table,
        select(table.c.ref).where(
            table.c.item_text == UNNAMED.text,
            table.c.medication.is_not(None),
            table.c.medication.not_in(select(medication_row.c.ref)),
        ),
    )
    for table in (administration_row, order_row)
)
"""Rows that only refer to the Medication that gives them a name, and it is not here."""

_GUARDED: tuple[Table, ...] = (
    administration_row,
    allergy_row,
    event_row,
    note_row,
    order_row,
    problem_row,
    report_row,
    result_row,
    stay_row,
)
"""Tables that say of each row whether something unknown changes its meaning."""

# Two subjects may have tried the same document, for the same reason in vain.
_NOT_SHOWN = union(
    *(select(table.c.ref, table.c.patient, table.c.reason) for table in UNREAD),
    select(unplaced_row.c.ref, unplaced_row.c.patient, literal(_NO_PAGE.code)),
    select(unreadable.c.ref, literal(None), unreadable.c.reason),
)
_IN_PART = union_all(
    select(gap_row.c.ref, gap_row.c.patient, gap_row.c.reason),
    select(patient_row.c.ref, patient_row.c.id, literal(MODIFIER.code)).where(
        patient_row.c.guarded == 1
    ),
    *(
        select(table.c.ref, table.c.patient, literal(MODIFIER.code))
        .where(table.c.guarded == 1)
        .distinct()
        for table in _GUARDED
    ),
    *(
        question.add_columns(table.c.patient, literal(NO_NAME.code))
        for table, question in _NAMELESS
    ),
)


_UNPLACED = (
    select(unplaced_row.c.rtype, func.count())
    .where(unplaced_row.c.patient == bindparam("patient"))
    .group_by(unplaced_row.c.rtype)
    .order_by(func.count().desc(), unplaced_row.c.rtype)
)
_GAPS = union(
    select(gap_row.c.ref).where(gap_row.c.patient == bindparam("patient")),
    *(question.where(table.c.patient == bindparam("patient")) for table, question in _NAMELESS),
)


class SqlOddityReads:
    """From one snapshot; what is not shown at all comes first."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def oddities(self) -> tuple[Oddity, ...]:
        found: list[Oddity] = []
        with self._cache.read() as connection:
            for question, shown in ((_NOT_SHOWN, False), (_IN_PART, True)):
                rows = connection.execute(question.order_by("ref", "reason"))
                found.extend(
                    Oddity(Ref(ref), PatientId(patient) if patient else None, reason, shown=shown)
                    for ref, patient, reason in rows
                )
        return tuple(found)


def unplaced(connection: Connection, patient: PatientId) -> tuple[tuple[str, int], ...]:
    """How many documents of one chart have no page, by kind; the most frequent kind first."""
    return tuple(
        (kind, count) for kind, count in connection.execute(_UNPLACED, {"patient": patient})
    )


def shown_in_part(connection: Connection, patient: PatientId) -> int:
    """How many documents of one chart are shown and say more than is shown of them.

    Those with an unknown modifier are not counted: they are flagged where they stand.
    """
    return len(connection.execute(_GAPS, {"patient": patient}).all())
