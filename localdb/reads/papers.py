"""Orders, notes and problems of one patient, with the names of who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.chart import Problem
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.terms import NoteId, PatientId, PractitionerId
from localdb.projections.tables import NOTE, ORDER, PROBLEM, note_row, order_row, problem_row
from localdb.reads.snapshots import persons

CURRENT = ("active", "on-hold", "draft", "unknown")
"""`Order.current`, for SQL; a test holds the two together."""

_PATIENT = bindparam("patient")
_ORDERS = (
    select(order_row.c.unsent, *(order_row.c[name] for name in ORDER.names))
    .where(order_row.c.patient == _PATIENT)
    .order_by(order_row.c.authored_at.desc(), order_row.c.ref)
)
_CURRENT = _ORDERS.where(order_row.c.status.in_(CURRENT))
_NOTES = (
    select(note_row.c.unsent, *(note_row.c[name] for name in NOTE.names))
    .where(note_row.c.patient == _PATIENT)
    .order_by(note_row.c.at.desc(), note_row.c.ref)
)
_LATEST = _NOTES.limit(bindparam("most"))
_NOTE = select(note_row.c.unsent, *(note_row.c[name] for name in NOTE.names)).where(
    note_row.c.id == bindparam("note")
)
_PROBLEMS = (
    select(*(problem_row.c[name] for name in PROBLEM.names))
    .where(problem_row.c.patient == _PATIENT)
    .order_by(problem_row.c.recorded_at.desc(), problem_row.c.ref)
)

Fetched = Row[*tuple[object, ...]]


def orders(connection: Connection, patient: PatientId) -> tuple[OrderLine, ...]:
    """All of them, newest first."""
    return _order_lines(connection, connection.execute(_ORDERS, {"patient": patient}).all())


def current_orders(connection: Connection, patient: PatientId) -> tuple[OrderLine, ...]:
    """What holds now, suspended ones included (MEDv-166), newest first."""
    return _order_lines(connection, connection.execute(_CURRENT, {"patient": patient}).all())


def notes(connection: Connection, patient: PatientId) -> tuple[Note, ...]:
    """Newest first."""
    return _named(connection, connection.execute(_NOTES, {"patient": patient}).all())


def latest_notes(connection: Connection, patient: PatientId, most: int) -> tuple[Note, ...]:
    rows = connection.execute(_LATEST, {"patient": patient, "most": most}).all()
    return _named(connection, rows)


def note(connection: Connection, key: NoteId) -> Note | None:
    found = _named(connection, connection.execute(_NOTE, {"note": key}).all())
    return found[0] if found else None


def problems(connection: Connection, patient: PatientId) -> tuple[Problem, ...]:
    """Newest first."""
    rows = connection.execute(_PROBLEMS, {"patient": patient})
    return tuple(PROBLEM.unpack(row) for row in rows)


def _order_lines(connection: Connection, rows: Sequence[Fetched]) -> tuple[OrderLine, ...]:
    found = [OrderLine(ORDER.unpack(row, 1), unsent=str(row[0])) for row in rows]
    names = persons(connection, (line.order.requester for line in found))
    return tuple(
        line
        if line.order.requester is None or line.order.requester not in names
        else replace(
            line, order=replace(line.order, requester_name=names[line.order.requester].name)
        )
        for line in found
    )


def _named(connection: Connection, rows: Sequence[Fetched]) -> tuple[Note, ...]:
    found = [NOTE.unpack(row, 1, unsent=row[0]) for row in rows]
    names = persons(connection, (one.author for one in found))
    return tuple(
        one
        if one.author is None or one.author not in names
        else replace(one, author_name=names[one.author].name)
        for one in found
    )
