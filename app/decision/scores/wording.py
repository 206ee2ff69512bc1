"""How people write the items of a score, its options and its units: a book of other names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from app.decision.scores.spans import Span
from app.decision.scores.tables import NO, YES, Answering, Item, Score, Use, in_unit
from app.domain.quantities import Quantity
from app.domain.terms import Named

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name, for one score or for all.

    Attributes:
        kind: What it names: `score`, `key`, `claim`, `word`, `span`, `none`, `pair`,
            `points`, `rest`, `code`, `noise`; in a chart `chart`, a LOINC code, and `problem`, how
            an ICD-10 code begins.
        score: Code of the score it holds for; "" for every one.
        alias: As `plain` makes it.
        detail: `key`: the unit it implies. `pair`: the second item. `code`: its letter.
        span: `span`, `chart`: the numbers that mean the option.
    """

    kind: str
    score: str
    item: str
    option: str
    alias: str
    detail: str = ""
    span: Span | None = None

    def holds(self, number: Decimal) -> bool:
        """Whether a number means the option."""
        return self.span is not None and self.span.holds(Fraction(number))


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A unit as it is written; with a `key` only behind that key."""

    word: str
    unit: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Bare:
    """Numbers without a unit that are in `unit`: nobody alive has them in another."""

    item: str
    unit: str
    span: Span
    span_text: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The whole book."""

    aliases: tuple[Alias, ...] = ()
    units: tuple[UnitWord, ...] = ()
    bare: tuple[Bare, ...] = ()
    by_name: Mapping[tuple[str, str], tuple[Alias, ...]] = field(default_factory=dict)
    """By kind and name."""
    by_item: Mapping[tuple[str, str], tuple[Alias, ...]] = field(default_factory=dict)
    """By kind and item."""

    def named(self, kind: str, alias: str, score: str) -> tuple[Alias, ...]:
        """What a name means in a score: what is told for it alone, else what is told for all."""
        found = [one for one in self.by_name.get((kind, alias), ()) if one.score in ("", score)]
        own = tuple(one for one in found if one.score)
        return own or tuple(found)

    def scores(self, alias: str) -> tuple[str, ...]:
        """Codes of the scores a name may mean."""
        return tuple(one.score for one in self.by_name.get(("score", plain(alias)), ()))

    def unit(self, word: str, key: str = "") -> str | None:
        """UCUM code of a unit as it is written; None where it is none."""
        name = plain(word)
        fitting = [one for one in self.units if one.word == name and one.key in ("", key)]
        return next((one.unit for one in sorted(fitting, key=lambda o: not o.key)), None)

    def own_units(self, key: str) -> bool:
        """Whether a key has units of its own: a number without one is then in none."""
        return any(one.key == key for one in self.units)

    def bare_units(self, item: Item, number: Decimal) -> tuple[str, ...]:
        """The units a number without one can be in."""
        told = [one for one in self.bare if one.item == item.code]
        if not told:
            return (item.unit,)
        return tuple(one.unit for one in told if one.span.holds(Fraction(number)))

    def units_of(self, table: Score, item: Item) -> tuple[str, ...]:
        """The units in which an item may be written, its own first."""
        known = (one.unit for one in self.units if converts(table, item, one.unit))
        return tuple(dict.fromkeys((item.unit, *known)))


@dataclass(frozen=True, slots=True)
class Key:
    """What a key asks for.

    Attributes:
        unit: UCUM code that the key names: `creatinine_umol`. "" where it names none.
        alias: The name without the unit, as `plain` makes it.
    """

    use: Use
    alias: str
    unit: str = ""


def book_of(aliases: Iterable[Alias], units: Iterable[UnitWord], bare: Iterable[Bare]) -> Wording:
    """The book, with its index."""
    every = tuple(aliases)
    by_name: dict[tuple[str, str], tuple[Alias, ...]] = {}
    by_item: dict[tuple[str, str], tuple[Alias, ...]] = {}
    for one in every:
        name, item = (one.kind, one.alias), (one.kind, one.item)
        by_name[name] = (*by_name.get(name, ()), one)
        by_item[item] = (*by_item.get(item, ()), one)
    return Wording(every, tuple(units), tuple(bare), by_name, by_item)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Letters and digits only, in one case and one width: `SpO₂ (%)` is `spo2percent`."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("μ", "u")
    return "".join(one for one in folded.replace("%", "percent") if one.isalnum())


def converts(table: Score, item: Item, unit: str) -> bool:
    """Whether an item can be told in a unit."""
    return in_unit(Quantity(Decimal(1), unit), item.unit, item.loinc, table.conversions) is not None


def key_of(table: Score, book: Wording, key: str) -> Key | None:
    """The item that a key of a file means in this score; None where it means none.

    Without its unit where it ends in one: `creatinine_mgdl`, `temp (°C)`. Without words that say
    nothing where it means none with them: `bedridden_or_recent_surgery`.
    """
    found = _named_or_measured(table, book, plain(key))
    if found is not None:
        return found
    words = [plain(word) for word in _BETWEEN.split(key)]
    kept = "".join(word for word in words if not book.named("noise", word, ""))
    for name in (kept, kept.removesuffix("s")):
        found = found or _item(table, book, name)
    return found


def _named_or_measured(table: Score, book: Wording, name: str) -> Key | None:
    found = _item(table, book, name)
    if found is not None:
        return found
    for word in sorted({one.word for one in book.units}, key=len, reverse=True):
        stem = _item(table, book, name.removesuffix(word)) if name.endswith(word) else None
        if stem is None or stem.use.item.answering is not Answering.NUMBER:
            continue
        unit = book.unit(word, stem.alias)
        if unit is not None and converts(table, stem.use.item, unit):
            return Key(stem.use, stem.alias, unit)
    return None


def _item(table: Score, book: Wording, name: str) -> Key | None:
    for use in table.uses:
        if name in {plain(word) for word in _words(use.item.code, use.item.name)}:
            return Key(use, name)
    for alias in book.named("key", name, table.code):
        found = use_of(table, alias.item)
        if found is not None:
            return Key(found, name, alias.detail)
    return None


def use_of(table: Score, item: str) -> Use | None:
    """How a score uses an item; None where it does not."""
    return next((use for use in table.uses if use.item.code == item), None)


def options_of(table: Score, book: Wording, use: Use, text: str) -> tuple[str, ...]:
    """The options that a word may mean; `yes` and `no` are those of a flag."""
    name = plain(text)
    own = {plain(word): one.code for one in use.options for word in _words(one.code, one.name)}
    if name in own:
        return (own[name],)
    flags = {YES, NO} if use.item.answering is Answering.FLAG else set()
    codes = {one.code for one in use.options} | flags
    told = book.named("word", name, table.code)
    for item in (use.item.code, ""):
        found = tuple(
            dict.fromkeys(one.option for one in told if one.item == item and one.option in codes)
        )
        if found:
            return found
    return ()


def points_told(table: Score, book: Wording, use: Use, number: Decimal) -> tuple[str, ...]:
    """The options that have these points, in a scale that is answered by its points."""
    asked = book.named("points", "", table.code)
    if use.item.code not in {one.item for one in asked}:
        return ()
    if use.item.answering is Answering.FLAG:
        return (YES,) if number == use.points else ()
    return tuple(one.code for one in use.options if one.points == number)


def _words(code: str, name: Named) -> tuple[str, ...]:
    return (code, name.name, name.english)
