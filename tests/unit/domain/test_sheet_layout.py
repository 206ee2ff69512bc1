"""A line that was printed never moves, and what the paper lacks is printed into its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_sheets import Caution, Column, Hands, Signed
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_layout import Ledger, Placed, PrintedLine, Sheet, lay_out, whole
from tests.support.paper_kit import PAGE, of
from tests.support.sheet_builders import MORNING, a_line

EMPTY = Ledger()


def places(sheet: Sheet) -> dict[str, int]:
    return {line.key: line.place for line in sheet.lines}


def of_order(sheet: Sheet, key: str) -> Placed:
    return next(line for line in sheet.lines if line.order == key)


def some(count: int, first: int = 0) -> list[OrderLine]:
    return [a_line(f"{n:02}", n) for n in range(first, first + count)]


def printed(sheet: Sheet) -> Ledger:
    """Everything of `sheet` is on paper."""
    return Ledger(tuple(PrintedLine(one.place, one.key, one.day, one.cells) for one in sheet.lines))


def without_ink(ledger: Ledger) -> Ledger:
    """The places are kept, and none of it came out of the printer."""
    return replace(ledger, lines=tuple(replace(one, cells=()) for one in ledger.lines))


def test_a_date_is_written_where_it_changes_and_on_every_page() -> None:
    lines = [*some(5), a_line("next", 24 * 60)]

    sheet = lay_out(of(*lines), EMPTY, PAGE)

    dates = [line.text(Column.START_DATE) for line in sheet.lines]
    assert dates == ["2026-11-24", "", "", "", "2026-11-24", "2026-11-25"]
    assert sheet.page_count == 2


def test_a_line_that_is_printed_later_or_anew_has_its_date_where_it_changes() -> None:
    lines = [*some(2), a_line("next", 24 * 60)]
    first = lay_out(of(*lines), EMPTY, PAGE)

    later = lay_out(of(*lines), without_ink(printed(first)), PAGE)
    anew = lay_out(of(*lines), printed(first), PAGE, anew=(1,))

    for sheet in (later, anew):
        assert [line.cells for line in sheet.lines] == [line.cells for line in first.lines]
        assert all(not line.printed for line in sheet.lines)


def test_a_group_is_not_torn_by_the_end_of_a_page() -> None:
    group = [a_line(f"g{n}", 9, group="g", place=n) for n in range(3)]

    sheet = lay_out(of(*some(2), *group), EMPTY, PAGE)

    assert [places(sheet)[f"g{n}/0"] for n in range(3)] == [4, 5, 6]
    assert sheet.start(6) == 4
    assert sheet.start(3) == 3


def test_a_group_longer_than_a_page_follows_at_once() -> None:
    group = [a_line(f"g{n}", 9, group="g", place=n) for n in range(5)]

    sheet = lay_out(of(*some(1), *group), EMPTY, PAGE)

    assert places(sheet)["g0/0"] == 1


@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30)))
def test_a_printed_line_never_moves_whatever_comes_late(early: set[int], late: set[int]) -> None:
    before = lay_out(of(*(a_line(f"{n}", n) for n in early)), EMPTY, PAGE)
    ledger = printed(before)

    now = lay_out(of(*(a_line(f"{n}", n) for n in early | late)), ledger, PAGE)

    assert places(before).items() <= places(now).items()
    assert len(set(places(now).values())) == len(early | late)
    fresh = {line.place for line in now.lines if line.printed is None}
    assert all(place >= ledger.next_place for place in fresh)


def test_the_paper_lacks_a_later_signature_and_nothing_else() -> None:
    first = lay_out(of(*some(3)), EMPTY, PAGE)
    stop = MORNING + timedelta(hours=1)
    order = replace(some(1)[0].order, status="stopped", ending=Ending.STOPPED, stopped_at=stop)
    by = Hands(stopped_by="王建国", stop_taken=Signed("孙莉"))

    now = lay_out(of(OrderLine(order), *some(2, 1), **{"00": by}), printed(first), PAGE)

    assert [(cell.column, cell.text) for cell in now.lines[0].lacking] == [
        (Column.END_DATE, "2026-11-24"),
        (Column.END_TIME, "02:00"),
        (Column.END_PHYSICIAN, "王建国"),
        (Column.END_NURSE, "孙莉"),
    ]
    assert [line.lacking for line in now.lines[1:]] == [(), ()]


def test_a_draft_is_shown_below_and_never_placed() -> None:
    sheet = lay_out(of(a_line("d", status="draft"), *some(1)), EMPTY, PAGE)

    assert [line.order for line in sheet.lines] == ["00"]
    assert [line.order for line in sheet.withheld] == ["d"]


def test_a_stop_in_conflict_is_not_added_to_the_paper() -> None:
    ledger = printed(lay_out(of(*some(1)), EMPTY, PAGE))
    order = replace(some(1)[0].order, status="stopped", stopped_at=MORNING)

    disputed = lay_out(of(OrderLine(order, "conflict")), ledger, PAGE)
    anew = lay_out(of(OrderLine(order, "conflict")), ledger, PAGE, anew=(1,))
    settled = lay_out(of(OrderLine(order)), ledger, PAGE)

    assert disputed.lines[0].lacking == ()
    assert anew.lines[0].cells == disputed.lines[0].cells == ledger.lines[0].cells
    assert settled.lines[0].lacking


def test_the_screen_says_where_paper_and_record_differ() -> None:
    ledger = printed(lay_out(of(*some(1)), EMPTY, PAGE))
    other = replace(some(1)[0].order, item=replace(some(1)[0].order.item, text="别的"))

    now = lay_out(of(OrderLine(other)), ledger, PAGE)
    same = lay_out(of(*some(1)), ledger, PAGE)

    line = of_order(now, "00")
    assert Caution.DIFFERS in line.cautions
    assert line.text(Column.TEXT).startswith("药品00")
    assert line.text(Column.SKIN) == ""
    assert Caution.DIFFERS not in of_order(same, "00").cautions


def test_a_page_that_is_printed_anew_reads_as_the_record_does() -> None:
    ledger = printed(lay_out(of(*some(2)), EMPTY, PAGE))
    other = replace(some(1)[0].order, item=replace(some(1)[0].order.item, text="别的"))

    now = lay_out(of(OrderLine(other), *some(1, 1)), ledger, PAGE, anew=(1,))
    elsewhere = lay_out(of(OrderLine(other), *some(1, 1)), ledger, PAGE, anew=(2,))

    assert of_order(now, "00").text(Column.TEXT).startswith("别的")
    assert Caution.DIFFERS not in of_order(now, "00").cautions
    assert places(now) == {"00/0": 0, "01/0": 1}
    assert of_order(elsewhere, "00").text(Column.TEXT).startswith("药品00")


def test_a_printed_order_whose_text_has_grown_keeps_its_lines_and_says_so() -> None:
    ledger = printed(lay_out(of(*some(1)), EMPTY, PAGE))

    for anew in ((), (1,)):
        now = lay_out(of(*some(1), signs=8), ledger, PAGE, anew=anew)

        assert [line.key for line in now.lines] == ["00/0"]
        assert now.lines[0].cautions.count(Caution.DIFFERS) == 1
        assert now.lines[0].cells == ledger.lines[0].cells


def test_an_order_that_gained_a_line_and_kept_its_first_differs_too() -> None:
    two = of(*some(1), signs=8)
    half = printed(lay_out([replace(two[0], lines=two[0].lines[:1])], EMPTY, PAGE))

    now = lay_out(two, half, PAGE)

    assert [line.key for line in now.lines] == ["00/0"]
    assert Caution.DIFFERS in now.lines[0].cautions


def test_a_printed_order_that_is_gone_keeps_its_place() -> None:
    ledger = printed(lay_out(of(*some(3)), EMPTY, PAGE))

    now = lay_out(of(*some(2, 1)), ledger, PAGE)

    assert now.lines[0].cautions == (Caution.GONE,)
    assert now.lines[0].cells == ledger.lines[0].cells
    assert places(now) == {"00/0": 0, "01/0": 1, "02/0": 2}


def test_new_paper_leaves_the_place_of_an_order_that_is_gone_blank() -> None:
    ledger = printed(lay_out(of(*some(3)), EMPTY, PAGE))

    now = lay_out(of(a_line("late", 0), *some(2, 1)), ledger, PAGE, anew=(1,))

    assert places(now) == {"01/0": 1, "02/0": 2, "late/0": 3}


def test_a_page_is_shown_whole_whatever_is_on_the_paper() -> None:
    sheet = lay_out(of(*some(5)), printed(lay_out(of(*some(5)), EMPTY, PAGE)), PAGE)

    assert {row for row, _ in whole(sheet, 2).cells} == {0}
    assert whole(sheet, 2).framed
    assert lay_out((), EMPTY, PAGE).page_count == 1
    assert EMPTY.next_place == 0
