"""What happened to one patient, as one row of events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from app.domain.chart import Event
from app.domain.patients import Stay
from app.domain.terms import PatientId, Ref, Term
from localdb.projections.flat import micros, moment
from localdb.projections.tables import EVENT, event_row, note_row, order_row, report_row
from localdb.reads.standing import WITHDRAWN

_PATIENT: BindParameter[str] = bindparam("patient")
_SINCE: BindParameter[int] = bindparam("since")
_EVENTS = select(event_row.c.ref, *(event_row.c[name] for name in EVENT.names)).where(
    event_row.c.patient == _PATIENT,
    or_(event_row.c.at >= _SINCE, event_row.c.ends_at >= _SINCE),
    event_row.c.status.not_in(WITHDRAWN),
)
_NOTES = select(
    note_row.c.ref,
    note_row.c.sorted_at,
    note_row.c.at_text,
    note_row.c.title,
    note_row.c.kind_term_text,
    note_row.c.kind_term_system,
    note_row.c.kind_term_code,
    note_row.c.kind_term_display,
    note_row.c.status,
).where(note_row.c.patient == _PATIENT, note_row.c.sorted_at >= _SINCE, note_row.c.superseded == 0)
_ORDERS = select(
    order_row.c.ref,
    order_row.c.sorted_at,
    order_row.c.authored_text,
    order_row.c.stopped_at,
    order_row.c.item_text,
    order_row.c.item_system,
    order_row.c.item_code,
    order_row.c.item_display,
    order_row.c.status,
).where(order_row.c.patient == _PATIENT, order_row.c.sorted_at >= _SINCE)
_REPORTS = select(
    report_row.c.ref,
    report_row.c.sorted_at,
    report_row.c.at_text,
    report_row.c.term_text,
    report_row.c.term_system,
    report_row.c.term_code,
    report_row.c.term_display,
    report_row.c.status,
).where(report_row.c.patient == _PATIENT, report_row.c.sorted_at >= _SINCE)


def timeline(
    connection: Connection, patient: PatientId, stays: Sequence[Stay], since: datetime
) -> tuple[Event, ...]:
    """Everything from `since` on, and what was still going on then; oldest first."""
    found = [
        *_documents(connection, patient, since),
        *(event for stay in stays for event in _stay(stay) if event.at >= since),
    ]
    return tuple(sorted(found, key=lambda event: (event.at, event.kind, event.ref)))


def _documents(connection: Connection, patient: PatientId, since: datetime) -> Iterator[Event]:
    wanted = {"patient": patient, "since": micros(since)}
    for row in connection.execute(_EVENTS, wanted).all():
        yield EVENT.unpack(row, 1, ref=row[0])
    for row in connection.execute(_NOTES, wanted).all():
        title = Term(row[3]) if row[3] else Term(*row[4:8])
        yield Event("note", moment(row[1]), title, Ref(row[0]), status=row[8], at_text=row[2])
    for row in connection.execute(_ORDERS, wanted).all():
        ends = None if row[3] is None else moment(row[3])
        title = Term(*row[4:8])
        yield Event("order", moment(row[1]), title, Ref(row[0]), ends, row[8], row[2])
    for row in connection.execute(_REPORTS, wanted).all():
        title = Term(*row[3:7])
        yield Event("result", moment(row[1]), title, Ref(row[0]), status=row[7], at_text=row[2])


def _stay(stay: Stay) -> Iterator[Event]:
    ref = Ref(f"Encounter/{stay.id}")
    if stay.admitted_at is not None:
        yield Event("admission", stay.admitted_at, _title(stay), ref, status=stay.status)
    if stay.ended_at is not None:
        yield Event("discharge", stay.ended_at, _title(stay), ref, status=stay.status)


def _title(stay: Stay) -> Term:
    """Where to, else what for: a term in the words of the record, never a sentence of ours."""
    place = stay.department or stay.ward_name
    if place is not None and place.name:
        return Term(place.name, display=place.english)
    return Term(stay.diagnosis or stay.admission_number or stay.id)
