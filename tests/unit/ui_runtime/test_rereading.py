from __future__ import annotations

import pytest

from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from tests.support.desk_kit import ImmediateRunner, PatientRunner
from ui.runtime.rereading import News, Rereading

NOTES = frozenset({"note"})


class Reader:
    """Counts its readings; the number is the answer."""

    def __init__(self, scope: TaskScope, news: News) -> None:
        self.begun = self.read = 0
        self.answers: list[int] = []
        self.reading = Rereading(scope, news, self._read, self._done, self._begin)

    def _begin(self) -> None:
        self.begun += 1

    def _read(self, _: CancelToken) -> int:
        self.read += 1
        return self.read

    def _done(self, result: Result[int]) -> None:
        assert isinstance(result, Ok)
        self.answers.append(result.value)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    reader = Reader(TaskScope(ImmediateRunner()), News(ChangeFeed(), NOTES))
    assert reader.answers == []

    reader.reading.again()
    assert (reader.begun, reader.answers) == (1, [1])


def test_a_later_reading_replaces_one_that_has_not_answered() -> None:
    runner = PatientRunner()
    reader = Reader(TaskScope(runner), News(ChangeFeed(), NOTES))

    reader.reading.again()
    reader.reading.again()
    runner.go_on()

    assert (reader.begun, reader.answers) == (2, [1])


@pytest.mark.parametrize(
    ("patient", "changed", "heard"),
    [
        (None, Changed(NOTES), True),
        (None, Changed(NOTES, frozenset({"b"})), True),
        (None, Changed(frozenset({"order"})), False),
        (PatientId("a"), Changed(NOTES), True),
        (PatientId("a"), Changed(NOTES, frozenset({"a", "b"})), True),
        (PatientId("a"), Changed(NOTES, frozenset({"b"})), False),
        (PatientId("a"), Changed(frozenset({"order"}), frozenset({"a"})), False),
    ],
)
def test_only_news_that_concerns_it_makes_it_read_again(
    patient: PatientId | None, changed: Changed, *, heard: bool
) -> None:
    feed = ChangeFeed()
    reader = Reader(TaskScope(ImmediateRunner()), News(feed, NOTES, patient))

    feed.publish(changed)

    assert reader.answers == ([1] if heard else [])


def test_once_closed_it_hears_and_answers_nothing() -> None:
    feed, runner = ChangeFeed(), PatientRunner()
    reader = Reader(TaskScope(runner), News(feed, NOTES))
    reader.reading.again()

    reader.reading.close()
    feed.publish(Changed(NOTES))
    runner.go_on()

    assert (reader.begun, reader.answers) == (1, [])
