"""Subscriptions over a websocket (R4 subscription.html): who is told after which commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import parse_qsl

from app.fhir.document import Document
from app.fhir.subscriptions import WEBSOCKET, Subscription, read_subscription
from sync.cdr.clauses import Clause, IdIn
from sync.cdr.definitions import Definitions
from sync.cdr.outcome import Refusal
from sync.cdr.query import Pair, Plan
from sync.cdr.store import Store
from sync.cdr.values import Version, milliseconds
from sync.cdr.wire import read

TYPE = "Subscription"
PlanOf = Callable[[str, Sequence[Pair]], Plan]


class Line(Protocol):
    """One client that listens. Called on the model's thread; returns at once."""

    def ping(self, subscription: str) -> None: ...

    def ended(self, subscription: str) -> None:
        """It is over, was deleted, or announces nothing any more."""
        ...


class Subscriptions:
    """The standing questions of a server model, and who listens. Runs inside the model's lock.

    Only what somebody listens to is ever compared with a commit.
    """

    def __init__(self, store: Store, definitions: Definitions, plan: PlanOf) -> None:
        self._store = store
        self._definitions = definitions
        self._plan = plan
        self._lines: dict[str, list[Line]] = {}
        self._ends: dict[str, int] = {}
        for version in store.load(store.search(TYPE, [])):
            self._remember(version)

    def activated(self, document: Document) -> Document:
        """What is stored of a Subscription that somebody asks for.

        Raises:
            Refusal: 422, another channel, or criteria that this server could not keep: to accept
                one and announce nothing would lie.
        """
        wanted = read_subscription(document)
        if wanted is None or wanted.channel != WEBSOCKET:
            raise Refusal(422, "not-supported", "cdr.subscription-channel", "", "channel.type")
        self._criteria(wanted)
        return document | {"status": "active"} if wanted.status == "requested" else document

    def bind(self, subscription: str, line: Line) -> bool:
        """Let `line` hear of it; False when it announces nothing."""
        if self._live(subscription) is None:
            return False
        lines = self._lines.setdefault(subscription, [])
        if line not in lines:
            lines.append(line)
        return True

    def hang_up(self, line: Line) -> None:
        """Forget a line."""
        for subscription in list(self._lines):
            lines = [one for one in self._lines[subscription] if one is not line]
            self._lines[subscription] = lines
            if not lines:
                del self._lines[subscription]

    def committed(self, written: Sequence[Version]) -> None:
        """Tell everybody whom this commit concerns, once for each subscription."""
        by_type: defaultdict[str, set[str]] = defaultdict(set)
        for version in written:
            by_type[version.type].add(version.id)
            if version.type == TYPE:
                self._remember(version)
        for name in list(self._lines):
            subscription = self._live(name)
            if subscription is None:
                for line in self._lines.pop(name):
                    line.ended(name)
            elif self._fits(subscription, by_type):
                for line in self._lines[name]:
                    line.ping(name)

    def over(self, now: int) -> tuple[str, ...]:
        """What has come to its `end` and is to be deleted; `now` in milliseconds."""
        return tuple(name for name, end in self._ends.items() if end <= now)

    def _remember(self, version: Version) -> None:
        kept = None if version.deleted else read_subscription(read(version.body))
        self._ends.pop(version.id, None)
        if kept is not None and kept.channel == WEBSOCKET and kept.end is not None:
            self._ends[version.id] = milliseconds(kept.end)

    def _live(self, name: str) -> Subscription | None:
        version = self._store.current(TYPE, name)
        if version is None or version.deleted:
            return None
        found = read_subscription(read(version.body))
        if found is None or (found.status, found.channel) != ("active", WEBSOCKET):
            return None
        return found

    def _fits(self, subscription: Subscription, by_type: dict[str, set[str]]) -> bool:
        type_ = subscription.criteria.partition("?")[0]
        if type_ not in by_type:
            return False
        these = Clause((IdIn(tuple(sorted(by_type[type_]))),))
        plan = self._criteria(subscription)
        return bool(self._store.search(type_, [*plan.clauses, these]))

    def _criteria(self, subscription: Subscription) -> Plan:
        type_, _, query = subscription.criteria.partition("?")
        if not self._definitions.serves(type_):
            raise Refusal(422, "invalid", "cdr.subscription-criteria", "", "criteria")
        plan = self._plan(type_, parse_qsl(query))
        if plan.unknown:
            raise Refusal(422, "not-supported", "cdr.subscription-criteria", "", "criteria")
        return plan
