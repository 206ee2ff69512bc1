"""What a run prints, and what is on paper after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.order_sheets import Caution, Column, Hands, Ink, SheetKind, Signed
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_plans import CONTINUE, Plan, Refusal, Wish, layers
from app.domain.sheet_runs import Mode, leaf_of, page_of, run_of
from app.domain.sheet_scene import Writing
from app.domain.terms import Term
from tests.support.paper_kit import FORM, PAGE, Desk, a_run, a_stock, at, of
from tests.support.sheet_builders import a_line

WHOLE = Wish(Mode.WHOLE)


def some(count: int, first: int = 0) -> list[OrderLine]:
    return [a_line(f"{n:02}", n) for n in range(first, first + count)]


def from_line(key: str) -> Wish:
    return Wish(Mode.FROM_LINE, line=key)


def page(number: int) -> Wish:
    return Wish(Mode.PAGE, page=number)


def rows(plan: Plan) -> dict[int, set[int]]:
    """The lines of each page that get ink."""
    return {one.number: {row for row, _ in one.cells} for one in plan.printed}


def framed(plan: Plan) -> dict[int, bool]:
    return {one.number: one.framed for one in plan.printed}


def stopped(line: OrderLine, minutes: int) -> OrderLine:
    order = replace(line.order, status="stopped", ending=Ending.STOPPED, stopped_at=at(minutes))
    return replace(line, order=order)


# --- going on ---------------------------------------------------------------------------------


def test_the_first_print_prints_everything_on_new_paper() -> None:
    plan = a_stock(of(*some(6))).plan(CONTINUE)

    assert rows(plan) == {1: {0, 1, 2, 3}, 2: {0, 1}}
    assert framed(plan) == {1: True, 2: True}
    assert not plan.again
    assert plan.first is not None
    assert plan.first.key == "00/0"


def test_a_second_print_without_news_has_nothing_to_print() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))

    plan = desk.stock(of(*some(6))).plan(CONTINUE)

    assert (plan.refusal, plan.printed, plan.first) == (Refusal.NOTHING, (), None)


def test_going_on_prints_new_lines_below_and_begins_a_page_when_one_is_full() -> None:
    desk = Desk()
    desk.print_out(of(*some(3)))

    plan = desk.stock(of(*some(6))).plan(CONTINUE)

    assert rows(plan) == {1: {3}, 2: {0, 1}}
    assert framed(plan) == {1: False, 2: True}


def test_what_comes_late_goes_below_what_is_on_paper() -> None:
    desk = Desk()
    desk.print_out(of(*some(2, 5)))

    plan = desk.stock(of(a_line("late", 0), *some(2, 5))).plan(CONTINUE)

    assert rows(plan) == {1: {2}}


def test_a_later_stop_a_cancellation_and_a_skin_test_go_into_their_printed_lines() -> None:
    desk = Desk()
    desk.print_out(of(*some(3)))
    cancelled = replace(
        some(1, 1)[0].order, status="cancelled", ending=Ending.CANCELLED, stopped_at=at(30)
    )
    now = of(
        stopped(some(1)[0], 40),
        OrderLine(cancelled),
        *some(1, 2),
        **{"00": Hands(stop_taken=Signed("孙莉"), stopped_by="李红"), "02": Hands(skin="-")},
    )

    plan = desk.stock(now).plan(CONTINUE)

    (one,) = plan.printed
    assert not one.framed
    said = {(row, cell.column): (cell.text, cell.ink) for row, cell in one.cells}
    assert said[0, Column.END_PHYSICIAN] == ("李红", Ink.BLACK)
    assert said[1, Column.MARK] == ("取消", Ink.RED)
    assert said[2, Column.SKIN] == ("(-)", Ink.RED)
    assert not {Column.TEXT, Column.START_DATE, Column.PHYSICIAN} & {c for _, c in said}


def test_the_red_line_of_a_reissue_stands_below_the_paper_and_new_orders_under_it() -> None:
    desk = Desk()
    old = some(2)
    desk.print_out(of(*old))
    over = [
        replace(one, order=replace(one.order, status="stopped", ending=Ending.REPLACED,
                                   stopped_at=at(60)))
        for one in old
    ]  # fmt: skip
    anew = [a_line(f"n{n}", 60, replaces=f"MedicationRequest/{n:02}") for n in range(2)]
    late = a_line("late", 1, status="completed", ends_at=at(50))

    plan = desk.stock(of(*over, late, *anew)).plan(CONTINUE)

    on = [(one.number, row, cell) for one in plan.printed for row, cell in one.cells]
    rule = next((number, row) for number, row, cell in on if cell.column is Column.RULE)
    assert rule == (1, 3)  # below the late one, which is below what is on paper
    assert {(n, r) for n, r, cell in on if cell.text.startswith("药品n")} == {(2, 0), (2, 1)}
    assert {r for n, r, cell in on if cell.column is Column.END_DATE and n == 1} == {0, 1, 2}


# --- from a line a person chose ---------------------------------------------------------------


def test_what_stands_above_a_chosen_line_is_taken_as_on_paper_and_never_printed_again() -> None:
    desk = Desk()

    plan, run = desk.print_out(of(*some(6)), from_line("02/0")) or pytest.fail("nothing")

    assert rows(plan) == {1: {2, 3}, 2: {0, 1}}
    assert framed(plan) == {1: False, 2: True}
    assert [line.taken for line in run.pages[0].lines] == [True, True, False, False]
    assert desk.stock(of(*some(6))).plan(CONTINUE).refusal is Refusal.NOTHING


def test_a_page_that_is_taken_whole_needs_no_answer_of_its_own() -> None:
    desk = Desk()

    _, run = desk.print_out(of(*some(6)), from_line("05/0")) or pytest.fail("nothing")

    assert [one.printed for one in run.pages] == [False, True]
    assert run.printed == (2,)
    assert [one.came_out for one in desk.runs[0].pages] == [True, True]
    assert desk.paper().ledger.leaves.keys() == {1, 2}


def test_a_line_that_is_on_paper_may_be_chosen_again_and_stays_where_it_is() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))

    plan, _ = desk.print_out(of(*some(6)), from_line("02/0")) or pytest.fail("nothing")

    assert plan.again
    assert rows(plan) == {1: {2, 3}, 2: {0, 1}}
    assert framed(plan) == {1: False, 2: True}
    assert desk.paper().troubles == frozenset()
    assert desk.paper().ledger.leaves[2] == leaf_of(desk.runs[1].id, 2)


def test_a_group_is_not_torn_apart_by_whoever_chooses_a_line_in_it() -> None:
    group = [a_line(f"g{n}", 9, group="g", place=n) for n in range(2)]

    plan = a_stock(of(*some(1), *group)).plan(from_line("g1/0"))

    assert rows(plan) == {1: {1, 2}}


def test_a_line_that_is_gone_prints_nothing() -> None:
    assert a_stock(of(*some(1))).plan(from_line("gone/0")).refusal is Refusal.LINE_GONE


def test_the_line_below_the_paper_is_what_going_on_suggests() -> None:
    desk = Desk()
    desk.print_out(of(*some(3)))
    stock = desk.stock(of(*some(6)))

    first = stock.plan(CONTINUE).first

    assert first is not None
    assert stock.plan(from_line(first.key)).printed == stock.plan(CONTINUE).printed
    assert not stock.plan(from_line(first.key)).again


# --- anew -------------------------------------------------------------------------------------


def test_the_whole_sheet_anew_throws_the_old_paper_away_and_puts_late_orders_in_order() -> None:
    desk = Desk()
    old = [some(1)[0], *some(5, 5)]
    desk.print_out(of(*old))
    now = of(*old, a_line("late", 1))
    desk.print_out(now)

    plan, run = desk.print_out(now, WHOLE) or pytest.fail("nothing")

    assert plan.again
    assert framed(plan) == {1: True, 2: True}
    assert {page_of(leaf) for leaf in run.replaces} == {1, 2}
    assert [one.key for one in desk.paper().ledger.lines][:2] == ["00/0", "late/0"]
    assert desk.stock(now).plan(CONTINUE).refusal is Refusal.NOTHING


def test_a_shorter_sheet_leaves_no_old_page_behind() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))

    desk.print_out(of(*some(2)), WHOLE)

    assert desk.paper().ledger.leaves.keys() == {1}


def test_the_whole_sheet_is_not_printed_once_more_when_there_is_no_paper_yet() -> None:
    assert not a_stock(of(*some(1))).plan(WHOLE).again
    assert not a_stock(of(*some(1))).plan(page(1)).again
    assert a_stock(()).plan(WHOLE).refusal is Refusal.NOTHING


def test_one_page_anew_leaves_every_line_where_it_is_and_the_other_pages_alone() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))
    other = replace(some(1)[0].order, item=Term("改名"))
    now = of(OrderLine(other), *some(5, 1))
    assert Caution.DIFFERS in desk.stock(now).sheet.lines[0].cautions

    plan, run = desk.print_out(now, page(1)) or pytest.fail("nothing")

    assert plan.again
    assert rows(plan) == {1: {0, 1, 2, 3}}
    assert run.replaces == (leaf_of(desk.runs[0].id, 1),)
    first = desk.stock(now).sheet.lines[0]
    assert first.text(Column.TEXT).startswith("改名")
    assert Caution.DIFFERS not in first.cautions
    assert desk.stock(now).plan(CONTINUE).refusal is Refusal.NOTHING


def test_a_page_that_is_not_there_has_nothing_to_print() -> None:
    assert a_stock(of(*some(1))).plan(page(3)).refusal is Refusal.NOTHING


def test_what_goes_on_to_the_next_page_is_not_torn_by_one_page_anew() -> None:
    group = [a_line(f"g{n}", 9, group="g", place=n) for n in range(6)]
    desk = Desk()
    desk.print_out(of(*some(1)))
    now = of(*some(1), *group)

    plan, _ = desk.print_out(now, page(1)) or pytest.fail("nothing")

    assert rows(plan) == {1: {0}}
    assert rows(desk.stock(now).plan(CONTINUE)) == {1: {1, 2, 3}, 2: {0, 1, 2}}


# --- what did not come out --------------------------------------------------------------------


def test_a_page_that_failed_is_printed_next_where_it_was_and_on_new_paper() -> None:
    desk = Desk()
    desk.print_out(of(*some(10)), out=(1, 3))

    plan = desk.stock(of(a_line("late", 0), *some(10))).plan(CONTINUE)

    assert rows(plan) == {2: {0, 1, 2, 3}, 3: {2}}
    assert framed(plan) == {2: True, 3: False}
    desk.print_out(of(*some(10)))
    assert desk.paper().ledger.leaves.keys() == {1, 2, 3}
    assert desk.paper().troubles == frozenset()
    assert desk.stock(of(*some(10))).plan(CONTINUE).refusal is Refusal.NOTHING


def test_of_a_page_that_failed_the_old_paper_stays() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))

    desk.print_out(of(*some(6)), from_line("00/0"), out=(2,))

    ledger = desk.paper().ledger
    assert ledger.leaves[1] == leaf_of(desk.runs[0].id, 1)
    assert ledger.leaves[2] == leaf_of(desk.runs[1].id, 2)
    assert all(line.cells for line in ledger.lines)


def test_of_a_whole_print_that_came_out_in_part_nothing_old_stays() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))

    desk.print_out(of(*some(6)), WHOLE, out=(1,))

    assert desk.paper().ledger.leaves.keys() == {1}
    assert rows(desk.stock(of(*some(6))).plan(CONTINUE)) == {2: {0, 1}}


def test_a_run_of_which_nothing_came_out_never_was() -> None:
    desk = Desk()
    desk.print_out(of(*some(6)))
    before = desk.paper()

    desk.print_out(of(*some(8)), out=())

    assert desk.paper() == before


# --- layers and names -------------------------------------------------------------------------


def words(scene: object) -> set[str]:
    marks = getattr(scene, "marks", ())
    return {mark.text for mark in marks if isinstance(mark, Writing)}


def test_a_preview_tells_what_is_there_from_what_is_added() -> None:
    desk = Desk()
    desk.print_out(of(*some(3)))
    stock = desk.stock(of(*some(5)))

    first, second = layers(stock, stock.plan(CONTINUE))

    assert any("药品00" in text for text in words(first.paper))
    assert any("药品03" in text for text in words(first.ink))
    assert not any("药品00" in text for text in words(first.ink))
    assert "长期医嘱单" in words(first.paper)
    assert "长期医嘱单" not in words(first.ink)
    assert second.paper is None
    assert "长期医嘱单" in words(second.ink)


def test_a_preview_of_nothing_shows_the_paper_and_of_everything_no_old_paper() -> None:
    desk = Desk()
    desk.print_out(of(*some(5)))
    stock = desk.stock(of(*some(5)))

    same = layers(stock, stock.plan(CONTINUE))
    anew = layers(stock, stock.plan(WHOLE))
    bare = a_stock(of(*some(5)))

    assert [(one.paper is None, one.ink is None) for one in same] == [(False, True)] * 2
    assert [(one.paper is None, one.ink is None) for one in anew] == [(True, False)] * 2
    assert [one.number for one in layers(bare, bare.plan(page(2)))] == [2]


def test_a_preview_shows_what_is_taken_as_on_paper() -> None:
    stock = a_stock(of(*some(3)))

    (only,) = layers(stock, stock.plan(from_line("02/0")))

    assert any("药品00" in text for text in words(only.paper))
    assert any("药品02" in text for text in words(only.ink))


def test_another_plan_has_another_digest_and_the_same_one_the_same() -> None:
    stock = a_stock(of(*some(3)))

    assert stock.plan(CONTINUE).digest == a_stock(of(*some(3))).plan(CONTINUE).digest
    assert stock.plan(CONTINUE).digest != stock.plan(WHOLE).digest
    assert stock.plan(CONTINUE).digest != a_stock(of(*some(4))).plan(CONTINUE).digest
    assert stock.plan(from_line("01/0")).digest != a_stock(of(*some(2, 1))).plan(CONTINUE).digest


def test_a_leaf_says_its_run_and_its_page() -> None:
    run = a_run(a_stock(of(*some(1))), "r/1", 5)
    leaf = leaf_of(run.id, 12)

    assert (run_of(leaf), page_of(leaf)) == ("r/1", 12)
    assert page_of(leaf_of(run.id, 12)[:-2]) == 0  # type: ignore[arg-type]  # no page in it


def test_paper_of_other_measures_is_another_form_and_of_another_colour_is_not() -> None:
    kind = SheetKind.LONG_TERM
    mark = FORM.form_mark(kind)

    assert replace(FORM, lines=PAGE + 1).form_mark(kind) != mark
    assert FORM.form_mark(SheetKind.TEMPORARY) != mark
    assert replace(FORM, hospital="另一医院", colours={}).form_mark(kind) == mark
