"""Search results kept on the server while a client pages through them; they expire."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.cdr.outcome import Refusal
from sync.cdr.query import Pair, Plan

_MOST = 256


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The keys a search found, in order, fixed at that moment.

    Attributes:
        plan: How its pages are filled (includes, elements).
        keys: Everything that matched.
        name: Part of the `next` links.
        made: When it was searched.
        used: When a page was last taken; it expires from then on.
    """

    plan: Plan
    keys: tuple[int, ...]
    name: str
    made: datetime
    used: datetime


class Snapshots:
    """Those of the last while, the oldest dropped first."""

    def __init__(self, lifetime: timedelta, new_name: Callable[[], str]) -> None:
        self._lifetime = lifetime
        self._new_name = new_name
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()
        self._searches: OrderedDict[tuple[str, tuple[Pair, ...]], str] = OrderedDict()

    def keep(self, plan: Plan, keys: list[int], now: datetime) -> Snapshot:
        made = Snapshot(plan, tuple(keys), self._new_name(), now, now)
        self._kept[made.name] = made
        self._searches[(plan.type, tuple(plan.used))] = made.name
        for kept in (self._kept, self._searches):
            while len(kept) > _MOST:
                kept.popitem(last=False)
        return made

    def take(self, name: str, now: datetime) -> Snapshot:
        """The snapshot for one more page.

        Raises:
            Refusal: 410, expired or never there.
        """
        found = self._kept.get(name)
        if found is None or now - found.used > self._lifetime:
            self._kept.pop(name, None)
            raise Refusal(410, "expired", "cdr.page-expired")
        self._kept[name] = replace(found, used=now)
        self._kept.move_to_end(name)
        return found

    def same_search(self, plan: Plan, now: datetime, within: timedelta) -> Snapshot | None:
        """What the same search found a moment ago (HAPI answers from it for 60 seconds)."""
        name = self._searches.get((plan.type, tuple(plan.used)), "")
        found = self._kept.get(name)
        return found if found and now - found.made < within else None

    def expire(self) -> None:
        """Drop everything, as a restart does."""
        self._kept.clear()
        self._searches.clear()
