"""The network between a workstation and the server: late, twice, in part, or not at all."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sync.transport import Answer, Lost, NoAnswer, Request
from tests.sync.simulation.server import BASE, Server, refusal
from tests.sync.simulation.virtual import Timeline, Trace

TIMEOUT_MS = 30_000
_HTML = Answer(200, b"<html>Sign in to the network</html>", "text/html")
_PROXY = Answer(502, b"<html>Bad gateway</html>", "text/html")


class Fate(enum.Enum):
    """What becomes of one request. `late` ones reach the server after we have given up."""

    WELL = "well"
    SLOW = "slow"
    REFUSED = "refused"
    LOST = "lost"
    LATE = "late"
    TWICE = "twice"
    ANSWER_LOST = "answer-lost"
    BROKEN = "broken"
    CUT = "cut"
    STATUS_BEFORE = "status-before"
    STATUS_AFTER = "status-after"
    PORTAL = "portal"
    LATE_COMMIT = "late-commit"


HOSTILE = (
    (Fate.SLOW, 6),
    (Fate.REFUSED, 3),
    (Fate.LOST, 3),
    (Fate.LATE, 5),
    (Fate.TWICE, 8),
    (Fate.ANSWER_LOST, 8),
    (Fate.BROKEN, 3),
    (Fate.CUT, 4),
    (Fate.STATUS_BEFORE, 6),
    (Fate.STATUS_AFTER, 6),
    (Fate.PORTAL, 2),
    (Fate.LATE_COMMIT, 8),
)
STATUSES = (
    (409, "conflict"),
    (412, "conflict"),
    (429, "throttled"),
    (500, "exception"),
    (502, "transient"),
    (503, "transient"),
)


@dataclass
class Weather:
    """How the network of one workstation is right now.

    Attributes:
        harm: Chance that a request does not simply go well.
        out: Nothing of ours gets out.
        into: What we send arrives, and no answer comes back.
        refuses: While `out`: a connection is refused at once instead of nothing coming back.
        signed_out: The token has expired: the server says 401.
    """

    harm: float = 0.0
    out: bool = False
    into: bool = False
    refuses: bool = False
    signed_out: bool = False

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.harm = 0.0
        self.out = self.into = self.refuses = self.signed_out = False


@dataclass
class Cable:
    """`Remote` over the virtual network.

    Attributes:
        name: Of the workstation.
        leaves: Told of every request before it goes out.
        returns: Told when its answer is there; raises when the process was killed meanwhile.
        newest: Number of the newest request that has reached the server.
    """

    name: str
    timeline: Timeline
    server: Server
    draw: random.Random
    trace: Trace
    skews: tuple[timedelta, ...]
    leaves: Callable[[Request], None]
    returns: Callable[[], None]
    weather: Weather = field(default_factory=Weather)
    sent: int = 0
    newest: int = 0
    _searched: dict[tuple[str, bytes], int] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return BASE

    def send(self, request: Request) -> Answer | NoAnswer:
        self.sent += 1
        self.leaves(request)
        fate = self._fate(request)
        self._count(f"fate {fate.value}")
        self._count_search(request)
        self._say("->", request.method, _place(request), fate.value, _digest(self.trace, request))
        reply, wait = self._go(request, fate)
        self.timeline.run_until(self.timeline.ms + wait)
        self.returns()
        found = reply()
        self._say("<-", _brief(found))
        return found

    def _fate(self, request: Request) -> Fate:
        if self.weather.out:
            return Fate.REFUSED if self.weather.refuses else Fate.LOST
        if self.weather.into:
            return Fate.ANSWER_LOST
        if self.draw.random() >= self.weather.harm:
            return Fate.WELL
        fates, weights = zip(*HOSTILE, strict=True)
        found: Fate = self.draw.choices(fates, weights)[0]
        writes = request.method in ("POST", "PUT") and not request.path.endswith("_search")
        if found is Fate.LATE_COMMIT and not writes:
            return Fate.SLOW
        return found

    def _go(  # noqa: C901, PLR0911 - one case a fate
        self, request: Request, fate: Fate
    ) -> tuple[Callable[[], Answer | NoAnswer], int]:
        """What will be answered, to be asked for when the waiting is over, and how long it is."""
        draw, way = self.draw, self.draw.randint(5, 120)
        match fate:
            case Fate.REFUSED:
                return (lambda: NoAnswer(Lost.UNREACHABLE, "refused")), way
            case Fate.LOST:
                return (lambda: NoAnswer(Lost.SILENCE, "timeout")), TIMEOUT_MS
            case Fate.LATE:
                self._arrive(request, TIMEOUT_MS + draw.randint(1, 90_000))
                return (lambda: NoAnswer(Lost.SILENCE, "timeout")), TIMEOUT_MS
            case Fate.ANSWER_LOST:
                self._arrive(request, way)
                return (lambda: NoAnswer(Lost.SILENCE, "timeout")), TIMEOUT_MS
            case Fate.BROKEN:
                self._arrive(request, way)
                return (lambda: NoAnswer(Lost.BROKEN, "reset")), 2 * way
            case Fate.STATUS_BEFORE:
                spoilt = self._status("before")
                return (lambda: spoilt), 2 * way
            case Fate.PORTAL:
                return (lambda: _HTML), 2 * way
            case Fate.LATE_COMMIT:
                return self._late_commit(request, way)
        slow = draw.randint(500, 25_000) if fate is Fate.SLOW else 0
        answer = self._arrive(request, way + slow)
        if fate is Fate.TWICE:
            self._arrive(request, way + draw.randint(1, 120_000))
        return self._spoilt(answer, fate), 2 * way + slow

    def _spoilt(self, answer: list[Answer], fate: Fate) -> Callable[[], Answer | NoAnswer]:
        if fate is Fate.STATUS_AFTER:
            spoilt = self._status("after")
            return lambda: spoilt
        if fate is Fate.CUT:
            return lambda: _cut(answer[0])
        return lambda: answer[0]

    def _late_commit(
        self, request: Request, way: int
    ) -> tuple[Callable[[], Answer | NoAnswer], int]:
        """The transaction starts in time and takes long; others commit before it (Q1, Q2)."""
        skew = self._node()
        lasts = self.draw.choice((200, 3_000, 20_000, 60_000, 95_000))
        answer: list[Answer] = []

        def begins() -> None:
            stamp = self.server.begin(skew)

            def ends() -> None:
                answer.append(self._answer(request, skew, stamp))

            self.timeline.after(lasts, ends)

        self.timeline.after(way, begins)
        if way + lasts > TIMEOUT_MS:
            return (lambda: NoAnswer(Lost.SILENCE, "timeout")), TIMEOUT_MS
        return (lambda: answer[0]), 2 * way + lasts

    def _arrive(self, request: Request, ms: int) -> list[Answer]:
        """Let the request reach the server; its answer is in the list from then on."""
        skew = self._node()
        answer: list[Answer] = []
        number = self.sent

        def arrives() -> None:
            self._count("reordered" if number < self.newest else "in order")
            self.newest = max(self.newest, number)
            answer.append(self._answer(request, skew))

        self.timeline.after(ms, arrives)
        return answer

    def _answer(self, request: Request, skew: timedelta, stamp: object = None) -> Answer:
        if self.weather.signed_out:
            self._count("token expired")
            return refusal(401, "login")
        found = self.server.answer(request, skew, stamp, self.name)  # type: ignore[arg-type]
        self._say("  server", found.status, _digest(self.trace, request))
        if found.status == 410 and "?" in request.path:
            self._count("page expired")
        if found.status in (409, 412):
            self._count("overtaken")
        return found

    def _count(self, what: str) -> None:
        self.trace.tally[what] += 1

    def _count_search(self, request: Request) -> None:
        """The same search again while the server would answer from what it found before (Q3)."""
        asked = (request.path, request.body or b"")
        last = self._searched.get(asked)
        if request.path.endswith("_search"):
            self._searched[asked] = self.timeline.ms
        within = self.server.policy.reuse_searches / timedelta(milliseconds=1)
        if last is not None and self.timeline.ms - last < within:
            self._count("search repeated before the cache forgot")

    def _status(self, when: str) -> Answer:
        status, code = self.draw.choice(STATUSES)
        self._count(f"{status} {when}")
        if status == 502 and self.draw.random() < 0.5:
            return _PROXY
        return refusal(status, code, 5.0 if status in (429, 503) else None)

    def _node(self) -> timedelta:
        return self.draw.choice(self.skews)

    def _say(self, *words: object) -> None:
        self.trace.write(self.timeline.ms, self.name, *words)


def _cut(answer: Answer) -> Answer:
    """Half of the answer, with a length that fits."""
    half = answer.body[: len(answer.body) // 2]
    return Answer(answer.status, half, answer.content_type, answer.etag, answer.location)


def _place(request: Request) -> str:
    return request.path.removeprefix(BASE) or "/"


def _digest(trace: Trace, request: Request) -> str:
    return trace.digest(request.body) if request.body else "-"


def _brief(found: Answer | NoAnswer) -> str:
    return found.why.value if isinstance(found, NoAnswer) else f"{found.status} {found.etag}"
