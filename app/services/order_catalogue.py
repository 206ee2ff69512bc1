"""What can be ordered by name: the formulary, the laboratory, routes, frequencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.domain.terms import Term
from app.fhir.valuesets import FORMULARY, FREQUENCY, LOINC, ROUTE
from app.services.authority import open_door
from resources.reading import rows

_ALWAYS = "packs that ship with the program: no patient, nothing to protect"
_WORD = re.compile(r"\w+")
_SHORTEST = 2

PANEL = "urn:wardone:laboratory-panel"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be ordered.

    Attributes:
        term: As it is recorded: Chinese words, English display.
        detail: Strengths of a medicine, members of a panel; "" for none.
        specialist: Only under a specialist, as the list says.
    """

    term: Term
    detail: str = ""
    specialist: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The first of what matched, and how many matched in all."""

    items: tuple[Item, ...] = ()
    total: int = 0
    too_short: bool = False


class OrderCatalogue:
    """Searches the packs. Matches the beginnings of words, so that no drug hides in another."""

    @open_door(_ALWAYS)
    def medicines(self, query: str, limit: int = 30) -> Found:
        """By name, pinyin initials or English name; from two characters, or one Chinese one."""
        return _search(_medicines(), query, limit)

    @open_door(_ALWAYS)
    def tests(self, query: str, limit: int = 30) -> Found:
        """Panels before single analytes; the short name (`WBC`) finds them too."""
        return _search(_tests(), query, limit)

    @open_door(_ALWAYS)
    def routes(self) -> tuple[Term, ...]:
        return tuple(
            Term(row["name_zh"], ROUTE, row["code"], row["name_en"])
            for row in rows("routes", "routes")
        )

    @open_door(_ALWAYS)
    def frequencies(self) -> tuple[Term, ...]:
        return tuple(
            Term(row["name_zh"], FREQUENCY, row["code"], row["name_en"])
            for row in rows("frequencies", "frequencies")
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    item: Item
    chinese: str
    english: str
    initials: str
    short: str = ""

    def rank(self, query: str) -> int | None:
        """0 the name begins so, 1 a word or the initials do, 2 the Chinese name holds it."""
        starts = (self.chinese, self.english, self.short)
        if any(text.startswith(query) for text in starts if text):
            return 0
        if any(word.startswith(query) for word in _WORD.findall(self.english)):
            return 1
        if query.isascii():
            return 1 if self.initials.startswith(query) else None
        return 2 if query in self.chinese else None


def _search(entries: tuple[_Entry, ...], query: str, limit: int) -> Found:
    wanted = " ".join(query.casefold().split())
    if not wanted or (wanted.isascii() and len(wanted) < _SHORTEST):
        return Found(too_short=True)
    ranked = [
        (rank, place, entry.item)
        for place, entry in enumerate(entries)
        if (rank := entry.rank(wanted)) is not None
    ]
    best = [item for _, _, item in sorted(ranked, key=lambda one: one[:2])]
    return Found(tuple(best[:limit]), len(best))


@cache
def _medicines() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(
            Item(
                Term(row["name_zh"], FORMULARY, row["code"], row["name_en"]),
                row["strengths"].replace(";", "; ").replace(",", ", "),
                row["specialist"] == "1",
            ),
            row["name_zh"].casefold(),
            row["name_en"].casefold(),
            row["pinyin"].casefold(),
        )
        for row in rows("formulary", "medicines")
    )


@cache
def _tests() -> tuple[_Entry, ...]:
    names = {row["key"]: row["short"] or row["name_en"] for row in rows("laboratory", "analytes")}
    return (*(_panel(row, names) for row in rows("laboratory", "panels")), *_analytes())


def _panel(row: dict[str, str], names: dict[str, str]) -> _Entry:
    system, code = (LOINC, row["loinc"]) if row["loinc"] else (PANEL, row["key"])
    members = ", ".join(names.get(key, key) for key in row["members"].split(",") if key)
    return _Entry(
        Item(Term(row["name_zh"], system, code, row["name_en"]), members),
        row["name_zh"].casefold(),
        row["name_en"].casefold(),
        row["pinyin"].casefold(),
        row["key"].casefold(),
    )


def _analytes() -> tuple[_Entry, ...]:
    return tuple(
        _Entry(
            Item(Term(row["name_zh"], LOINC, row["loinc"], row["name_en"]), row["specimen"]),
            row["name_zh"].casefold(),
            row["name_en"].casefold(),
            row["pinyin"].casefold(),
            row["short"].casefold(),
        )
        for row in rows("laboratory", "analytes")
    )
