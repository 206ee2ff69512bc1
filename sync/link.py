"""How good the connection is, judged by the last exchanges."""

from __future__ import annotations

from collections import deque
from statistics import median

from app.kernel.clock import Clock
from sync.planner import Link
from sync.server_second import ServerSecond
from sync.transport import Answer, NoAnswer, Remote, Request

_REMEMBERED = 8
_LOST_WHEN_POOR = 2
_SLOW_SECONDS = 3.0
"""A median answer slower than this: fifty entries would be at risk of the time limit together."""


class GaugedLink:
    """`Remote` that remembers how the last exchanges went, and when the server's clock ticks."""

    def __init__(self, remote: Remote, clock: Clock) -> None:
        self._remote = remote
        self._clock = clock
        self._lasted: deque[float | None] = deque(maxlen=_REMEMBERED)
        self.second = ServerSecond()

    @property
    def base_url(self) -> str:
        return self._remote.base_url

    @property
    def quality(self) -> Link:
        """`POOR` after two lost answers of the last eight, or when answers are slow."""
        answered = [seconds for seconds in self._lasted if seconds is not None]
        lost = len(self._lasted) - len(answered)
        slow = bool(answered) and median(answered) > _SLOW_SECONDS
        return Link.POOR if lost >= _LOST_WHEN_POOR or slow else Link.GOOD

    def send(self, request: Request) -> Answer | NoAnswer:
        began = self._clock.monotonic()
        answer = self._remote.send(request)
        ended = self._clock.monotonic()
        self._lasted.append(ended - began if isinstance(answer, Answer) else None)
        if isinstance(answer, Answer) and answer.date is not None:
            self.second.seen(answer.date, began, ended)
        return answer
