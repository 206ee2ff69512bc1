"""Virtual time: events in order, clocks that read it wrongly, and a trace of what happened."""

from __future__ import annotations

import hashlib
import heapq
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Timeline:
    """True time in milliseconds since the start, and what is going to happen when.

    Whoever waits calls `run_until`; what is due meanwhile happens inside that call, so that other
    workstations and the server go on while one of them waits. No threads take part.
    """

    ms: int = 0
    _events: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def after(self, ms: int, happens: Callable[[], None]) -> None:
        """Let something happen `ms` from now."""
        self._count += 1
        heapq.heappush(self._events, (self.ms + max(ms, 0), self._count, happens))

    def run_until(self, ms: int) -> None:
        """Pass the time; what an event begins may itself take longer than that."""
        while self._events and self._events[0][0] <= ms:
            when, _, happens = heapq.heappop(self._events)
            self.ms = max(self.ms, when)
            happens()
        self.ms = max(self.ms, ms)


@dataclass
class VirtualClock:
    """`Clock` over the timeline: wrong by `offset`, in whole milliseconds."""

    timeline: Timeline
    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        return START + timedelta(milliseconds=self.timeline.ms) + self.offset

    def monotonic(self) -> float:
        return self.timeline.ms / 1000


@dataclass
class SeededIds:
    """`Ids` that are the same in every run of a seed."""

    draw: random.Random

    def new(self) -> str:
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))


class Trace:
    """What happened, in order, as one hash; and how often, so that nothing is only believed to.

    A batch names itself by a random UUID of the product's own, so every UUID is written down by
    the order in which it first appeared.

    Attributes:
        tally: How often each thing of `happenings.ALL` happened, and others beside them.
    """

    def __init__(self, *, keep: bool) -> None:
        self._hash = hashlib.sha256()
        self._names: dict[str, str] = {}
        self._keep = keep
        self.lines: list[str] = []
        self.count = 0
        self.tally: Counter[str] = Counter()

    def write(self, ms: int, *words: object) -> None:
        line = self.plain(f"{ms} " + " ".join(str(word) for word in words))
        self._hash.update(line.encode() + b"\n")
        self.count += 1
        if self._keep:
            self.lines.append(line)

    def plain(self, text: str) -> str:
        """The text with every UUID replaced by its number."""
        return _UUID.sub(self._named, text)

    def digest(self, body: bytes) -> str:
        """A short hash of a body, UUIDs by number."""
        return hashlib.sha256(self.plain(body.decode()).encode()).hexdigest()[:12]

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def _named(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"#{len(self._names)}")
