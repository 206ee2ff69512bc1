"""A pass moves the watermark once, at its end, and loses nothing on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Ref
from sync.cursor import (
    FAST_OVERLAP,
    Cursor,
    Fetch,
    Item,
    Mode,
    Page,
    PageFault,
    Phase,
    Window,
    abandon,
    commit_page,
    complete,
    restart,
    start,
    to_fetch,
)
from sync.versions import Version
from tests.sync.pure.cases import MANY, at


def _item(name: str, seconds: float, version: str = "1", mode: Mode = Mode.MATCH) -> Item:
    return Item(Ref(f"Task/{name}"), version, at(seconds), mode)


def _committed(cursor: Cursor, page: Page) -> Cursor:
    after = commit_page(cursor, page)
    assert isinstance(after, Cursor)
    return after


def _done(cursor: Cursor, now: datetime, *items: Item) -> Cursor:
    return complete(_committed(start(cursor, now), Page(items)))


def test_the_first_pass_asks_for_everything_up_to_the_servers_time() -> None:
    assert start(Cursor(), at(0)).asks == Window(None, at(0))


def test_the_next_pass_looks_back_over_the_overlap() -> None:
    second = start(_done(Cursor(), at(0)), at(15))

    assert second.asks == Window(at(0) - FAST_OVERLAP, at(15))
    assert second.pass_no == 2


def test_the_watermark_moves_only_when_the_last_page_is_committed() -> None:
    running = start(_done(Cursor(), at(0)), at(15))
    first = _committed(running, Page((_item("1", 1),), "next-1"))
    last = _committed(first, Page((_item("2", 2),)))

    assert [one.watermark for one in (running, first, last)] == [at(0)] * 3
    assert complete(last).watermark == at(15)
    for early in (Cursor(), running, first):
        with pytest.raises(ValueError, match="not complete"):
            complete(early)


def test_a_pass_cannot_be_started_twice_nor_paged_before_it_is_started() -> None:
    running = start(Cursor(), at(0))
    paged = _committed(running, Page(()))

    for one in (running, paged):
        with pytest.raises(ValueError, match="is running"):
            start(one, at(1))
    for one in (Cursor(), paged):
        with pytest.raises(ValueError, match="no pass"):
            commit_page(one, Page(()))
    assert paged.asks is None
    assert Cursor().asks is None


def test_included_resources_do_not_say_how_far_the_pass_is() -> None:
    page = Page((_item("1", 1), _item("included", 999, mode=Mode.INCLUDE)), "next-1")

    after = _committed(start(Cursor(), at(5)), page)

    assert after.resume_from == at(1)
    assert after.next_boundary == {("Task/1", "1")}


def test_an_expired_link_resumes_where_the_committed_pages_end() -> None:
    first = _committed(start(Cursor(), at(100)), Page((_item("1", 1), _item("2", 2)), "next-1"))

    again = restart(first)

    assert again.asks == Window(at(2), at(100))
    assert (again.page_no, again.restarts) == (1, 1)
    assert _committed(again, Page((_item("2", 2), _item("3", 3)), "next-1")).in_order


def test_pages_that_came_out_of_order_make_the_pass_begin_anew() -> None:
    shuffled = Page((_item("2", 2), _item("1", 1)), "next-1")

    first = _committed(start(Cursor(), at(100)), shuffled)
    between = _committed(
        _committed(start(Cursor(), at(100)), Page((_item("5", 5),), "next-1")),
        Page((_item("4", 4),), "next-2"),
    )

    for one in (first, between):
        assert not one.in_order
        assert one.asks == Window(None, at(100))
        assert restart(one).asks == Window(None, at(100))
        assert restart(one).page_no == 0


def test_a_restart_of_what_is_not_paging_changes_nothing() -> None:
    paged = _committed(start(Cursor(), at(0)), Page(()))

    assert restart(paged) == paged
    assert restart(Cursor()) == Cursor()


def test_an_abandoned_pass_leaves_the_watermark_and_can_be_started_again() -> None:
    running = _committed(start(_done(Cursor(), at(0)), at(15)), Page((_item("1", 1),), "next-1"))

    left = abandon(running)

    assert (left.phase, left.watermark, left.window) == (Phase.IDLE, at(0), None)
    assert start(left, at(30)).asks == Window(at(0) - FAST_OVERLAP, at(30))


@pytest.mark.parametrize(
    "page",
    [
        Page((_item("9", 9),), "next-1"),
        Page((_item("2", 2), _item("1", 1)), "next-9"),
    ],
)
def test_a_page_that_comes_twice_is_not_committed(page: Page) -> None:
    first = _committed(start(Cursor(), at(100)), Page((_item("1", 1), _item("2", 2)), "next-1"))

    assert commit_page(first, page) is PageFault.REPEATED
    assert isinstance(commit_page(restart(first), page), Cursor)


def test_a_new_version_of_a_resource_is_no_repeated_page() -> None:
    first = _committed(start(Cursor(), at(100)), Page((_item("1", 1),), "next-1"))

    assert isinstance(commit_page(first, Page((_item("1", 2, "2"),), "next-2")), Cursor)


def test_empty_pages_may_follow_each_other_but_not_for_ever() -> None:
    cursor = start(Cursor(), at(100))
    for n in range(3):
        cursor = _committed(cursor, Page((), f"next-{n}"))

    assert commit_page(cursor, Page((), "next-9"), most_pages=3) is PageFault.ENDLESS


def test_a_server_clock_that_went_back_pulls_the_window_down_with_it() -> None:
    ahead = _done(Cursor(), at(1_000))

    behind = start(ahead, at(400))

    assert behind.asks == Window(at(400) - FAST_OVERLAP, at(400))
    assert complete(_committed(behind, Page(()))).watermark == at(400)


def test_only_the_overlap_is_remembered_for_the_next_pass() -> None:
    done = _done(Cursor(), at(100), _item("old", 10), _item("new", 90))

    assert done.boundary == {("Task/new", "1")}


def test_ids_first_fetches_only_what_is_not_here_in_that_version() -> None:
    done = _done(Cursor(), at(100), _item("seen", 90))
    known = {
        Ref("Task/same"): Version("4"),
        Ref("Task/older"): Version("4"),
        Ref("Task/newer"): Version("6"),
    }
    items = [
        _item("same", 80, "4"),
        _item("older", 101, "5"),
        _item("newer", 80, "5"),
        _item("late", 80, "1"),
        _item("seen", 90, "1"),
        _item("included", 80, "1", Mode.INCLUDE),
        _item("warning", 80, "1", Mode.OUTCOME),
    ]

    assert to_fetch(items, known, start(done, at(115))) == Fetch(
        wanted=(Ref("Task/older"), Ref("Task/late"), Ref("Task/seen"), Ref("Task/included")),
        current=(Ref("Task/same"),),
        late=(Ref("Task/late"),),
        doubtful=(Ref("Task/newer"),),
    )


def test_nothing_is_late_on_the_first_pass() -> None:
    assert to_fetch([_item("1", 1)], {}, start(Cursor(), at(5))).late == ()


def test_a_resource_listed_in_two_versions_is_fetched_once() -> None:
    items = [_item("1", 1, "1"), _item("1", 2, "2"), _item("1", 0, "0")]

    found = to_fetch(items, {Ref("Task/1"): Version("1")}, Cursor())

    assert (found.wanted, found.current, found.doubtful) == ((Ref("Task/1"),), (), ())


# --- every way a pass can go

_STEPS: dict[str, Callable[[Cursor, float], Cursor | PageFault]] = {
    "start": lambda cursor, t: start(cursor, at(t)),
    "page": lambda cursor, t: commit_page(cursor, Page((_item(str(t), t),), f"n{t}")),
    "last": lambda cursor, t: commit_page(cursor, Page((_item(str(t), t),))),
    "complete": lambda cursor, _: complete(cursor),
    "restart": lambda cursor, _: restart(cursor),
    "abandon": lambda cursor, _: abandon(cursor),
}


@MANY
@given(st.lists(st.tuples(st.sampled_from(sorted(_STEPS)), st.integers(0, 9)), max_size=25))
def test_no_order_of_events_moves_the_watermark_before_its_pass_is_complete(
    events: list[tuple[str, int]],
) -> None:
    cursor = Cursor()
    for n, (name, offset) in enumerate(events):
        before = cursor
        try:
            after = _STEPS[name](cursor, n * 10 + offset)
        except ValueError:
            continue
        if isinstance(after, PageFault):
            continue
        cursor = after
        if cursor.watermark != before.watermark:
            assert name == "complete" and before.phase is Phase.PAGED
            assert before.window is not None and cursor.watermark == before.window.hi


# --- a server that stamps at the start of a transaction and shows it at its commit (Q1, Q2)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[float, float]]:
    """(stamp, visible from): commits come up to 30 s after their stamp, clocks drift by 4 s."""
    found: list[tuple[float, float]] = []
    for _ in range(draw(st.integers(1, 12))):
        begun = draw(st.integers(0, 200))
        found.append((begun + draw(st.integers(-4, 4)), begun + draw(st.integers(0, 30))))
    return found


def _polled(history: list[tuple[float, float]], cursor: Cursor, crash_every: int) -> set[int]:
    got: set[int] = set()
    for n, now in enumerate(range(0, 300, 15)):
        cursor = start(cursor, at(now))
        for attempt in range(3):
            window = cursor.asks
            assert window is not None
            found = sorted(
                (stamp, one)
                for one, (stamp, visible) in enumerate(history)
                if visible <= now and (window.lo is None or window.lo <= at(stamp))
                if at(stamp) < window.hi
            )
            pages = [found[k : k + 2] for k in range(0, len(found), 2)] or [[]]
            crashed = False
            for k, page in enumerate(pages):
                if attempt < 2 and crash_every and (n + k) % crash_every == crash_every - 1:
                    cursor, crashed = restart(cursor), True
                    break
                got |= {one for _, one in page}
                link = f"n{attempt}-{k}" if k + 1 < len(pages) else ""
                items = tuple(_item(str(one), stamp) for stamp, one in page)
                cursor = _committed(cursor, Page(items, link))
            if not crashed:
                cursor = complete(cursor)
                break
    return got


@MANY
@given(histories(), st.integers(0, 4))
def test_an_overlap_longer_than_transactions_and_drift_loses_nothing(
    history: list[tuple[float, float]], crash_every: int
) -> None:
    got = _polled(history, Cursor(overlap=FAST_OVERLAP), crash_every)

    assert got == set(range(len(history)))


def test_a_cursor_without_overlap_loses_a_late_commit_and_ours_does_not() -> None:
    """D1: the control without which the test above would prove nothing."""
    history = [(10.0, 40.0)]

    assert _polled(history, Cursor(overlap=timedelta(0)), 0) == set()
    assert _polled(history, Cursor(overlap=FAST_OVERLAP), 0) == {0}


def test_a_slow_lane_needs_a_watermark_of_its_own() -> None:
    """A transaction of 100 s is lost by the fast lane; the slow lane's own cursor finds it."""
    slow = timedelta(seconds=130)
    fast_now = _done(Cursor(), at(600))

    borrowed = start(Cursor(overlap=slow, watermark=fast_now.watermark), at(615))
    own = start(_done(Cursor(overlap=slow), at(0)), at(615))

    stamped = at(300)
    assert borrowed.asks is not None and borrowed.asks.lo is not None
    assert borrowed.asks.lo > stamped
    assert own.asks is not None and own.asks.lo is not None
    assert own.asks.lo < stamped
