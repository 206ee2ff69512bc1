"""What counts as ordered twice, and which pairs are meant to go together."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.decision.findings import Check, Origin, Tier
from app.decision.situation import Line
from app.decision.substances import Drug, Substance
from app.domain.quantities import Quantity
from app.domain.terms import Named

ANY = "class:any"


class Reach(enum.Enum):
    """Which routes a rule is about."""

    SYSTEMIC = "systemic"
    """Both lines act on the whole body; a route nobody said may."""
    ANY = "any"


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Drugs of which a patient has one at a time.

    Attributes:
        check: `DUPLICATE` speaks of one ingredient ordered twice, `DUPLICATE_CLASS` of two.
        quieter: How loudly it speaks where one of the two is below its `limits`.
    """

    check: Check
    subjects: frozenset[str]
    reach: Reach
    tier: Tier
    quieter: Tier
    origin: Origin
    advice: Named | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """A pair that is meant to go together.

    Attributes:
        rules: Ids of the rules that it exempts from; () is all.
        as_needed: It is one only where one of the two is given when needed and the other is not.
        routes: Both are given by one of these; () is any.
    """

    first: frozenset[str]
    second: frozenset[str]
    rules: frozenset[str] = frozenset()
    as_needed: bool = False
    routes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FullDose:
    """Up to how much a day a drug is not at its full dose: a prophylaxis, a flush.

    Attributes:
        routes: The routes it is about; () is any.
        daily: At most this, per day.
    """

    subjects: frozenset[str]
    routes: frozenset[str]
    daily: Quantity


@dataclass(frozen=True)
class DuplicateBook:
    """The pack, compiled.

    Attributes:
        local: Codes of the routes by which a drug acts where it is put.
    """

    rules: tuple[DuplicateRule, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    limits: tuple[FullDose, ...] = ()
    local: frozenset[str] = field(default_factory=frozenset)

    def about(self, substance: Substance) -> Mapping[Check, frozenset[int]]:
        """Places of the rules that name the substance or a class of it, by check."""
        found = self._about.get(substance.code)
        if found is None:
            places = [n for n, rule in enumerate(self.rules) if is_about(rule.subjects, substance)]
            found = {
                check: frozenset(n for n in places if self.rules[n].check is check)
                for check in dict.fromkeys(rule.check for rule in self.rules)
            }
            self._about[substance.code] = found
        return found

    def strangers(self, one: Drug, other: Drug) -> bool:
        """Whether no rule about classes names an ingredient of both: most drugs of a chart."""
        return self._classed(one).isdisjoint(self._classed(other))

    def _classed(self, drug: Drug) -> frozenset[int]:
        found = self._classes.get(drug.code)
        if found is None:
            told = (self.about(part) for part in drug.substances)
            none = frozenset[int]()
            found = none.union(*(one.get(Check.DUPLICATE_CLASS, none) for one in told))
            self._classes[drug.code] = found
        return found

    @cached_property
    def _classes(self) -> dict[str, frozenset[int]]:
        return {}

    @cached_property
    def _about(self) -> dict[str, Mapping[Check, frozenset[int]]]:
        """What was asked before: a ward orders the same drugs again and again."""
        return {}

    def reaches(self, rule: DuplicateRule, one: Line, other: Line) -> bool:
        return rule.reach is Reach.ANY or not {one.route, other.route} & self.local

    def is_meant(
        self, rule: DuplicateRule, one: tuple[Line, Substance], other: tuple[Line, Substance]
    ) -> bool:
        """Whether the two go together."""
        return any(_exempts(exemption, rule, one, other) for exemption in self.exemptions)


def is_about(subjects: Iterable[str], substance: Substance) -> bool:
    """Whether the substance is one of `subjects`."""
    return any(one == ANY or substance.belongs(one) for one in subjects)


def _exempts(
    exemption: Exemption,
    rule: DuplicateRule,
    one: tuple[Line, Substance],
    other: tuple[Line, Substance],
) -> bool:
    if exemption.rules and rule.origin.rule not in exemption.rules:
        return False
    lines = (one[0], other[0])
    if exemption.as_needed and lines[0].as_needed is lines[1].as_needed:
        return False
    if exemption.routes and any(line.route not in exemption.routes for line in lines):
        return False
    return any(
        is_about(exemption.first, first[1]) and is_about(exemption.second, second[1])
        for first, second in ((one, other), (other, one))
    )
