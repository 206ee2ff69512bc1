"""The compatibility pack, read: fluids, and what is known of two things in one bag."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from app.decision.findings import Origin, Tier
from app.decision.knowledge.compatibility import CompatibilityBook, Fluid, Pairing
from app.domain.terms import Named
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of

UNREADABLE = "compatibility.pack-unreadable"
TOGETHER = "ok"
"""Of two that are known to go together."""
REACHES = ("mixed", "running")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "fluids": ("name_zh", "name_en", "holds", "words_zh", "words_en"),
    "pairs": ("first", "second", "younger", "tier", "apart", "instead", "text_zh", "text_en"),
    "reaches": ("route", "reach"),
}
"""Columns of every table, beside rule, signed_by, source, status and validity."""


def read_compatibility(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> CompatibilityBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    routes = [one.read(route_of) for one in shelf.rows("reaches")]
    return CompatibilityBook(
        fluids=tuple(one.read(fluid_of) for one in shelf.rows("fluids")),
        pairings=tuple(_pairing(one) for one in shelf.rows("pairs")),
        mixed=frozenset(route for route, _ in routes),
        running=frozenset(route for route, reach in routes if reach == "running"),
    )


def fluid_of(row: Row) -> Fluid:
    """One row of `fluids.tsv`.

    Raises:
        KeyError: A column is missing.
    """
    return Fluid(
        code=row["rule"],
        name=Named(row["name_zh"], row["name_en"]),
        holds=frozenset(words_of(row["holds"])),
        words=(*words_of(row["words_zh"]), *words_of(row["words_en"])),
    )


def pairing_of(row: Row, origin: Origin) -> Pairing:
    """One row of `pairs.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A side is empty, a tier or an age is none.
    """
    return Pairing(
        first=subjects_of(row["first"]),
        second=subjects_of(row["second"]),
        younger=_age(row["younger"]),
        tier=None if row["tier"] == TOGETHER else Tier(row["tier"]),
        apart=Tier(row["apart"]) if row["apart"] else None,
        instead=row["instead"],
        origin=origin,
        advice=text_of(row),
    )


def route_of(row: Row) -> tuple[str, str]:
    """One row of `reaches.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The reach is none.
    """
    if row["reach"] not in REACHES:
        raise ValueError(row["reach"])
    return row["route"], row["reach"]


def _age(text: str) -> timedelta | None:
    """`28 d`."""
    if not text:
        return None
    days, unit = text.split(" ")
    if unit != "d":
        raise ValueError(text)
    return timedelta(days=int(days))


def _pairing(one: KnownRow) -> Pairing:
    return one.read(lambda row: pairing_of(row, one.origin))
