"""What lies in the chart after runs of several workstations, and what is said when in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.order_sheets import Hands, Signed, Unit
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_layout import Ledger, PrintPage, lay_out
from app.domain.sheet_paper import Trouble, paper_of
from app.domain.sheet_plans import CONTINUE, Plan, Refusal, Wish
from app.domain.sheet_runs import Mode, Run
from app.domain.sheet_scene import Writing
from tests.support.paper_kit import FORM, LONG, PAGE, Desk, a_run, a_stock, at, of
from tests.support.sheet_builders import a_line

WHOLE = Wish(Mode.WHOLE)


def some(count: int, first: int = 0) -> list[OrderLine]:
    return [a_line(f"{n:02}", n) for n in range(first, first + count)]


def a_stop(line: OrderLine) -> OrderLine:
    order = replace(line.order, status="stopped", ending=Ending.STOPPED, stopped_at=at(90))
    return replace(line, order=order)


def two_desks(first: tuple[Unit, ...]) -> tuple[Desk, Desk]:
    """Two workstations that know of one paper, printed by the first of them."""
    one, other = Desk("a"), Desk("b")
    one.print_out(first)
    other.hear(one)
    return one, other


# --- two workstations -------------------------------------------------------------------------


def test_the_other_workstation_goes_on_where_the_first_one_ended() -> None:
    _, other = two_desks(of(*some(3)))

    plan, _ = other.print_out(of(*some(4))) or pytest.fail("nothing")

    assert [(page.number, page.framed) for page in plan.printed] == [(1, False)]
    assert other.paper().troubles == frozenset()


def test_two_that_began_the_sheet_apart_made_two_papers_and_nothing_is_added_to_either() -> None:
    one, other = Desk("a"), Desk("b")
    one.print_out(of(*some(2)))
    other.print_out(of(*some(3)))
    one.hear(other)

    paper = one.paper()
    stock = one.stock(of(*some(4)))

    assert Trouble.TWO_PAPERS in paper.troubles
    assert stock.plan(CONTINUE).refusal is Refusal.TROUBLED
    assert stock.plan(Wish(Mode.FROM_LINE, line="03/0")).refusal is Refusal.TROUBLED
    assert stock.plan(Wish(Mode.PAGE, page=1)).refusal is None


@pytest.mark.parametrize("wish", [WHOLE, Wish(Mode.PAGE, page=1)])
def test_new_paper_ends_the_trouble_and_replaces_both(wish: Wish) -> None:
    one, other = Desk("a"), Desk("b")
    one.print_out(of(*some(2)))
    other.print_out(of(*some(3)))
    one.hear(other)

    _, run = one.print_out(of(*some(3)), wish) or pytest.fail("nothing")

    assert len(run.replaces) == 2
    assert one.paper().troubles == frozenset()
    assert one.stock(of(*some(3))).plan(CONTINUE).refusal is Refusal.NOTHING


def test_different_orders_printed_into_one_place_are_said_and_block() -> None:
    one, other = two_desks(of(*some(1)))
    one.print_out(of(*some(1), a_line("x", 5)))
    other.print_out(of(*some(1), a_line("y", 5)))
    one.hear(other)

    assert one.paper().troubles == {Trouble.OVERPRINTED}
    assert one.paper().blocked
    assert one.paper().ledger.lines[1].key == "y/0"  # of the run that was begun first


def test_one_order_in_two_places_is_said() -> None:
    one, other = two_desks(of(*some(1)))
    one.print_out(of(*some(1), a_line("x", 5)))
    other.print_out(of(*some(1), a_line("w", 4), a_line("x", 5)))
    one.hear(other)

    assert Trouble.OVERPRINTED in one.paper().troubles


def test_the_same_stop_printed_twice_is_said_and_blocks_nothing() -> None:
    one, other = two_desks(of(*some(2)))
    now = of(a_stop(some(1)[0]), *some(1, 1))
    one.print_out(now)
    other.print_out(now)
    one.hear(other)

    assert one.paper().troubles == {Trouble.TWICE}
    assert not one.paper().blocked
    assert one.stock(of(a_stop(some(1)[0]), *some(2, 1))).plan(CONTINUE).refusal is None


def test_two_different_words_in_one_field_are_said() -> None:
    one, other = two_desks(of(*some(1)))
    one.print_out(of(*some(1), **{"00": Hands(verified=Signed("孙莉"))}))
    other.print_out(of(*some(1), **{"00": Hands(verified=Signed("周敏"))}))
    one.hear(other)

    assert Trouble.OVERPRINTED in one.paper().troubles


def test_what_was_added_to_paper_that_was_thrown_away_is_not_on_paper() -> None:
    one, other = two_desks(of(*some(1)))
    one.print_out(of(*some(1)), WHOLE)
    other.print_out(of(*some(2)))
    one.hear(other)

    plan = one.stock(of(*some(2))).plan(CONTINUE)

    assert one.paper().troubles == frozenset()
    assert [{row for row, _ in page.cells} for page in plan.printed] == [{1}]


def test_ink_on_paper_nobody_here_knows_is_said() -> None:
    one, other = two_desks(of(*some(1)))
    other.print_out(of(*some(2)))
    form = FORM.form_mark(LONG)

    assert paper_of(other.runs, form, PAGE).troubles == frozenset()
    assert paper_of(other.runs[1:], form, PAGE).troubles == {Trouble.PART_UNKNOWN}
    assert paper_of(one.runs, form, PAGE, unreadable=True).blocked


def test_paper_of_another_form_is_not_gone_on_with() -> None:
    desk = Desk()
    old = a_stock(of(*some(1)), profile=replace(FORM, row=FORM.row + 1))
    desk.runs.append(a_run(old, "old", 1))

    assert desk.paper().troubles == {Trouble.OTHER_FORM}
    assert desk.paper().ledger.lines == ()
    desk.print_out(of(*some(1)), WHOLE)
    assert desk.paper().troubles == frozenset()


def test_the_newest_run_is_named_and_no_paper_has_none() -> None:
    one, _ = two_desks(of(*some(1)))
    one.print_out(of(*some(2)))

    assert one.paper().last == one.runs[1]
    assert paper_of((), FORM.form_mark(LONG), PAGE).last is None


# --- for any history --------------------------------------------------------------------------


HISTORY = st.lists(
    st.tuples(
        st.sets(st.integers(0, 30), max_size=4),  # orders that become known
        st.sets(st.integers(0, 30), max_size=3),  # orders that end
        st.sampled_from(["none", "all", "first", "last"]),  # what comes out
    ),
    min_size=1,
    max_size=7,
)


def now_of(known: set[int], over: set[int]) -> tuple[Unit, ...]:
    lines = [a_line(f"{n:02}", n) for n in sorted(known)]
    return of(*(a_stop(one) if int(one.order.id) in over else one for one in lines))


def ink(plan: Plan) -> list[tuple[int, Writing]]:
    """Every word of the lines that goes on paper: page, and where."""
    stock = a_stock(())
    bare = [PrintPage(page.number, framed=False, cells=page.cells) for page in plan.printed]
    return [
        (scene.number, mark)
        for scene in stock.scenes(bare)
        for mark in scene.marks
        if isinstance(mark, Writing)
    ]


def outcome(run: Run, how: str) -> tuple[int, ...]:
    return {
        "none": (),
        "all": run.printed,
        "first": run.printed[:1],
        "last": run.printed[-1:],
    }[how]


@settings(max_examples=60)
@given(HISTORY)
def test_all_impressions_together_are_the_sheet_and_nothing_is_printed_twice(
    history: list[tuple[set[int], set[int], str]],
) -> None:
    desk, known, over = Desk(), set[int](), set[int]()
    papers: dict[int, list[Writing]] = {}
    where: dict[str, int] = {}
    for fresh, ended, how in history:
        known, over = known | fresh, over | (ended & known)
        now = now_of(known, over)
        stock = desk.stock(now)
        plan = stock.plan(CONTINUE)
        if plan.refusal is None:
            out = outcome(a_run(stock, "try", 0), how)
            desk.print_out(now, out=out)
            for number, mark in ink(plan):
                if number in out:
                    papers.setdefault(number, []).append(mark)
        ledger = desk.paper().ledger
        for line in ledger.lines:
            assert where.setdefault(line.key, line.place) == line.place  # no line moves
        assert desk.paper().troubles == frozenset()
    now = now_of(known, over)
    plan = desk.stock(now).plan(CONTINUE)
    for number, mark in ink(plan):
        papers.setdefault(number, []).append(mark)
    desk.print_out(now)
    sheet = desk.stock(now).sheet
    whole = [PrintPage(n, framed=False, cells=tuple(
        (line.place % PAGE, cell) for line in sheet.page(n) for cell in line.cells
    )) for n in range(1, sheet.page_count + 1)]  # fmt: skip
    shall = {scene.number: sorted(map(repr, scene.marks)) for scene in a_stock(()).scenes(whole)}

    assert {line.order for line in sheet.lines} == {f"{n:02}" for n in known}
    assert {number: sorted(map(repr, marks)) for number, marks in papers.items()} == {
        number: marks for number, marks in shall.items() if marks
    }
    assert desk.stock(now).plan(CONTINUE).refusal is Refusal.NOTHING


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 20)), max_size=8))
def test_whatever_two_workstations_did_every_order_they_knew_is_on_paper_or_trouble_is_said(
    steps: list[tuple[bool, bool, int]],
) -> None:
    desks, known = (Desk("a"), Desk("b")), set[int]()
    for first, hears, number in steps:
        desk, other = desks if first else desks[::-1]
        known.add(number)
        if hears:
            desk.hear(other)
        desk.print_out(now_of(known, set()))
    one, other = desks
    one.hear(other)
    other.hear(one)

    assert one.paper() == other.paper()
    if not one.paper().blocked:
        one.print_out(now_of(known, set()))
        keys = [line.key for line in one.paper().ledger.lines]
        assert sorted(keys) == sorted(f"{n:02}/0" for n in known)
    else:
        one.print_out(now_of(known, set()), WHOLE)
        assert one.paper().troubles == frozenset()
        laid = lay_out(now_of(known, set()), Ledger(), PAGE)
        assert [line.key for line in one.paper().ledger.lines] == [x.key for x in laid.lines]
