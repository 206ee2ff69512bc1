"""The pack of antimicrobial levels, read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.decision.findings import Tier
from app.decision.knowledge.antimicrobials import (
    AntimicrobialBook,
    Grade,
    Level,
    Levelled,
    Right,
)
from app.domain.terms import Named
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of

UNREADABLE = "antimicrobials.pack-unreadable"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "levels": ("rule", "subjects", "routes", "level", "signed_by"),
    "rights": (
        *("level", "name_zh", "name_en", "grade", "tier", "text_zh", "text_en", "signed_by"),
    ),
    "grades": ("grade", "name_zh", "name_en", "rank", "words"),
    "local": ("route",),
}
"""Columns of every table, beside source, status and validity."""
KEYS = {"levels": "rule", "rights": "level", "grades": "grade", "local": "route"}


def read_antimicrobials(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> AntimicrobialBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    grades = [one.read(grade_of) for one in shelf.rows("grades", KEYS["grades"])]
    known = {one.code: one for one in grades}
    rights = [_right(one, known) for one in shelf.rows("rights", KEYS["rights"])]
    return AntimicrobialBook(
        levelled=[_levelled(one) for one in shelf.rows("levels")],
        rights={one.level: one for one in rights},
        grades=known,
        local=frozenset(one.row["route"] for one in shelf.rows("local", KEYS["local"])),
    )


def grade_of(row: Row) -> Grade:
    """One row of `grades.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The rank is no number.
    """
    name = Named(row["name_zh"], row["name_en"])
    return Grade(row["grade"], name, int(row["rank"]), words_of(row["words"]))


def _levelled(one: KnownRow) -> Levelled:
    return one.read(
        lambda row: Levelled(
            one.origin,
            subjects_of(row["subjects"]),
            frozenset(words_of(row["routes"])),
            Level(row["level"]),
        )
    )


def _right(one: KnownRow, grades: Mapping[str, Grade]) -> Right:
    return one.read(
        lambda row: Right(
            one.origin,
            Level(row["level"]),
            Named(row["name_zh"], row["name_en"]),
            grades[row["grade"]].code,
            Tier(row["tier"]),
            text_of(row),
        )
    )
