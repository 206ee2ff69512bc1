"""Orders, notes and problems of one patient, with the names of who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select

from app.domain.chart import Problem
from app.domain.notes import Note
from app.domain.orders import Order, OrderLine
from app.domain.terms import NoteId, PatientId, Ref, Term
from app.fhir.administrations import GIVEN
from app.fhir.elements import UNNAMED
from localdb.projections.tables import (
    NOTE,
    ORDER,
    PROBLEM,
    TERM,
    administration_row,
    medication_row,
    note_row,
    order_row,
    problem_row,
)
from localdb.reads.snapshots import names_of, practitioner_ref

CURRENT = ("active", "on-hold", "draft", "unknown")
"""`Order.current`, for SQL; a test holds the two together."""

_PATIENT: BindParameter[str] = bindparam("patient")
_ORDERS = (
    select(order_row.c.unsent, *(order_row.c[name] for name in ORDER.names))
    .where(order_row.c.patient == _PATIENT)
    .order_by(order_row.c.sorted_at.desc(), order_row.c.ref)
)
_CURRENT = _ORDERS.where(order_row.c.status.in_(CURRENT), order_row.c.prohibited == 0)
_NOTES = (
    select(note_row.c.unsent, *(note_row.c[name] for name in NOTE.names))
    .where(note_row.c.patient == _PATIENT)
    .order_by(note_row.c.sorted_at.desc(), note_row.c.ref)
)
_LATEST = _NOTES.where(note_row.c.superseded == 0).limit(bindparam("most"))
_NOTE = select(note_row.c.unsent, *(note_row.c[name] for name in NOTE.names)).where(
    note_row.c.id == bindparam("note")
)
_PROBLEMS = (
    select(*(problem_row.c[name] for name in PROBLEM.names))
    .where(problem_row.c.patient == _PATIENT)
    .order_by(problem_row.c.sorted_at.desc(), problem_row.c.ref)
)

_MEDICATIONS = select(medication_row.c.ref, *(medication_row.c[name] for name in TERM.names)).where(
    medication_row.c.ref.in_(bindparam("refs", expanding=True))
)

_AFTER_END = (
    select(administration_row.c.order, func.count())
    .join(order_row, order_row.c.id == administration_row.c.order)
    .where(
        administration_row.c.order.in_(bindparam("orders", expanding=True)),
        administration_row.c.status.in_(tuple(sorted(GIVEN))),
        administration_row.c.at > order_row.c.stopped_at,
    )
    .group_by(administration_row.c.order)
)

Fetched = Row[*tuple[object, ...]]


def orders(connection: Connection, patient: PatientId) -> tuple[OrderLine, ...]:
    """All of them, newest first."""
    return order_lines(connection, connection.execute(_ORDERS, {"patient": patient}).all())


def current_orders(connection: Connection, patient: PatientId) -> tuple[OrderLine, ...]:
    """What holds now, suspended ones included (MEDv-166), newest first."""
    return order_lines(connection, connection.execute(_CURRENT, {"patient": patient}).all())


def notes(connection: Connection, patient: PatientId) -> tuple[Note, ...]:
    """Newest first."""
    return _named(connection, connection.execute(_NOTES, {"patient": patient}).all())


def latest_notes(connection: Connection, patient: PatientId, most: int) -> tuple[Note, ...]:
    """The newest few that nothing has replaced."""
    rows = connection.execute(_LATEST, {"patient": patient, "most": most}).all()
    return _named(connection, rows)


def note(connection: Connection, key: NoteId) -> Note | None:
    """One note, replaced or not."""
    found = _named(connection, connection.execute(_NOTE, {"note": key}).all())
    return found[0] if found else None


def problems(connection: Connection, patient: PatientId) -> tuple[Problem, ...]:
    """Newest first."""
    rows = connection.execute(_PROBLEMS, {"patient": patient})
    return tuple(PROBLEM.unpack(row) for row in rows)


def order_lines(connection: Connection, rows: Sequence[Fetched]) -> tuple[OrderLine, ...]:
    """Rows of `unsent` and the columns of `ORDER`, with the names and drugs they point at."""
    found = [(ORDER.unpack(row, 1), str(row[0])) for row in rows]
    whom = (practitioner_ref(o.requester) for o, _ in found if not o.requester_name)
    names = names_of(connection, whom)
    items = _medications(connection, (o.medication for o, _ in found if o.item == UNNAMED))
    crossed = _given_after_end(connection, (order for order, _ in found))
    return tuple(
        OrderLine(_completed(order, names, items), unsent, crossed.get(order.id, 0))
        for order, unsent in found
    )


def _given_after_end(connection: Connection, orders: Iterable[Order]) -> dict[str, int]:
    """Doses that were given after their order had ended; nobody knew of the other yet."""
    ended = [order.id for order in orders if order.stopped_at is not None]
    if not ended:
        return {}
    rows = connection.execute(_AFTER_END, {"orders": ended})
    return {str(row[0]): int(str(row[1])) for row in rows}


def _completed(
    order: Order, names: Mapping[Ref | None, str], items: Mapping[Ref | None, Term]
) -> Order:
    name = order.requester_name or names.get(practitioner_ref(order.requester), "")
    item = items.get(order.medication, order.item) if order.item == UNNAMED else order.item
    if name == order.requester_name and item == order.item:
        return order
    return replace(order, requester_name=name, item=item)


def _medications(connection: Connection, refs: Iterable[Ref | None]) -> dict[Ref | None, Term]:
    wanted = sorted({ref for ref in refs if ref})
    if not wanted:
        return {}
    rows = connection.execute(_MEDICATIONS, {"refs": wanted})
    return {Ref(row[0]): TERM.unpack(row, 1) for row in rows}


def _named(connection: Connection, rows: Sequence[Fetched]) -> tuple[Note, ...]:
    found = [NOTE.unpack(row, 1, unsent=row[0]) for row in rows]
    whom = (ref for one in found for ref in _writers(one))
    names = names_of(connection, whom)
    return tuple(
        replace(
            one,
            author_name=one.author_name or names.get(writer, ""),
            countersigned_by=one.countersigned_by or names.get(witness, ""),
        )
        for one, (writer, witness) in ((one, _writers(one)) for one in found)
    )


def _writers(one: Note) -> tuple[Ref | None, Ref | None]:
    return practitioner_ref(one.author), practitioner_ref(one.countersigner)
