"""How people write what a score asks: the tables `aliases`, `units` and `bare` of its pack, read.

The hospital's rows are added to ours; a unit word of the hospital's goes before ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.decision.scores.spans import span_of
from app.decision.scores.wording import Alias, Bare, UnitWord, Wording, book_of, plain
from app.kernel.faults import FaultKind, app_error
from resources.reading import table_rows

Row = Mapping[str, str]
T = TypeVar("T")

KINDS = (
    *("score", "key", "claim", "word", "span", "none", "pair", "points", "rest", "code", "noise"),
    *("chart", "problem"),
)
"""What an alias may be."""

WORD_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "aliases": ("kind", "score", "item", "option", "alias", "detail"),
    "units": ("word", "unit", "key"),
    "bare": ("item", "unit", "span"),
}


def read_wording(shipped: Path, overlay: Path | None, today: date) -> Wording:
    """The names of the pack in `shipped` and the hospital's, as valid on `today`.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    folders = [folder for folder in (overlay, shipped) if folder is not None]
    return book_of(
        (one for folder in folders for one in _read(folder, "aliases", alias_of, today)),
        (one for folder in folders for one in _read(folder, "units", unit_of, today)),
        (one for folder in folders for one in _read(folder, "bare", bare_of, today)),
    )


def alias_of(row: Row) -> Alias:
    """One row of `aliases.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The kind or the span is none.
    """
    kind, detail = row["kind"], row["detail"]
    if kind not in KINDS:
        raise ValueError(kind)
    span = span_of(detail) if detail and kind in ("span", "chart") else None
    alias = plain(row["alias"])
    return Alias(kind, row["score"], row["item"], row["option"], alias, detail, span)


def unit_of(row: Row) -> UnitWord:
    """One row of `units.tsv`."""
    return UnitWord(plain(row["word"]), row["unit"], plain(row["key"]))


def bare_of(row: Row) -> Bare:
    """One row of `bare.tsv`.

    Raises:
        ValueError: The span is none.
    """
    return Bare(row["item"], row["unit"], span_of(row["span"]), row["span"])


def _read(folder: Path, name: str, read: Callable[[Row], T], today: date) -> Iterator[T]:
    file = folder / f"{name}.tsv"
    try:
        rows = table_rows(file.read_text(encoding="utf-8")) if file.exists() else ()
    except (OSError, ValueError) as error:
        detail = f"{file.name}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "scores.pack-unreadable", detail) from error
    for line, row in enumerate(rows, start=2):
        try:
            if _holds(row, today):
                yield read(row)
        except (KeyError, ValueError) as error:
            detail = f"{file.name} line {line}: {type(error).__name__}"
            raise app_error(FaultKind.STORAGE, "scores.pack-unreadable", detail) from error


def _holds(row: Row, today: date) -> bool:
    until = row.get("valid_to", "")
    begun = date.fromisoformat(row["valid_from"]) <= today
    return begun and (not until or date.fromisoformat(until) >= today)
