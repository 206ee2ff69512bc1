"""What every projector does: documents in, rows of one subject out, strangeness noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import ClassVar

import orjson
from sqlalchemy import Connection, Table

from app.fhir.document import Document
from app.fhir.elements import sort_instant
from app.fhir.guards import unknown_modifiers
from app.kernel.faults import AppError, FaultKind, Message, app_error
from localdb.projecting import Put
from localdb.projections.flat import Cell, micros

# What reading a document of a foreign feed may raise, whatever its author had in mind.
STRANGE = (
    AppError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the table's columns, without `ref`."""

    table: Table
    cells: tuple[Cell, ...]


_STRANGE = Message.of("unread.strange")


class Subject:
    """A projector of rows that belong to one document each.

    Replacing a document replaces all of its rows; a document that cannot be read leaves none but
    a line in the subject's `…_unread` table. Names and places are never copied out of other
    documents, so that the order of arrival does not matter: reads join them.
    """

    kinds: ClassVar[frozenset[str]]
    rtypes: ClassVar[frozenset[str]]
    sheets: ClassVar[tuple[Table, ...]]
    unread: ClassVar[Table]
    version: ClassVar[int] = 1
    about_a_patient: ClassVar[bool] = True

    @property
    def tables(self) -> tuple[Table, ...]:
        return (*self.sheets, self.unread)

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        """The rows of one document. May raise whatever `STRANGE` lists."""
        raise NotImplementedError

    def project(self, connection: Connection, puts: Sequence[Put]) -> None:
        refs = (orjson.dumps([put.ref for put in puts]).decode(),)
        collected: dict[str, list[tuple[Cell, ...]]] = defaultdict(list)
        for put in puts:
            if put.document is not None:
                self._collect(put, put.document, collected)
        # The driver's own cursor: a piece of a page runs some thirty of these statements, and
        # SQLAlchemy's way to each of them costs more than the statement.
        cursor = connection.connection.cursor()
        for table in self.tables:
            cursor.execute(_delete(table), refs)
            if cells := collected.get(table.name):
                cursor.executemany(_insert(table), cells)
        cursor.close()

    def _collect(
        self, put: Put, document: Document, into: dict[str, list[tuple[Cell, ...]]]
    ) -> None:
        try:
            if self.about_a_patient and put.patient is None:
                raise app_error(FaultKind.REFUSED, "unread.no-patient", put.rtype)
            rows = tuple(self.rows(put, document))
            _check_text(rows)
        except STRANGE as error:
            rows = (Row(self.unread, (put.patient, reason(error))),)
        for row in rows:
            into[row.table.name].append((put.ref, *row.cells))


def reason(error: Exception) -> str:
    """Why, as the code of a sentence and a word for IT behind it.

    The text of an exception may quote the patient and is left out.
    """
    if isinstance(error, AppError):
        return f"{error.fault.message.code} {error.fault.detail}".strip()
    return f"{_STRANGE.code} {type(error).__name__}"


def guarded(document: Document) -> int:
    """1 when an element we do not know changes the meaning of the document."""
    return int(bool(unknown_modifiers(document)))


def sorted_at(at: datetime | None, at_text: str, *otherwise: datetime | None) -> int | None:
    """What lists are ordered by: the time, else the start of the recorded day, else another time.

    Good for order and for windows; a day has no time of day, and none is ever shown for it.
    """
    found = (at, sort_instant(at_text), *otherwise)
    return next((micros(one) for one in found if one is not None), None)


@cache
def _delete(table: Table) -> str:
    return f"DELETE FROM {table.name} WHERE ref IN (SELECT value FROM json_each(?))"  # noqa: S608  # our own table's name


@cache
def _insert(table: Table) -> str:
    names = ["ref", *(column.name for column in table.columns if column.name != "ref")]
    gaps = ", ".join("?" * len(names))
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({listed}) VALUES ({gaps})"  # noqa: S608  # our own names


def _check_text(rows: tuple[Row, ...]) -> None:
    """JSON may escape half a character, which no database takes; better one row less than none."""
    for row in rows:
        for cell in row.cells:
            if isinstance(cell, str) and not cell.isascii():
                cell.encode()
