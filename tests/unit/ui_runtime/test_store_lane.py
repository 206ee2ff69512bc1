from __future__ import annotations

import threading

import pytest

from ui.runtime.store_lane import StoreLane


def test_an_act_goes_before_work_that_waits_behind() -> None:
    lane, done, hold = StoreLane(), [], threading.Event()
    lane.submit(lambda: hold.wait(2) and None)

    behind = [lane.behind(lambda i=i: done.append(f"page {i}")) for i in range(3)]
    lane.submit(lambda: done.append("act 1"))
    lane.submit(lambda: done.append("act 2"))
    hold.set()
    for future in behind:
        future.result(2)
    lane.close()

    assert done == ["act 1", "act 2", "page 0", "page 1", "page 2"]


def test_closing_finishes_everything_that_waits() -> None:
    lane, done = StoreLane(), []
    for i in range(50):
        lane.submit(lambda i=i: done.append(i))

    lane.close()
    lane.close()

    assert done == list(range(50))


def test_a_closed_lane_takes_nothing_more() -> None:
    lane = StoreLane()
    lane.close()

    with pytest.raises(RuntimeError, match="closed"):
        lane.submit(lambda: None)


def test_an_error_behind_reaches_who_waits_and_the_lane_goes_on() -> None:
    lane, done = StoreLane(), []
    future = lane.behind(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        future.result(2)
    lane.submit(lambda: done.append("still alive"))
    lane.close()

    assert done == ["still alive"]
