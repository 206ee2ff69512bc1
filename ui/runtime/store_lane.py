"""The one thread that writes: the clinician's acts first, everything else behind them."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_ACT, _BEHIND, _LAST = 0, 1, 2


class StoreLane:
    """Runs work one at a time, acts in the order of the clicks.

    Work put *behind* waits until no act is waiting, so that a synchronisation of a hundred
    thousand records delays a click by one page commit at most. `close()` finishes everything.
    """

    def __init__(self) -> None:
        self._waiting: queue.PriorityQueue[tuple[int, int, Callable[[], None]]] = (
            queue.PriorityQueue()
        )
        self._turns = itertools.count()
        self._closed = False
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work` after the acts before it.

        Raises:
            RuntimeError: The lane is closed; nothing may be entered any more.
        """
        self._put(_ACT, work)

    def behind(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` when no act waits; the future brings its answer or its exception.

        Raises:
            RuntimeError: The lane is closed.
        """
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it is handed to whoever waits, as executors do
                future.set_exception(error)

        self._put(_BEHIND, run)
        return future

    def close(self) -> None:
        """Finish all that waits, then stop. Calling again does nothing."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            thread = self._thread
            self._waiting.put((_LAST, next(self._turns), _nothing))
        if thread is not None:
            thread.join()

    def _put(self, rank: int, work: Callable[[], None]) -> None:
        with self._door:
            if self._closed:
                raise RuntimeError("the store lane is closed")
            self._waiting.put((rank, next(self._turns), work))
            if self._thread is None:
                # Not a daemon: an interpreter that ends must not tear a write.
                self._thread = threading.Thread(target=self._run, name="store_0", daemon=False)
                self._thread.start()

    def _run(self) -> None:
        while True:
            rank, _, work = self._waiting.get()
            if rank == _LAST:
                return
            work()


def _nothing() -> None:
    """Stands in the queue where the lane ends."""
