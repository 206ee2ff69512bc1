"""Doses that were given twice: found from what was recorded, whoever recorded it (sync.md §7.8).

Both facts are kept for ever. Finding them here is the last line: the first ones are the claim of a
slot and the check before a dose.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from app.domain.dose_limits import DoseLimits, lines_of, total
from app.domain.slots import DoseGiven
from app.domain.terms import Ref

_LAST = datetime.max.replace(tzinfo=UTC)
_Timed = tuple[datetime, DoseGiven]


class Why(enum.Enum):
    """What makes two administrations one too many; `duplicate.why.<value>` says it."""

    SAME_SLOT = "same-slot"
    TOO_SOON = "too-soon"
    TOO_MUCH = "too-much"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two administrations of one order that should not both have been.

    Attributes:
        first: The earlier one, by time and then by reference: the same on every workstation.
    """

    first: DoseGiven
    second: DoseGiven
    why: Why

    @property
    def pair(self) -> tuple[Ref, Ref]:
        return self.first.ref, self.second.ref


def duplicates(doses: Iterable[DoseGiven], limits: DoseLimits) -> tuple[Duplicate, ...]:
    """Every pair among the doses of one order that needs a person; each pair once.

    A sum that mixes units is no finding here: before the dose it was refused as not checkable.

    Args:
        doses: What was given under one order, in any order.
        limits: What the order allows.
    """
    ordered = sorted(doses, key=lambda dose: (dose.at or _LAST, dose.ref))
    timed = [(dose.at, dose) for dose in ordered if dose.at is not None]
    found: dict[tuple[Ref, Ref], Duplicate] = {}
    for one in (*_same_slot(ordered), *_too_soon(timed, limits), *_too_much(timed, limits)):
        found.setdefault(one.pair, one)
    return tuple(found.values())


def _same_slot(ordered: Sequence[DoseGiven]) -> Iterator[Duplicate]:
    first: dict[Ref, DoseGiven] = {}
    for dose in ordered:
        if dose.slot is not None:
            earlier = first.setdefault(dose.slot, dose)
            if earlier is not dose:
                yield Duplicate(earlier, dose, Why.SAME_SLOT)


def _too_soon(timed: Sequence[_Timed], limits: DoseLimits) -> Iterator[Duplicate]:
    for (before, earlier), (after, later) in pairwise(timed):
        if limits.interval is not None and after - before < limits.interval:
            yield Duplicate(earlier, later, Why.TOO_SOON)


def _too_much(timed: Sequence[_Timed], limits: DoseLimits) -> Iterator[Duplicate]:
    lines = lines_of(dose for _, dose in timed)
    for (_, earlier), (at, later) in pairwise(timed):
        if limits.most is not None:
            given = total(lines, at - limits.within, at, limits.unit)
            if given is not None and given > limits.most:
                yield Duplicate(earlier, later, Why.TOO_MUCH)
