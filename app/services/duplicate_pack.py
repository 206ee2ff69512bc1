"""The duplicates pack, read: what a patient has one of at a time, and what goes together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.decision.expressions import amount
from app.decision.findings import Check, Origin, Tier
from app.decision.knowledge.duplicates import (
    DuplicateBook,
    DuplicateRule,
    Exemption,
    FullDose,
    Reach,
)
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of

UNREADABLE = "duplicates.pack-unreadable"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rules": ("check", "subjects", "reach", "tier", "quieter", "text_zh", "text_en"),
    "exempt": ("rules", "first", "second", "as_needed", "routes"),
    "lesser": ("subjects", "routes", "daily"),
    "local": ("route",),
}
"""Columns of every table, beside rule, signed_by, source, status and validity."""

_YES = {"yes": True, "no": False}
_CHECKS = (Check.DUPLICATE, Check.DUPLICATE_CLASS)


def read_duplicates(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> DuplicateBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    return DuplicateBook(
        rules=tuple(_rule(one) for one in shelf.rows("rules")),
        exemptions=tuple(one.read(exemption_of) for one in shelf.rows("exempt")),
        limits=tuple(one.read(limit_of) for one in shelf.rows("lesser")),
        local=frozenset(one.read(lambda row: row["route"]) for one in shelf.rows("local")),
    )


def rule_of(row: Row, origin: Origin) -> DuplicateRule:
    """One row of `rules.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A word is not known, or nothing is named.
    """
    check = Check(row["check"])
    if check not in _CHECKS:
        raise ValueError(row["check"])
    return DuplicateRule(
        check=check,
        subjects=subjects_of(row["subjects"]),
        reach=Reach(row["reach"]),
        tier=Tier(row["tier"]),
        quieter=Tier(row["quieter"]),
        origin=origin,
        advice=text_of(row),
    )


def exemption_of(row: Row) -> Exemption:
    """One row of `exempt.tsv`.

    Raises:
        KeyError: A column is missing, or a word is neither yes nor no.
        ValueError: A side is empty.
    """
    return Exemption(
        first=subjects_of(row["first"]),
        second=subjects_of(row["second"]),
        rules=frozenset(words_of(row["rules"])),
        as_needed=_YES[row["as_needed"]],
        routes=frozenset(words_of(row["routes"])),
    )


def limit_of(row: Row) -> FullDose:
    """One row of `lesser.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The dose is no amount, or nothing is named.
    """
    routes = frozenset(words_of(row["routes"]))
    return FullDose(subjects_of(row["subjects"]), routes, amount(row["daily"]))


def _rule(one: KnownRow) -> DuplicateRule:
    return one.read(lambda row: rule_of(row, one.origin))
