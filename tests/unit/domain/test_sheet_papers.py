"""A tray of real paper: whatever is printed in whatever way, the ink is where the ledger says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.order_sheets import Unit
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_layout import LeafId, PrintPage
from app.domain.sheet_plans import CONTINUE, Plan, Refusal, Wish
from app.domain.sheet_runs import Mode, Run
from app.domain.sheet_scene import Mark
from tests.support.paper_kit import PAGE, Desk, a_stock, at, of
from tests.support.sheet_builders import a_line

STEP = st.tuples(
    st.sets(st.integers(0, 25), max_size=4),  # orders that become known
    st.sets(st.integers(0, 25), max_size=3),  # orders that end
    st.sets(st.integers(0, 25), max_size=1),  # orders that leave the record
    st.sampled_from([Mode.CONTINUE, Mode.CONTINUE, Mode.PAGE, Mode.WHOLE, Mode.FROM_LINE]),
    st.integers(1, 3),  # which page or printed line
    st.sampled_from(["none", "all", "all", "first", "last"]),  # what comes out
)


@dataclass
class Tray:
    """Sheets of paper with the ink that is on them; the ink of the frame is left out."""

    leaves: dict[LeafId, set[Mark]] = field(default_factory=lambda: defaultdict(set))

    def take(self, plan: Plan, run: Run, out: tuple[int, ...]) -> None:
        leaf_of = {page.number: page.leaf for page in run.pages}
        for page in plan.printed:
            if page.number in out:
                ink = marks(replace(page, framed=False))
                assert page.framed == (leaf_of[page.number] not in self.leaves)
                self.leaves[leaf_of[page.number]] |= ink


def marks(page: PrintPage) -> set[Mark]:
    (scene,) = a_stock(()).scenes([page])
    return set(scene.marks)


def now_of(known: set[int], over: set[int]) -> tuple[Unit, ...]:
    return of(*(ended(n) if n in over else a_line(f"{n:02}", n) for n in sorted(known)))


def ended(number: int) -> OrderLine:
    line = a_line(f"{number:02}", number)
    order = replace(line.order, status="stopped", ending=Ending.STOPPED, stopped_at=at(90))
    return replace(line, order=order)


def wish_of(desk: Desk, mode: Mode, number: int) -> Wish:
    """A wish that makes sense now: a line that is on paper, a page that there is."""
    if mode is Mode.PAGE:
        return Wish(mode, page=number)
    printed = [line.key for line in desk.paper().ledger.lines if line.cells]
    if mode is Mode.FROM_LINE:
        return Wish(mode, line=printed[-number]) if len(printed) >= number else CONTINUE
    return Wish(mode)


def came_out(plan: Plan, how: str) -> tuple[int, ...]:
    numbers = tuple(page.number for page in plan.printed)
    return {"none": (), "all": numbers, "first": numbers[:1], "last": numbers[-1:]}[how]


@settings(max_examples=80, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=7))
def test_the_ink_is_where_the_ledger_says(
    steps: list[tuple[set[int], set[int], set[int], Mode, int, str]],
) -> None:
    desk, tray, known, over = Desk(), Tray(), set[int](), set[int]()
    for fresh, ending, gone, mode, number, how in steps:
        known = (known | fresh) - gone
        over |= ending
        now = now_of(known, over)
        wish = wish_of(desk, mode, number)
        plan = desk.stock(now).plan(wish)
        out = came_out(plan, how)
        made = desk.print_out(now, wish, out)
        if made is not None:
            tray.take(*made, out)
        paper = desk.paper()
        assert paper.troubles == frozenset()
        for page, leaf in paper.ledger.leaves.items():
            cells = tuple(
                (line.place % PAGE, cell)
                for line in paper.ledger.lines
                if line.place // PAGE == page - 1
                for cell in line.cells
            )
            assert tray.leaves[leaf] == marks(PrintPage(page, framed=False, cells=cells))
    desk.print_out(now_of(known, over))
    stock = desk.stock(now_of(known, over))
    assert stock.plan(CONTINUE).refusal is Refusal.NOTHING
    assert {one.order for one in stock.sheet.lines if one.order} == {f"{n:02}" for n in known}
