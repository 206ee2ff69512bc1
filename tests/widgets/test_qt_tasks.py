from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Failed, FaultKind, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from ui.runtime.qt_tasks import QtTaskRunner

pytestmark = pytest.mark.usefixtures("qapp")


class Bell(QObject):
    rung = Signal(object)


@pytest.fixture
def runner() -> Iterator[QtTaskRunner]:
    runner = QtTaskRunner()
    yield runner
    runner.close()


def test_two_thousand_emits_do_not_end_the_process() -> None:
    bell, heard = Bell(), []
    bell.rung.connect(heard.append)

    for _ in range(2_000):
        bell.rung.emit(True)

    assert heard == [True] * 2_000


@pytest.mark.parametrize("lane", Lane)
def test_work_runs_on_its_lane_and_answers_on_the_gui_thread(
    qtbot: QtBot, runner: QtTaskRunner, lane: Lane
) -> None:
    seen: list[tuple[Result[str], int]] = []

    runner.submit(
        lane,
        lambda _: threading.current_thread().name,
        lambda result: seen.append((result, threading.get_ident())),
        CancelToken(),
    )
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)

    result, where = seen[0]
    assert isinstance(result, Ok)
    assert result.value.startswith(lane.value)
    assert where == threading.main_thread().ident


def test_two_thousand_answers_all_arrive_in_order(qtbot: QtBot, runner: QtTaskRunner) -> None:
    heard: list[int] = []

    def hear(result: Result[int]) -> None:
        assert isinstance(result, Ok)
        heard.append(result.value)

    for i in range(2_000):
        runner.submit(Lane.STORE, lambda _, i=i: i, hear, CancelToken())
    qtbot.waitUntil(lambda: len(heard) == 2_000, timeout=10_000)

    assert heard == list(range(2_000))


@pytest.mark.expects_log("unforeseen")
def test_a_bug_in_a_task_is_a_value_and_the_lane_goes_on(
    qtbot: QtBot, runner: QtTaskRunner
) -> None:
    heard: list[Result[float]] = []

    runner.submit(Lane.STORE, lambda _: 1 / 0, heard.append, CancelToken())
    runner.submit(Lane.STORE, lambda _: 0.5, heard.append, CancelToken())
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=2000)

    first, second = heard
    assert isinstance(first, Failed)
    assert first.fault.kind is FaultKind.BUG
    assert second == Ok(0.5)


def test_a_closed_scope_hears_nothing_and_an_open_one_does(
    qtbot: QtBot, runner: QtTaskRunner
) -> None:
    hold = threading.Event()
    gone: list[Result[bool]] = []
    here: list[Result[bool]] = []
    leaving, staying = TaskScope(runner), TaskScope(runner)

    leaving.read(lambda _: hold.wait(2), gone.append)
    staying.read(lambda _: hold.wait(2), here.append)
    leaving.close()
    hold.set()
    qtbot.waitUntil(lambda: bool(here), timeout=2000)
    # One thread of the lane answers after the other; a later read proves both are through.
    staying.read(lambda _: True, here.append)
    staying.read(lambda _: True, here.append)
    qtbot.waitUntil(lambda: len(here) == 3, timeout=2000)

    assert gone == []
    staying.close()


def test_leaving_loses_no_write(runner: QtTaskRunner) -> None:
    hold, written = threading.Event(), []
    scope = TaskScope(runner)
    scope.write(lambda: hold.wait(2), lambda _: None)
    scope.write(lambda: written.append("order"), lambda _: None)

    scope.close()
    hold.set()
    runner.close()

    assert written == ["order"]


def test_closing_drains_the_store_and_drops_what_only_reads(runner: QtTaskRunner) -> None:
    started, written, read = threading.Event(), [], []

    def endless(token: CancelToken) -> None:
        started.set()
        while True:
            token.check()
            threading.Event().wait(0.001)

    runner.submit(Lane.SYNC, endless, lambda _: None, CancelToken())
    runner.submit(Lane.SYNC, lambda _: read.append(1), lambda _: None, CancelToken())
    for i in range(200):
        runner.submit(Lane.STORE, lambda _, i=i: written.append(i), lambda _: None, CancelToken())
    assert started.wait(2)

    runner.close()

    assert written == list(range(200))
    assert read == []


