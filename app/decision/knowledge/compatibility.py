"""What may run in one bag or through one line: fluids, and pairs of which somebody knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property, lru_cache

from app.decision.findings import Origin, Tier
from app.decision.substances import CLASS, Drug
from app.domain.terms import Named

ANY = "class:any"
FLUID = "fluid:"
"""Before the code of a fluid where a subject may stand; `fluid:any` is every fluid."""

_VOLUME = re.compile(r"\d+(?:\.\d+)?\s*(?:ml|毫升|l\b)", re.IGNORECASE)
_NOISE = re.compile(r"[\s.()（）,，]+")
_SHORTEST = 4
"""A shorter word is not looked for within a longer text: `ns` is part of much."""
_DAYS_OF_A_YEAR = Decimal("365.25")


@dataclass(frozen=True, slots=True)
class Fluid:
    """A fluid that drugs are dissolved in.

    Attributes:
        holds: Codes of the substances in it.
        words: How people write it.
    """

    code: str
    name: Named
    holds: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Something in a bag.

    Attributes:
        line: Key of its line, of a diluent that of the line it belongs to.
        subjects: Everything a row may call it by.
    """

    line: str
    name: Named
    subjects: frozenset[str]

    @property
    def is_fluid(self) -> bool:
        return f"{FLUID}any" in self.subjects


@dataclass(frozen=True, slots=True)
class Pairing:
    """What is known of two parts together.

    Attributes:
        younger: It is about patients of less than this age only.
        tier: How loudly it speaks of one bag; None where they are known to go together.
        apart: How loudly it speaks where both run into a vein at one time, not in one bag; None
            where that is nothing to speak of.
        instead: Code of the fluid to take instead, or "".
    """

    first: frozenset[str]
    second: frozenset[str]
    younger: timedelta | None
    tier: Tier | None
    apart: Tier | None
    instead: str
    origin: Origin
    advice: Named | None = None

    @property
    def is_wide(self) -> bool:
        """It is about everything, and gives way to what is known of this."""
        return ANY in self.first or ANY in self.second

    def concerns(self, age: Decimal | None) -> bool | None:
        """Whether it is about somebody of this age in years; None where nobody knows."""
        if self.younger is None:
            return True
        if age is None:
            return None
        return age * _DAYS_OF_A_YEAR < Decimal(self.younger.days)


@dataclass(frozen=True)
class CompatibilityBook:
    """The pack, compiled.

    Attributes:
        mixed: Routes by which what is mixed comes into the body as it is.
        running: Those of them that run into a vein.
    """

    fluids: tuple[Fluid, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    mixed: frozenset[str] = field(default_factory=frozenset)
    running: frozenset[str] = field(default_factory=frozenset)

    def part(self, line: str, drug: Drug) -> Part:
        """A drug as a part; one that is just what a fluid holds is that fluid."""
        codes = frozenset(one.code for one in drug.substances)
        classes = {f"{CLASS}{code}" for one in drug.substances for code in one.classes}
        fluid = next((one for one in self.fluids if codes and one.holds == codes), None)
        named = {f"{FLUID}{fluid.code}", f"{FLUID}any"} if fluid is not None else set()
        return Part(line, drug.name, codes | classes | named | {ANY})

    def diluent(self, line: str, text: str, drug: Drug | None) -> Part | None:
        """What a line is dissolved in; None where nobody knows what was written."""
        fluid = self.fluid(text) if text else None
        if fluid is not None:
            known = {f"{FLUID}{fluid.code}", f"{FLUID}any", ANY}
            return Part(line, fluid.name, fluid.holds | known)
        return None if drug is None else self.part(line, drug)

    def fluid(self, text: str) -> Fluid | None:
        """The fluid somebody means: `NS 100 mL`, `5%葡萄糖注射液`."""
        told = _bare(text)
        if told in self._words:
            return self._words[told]
        within = (one for one in self._words if len(one) >= _SHORTEST and one in told)
        longest = max(within, key=len, default="")
        return self._words[longest] if longest else None

    def known(self, one: Part, other: Part) -> Sequence[Pairing]:
        """The rows about the two; what is about everything only where there is no other."""
        return self._narrowest(self._sides, one, other)

    def apart(self, one: Part, other: Part) -> Sequence[Pairing]:
        """The same of those that have something to say of two bags."""
        return self._narrowest(self._apart, one, other)

    def minds_others(self, part: Part) -> bool:
        """Whether any row has something to say of it and of what is in another bag."""
        return self._apart.has(part)

    def _narrowest(self, sides: _Sides, one: Part, other: Part) -> Sequence[Pairing]:
        fitting = [self.pairings[place] for place in sorted(sides.between(one, other))]
        return [row for row in fitting if not row.is_wide] or fitting

    @cached_property
    def _words(self) -> Mapping[str, Fluid]:
        """By what is left of a word; of two fluids of one word the first."""
        told = [(_bare(word), one) for one in self.fluids for word in one.words]
        return dict(reversed(told))

    @cached_property
    def _sides(self) -> _Sides:
        return _Sides(enumerate(self.pairings))

    @cached_property
    def _apart(self) -> _Sides:
        rows = [row for row in enumerate(self.pairings) if row[1].apart is not None]
        # A narrow row is needed where a wide one speaks, to silence it.
        wide = any(row.is_wide for _, row in rows)
        return self._sides if wide else _Sides(rows)

    def named(self, code: str) -> Named | None:
        """The name of the fluid with this code."""
        return next((one.name for one in self.fluids if one.code == code), None)


class _Sides:
    """Which rows a part stands on the one side of, and which on the other."""

    def __init__(self, rows: Iterable[tuple[int, Pairing]]) -> None:
        self._first: dict[str, set[int]] = {}
        self._second: dict[str, set[int]] = {}
        for place, row in rows:
            for sides, subjects in ((self._first, row.first), (self._second, row.second)):
                for one in subjects:
                    sides.setdefault(one, set()).add(place)

        self._of = lru_cache(maxsize=4096)(self._places)

    def between(self, one: Part, other: Part) -> frozenset[int]:
        """Places of the rows about the two, whichever stands where."""
        first, second = self._of(one.subjects), self._of(other.subjects)
        return (first[0] & second[1]) | (first[1] & second[0])

    def has(self, part: Part) -> bool:
        """Whether any row is about it."""
        return any(self._of(part.subjects))

    def _places(self, subjects: frozenset[str]) -> tuple[frozenset[int], frozenset[int]]:
        first, second = (
            frozenset[int]().union(*(side[one] for one in subjects if one in side))
            for side in (self._first, self._second)
        )
        return first, second


def _bare(text: str) -> str:
    """NFKC makes one of full and half width."""
    return _NOISE.sub("", _VOLUME.sub("", unicodedata.normalize("NFKC", text)).casefold())
