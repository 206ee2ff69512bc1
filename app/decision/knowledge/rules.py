"""Rules about one drug in one situation, found by what is in the drug; written by pharmacists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction

from app.decision.expressions import Expression
from app.decision.findings import Check, Origin, Remedy, Tier
from app.decision.knowledge.conditions import Conditions
from app.decision.knowledge.kidneys import Kidneys
from app.decision.substances import CLASS, Substance
from app.domain.quantities import Quantity
from app.domain.terms import Named

ANY = "class:any"
"""Every drug there is."""
LOCAL = "local"
"""Group of the routes by which hardly anything reaches the blood."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A border that may not be exceeded: where its rule holds, it was.

    Attributes:
        fact: What is compared.
        literal: With what.
    """

    fact: str
    literal: Quantity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        subjects: Substances and classes it is about.
        but: Those of them it is not about.
        routes: Codes of routes; () is every route.
        when: What has to hold.
        tier: How loud it is once somebody has signed it.
        asked: Names of the facts it reads.
        words: Words it looks for in lists.
        bounds: What may not be exceeded, in its order.
        advice: What would answer it, the best first.
    """

    origin: Origin
    check: Check
    subjects: frozenset[str]
    when: Expression
    tier: Tier
    text: Named | None = None
    but: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    bounds: tuple[Bound, ...] = ()
    advice: tuple[tuple[Remedy, str], ...] = ()

    def concerns(self, substance: Substance) -> bool:
        """Whether it is about this ingredient."""
        if any(substance.belongs(one) for one in self.but):
            return False
        return ANY in self.subjects or any(substance.belongs(one) for one in self.subjects)

    def breadth(self, substance: Substance) -> int:
        """0 where it names the ingredient, 1 for one of its classes, 2 for every drug."""
        if substance.code in self.subjects:
            return 0
        return 2 if ANY in self.subjects else 1

    @property
    def told_as(self) -> Tier:
        """A row that nobody answers for informs, and never interrupts."""
        return self.tier if self.origin.may_interrupt else self.tier.at_most(Tier.INLINE)


@dataclass(frozen=True, slots=True)
class FactKind:
    """What a fact is.

    Attributes:
        unit: Of its value; "" of words. `amount` stands for whatever the drug is ordered in.
        words: The words it may have; () where another table says.
        fresh: How old it may be where a rule says nothing else; None is as old as it is.
    """

    name: Named
    unit: str = ""
    words: tuple[str, ...] = ()
    fresh: timedelta | None = None


@dataclass(frozen=True, slots=True)
class UnitStep:
    """How much of one unit of a substance another is: 1 g of potassium chloride is 13.4 mmol."""

    unit: str
    into: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class FactKnowledge:
    """What the facts of a line are read with.

    Attributes:
        kinds: By name of the fact; laboratory codes are facts, too.
        units: By substance.
        local: Routes by which hardly anything reaches the blood.
        carriers: Substances that others are dissolved in.
    """

    kinds: Mapping[str, FactKind]
    conditions: Conditions
    kidneys: Kidneys
    units: Mapping[str, tuple[UnitStep, ...]] = field(default_factory=dict)
    local: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()


class RuleBook:
    """Every rule, by its check and what it is about."""

    def __init__(self, rules: Iterable[Rule], facts: FactKnowledge) -> None:
        self.rules = tuple(rules)
        self.facts = facts
        self._found: dict[Substance, Mapping[Check, tuple[Rule, ...]]] = {}
        self._places: dict[str, list[int]] = {}
        for place, rule in enumerate(self.rules):
            for subject in rule.subjects:
                self._places.setdefault(subject, []).append(place)

    def about(self, substance: Substance) -> Mapping[Check, tuple[Rule, ...]]:
        """The rules about an ingredient, in the order they are written in."""
        found = self._found.get(substance)
        if found is None:
            found = self._found[substance] = self._about(substance)
        return found

    def _about(self, substance: Substance) -> Mapping[Check, tuple[Rule, ...]]:
        subjects = (substance.code, *(f"{CLASS}{one}" for one in substance.classes), ANY)
        places = {place for one in subjects for place in self._places.get(one, ())}
        found: dict[Check, list[Rule]] = {}
        for place in sorted(places):
            rule = self.rules[place]
            if rule.concerns(substance):
                found.setdefault(rule.check, []).append(rule)
        return {check: tuple(rules) for check, rules in found.items()}
