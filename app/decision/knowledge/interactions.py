"""What two substances do to each other: the union of the published lists, the ONC lists first.

A pair that stands in the ONC list of interactions that need not interrupt (Phansalkar 2013) is told
no louder than in the drawer, whatever another list says, unless the ONC high-priority list
(Phansalkar 2012) names it, too. An entry whose severity depends on dose, route or indication
interrupts nobody.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import chain

from app.decision.findings import Origin, Tier
from app.decision.substances import Drug
from app.domain.terms import Named

ANY = "class:any"
"""Every substance that is known."""


class Severity(enum.Enum):
    """The four levels of the ANSM thesaurus."""

    CONTRAINDICATED = "contraindicated"
    NOT_RECOMMENDED = "not_recommended"
    PRECAUTION = "precaution"
    CONSIDER = "take_into_account"


class Published(enum.Enum):
    """The list a rule was taken from."""

    HIGH_PRIORITY = "onc-high-priority"
    NON_INTERRUPTIVE = "onc-non-interruptive"
    ANSM = "ansm"
    AUTHORED = "authored"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a rule.

    Attributes:
        substances: Codes of what stands on it, classes spelled out.
        local: Also when it is only given where it hardly reaches the blood, as eye drops.
        washout: How long after it was stopped it still counts; None: not at all.
        instead: What may be chosen in its place.
    """

    substances: frozenset[str]
    local: bool = False
    washout: timedelta | None = None
    instead: Drug | None = None


@dataclass(frozen=True, slots=True)
class InteractionRule:
    """A row of the pack.

    Attributes:
        conditional: The severity depends on dose, route or indication.
        tier: As the pack says; `InteractionBook` caps it.
        advice: What to do.
    """

    first: Side
    second: Side
    severity: Severity
    published: Published
    tier: Tier
    origin: Origin
    advice: Named
    conditional: bool = False

    @property
    def loudest(self) -> Tier:
        """The tier this rule may have by itself."""
        settled = self.origin.may_interrupt and not self.conditional
        return self.tier if settled else self.tier.at_most(Tier.INLINE)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A rule that two substances meet.

    Attributes:
        one: The side of the first substance that was asked about. `other`: of the second.
        tier: How loudly it is told, all caps counted.
    """

    rule: InteractionRule
    one: Side
    other: Side
    tier: Tier


@dataclass(frozen=True, slots=True)
class LocalRoute:
    """A route by which hardly anything reaches the blood.

    Attributes:
        but: Codes of substances that are given by it for the whole body (plasters).
    """

    code: str
    but: frozenset[str] = frozenset()


_ASKED = 8192
"""Pairs whose answer is kept: a ward orders the same drugs again and again."""


class InteractionBook:
    """Every rule, found by two substances."""

    def __init__(
        self, rules: Iterable[InteractionRule], local_routes: Iterable[LocalRoute] = ()
    ) -> None:
        self.rules = tuple(rules)
        self._local: Mapping[str, LocalRoute] = {one.code: one for one in local_routes}
        self._first = _Index([one.first] for one in self.rules)
        self._second = _Index([one.second] for one in self.rules)
        self._either = _Index([one.first, one.second] for one in self.rules)
        self.between = lru_cache(maxsize=_ASKED)(self._between)
        """The rules two substances meet, the loudest first; never one with itself."""

    def is_local(self, substance: str, route: str) -> bool:
        """Whether `substance` by `route` hardly reaches the blood; an unknown route does."""
        found = self._local.get(route)
        return found is not None and substance not in found.but

    def _between(self, one: str, other: str) -> tuple[Meeting, ...]:
        if one == other or not self._either.at(one) & self._either.at(other):
            return ()
        numbers = self._numbers(one, other)
        published = {self.rules[number].published for number, _ in numbers}
        quiet = Published.NON_INTERRUPTIVE in published and Published.HIGH_PRIORITY not in published
        found = [self._meeting(number, turned, quiet) for number, turned in numbers]
        return tuple(sorted(found, key=_loudest_first))

    def _numbers(self, one: str, other: str) -> list[tuple[int, bool]]:
        """Places of the rules in the pack, and whether the two stand there the other way round."""
        straight = self._first.at(one) & self._second.at(other)
        turned = self._first.at(other) & self._second.at(one) & ~straight
        return [*((n, False) for n in _places(straight)), *((n, True) for n in _places(turned))]

    def _meeting(self, number: int, turned: bool, quiet: bool) -> Meeting:  # noqa: FBT001 - own
        rule = self.rules[number]
        sides = (rule.second, rule.first) if turned else (rule.first, rule.second)
        tier = rule.loudest.at_most(Tier.DRAWER) if quiet else rule.loudest
        return Meeting(rule, *sides, tier)


class _Index:
    """The rules a substance stands on, one bit each: two substances are compared by one `&`.

    Those about every substance are always among them.
    """

    def __init__(self, rules: Iterable[Iterable[Side]]) -> None:
        found: dict[str, int] = {ANY: 0}
        for number, sides in enumerate(rules):
            for code in chain.from_iterable(side.substances for side in sides):
                found[code] = found.get(code, 0) | 1 << number
        self._any = found[ANY]
        self._rules = {code: own | self._any for code, own in found.items()}

    def at(self, code: str) -> int:
        return self._rules.get(code, self._any)


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _loudest_first(meeting: Meeting) -> tuple[int, int, int]:
    """Equally loud: the ONC lists before others, and the graver before the lighter."""
    rule = meeting.rule
    return meeting.tier.rank, _PUBLISHED[rule.published], _GRAVEST[rule.severity]


_PUBLISHED = {one: rank for rank, one in enumerate(Published)}
_GRAVEST = {one: rank for rank, one in enumerate(Severity)}


def spelled_out(
    subjects: Iterable[str],
    classes: Mapping[str, frozenset[str]],
    groups: Mapping[str, frozenset[str]],
) -> Iterator[str]:
    """Codes of the substances that subjects name; `class:any` stays as it is.

    Raises:
        KeyError: There is no such class or group.
    """
    for subject in subjects:
        kind, _, code = subject.rpartition(":")
        if not kind or subject == ANY:
            yield subject
        else:
            yield from {"class": classes, "group": groups}[kind][code]
