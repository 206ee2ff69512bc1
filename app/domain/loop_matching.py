"""Which loop an order follows, chosen by its attributes.

Templates are chosen by attributes of the order (type, kind, drug class, route), as the loop
engines the catalogue follows do. The most specific rule wins; two that are equally specific are
told, not decided.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

WEIGHTS = {
    "code": 32,
    "drug_class": 16,
    "route": 8,
    "kind": 4,
    "priority": 2,
    "order_class": 1,
}
"""What an attribute adds to how specific a rule is: each outweighs all that come after it."""


class How(enum.Enum):
    """What a rule goes by."""

    ORDER = "order"  # attributes of an order
    EVENT = "event"  # something that happened, known by its document
    NAMED = "named"  # only a document that names the loop itself


@dataclass(frozen=True, slots=True)
class Traits:
    """What the choice goes by.

    Attributes:
        named: Loop the document itself names, or "".
        event: What happened, for what is no order.
        drug_class: Path of the class of the drug, `group/subgroup`, or "".
        code: Code of what is ordered, whatever its system.
    """

    order_class: str = ""
    kind: str = ""
    priority: str = ""
    drug_class: str = ""
    route: str = ""
    code: str = ""
    event: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """One rule: an empty set matches anything.

    Attributes:
        wanted: (attribute, values that fit) of those that the rule looks at.
    """

    loop: str
    how: How
    event: str = ""
    wanted: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[name] for name, _ in self.wanted)

    def fits(self, traits: Traits) -> bool:
        match self.how:
            case How.NAMED:
                return False
            case How.EVENT:
                return bool(traits.event) and traits.event == self.event
            case _:
                return bool(traits.order_class) and all(
                    _fits(name, getattr(traits, name), values) for name, values in self.wanted
                )


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules say.

    Attributes:
        loop: Code of the loop, or "" where none or several fit.
        candidates: Those that fit equally well, where that is more than one.
    """

    loop: str = ""
    candidates: tuple[str, ...] = ()


def choose(rules: Iterable[MatchRule], traits: Traits, known: Iterable[str]) -> Choice:
    """The loop of what `traits` describe. A loop it names itself goes before every rule."""
    if traits.named:
        return Choice(traits.named if traits.named in known else "")
    fitting = [rule for rule in rules if rule.fits(traits)]
    most = max((rule.weight for rule in fitting), default=0)
    best = sorted({rule.loop for rule in fitting if rule.weight == most})
    if len(best) == 1:
        return Choice(best[0])
    return Choice(candidates=tuple(best))


def _fits(name: str, value: str, values: frozenset[str]) -> bool:
    if name != "drug_class" or not value:
        return value in values
    return any(value == one or value.startswith(f"{one}/") for one in values)
