"""The lexicon as the packs that ship have it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from app.decision.order_text.lexicon import Entry, Lexicon, Medicine, Unit
from resources.reading import rows

_PACK = "order_text"
_SHORTEST_TEST = 4


@cache
def lexicon() -> Lexicon:
    """Formulary, laboratory, routes, frequencies and the words of orders, once."""
    units = {
        row["word"]: Unit(row["code"], row["ucum"], row["dimension"], row["factor"])
        for row in rows(_PACK, "units")
    }
    return Lexicon.of(
        (*_names(), *_items(), *_words(), *_solvents()),
        (*_medicines(), Medicine("", "sterile water for injection", "灭菌注射用水", "")),
        units,
        {row["code"]: row["pack"] for row in rows(_PACK, "routes")},
        {row["code"].upper(): row["per_day"] for row in rows("frequencies", "frequencies")},
    )


def _medicines() -> Iterator[Medicine]:
    strengths: dict[str, set[str]] = {}
    for row in rows("formulary", "forms"):
        strengths.setdefault(row["code"], set()).add(row["strength"].casefold())
    for row in rows("formulary", "medicines"):
        yield Medicine(
            row["code"],
            row["name_en"].casefold(),
            row["name_zh"],
            row["pinyin"],
            frozenset(strengths.get(row["code"], ())),
        )


def _names() -> Iterator[tuple[str, Entry]]:
    for row in rows("formulary", "medicines"):
        drug = Entry("drug", row["name_en"].casefold())
        yield row["name_zh"].casefold(), drug
        yield row["name_en"].casefold(), drug
    for row in rows(_PACK, "names"):
        yield row["word"], Entry("drug", row["name_en"].casefold(), row["trust"])


def _solvents() -> Iterator[tuple[str, Entry]]:
    solvents = {row["name_en"].casefold() for row in rows(_PACK, "solvents")}
    for row in rows(_PACK, "solvents"):
        name = row["name_en"].casefold()
        yield row["word"], Entry("drug", name)
        yield row["word"], Entry("solvent", name, detail=row["percent"])
    for word, entry in _names():
        if entry.value in solvents:
            yield word, Entry("solvent", entry.value)


def _items() -> Iterator[tuple[str, Entry]]:
    for row in rows(_PACK, "items"):
        yield row["word"], Entry("item", row["name_en"], detail=row["class"])
        if row["asks"]:
            yield row["word"], Entry("item-asks", row["name_en"], detail=row["asks"])
    for table in ("panels", "analytes"):
        for row in rows("laboratory", table):
            # Short names (钾, 葡萄糖) are medicines and salts first; the items table says more.
            if len(row["name_zh"]) >= _SHORTEST_TEST:
                item = Entry("item", row["name_en"], detail="laboratory")
                yield row["name_zh"].casefold(), item


def _words() -> Iterator[tuple[str, Entry]]:
    for row in rows(_PACK, "words"):
        yield row["word"], Entry(row["kind"], row["value"])
