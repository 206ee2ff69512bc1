"""The one way work leaves the thread that draws the screen."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from app.kernel.faults import AppError, Failed, Fault, FaultKind, Message, Ok, Result

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lane(enum.Enum):
    """A queue with its own threads. Work in a lane of one never overlaps."""

    STORE = "store"  # 1 thread: the only writer, in the order of the clicks, drained at quit
    READ = "read"  # 2 threads: WAL snapshots, never a write
    SYNC = "sync"  # 1 thread: one synchronisation at a time
    PIXELS = "pixels"  # 2 threads: the latest request wins
    REMOTE = "remote"  # 2 threads: waits for services of the hospital, and reads nothing else


class Cancelled(Exception):  # noqa: N818 - it is not an error, it is an answer nobody wants
    """Raised inside a task whose result nobody waits for any more."""


class CancelToken:
    """Tells a running task to stop at its next safe point."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def cancel(self) -> None:
        self._flag.set()

    @property
    def cancelled(self) -> bool:
        return self._flag.is_set()

    def check(self) -> None:
        """Leave the task if it was cancelled.

        Raises:
            Cancelled: The token's owner has gone or changed its mind.
        """
        if self.cancelled:
            raise Cancelled


Work = Callable[[CancelToken], T]
Done = Callable[[Result[T]], None]


class TaskRunner(Protocol):
    """Runs work off the caller's thread and answers on the caller's thread."""

    def submit(self, lane: Lane, work: Work[T], done: Done[T], token: CancelToken) -> None: ...


def attempt(work: Work[T], token: CancelToken) -> Result[T]:
    """Run `work` and turn whatever it raises into a value."""
    try:
        return Ok(work(token))
    except AppError as error:
        log.info("task failed: %s (%s)", error.fault.message.code, error.fault.detail)
        return Failed(error.fault)
    except Cancelled:
        return Failed(Fault(FaultKind.REFUSED, Message.of("fault.cancelled")))
    except Exception as error:
        log.exception("task raised an unforeseen error")
        return Failed(Fault(FaultKind.BUG, Message.of("fault.bug"), type(error).__name__))


class TaskScope:
    """The tasks of one page.

    Closing the scope stops its reads and drops all its answers. Writes run to
    their end: leaving a page must never lose what was entered on it.
    """

    def __init__(self, runner: TaskRunner) -> None:
        self._runner = runner
        self._reads: set[CancelToken] = set()
        self._closed = False

    def read(self, work: Work[T], done: Done[T], *, lane: Lane = Lane.READ) -> CancelToken:
        """Run `work` on `lane`; the returned token drops it when a later one replaces it."""
        token = CancelToken()
        if self._closed:
            token.cancel()
            return token
        self._reads.add(token)

        def settle(result: Result[T]) -> None:
            self._reads.discard(token)
            self._answer(result, done)

        self._runner.submit(lane, work, settle, token)
        return token

    def write(self, work: Callable[[], T], done: Done[T]) -> None:
        self._runner.submit(
            Lane.STORE, lambda _: work(), lambda result: self._answer(result, done), CancelToken()
        )

    def close(self) -> None:
        self._closed = True
        for token in self._reads:
            token.cancel()
        self._reads.clear()

    def _answer(self, result: Result[T], done: Done[T]) -> None:
        if not self._closed:
            done(result)
