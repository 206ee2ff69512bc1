"""A line that was printed never moves, and what the paper lacks is printed into its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_sheets import Caution, Column, Hands, SheetKind, Signed, Unit, units
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_layout import Ledger, Placed, Sheet, after, impression, lay_out, whole
from app.domain.terms import OrderId
from tests.support.sheet_builders import MORNING, a_line, a_writer

PAGE = 4
EMPTY = Ledger()


def of(*lines: OrderLine, signs: int = 20, **hands: Hands) -> tuple[Unit, ...]:
    by = {OrderId(key): value for key, value in hands.items()}
    return units(SheetKind.LONG_TERM, lines, by, a_writer(signs))


def places(sheet: Sheet) -> dict[str, int]:
    return {line.key: line.place for line in sheet.lines}


def of_order(sheet: Sheet, key: str) -> Placed:
    return next(line for line in sheet.lines if line.order == key)


def some(count: int, first: int = 0) -> list[OrderLine]:
    return [a_line(f"{n:02}", n) for n in range(first, first + count)]


def test_a_date_is_written_where_it_changes_and_on_every_page() -> None:
    lines = [*some(5), a_line("next", 24 * 60)]

    sheet = lay_out(of(*lines), EMPTY, PAGE)

    dates = [line.text(Column.START_DATE) for line in sheet.lines]
    assert dates == ["2026-11-24", "", "", "", "2026-11-24", "2026-11-25"]
    assert sheet.page_count == 2


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

    now = lay_out(of(*(a_line(f"{n}", n) for n in early | late)), after(before), PAGE)

    assert places(before).items() <= places(now).items()
    assert len(set(places(now).values())) == len(early | late)
    fresh = {line.place for line in now.lines if line.printed is None}
    assert all(place >= before.next_place for place in fresh)


def test_a_later_signature_is_printed_into_its_place_and_nothing_else() -> None:
    first = lay_out(of(*some(3)), EMPTY, PAGE)
    stop = MORNING + timedelta(hours=1)
    order = replace(some(1)[0].order, status="stopped", ending=Ending.STOPPED, stopped_at=stop)
    by = Hands(stopped_by="王建国", stop_taken=Signed("孙莉"))

    lines = [OrderLine(order), *some(3, 1)]
    now = lay_out(of(*lines, **{"00": by}), after(first), PAGE)
    (page,) = impression(now, now.next_place)

    assert not page.framed
    stopped = [(row, cell.column, cell.text) for row, cell in page.cells if row == 0]
    assert stopped == [
        (0, Column.END_DATE, "2026-11-24"),
        (0, Column.END_TIME, "02:00"),
        (0, Column.END_PHYSICIAN, "王建国"),
        (0, Column.END_NURSE, "孙莉"),
    ]
    assert {row for row, _ in page.cells} == {0, 3}


def test_a_second_run_without_news_prints_nothing() -> None:
    first = lay_out(of(*some(6)), EMPTY, PAGE)

    now = lay_out(of(*some(6)), after(first), PAGE)

    assert [page.framed for page in impression(first, 0)] == [True, True]
    assert impression(now, now.next_place) == ()
    assert now.next_place == 6


def test_a_run_begins_where_the_reader_says_and_leaves_the_rest_blank() -> None:
    sheet = lay_out(of(*some(6)), EMPTY, PAGE)

    pages = impression(sheet, 2)

    assert [(page.number, page.framed) for page in pages] == [(1, False), (2, True)]
    assert {row for row, _ in pages[0].cells} == {2, 3}


def test_what_is_printed_anew_may_find_its_order_again() -> None:
    late = a_line("late", 1)
    old = [some(1)[0], a_line("b", 5)]
    printed = after(lay_out(of(*old), EMPTY, PAGE))

    kept = lay_out(of(*old, late), printed, PAGE)
    anew = lay_out(of(*old, late), printed.before(1), PAGE)

    assert places(kept) == {"00/0": 0, "b/0": 1, "late/0": 2}
    assert places(anew) == {"00/0": 0, "late/0": 1, "b/0": 2}


def test_a_draft_is_shown_below_and_never_printed() -> None:
    draft = a_line("d", status="draft")

    sheet = lay_out(of(draft, *some(1)), EMPTY, PAGE)

    assert [line.order for line in sheet.lines] == ["00"]
    assert [line.order for line in sheet.withheld] == ["d"]
    (page,) = impression(sheet, 0)
    assert all("药品d" not in cell.text for _, cell in page.cells)


def test_a_stop_in_conflict_is_not_added_to_the_paper() -> None:
    printed = after(lay_out(of(*some(1)), EMPTY, PAGE))
    order = replace(some(1)[0].order, status="stopped", stopped_at=MORNING)

    disputed = lay_out(of(OrderLine(order, "conflict")), printed, PAGE)
    settled = lay_out(of(OrderLine(order)), printed, PAGE)

    assert impression(disputed, 1) == ()
    assert len(impression(settled, 1)) == 1


def test_the_screen_says_where_paper_and_record_differ() -> None:
    printed = after(lay_out(of(*some(1)), EMPTY, PAGE))
    other = replace(some(1)[0].order, item=replace(some(1)[0].order.item, text="别的"))

    now = lay_out(of(OrderLine(other)), printed, PAGE)
    same = lay_out(of(*some(1)), printed, PAGE)

    line = of_order(now, "00")
    assert Caution.DIFFERS in line.cautions
    assert line.text(Column.TEXT).startswith("药品00")
    assert line.text(Column.SKIN) == ""
    assert Caution.DIFFERS not in of_order(same, "00").cautions


def test_a_printed_order_whose_text_has_grown_keeps_its_lines_and_says_so() -> None:
    printed = after(lay_out(of(*some(1)), EMPTY, PAGE))

    now = lay_out(of(*some(1), signs=8), printed, PAGE)

    assert [line.key for line in now.lines] == ["00/0"]
    assert now.lines[0].cautions.count(Caution.DIFFERS) == 1


def test_an_order_that_gained_a_line_and_kept_its_first_differs_too() -> None:
    two = of(*some(1), signs=8)
    half = after(lay_out([replace(two[0], lines=two[0].lines[:1])], EMPTY, PAGE))

    now = lay_out(two, half, PAGE)

    assert [line.key for line in now.lines] == ["00/0"]
    assert Caution.DIFFERS in now.lines[0].cautions


def test_a_printed_order_that_is_gone_keeps_its_place() -> None:
    printed = after(lay_out(of(*some(2)), EMPTY, PAGE))

    now = lay_out(of(*some(1, 1)), printed, PAGE)

    assert now.lines[0].cautions == (Caution.GONE,)
    assert places(now) == {"00/0": 0, "01/0": 1}


def test_a_page_is_shown_whole_whatever_is_on_the_paper() -> None:
    sheet = lay_out(of(*some(5)), after(lay_out(of(*some(5)), EMPTY, PAGE)), PAGE)

    assert {row for row, _ in whole(sheet, 2).cells} == {0}
    assert whole(sheet, 2).framed
    assert lay_out((), EMPTY, PAGE).page_count == 1
    assert lay_out((), EMPTY, PAGE).next_place == 0
