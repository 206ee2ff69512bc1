"""Reads what a page shows, and reads it again when there is news. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.tasks import CancelToken, Done, TaskScope, Work

T = TypeVar("T")


def nothing() -> None:
    """What is done before a reading that nobody has to see."""


@dataclass(frozen=True, slots=True)
class News:
    """A feed, and what of it somebody wants to hear: some kinds, of one patient or of any."""

    feed: ChangeFeed
    kinds: frozenset[str]
    patient: PatientId | None = None

    def concerns(self, changed: Changed) -> bool:
        if self.patient is None:
            return bool(changed.kinds & self.kinds)
        return any(changed.touches(kind, self.patient) for kind in self.kinds)


class Rereading(Generic[T]):
    """One reading that is asked for again and again.

    A later one replaces an earlier one that has not answered yet, so that an old answer never
    covers a new one. It begins with `again()`, once its owner can hear the answer.
    """

    def __init__(
        self,
        tasks: TaskScope,
        news: News,
        read: Work[T],
        done: Done[T],
        begins: Callable[[], None] = nothing,
    ) -> None:
        """Nothing is read yet.

        Args:
            tasks: The page's.
            news: Where they come from, and which of them are a reason to read again.
            read: The reading; runs on the READ lane.
            done: Hears every answer that was not replaced.
            begins: Told before every reading, to show that one is under way.
        """
        self._tasks = tasks
        self._concerns = news.concerns
        self._read = read
        self._done = done
        self._begins = begins
        self._token: CancelToken | None = None
        self._unlisten = news.feed.listen(self._hear)

    def again(self) -> None:
        """Read now."""
        if self._token is not None:
            self._token.cancel()
        self._begins()
        self._token = self._tasks.read(self._read, self._done)

    def close(self) -> None:
        """Hear no more news, and drop what has not answered."""
        self._unlisten()
        self._tasks.close()

    def _hear(self, changed: Changed) -> None:
        if self._concerns(changed):
            self.again()
