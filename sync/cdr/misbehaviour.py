"""Faults a network or a bad server can show, for tests; never reachable from outside."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.cdr.values import Request, Response


class Fault(enum.Enum):
    """What goes wrong. `AFTER` faults happen when the store has already kept the write."""

    HTML = "a captive portal's page with status 200"
    WRONG_JSON = "JSON that is no FHIR"
    BROKEN_JSON = "half of the body, with a length that fits"
    HUGE = "a body of many megabytes"
    SAME_PAGE = "the first answer to this place again and again"
    WRONG_TYPE = "the right body as text/plain"
    SILENCE = "no answer until released, then the right one"
    STATUS = "an error status before anything is done"
    STATUS_AFTER = "an error status after it was done"
    DROP = "the connection is cut before anything is done"
    DROP_AFTER = "the connection is cut after it was done, before a byte of the answer"
    CUT_BODY = "the connection is cut in the middle of the answer"
    DRIP = "the right answer, one byte at a time and never to its end"
    ENDLESS = "a body that goes on until the client has had enough"
    CHANGED = "the right answer, changed as the test says"


Test = Callable[[Request], bool]
Change = Callable[[Response], Response]


def _any(_: Request) -> bool:
    return True


def _as_it_is(answer: Response) -> Response:
    return answer


@dataclass
class Rule:
    """One fault, for the next requests it fits.

    Attributes:
        fault: What happens.
        when: Which requests; every one by default.
        times: How often; afterwards the rule is gone.
        skip: How many that fit are served well first.
        status: For `STATUS` and `STATUS_AFTER`.
        headers: Added to the answer (`Retry-After`).
        size: Bytes of a `HUGE` body.
        change: For `CHANGED`.
        unserved: The request never gets to the server: somebody else answers in its place.
    """

    fault: Fault
    when: Test = _any
    times: int = 1
    skip: int = 0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 8 * 1024 * 1024
    change: Change = _as_it_is
    unserved: bool = False


class Misbehaviour:
    """The faults to come. Tests add rules; the HTTP face asks at every request.

    `release` ends a silence or a drip; stopping the server releases it too.
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self.release = threading.Event()
        self.silent = threading.Event()
        self.first_answers: dict[str, bytes] = {}
        self.seen: list[tuple[str, str]] = []

    def add(self, rule: Rule) -> None:
        with self._lock:
            self._rules.append(rule)
        if rule.fault in (Fault.SILENCE, Fault.DRIP):
            self.release.clear()
            self.silent.clear()

    def clear(self) -> None:
        """Behave from now on."""
        with self._lock:
            self._rules.clear()
        self.release.set()

    def next(self, request: Request) -> Rule | None:
        """The fault for this request, counted down."""
        with self._lock:
            self.seen.append((request.method, request.path))
            for rule in self._rules:
                if not rule.when(request):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.times -= 1
                if rule.times <= 0:
                    self._rules.remove(rule)
                return rule
        return None
