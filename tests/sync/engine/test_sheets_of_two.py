"""Two workstations print the same order sheet: what is on paper travels, and paper is compared."""

from __future__ import annotations

from app.domain.order_sheets import SheetKind
from app.domain.sheet_paper import Trouble
from app.domain.sheet_plans import CONTINUE, Refusal, Wish
from app.domain.sheet_runs import Mode, Run
from app.dosing import Doing
from app.kernel.changes import ChangeFeed
from app.kernel.clock import RandomIds
from app.printing import make_printing
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.order_printing import Asked, OrderPrinting, SheetView
from app.services.signing import SigningRules
from localdb.reads.chart import SqlChartReads
from tests.sync.engine.dosing import ROLES, SHANGHAI, Nurse, Seat, later
from tests.sync.engine.hospital import Hospital

LONG = SheetKind.LONG_TERM
WHOLE = Wish(Mode.WHOLE)


def printing_of(nurse: Nurse) -> OrderPrinting:
    opened, clock = nurse.desk.opened, nurse.desk.clock
    policy = AccessPolicy(ROLES, opened.audit, clock)
    doing = Doing(opened.acts, ActMaker(clock, RandomIds()), SigningRules(clock, lambda: 0), policy)
    reading = ChartReading(SqlChartReads(opened.cache), policy, clock)
    return make_printing(opened, opened.cache, doing, reading, ChangeFeed(), SHANGHAI)


def view(nurse: Nurse) -> SheetView:
    return printing_of(nurse).sheet(nurse.session, nurse.hospital.patient(), LONG)


def print_out(nurse: Nurse, wish: Wish = CONTINUE, reason: str = "") -> Run:
    """Print, and say that it came out."""
    printing, patient = printing_of(nurse), nurse.hospital.patient()
    asked = Asked(LONG, wish, view(nurse).stock.plan(wish).digest, reason)
    run = printing.begin(nurse.session, patient, asked).run
    printing.settle(nurse.session, patient, run.id, run.printed)
    return run


def test_what_is_on_paper_travels_and_two_reprints_offline_are_told_of_each_other(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    one.order()
    run = print_out(one)
    later(hospital, one, other)

    known = view(other).stock.paper
    assert known.last == run
    assert known.last.station != view(other).station
    assert view(other).stock.plan(CONTINUE).refusal is Refusal.NOTHING
    other.order()
    (page,) = view(other).stock.plan(CONTINUE).printed
    assert not page.framed
    assert {row for row, _ in page.cells}.isdisjoint({line.row for line in run.pages[0].lines})

    one.unplug()
    other.unplug()
    print_out(one, WHOLE, "卡纸")
    print_out(other, WHOLE, "卡纸")
    assert view(one).stock.paper.troubles == frozenset()
    one.plug_in()
    other.plug_in()
    later(hospital, one)

    for nurse in (one, other):
        assert nurse.desk.states() == {}
        assert nurse.desk.opened.disputes.disputes() == ()
        assert Trouble.TWO_PAPERS in view(nurse).stock.paper.troubles
        assert view(nurse).stock.plan(CONTINUE).refusal is Refusal.TROUBLED
    run = print_out(one, WHOLE, "两张纸")
    assert len(run.replaces) == 2
    later(hospital, one, other)
    assert view(other).stock.paper.troubles == frozenset()
    assert view(other).stock.plan(CONTINUE).refusal is Refusal.NOTHING
