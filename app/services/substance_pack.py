"""The substances pack, read: what is in every medicine, what it is called, and its classes.

A row of the hospital takes the place of ours: the composition of a medicine, a substance with its
names, a class with all its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from app.decision.knowledge.names import (
    Known,
    Medicine,
    SubstanceClass,
    Substances,
    Wording,
)
from app.decision.knowledge.spelling import Affixes, key_of, tokens_of
from app.decision.substances import Substance
from app.domain.terms import Named
from app.fhir.valuesets import FORMULARY
from app.services.knowledge_rows import KnownRow, PackShelf, Row, words_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "substances": "code name_zh name_en aliases unii rxcui ansm_fr",
        "drugs": "code substances aliases",
        "mixtures": "code name_zh name_en substances aliases",
        "classes": "code name_zh name_en aliases",
        "members": "class substance",
        "wording": "role place text",
    }.items()
}
"""Columns of every table, beside source, status and validity."""

TABLES = tuple(COLUMNS)
ROLES: Mapping[str, tuple[str, ...]] = {
    "salt": ("word", "before", "after"),
    "form": ("word", "before", "after"),
    "reaction": ("word", "before", "after"),
    "joiner": ("between",),
}
"""What a wording is, and where it may stand."""

UNREADABLE = "substances.pack-unreadable"


def read_substances(
    shipped: Path, overlay: Path | None, today: date, medicines: Iterable[Row]
) -> Substances:
    """The pack in `shipped`, and the hospital's over it, as it holds on `today`.

    Args:
        shipped: Folder of the pack.
        overlay: Folder of the hospital's own, or None.
        today: What is not valid on this day is not there.
        medicines: Rows of `medicines.tsv` of the formulary, the hospital's before ours.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a medicine whose
            composition is understood only in part would not be checked for the rest.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE)
    members = _members(shelf)
    classes_of: dict[str, set[str]] = {}
    for code, substances in members.items():
        for one in substances:
            classes_of.setdefault(one, set()).add(code)
    return Substances(
        known=tuple(
            one.read(lambda row: known_of(row, classes_of.get(row["code"], ())))
            for one in shelf.rows("substances", "code")
        ),
        medicines=(
            *_medicines(shelf, medicines),
            *(one.read(mixture_of) for one in shelf.rows("mixtures", "code")),
        ),
        classes=tuple(
            one.read(lambda row: class_of(row, members)) for one in shelf.rows("classes", "code")
        ),
        wording=_wording(shelf.rows("wording", "text")),
        formulary=FORMULARY,
    )


def known_of(row: Row, classes: Iterable[str]) -> Known:
    """One row of `substances.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: It has no code or no name.
    """
    return Known(
        Substance(_said(row["code"]), _name(row), frozenset(classes)), words_of(row["aliases"])
    )


def class_of(row: Row, members: Mapping[str, Iterable[str]]) -> SubstanceClass:
    """One row of `classes.tsv`, with its members.

    Raises:
        KeyError: A column is missing.
        ValueError: It has no code or no name.
    """
    code = _said(row["code"])
    return SubstanceClass(
        code, _name(row), words_of(row["aliases"]), frozenset(members.get(code, ()))
    )


def mixture_of(row: Row) -> Medicine:
    """One row of `mixtures.tsv`: several substances under a name of their own.

    Raises:
        KeyError: A column is missing.
        ValueError: It has no code, no name or nothing in it.
    """
    return Medicine(
        _said(row["code"]), _name(row), words_of(_said(row["substances"])), words_of(row["aliases"])
    )


def affix_of(row: Row) -> tuple[str, str, str]:
    """One row of `wording.tsv`: what it is, where it stands, and its spelling.

    Raises:
        KeyError: A column is missing, or what it is is not known.
        ValueError: It may not stand there, or there is no text.
    """
    role, place = row["role"], row["place"]
    if place not in ROLES[role]:
        raise ValueError(place)
    if role == "joiner":
        return role, place, _said(row["text"]).replace("_", " ")
    return role, place, _said(key_of(tokens_of(row["text"])))


def _members(shelf: PackShelf) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in shelf.rows("members", "class"):
        code, substance = one.read(lambda row: (_said(row["class"]), _said(row["substance"])))
        found.setdefault(code, []).append(substance)
    return {code: tuple(several) for code, several in found.items()}


def _medicines(shelf: PackShelf, listed: Iterable[Row]) -> tuple[Medicine, ...]:
    told = {
        one.row["code"]: one.read(
            lambda row: (words_of(row["substances"]), words_of(row["aliases"]))
        )
        for one in shelf.rows("drugs", "code")
    }
    return tuple(
        Medicine(row["code"], Named(row["name_zh"], row["name_en"]), *told.get(row["code"], ()))
        for row in listed
    )


def _wording(rows: Iterable[KnownRow]) -> Wording:
    told = [one.read(affix_of) for one in rows]

    def affixes(*roles: str) -> Affixes:
        def of(place: str) -> tuple[str, ...]:
            return tuple(text for role, at, text in told if role in roles and at == place)

        return Affixes(frozenset(of("word")), of("before"), of("after"))

    joiners = tuple(text for role, _, text in told if role == "joiner")
    return Wording(affixes("salt", "form"), affixes("reaction"), joiners)


def _name(row: Row) -> Named:
    return Named(_said(row["name_zh"]), _said(row["name_en"]))


def _said(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text
