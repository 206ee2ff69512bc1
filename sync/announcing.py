"""What the server is asked to announce, where, and when a round is brought forward for it."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin, urlsplit

from app.ports.sync_store import Scope
from sync.scopes import Pace, Places, ScopeType, census_query, queries

REST = 2.0
"""Least seconds from the beginning of a round to one that is announced."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One Subscription that this workstation wants: its id and its criteria."""

    id: str
    criteria: str


def wishes(
    workstation: str, scopes: Iterable[Scope], types: Sequence[ScopeType], places: Places
) -> tuple[Wish, ...]:
    """What to be told of: who comes and goes, and what is signed for those who lie here.

    R4 has one type per Subscription, so there is one for each type and parameter, over all
    patients together; the id depends on nothing else, so that the next start finds it again.
    `_lastUpdated` never stands in it: a server compares the criteria with each commit.
    """
    asked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    announced = [one for one in types if one.pace is Pace.ANNOUNCED]
    for scope in scopes:
        if scope.state != "active" or not scope.target:
            continue
        found = queries(scope, announced)
        if scope.kind == "census":
            census = census_query(scope, places)
            found = (census,) if census is not None else ()
        for query in found:
            parameter, values = query.criteria[0]
            asked[query.rtype, parameter] |= set(values.split(","))
    return tuple(
        Wish(_id(workstation, *key), f"{key[0]}?{key[1]}={quote(','.join(sorted(values)), '/,')}")
        for key, values in sorted(asked.items())
    )


def websocket_address(base: str, offered: str) -> str:
    """Where to listen, or "" when nothing fit for it is offered.

    `offered` may be relative, as HAPI has it. Only its path is taken: host, port and encryption
    are those of the FHIR base, as our token goes along. One on another host or port is not taken.
    """
    home, whole = urlsplit(base), urlsplit(urljoin(f"{base}/", offered))
    scheme, usual = ("wss", 443) if home.scheme == "https" else ("ws", 80)
    ports = (None, home.port or usual)
    if not offered or whole.hostname != home.hostname or whole.port not in ports:
        return ""
    return whole._replace(scheme=scheme, netloc=home.netloc, fragment="").geturl()


@dataclass(frozen=True, slots=True)
class Hastening:
    """When the next round is brought forward. Times are seconds of one monotonic clock.

    Attributes:
        due: When a round is to begin, or None.
        last: When the last one that was brought forward began.
        ready: When a round can show all that has been announced.
    """

    due: float | None = None
    last: float = -math.inf
    ready: float = -math.inf

    def announced(self, now: float, settle: float) -> Hastening:
        """The server says that something has changed: a round as soon as it can show it.

        A pass ends at the server's last whole second (`Date`), and what was committed within this
        second lies beyond it; `settle` is how long that may last.
        """
        ready = max(self.ready, now + settle)
        return replace(self._by(max(now + settle, self.last + REST)), ready=ready)

    def signed(self, now: float) -> Hastening:
        """Something was signed here: a round at once, to send it."""
        return self._by(now)

    def begun(self, now: float) -> Hastening:
        """A round begins; news that it comes too early for asks for another."""
        due = max(self.ready, now + REST) if self.ready > now else None
        return Hastening(due, now, self.ready)

    def wait(self, now: float) -> float | None:
        """Seconds until the next round is to begin, or None."""
        return None if self.due is None else max(self.due - now, 0.0)

    def _by(self, wanted: float) -> Hastening:
        return replace(self, due=wanted if self.due is None else min(self.due, wanted))


def _id(workstation: str, rtype: str, parameter: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{workstation} {rtype}?{parameter}"))