def test_a_synchronisation_that_waits_for_the_writer_does_not_block_the_end(
    runner: QtTaskRunner,
) -> None:
    hold, waiting, committed = threading.Event(), threading.Event(), []
    runner.submit(Lane.STORE, lambda _: hold.wait(2), lambda _: None, CancelToken())

    def page(_: CancelToken) -> None:
        waiting.set()
        runner.store_behind(lambda: committed.append("page"))

    runner.submit(Lane.SYNC, page, lambda _: None, CancelToken())
    assert waiting.wait(2)
    threading.Timer(0.05, hold.set).start()

    runner.close()

    assert committed == ["page"]


def test_a_users_act_goes_before_the_pages_of_a_synchronisation(
    qtbot: QtBot, runner: QtTaskRunner
) -> None:
    hold, queued, order = threading.Event(), threading.Event(), []
    done: list[Result[None]] = []
    runner.submit(Lane.STORE, lambda _: hold.wait(2), lambda _: None, CancelToken())

    def sync(_: CancelToken) -> None:
        future = runner._store.behind(lambda: order.append("page"))
        queued.set()
        future.result()

    runner.submit(Lane.SYNC, sync, done.append, CancelToken())
    assert queued.wait(2)
    runner.submit(Lane.STORE, lambda _: order.append("act"), done.append, CancelToken())
    hold.set()
    qtbot.waitUntil(lambda: len(done) == 2, timeout=2000)

    assert order == ["act", "page"]


def test_news_from_any_thread_is_joined_and_heard_on_the_gui_thread(
    qtbot: QtBot, runner: QtTaskRunner
) -> None:
    feed, heard, done = ChangeFeed(), [], []
    runner.feed_bridge(feed)
    feed.listen(lambda changed: heard.append((changed, threading.get_ident())))

    def sync(_: CancelToken) -> None:
        for i in range(500):
            feed.publish(Changed(frozenset({"order" if i % 2 else "note"}), frozenset({f"p{i}"})))

    runner.submit(Lane.SYNC, sync, done.append, CancelToken())
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    qtbot.waitUntil(
        lambda: len(frozenset().union(*(c.patients for c, _ in heard))) == 500, timeout=2000
    )

    assert {where for _, where in heard} == {threading.main_thread().ident}
    assert len(heard) < 100
    assert frozenset().union(*(c.kinds for c, _ in heard)) == {"order", "note"}


def test_news_is_heard_without_waiting_for_more(qtbot: QtBot, runner: QtTaskRunner) -> None:
    feed, heard = ChangeFeed(), []
    runner.feed_bridge(feed)
    feed.listen(heard.append)

    feed.publish(Changed(frozenset({"order"})))

    assert heard == []  # never inside the call that publishes
    qtbot.waitUntil(lambda: heard == [Changed(frozenset({"order"}))], timeout=1000)


def test_of_progress_only_the_latest_is_shown(qtbot: QtBot, runner: QtTaskRunner) -> None:
    heard: list[int] = []
    done: list[Result[None]] = []
    report = runner.reporter(heard.append)

    def work(_: CancelToken) -> None:
        for i in range(5_000):
            report(i)

    runner.submit(Lane.SYNC, work, done.append, CancelToken())
    qtbot.waitUntil(lambda: bool(heard) and heard[-1] == 4_999 and bool(done), timeout=5000)

    assert heard == sorted(heard)
    assert len(heard) < 500


def test_a_slow_answer_leaves_room_for_the_event_loop(qtbot: QtBot, runner: QtTaskRunner) -> None:
    ticks: list[int] = []
    answers: list[Result[None]] = []
    ready = threading.Event()

    def slow(result: Result[None]) -> None:
        threading.Event().wait(0.010)
        answers.append(result)
        ticks.append(len(runner._answers))

    runner.submit(Lane.STORE, lambda _: ready.wait(2) and None, lambda _: None, CancelToken())
    for _ in range(10):
        runner.submit(Lane.STORE, lambda _: None, slow, CancelToken())
    deliveries: list[int] = []
    runner._frame.timeout.connect(lambda: deliveries.append(len(answers)))
    ready.set()
    qtbot.waitUntil(lambda: len(answers) == 10, timeout=3000)

    assert len(deliveries) >= 5  # not all ten in one go
