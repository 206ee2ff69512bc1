"""The pack of skin tests, read; how long a negative one covers stands in the verification pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.decision.findings import Tier
from app.decision.knowledge.skin_tests import SkinBook, SkinRule
from app.services.knowledge_rows import KnownRow, PackShelf, subjects_of, text_of, words_of
from app.services.verification_pack import verification_rules

UNREADABLE = "skin_rules.pack-unreadable"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tests": (
        *("rule", "subjects", "but", "routes", "reagents", "severe", "tier"),
        *("text_zh", "text_en", "signed_by"),
    )
}
"""Columns of the table, beside source, status and validity."""


def read_skin_tests(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> SkinBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    rules = tuple(_rule(one) for one in shelf.rows("tests"))
    return SkinBook(rules, verification_rules().skin_valid)


def _rule(one: KnownRow) -> SkinRule:
    return one.read(
        lambda row: SkinRule(
            origin=one.origin,
            subjects=subjects_of(row["subjects"]),
            but=frozenset(words_of(row["but"])),
            routes=frozenset(words_of(row["routes"])),
            reagents=subjects_of(row["reagents"]),
            severe=frozenset(words_of(row["severe"])),
            tier=Tier(row["tier"]),
            text=text_of(row),
        )
    )
