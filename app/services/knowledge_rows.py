"""Rows of a knowledge pack as they hold on a day, with their origin; the hospital's come over ours.

A row of the hospital with the id of one of ours takes its place, and one that is `withdrawn` takes
it away. A row that is not valid today is as if it were not there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.decision.findings import Origin
from app.domain.terms import Named
from app.kernel.faults import AppError, FaultKind, app_error
from resources.reading import table_rows

Row = Mapping[str, str]
T = TypeVar("T")

WITHDRAWN = "withdrawn"
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row, where it stands, and whom it comes from.

    Attributes:
        unreadable: Code of what is said when it cannot be understood.
    """

    where: str
    row: Row
    origin: Origin
    unreadable: str

    def read(self, read: Callable[[Row], T]) -> T:
        """What `read` makes of it.

        Raises:
            AppError: `STORAGE` with file and line when it is not understood.
        """
        try:
            return read(self.row)
        except (KeyError, ValueError, ArithmeticError) as error:
            raise _refusal(self.unreadable, self.where, error) from error


@dataclass(frozen=True, slots=True)
class PackShelf:
    """A pack that ships, the hospital's over it, and the day they are read on.

    Attributes:
        unreadable: Code of what is said when a row cannot be understood.
        as_active: Every row counts as signed off, to judge a pack before it is.
    """

    shipped: Path
    overlay: Path | None
    today: date
    unreadable: str
    as_active: bool = False

    def rows(self, table: str, key: str = "rule") -> tuple[KnownRow, ...]:
        """The rows of `table`, theirs first: where the first that fits is taken, it is theirs.

        Raises:
            AppError: `STORAGE` when the table cannot be read.
        """
        ours = self._rows(self.shipped, table, key)
        file = None if self.overlay is None else self.overlay / f"{table}.tsv"
        if self.overlay is None or file is None or not file.exists():
            return tuple(one for one in ours if _stands(one))
        theirs = self._rows(self.overlay, table, key)
        taken = {one.row[key] for one in theirs}
        left = (one for one in ours if one.row[key] not in taken)
        return tuple(one for one in (*theirs, *left) if _stands(one))

    def _rows(self, folder: Path, table: str, key: str) -> tuple[KnownRow, ...]:
        file = folder / f"{table}.tsv"
        try:
            manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
            read = table_rows(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise _refusal(self.unreadable, file.name, error) from error
        pack = f"{manifest.get('id', folder.name)}@{manifest.get('version', '')}"
        return tuple(self._known(file, pack, key, read))

    def _known(
        self, file: Path, pack: str, key: str, rows: tuple[dict[str, str], ...]
    ) -> Iterator[KnownRow]:
        for number, row in enumerate(rows, start=2):
            where = f"{file.name} line {number}"
            try:
                if holds(row, self.today):
                    yield KnownRow(where, row, self._origin(row, pack, key), self.unreadable)
            except (KeyError, ValueError) as error:
                raise _refusal(self.unreadable, where, error) from error

    def _origin(self, row: Row, pack: str, key: str) -> Origin:
        status = row["status"]
        return Origin(
            rule=row[key],
            pack=pack,
            source=row["source"],
            status=ACTIVE if self.as_active and status != WITHDRAWN else status,
            signed_by=row.get("signed_by", ""),
            valid_from=row["valid_from"],
        )


def holds(row: Row, today: date) -> bool:
    """Whether a row is valid today.

    Raises:
        KeyError: It does not say from when.
        ValueError: A date is none.
    """
    until = row.get("valid_to", "")
    begun = date.fromisoformat(row["valid_from"]) <= today
    return begun and (not until or date.fromisoformat(until) >= today)


def subjects_of(text: str) -> frozenset[str]:
    """`amoxicillin|class:cephalosporins`: substances and classes.

    Raises:
        ValueError: There is none, or an empty one.
    """
    found = frozenset(text.split("|"))
    if "" in found:
        raise ValueError(text)
    return found


def words_of(text: str) -> tuple[str, ...]:
    """`|` between words; "" is none."""
    return tuple(filter(None, (one.strip() for one in text.split("|"))))


def text_of(row: Row, beginning: str = "text") -> Named | None:
    """Both wordings of a row; None where it says nothing.

    Raises:
        KeyError: A column is missing.
    """
    chinese, english = row[f"{beginning}_zh"], row[f"{beginning}_en"]
    return Named(chinese or english, english) if chinese or english else None


def _stands(one: KnownRow) -> bool:
    return one.row["status"] != WITHDRAWN


def _refusal(code: str, where: str, error: Exception) -> AppError:
    return app_error(FaultKind.STORAGE, code, f"{where}: {type(error).__name__}")
