"""What goes into one bag, and what is said once for several."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from app.decision.order_text.clauses import Clause
from app.decision.order_text.drafts import DraftLine, Said
from app.decision.order_text.fields import Parted
from app.decision.order_text.routing import diluent_of, in_one_bag

T = TypeVar("T")
_INTO_A_VEIN = {"IV", "IV_DRIP", "IV_PUSH", "IV_PUMP"}


def bagged(read: list[Parted]) -> list[Parted]:
    """Put the drugs of a clause into the fluid it names; route, rate and times are the bag's."""
    routes = [one.line.route.value for one in read if one.line.route is not None]
    way = next((route for route in routes if route in _INTO_A_VEIN), routes[0] if routes else None)
    fluid = in_one_bag(tuple(one.part for one in read), way)
    if fluid is None:
        return read
    bag = next(one for one in read if one.part is fluid)
    members = [one for one in read if one is not bag and _goes_in(one)]
    if not members:
        return read
    together = [bag, *members]
    for one in members:
        one.line = replace(
            _taking(one.line, [other.line for other in together if other is not one]),
            diluent=diluent_of(fluid),
            group=1 if len(members) > 1 else 0,
        )
        _spread(one, together)
    _keep_what_the_bag_said(bag.line, members)
    return [one for one in read if one is not bag]


def _keep_what_the_bag_said(bag: DraftLine, members: list[Parted]) -> None:
    """Nothing said beside the fluid is lost; whose skin test it is, is clear with one drug only."""
    first = members[0]
    unread = bag.unread
    skin_test = first.line.skin_test
    if bag.skin_test is not None and len(members) == 1:
        skin_test = skin_test or bag.skin_test
    elif bag.skin_test is not None:
        unread = (*unread, *bag.skin_test.spans)
    first.line = replace(
        first.line,
        skin_test=skin_test,
        unread=(*first.line.unread, *unread),
        notes=(*first.line.notes, *bag.notes),
    )


def _goes_in(one: Parted) -> bool:
    route = one.line.route
    return one.line.kind == "medication" and (route is None or route.value in _INTO_A_VEIN)


def _taking(line: DraftLine, others: list[DraftLine]) -> DraftLine:
    """Fill what is not said of `line` itself from the first of `others` that says it."""
    return replace(
        line,
        route=line.route or _first(other.route for other in others),
        freq=line.freq or _first(other.freq for other in others),
        when=line.when or _first(other.when for other in others),
        prn=line.prn or _first(other.prn for other in others),
        duration_d=line.duration_d or _first(other.duration_d for other in others),
        rate=line.rate or _first(other.rate for other in others),
        term=line.term or _first(other.term for other in others),
    )


def _first(said: Iterable[Said[T] | None]) -> Said[T] | None:
    return next((one for one in said if one is not None), None)


def _spread(one: Parted, together: list[Parted]) -> None:
    """A contradiction or doubt about the bag is one about everything in it."""
    for other in together:
        one.timing.contradiction |= other.timing.contradiction
        one.routing.contradiction |= other.routing.contradiction
        one.timing.unclear |= other.timing.unclear
        one.unclear_duration |= other.unclear_duration


def shared(found: tuple[Clause, ...], drafted: list[list[Parted]]) -> None:
    """`A 100 mg、B 75 mg po qd`: what stands once after a list stands for all of it.

    Only for names joined by 、/和/and/+, and only where neither way nor times were said before.
    """
    for place in range(len(found) - 2, -1, -1):
        if found[place + 1].breaker == "list" and drafted[place] and drafted[place + 1]:
            _share(drafted[place][-1], drafted[place + 1][0])
    for lines in drafted:
        for one, after in reversed(list(itertools.pairwise(lines))):
            if after.part.joined:
                _share(one, after)


def _share(one: Parted, after: Parted) -> None:
    line = one.line
    if line.drug is None or after.line.drug is None or one.timing.unclear or one.routing.unclear:
        return
    if line.route is None and line.freq is None and (line.dose or line.dose_range):
        one.line = replace(line, route=after.line.route, freq=after.line.freq, when=after.line.when)
