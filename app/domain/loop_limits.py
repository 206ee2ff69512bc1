"""How the times of two nodes stand to the limit between them."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from app.domain.loop_facts import Fact, time_of
from app.domain.loops import LimitKind, LoopLimit


class Verdict(enum.Enum):
    """What can be said of one limit at one time."""

    ON_TIME = "on-time"
    LATE = "late"
    EARLY = "early"
    WRONG_ORDER = "wrong-order"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DEPENDS = "depends"  # past the narrowest bound, not past the widest

    @property
    def decided(self) -> bool:
        return self not in (Verdict.WAITING, Verdict.DEPENDS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One limit, held against one pair of times.

    Attributes:
        origin_at: The time it is counted from.
        at: When the target was reached; None while it is waited for.
        due: The widest bound as an instant, `strict_due` the narrowest.
    """

    limit: LoopLimit
    verdict: Verdict
    origin_at: datetime | None = None
    at: datetime | None = None
    due: datetime | None = None
    strict_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """What one limit is judged by.

    Attributes:
        origins: What counts as done of the node it is counted from, oldest first; `targets` of the
            other node, `declined` what was decided against there.
        origin_known: Whether the absence of an origin means that it was not done.
        waits: Whether the target may still come.
        overtaken: A later node has been reached: what was repeated is at its end.
    """

    origins: Sequence[Fact]
    targets: Sequence[Fact]
    declined: Sequence[Fact] = ()
    origin_known: bool = True
    waits: bool = True
    overtaken: bool = False


def judge(limit: LoopLimit, pairing: Pairing, now: datetime) -> tuple[Judgement, ...]:
    """Every judgement of `limit` at `now`; none where there is nothing to judge.

    A time that is not recorded decides nothing.
    """
    match limit.kind:
        case LimitKind.ORDER:
            return tuple(_order(limit, pairing))
        case LimitKind.INTERVAL:
            return tuple(_intervals(limit, pairing, now))
        case _:
            return tuple(_pairs(limit, pairing, now))


def _order(limit: LoopLimit, pairing: Pairing) -> Iterator[Judgement]:
    target = next((one for one in pairing.targets if one.at is not None), None)
    if target is None:
        return
    if not pairing.origins:
        if pairing.origin_known:
            yield Judgement(limit, Verdict.WRONG_ORDER, at=target.at)
        return
    origin = pairing.origins[0]
    if origin.at is not None:
        before = time_of(origin) <= time_of(target)
        verdict = Verdict.ON_TIME if before else Verdict.WRONG_ORDER
        yield Judgement(limit, verdict, origin.at, target.at)


def _intervals(limit: LoopLimit, pairing: Pairing, now: datetime) -> Iterator[Judgement]:
    begins = [one.at for one in pairing.origins if one.at is not None][:1]
    times = [one.at for one in pairing.targets if one.at is not None]
    line = [*begins, *(at for at in times if not begins or at > begins[0])]
    for before, after in pairwise(line):
        yield _closed(limit, before, after)
    if line and pairing.waits and not pairing.overtaken:
        yield _open(limit, line[-1], now)


def _pairs(limit: LoopLimit, pairing: Pairing, now: datetime) -> Iterator[Judgement]:
    left = [one for one in pairing.targets if one.at is not None]
    for origin in _origins(limit, pairing):
        counted = _counted_from(limit, origin)
        if counted is None:
            continue
        target = _answer(limit, origin, counted, left)
        if target is not None and target.at is not None:
            left.remove(target)
            yield _closed(limit, counted, target.at)
        elif _is_waited_for(limit, origin, pairing):
            yield _open(limit, counted, now)


def _origins(limit: LoopLimit, pairing: Pairing) -> Sequence[Fact]:
    """All of those that can be told apart; of the others the first."""
    apart = [one for one in pairing.origins if one.instance]
    if apart:
        return sorted(apart, key=lambda one: (_counted_from(limit, one) or time_of(one), one.ref))
    return pairing.origins[:1]


def _counted_from(limit: LoopLimit, origin: Fact) -> datetime | None:
    return origin.due or origin.at if limit.kind is LimitKind.WINDOW else origin.at


def _answer(limit: LoopLimit, origin: Fact, counted: datetime, left: Sequence[Fact]) -> Fact | None:
    """The target that belongs to `origin`: of the same instance, else the next of none."""
    if origin.instance:
        for one in left:
            if one.instance == origin.instance:
                return one
    early = limit.kind is LimitKind.WINDOW
    opens = counted - (limit.least or timedelta()) if early else counted
    for one in left:
        if (not one.instance or not origin.instance) and time_of(one) >= opens:
            return one
    return None


def _is_waited_for(limit: LoopLimit, origin: Fact, pairing: Pairing) -> bool:
    if not pairing.waits or (limit.most is None and limit.strict is None):
        return False
    return not any(
        one.instance == origin.instance or (not one.instance and time_of(one) >= time_of(origin))
        for one in pairing.declined
    )


def _closed(limit: LoopLimit, counted: datetime, at: datetime) -> Judgement:
    return Judgement(limit, _verdict(limit, at - counted), counted, at, *_dues(limit, counted))


def _verdict(limit: LoopLimit, elapsed: timedelta) -> Verdict:
    if limit.least is not None:
        soonest = -limit.least if limit.kind is LimitKind.WINDOW else limit.least
        if elapsed < soonest:
            return Verdict.EARLY
    if limit.most is not None and elapsed > limit.most:
        return Verdict.LATE
    if limit.strict is not None and elapsed > limit.strict:
        return Verdict.DEPENDS
    return Verdict.ON_TIME


def _open(limit: LoopLimit, counted: datetime, now: datetime) -> Judgement:
    due, strict = _dues(limit, counted)
    verdict = Verdict.WAITING
    if due is not None and now > due:
        verdict = Verdict.OVERDUE
    elif strict is not None and now > strict:
        verdict = Verdict.DEPENDS
    return Judgement(limit, verdict, counted, None, due, strict)


def _dues(limit: LoopLimit, counted: datetime) -> tuple[datetime | None, datetime | None]:
    due = None if limit.most is None else counted + limit.most
    return due, None if limit.strict is None else counted + limit.strict
