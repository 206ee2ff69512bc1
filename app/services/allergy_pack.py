"""The allergies pack, read: words, reactions, and what crosses with what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.decision.findings import Origin, Tier
from app.decision.knowledge.allergies import (
    AllergenWord,
    AllergyBook,
    ClassRule,
    CrossRule,
    Degree,
    NoCrossRule,
    Reaction,
    Tiers,
)
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of

UNREADABLE = "allergies.pack-unreadable"
NOISE = "noise"
"""Code of the words around a name that say only that it is an allergy."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "words": ("codes", "words_zh", "words_en"),
    "reactions": ("degree", "words_zh", "words_en"),
    "of_class": ("class", "members", "severe", "unknown", "mild", "text_zh", "text_en"),
    "crosses": (
        *("first", "second", "both", "reactions"),
        *("severe", "unknown", "mild", "text_zh", "text_en"),
    ),
    "nones": ("first", "second"),
}
"""Columns of every table, beside rule, signed_by, source, status and validity."""

_YES = {"yes": True, "no": False}


def read_allergies(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> AllergyBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    words = tuple(one.read(word_of) for one in shelf.rows("words"))
    return AllergyBook(
        reactions=tuple(one.read(reaction_of) for one in shelf.rows("reactions")),
        words=tuple(one for one in words if NOISE not in one.codes),
        classes=tuple(_class(one) for one in shelf.rows("of_class")),
        crosses=tuple(_cross(one) for one in shelf.rows("crosses")),
        nones=tuple(one.read(none_of) for one in shelf.rows("nones")),
        noise=tuple(word for one in words if NOISE in one.codes for word in one.words),
    )


def word_of(row: Row) -> AllergenWord:
    """One row of `words.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A cell says nothing.
    """
    return AllergenWord(subjects_of(row["codes"]), _both(row))


def reaction_of(row: Row) -> Reaction:
    """One row of `reactions.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The degree is none.
    """
    return Reaction(row["rule"], Degree(row["degree"]), _both(row))


def class_of(row: Row, origin: Origin) -> ClassRule:
    """One row of `of_class.tsv`.

    Raises:
        KeyError: A column is missing, or a word is neither yes nor no.
        ValueError: A tier is none.
    """
    return ClassRule(row["class"], _YES[row["members"]], _tiers(row), origin, text_of(row))


def cross_of(row: Row, origin: Origin) -> CrossRule:
    """One row of `crosses.tsv`.

    Raises:
        KeyError: A column is missing, or a word is neither yes nor no.
        ValueError: A tier is none, or a side is empty.
    """
    return CrossRule(
        first=subjects_of(row["first"]),
        second=subjects_of(row["second"]),
        both=_YES[row["both"]],
        reactions=frozenset(words_of(row["reactions"])),
        tiers=_tiers(row),
        origin=origin,
        advice=text_of(row),
    )


def none_of(row: Row) -> NoCrossRule:
    """One row of `nones.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A side is empty.
    """
    return NoCrossRule(subjects_of(row["first"]), subjects_of(row["second"]))


def _class(one: KnownRow) -> ClassRule:
    return one.read(lambda row: class_of(row, one.origin))


def _cross(one: KnownRow) -> CrossRule:
    return one.read(lambda row: cross_of(row, one.origin))


def _tiers(row: Row) -> Tiers:
    return Tiers(Tier(row["severe"]), Tier(row["unknown"]), Tier(row["mild"]))


def _both(row: Row) -> tuple[str, ...]:
    return (*words_of(row["words_zh"]), *words_of(row["words_en"]))
