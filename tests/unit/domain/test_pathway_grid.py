"""How an element stands: by orders, by what was recorded, and by the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Ending, Order, OrderClass, OrderKind
from app.domain.pathway_days import StagePlace
from app.domain.pathway_grid import Counts, Grid, State, meets
from app.domain.pathways import FactKind, PathwayFact, Row
from app.domain.terms import EncounterId
from tests.support.pathway_kit import (
    ADMITTED,
    BLOOD,
    DAY,
    DRUG,
    ENROLLED,
    NOW,
    OPERATED,
    REMOVAL,
    a_fact,
    a_grid,
    an_element,
    an_order,
)

LONG = OrderKind.LONG_TERM
VARIANCE = FactKind.VARIANCE


def states(found: Grid) -> dict[tuple[str, str], State]:
    return {
        (one.stage.key, cell.element.key): cell.state for one in found.columns for cell in one.cells
    }


def test_on_the_first_day_its_elements_are_open_and_later_ones_wait() -> None:
    found = a_grid()

    assert found.day == 1
    assert [one.place for one in found.columns] == [StagePlace.TODAY, StagePlace.AHEAD]
    assert [one.stage.key for one in found.today] == ["first"]
    assert set(states(found).values()) == {State.OPEN, State.NOT_YET}
    assert found.column("first") is found.columns[0]
    assert found.column("never") is None


def test_a_day_later_what_was_neither_done_nor_explained_is_missed() -> None:
    found = a_grid(now=NOW + DAY)

    assert states(found)["first", "history"] is State.MISSED
    assert states(found)["then", "better"] is State.OPEN
    assert [cell.element.key for cell in found.hindering] == [
        *("history", "blood", "drug", "drug", "better")
    ]
    assert found.counts == Counts(elements=6, mandatory=5, settled=0, variances=0, open=2, missed=3)


def test_what_was_recorded_settles_its_element_and_no_other() -> None:
    found = a_grid(
        a_fact(),
        a_fact(VARIANCE, ("first", "blood"), "fact-2", reason="refuses", text="怕痛"),
    )

    first = found.columns[0]
    assert (states(found)["first", "history"], states(found)["first", "blood"]) == (
        State.DONE,
        State.VARIANCE,
    )
    assert states(found)["first", "teach"] is State.OPEN
    assert first.counts == Counts(elements=4, mandatory=3, settled=2, variances=1, open=2, missed=0)
    assert [cell.element.key for cell in first.row(Row.NURSING)] == ["teach"]
    assert first.cell("history") is first.cells[0]
    assert first.cell("never") is None
    assert found.hindering == (first.cells[2],)


def test_two_who_tick_the_same_are_both_kept_and_it_stands_as_with_one() -> None:
    one, other = a_fact(key="a"), a_fact(key="b", at=NOW + timedelta(minutes=1))

    found = a_grid(other, one)

    cell = found.columns[0].cells[0]
    assert (cell.state, cell.facts) == (State.DONE, (one, other))
    assert found.counts == a_grid(one).counts


@given(
    st.permutations([a_fact(key=key, at=at) for key, at in (("a", NOW), ("b", NOW), ("c", None))])
)
def test_the_order_in_which_facts_arrive_does_not_matter(facts: list[PathwayFact]) -> None:
    cell = a_grid(*facts).columns[0].cells[0]

    assert [one.ref for one in cell.facts] == [f"Observation/{key}" for key in "abc"]


def test_done_by_one_and_explained_by_another_is_said_to_contradict() -> None:
    found = a_grid(a_fact(), a_fact(VARIANCE, key="fact-2", reason="refuses"))

    assert found.columns[0].cells[0].contradicted
    assert not a_grid(a_fact()).columns[0].cells[0].contradicted
    assert not a_grid(a_fact(VARIANCE, reason="refuses")).columns[0].cells[0].contradicted


def test_what_was_taken_back_settles_nothing_and_stays_readable() -> None:
    gone = a_fact(void=True)

    cell = a_grid(gone).columns[0].cells[0]

    assert (cell.state, cell.facts, cell.taken_back) == (State.OPEN, (), (gone,))


def test_a_tick_after_the_stage_was_over_is_late() -> None:
    late = a_fact(at=NOW + DAY)

    assert a_grid(late, now=NOW + DAY).columns[0].cells[0].late
    assert not a_grid(late, a_fact(key="b"), now=NOW + DAY).columns[0].cells[0].late
    assert not a_grid(a_fact(at=None)).columns[0].cells[0].late
    assert not a_grid().columns[0].cells[0].late
    assert not a_grid(late, stay=None).columns[0].cells[0].late


def test_an_order_of_the_item_meets_an_element_and_a_tick_never_does() -> None:
    line = an_order(BLOOD)

    found = a_grid(a_fact(about=("first", "blood")), orders=(line,))
    cell = found.columns[0].cell("blood")
    assert cell is not None
    assert (cell.state, cell.orders) == (State.MET, (line,))

    ticked = a_grid(a_fact(about=("first", "blood"))).columns[0].cell("blood")
    assert ticked is not None
    assert ticked.state is State.OPEN


def test_a_loading_dose_is_no_maintenance_and_maintenance_no_loading_dose() -> None:
    once, always = an_order(DRUG, OrderKind.STAT), an_order(BLOOD, LONG)

    found = states(a_grid(orders=(once, always)))

    assert found["first", "drug"] is State.OPEN
    assert found["first", "blood"] is State.OPEN
    assert states(a_grid(orders=(an_order(BLOOD, kind=None),)))["first", "blood"] is State.MET


def test_an_operation_is_asked_for_before_its_day() -> None:
    asked = an_order(BLOOD, order_class=OrderClass.OPERATION, starts_at=NOW + DAY)
    bare = an_order(BLOOD, order_class=OrderClass.OPERATION, authored_at=None)

    assert states(a_grid(orders=(asked,)))["first", "blood"] is State.MET
    assert states(a_grid(orders=(bare,)))["first", "blood"] is State.OPEN


def test_orders_that_meet_it_are_named_the_oldest_first() -> None:
    older, newer = an_order(BLOOD, id="a"), an_order(BLOOD, id="b", authored_at=NOW + DAY / 24)

    cell = a_grid(orders=(newer, older), now=NOW + DAY / 12).columns[0].cell("blood")

    assert cell is not None
    assert cell.orders == (older, newer)


def test_a_long_term_order_meets_every_stage_in_which_it_is_in_force() -> None:
    held = a_grid(orders=(an_order(DRUG, LONG),), now=NOW + DAY)
    assert states(held)["first", "drug"] is State.MET
    assert states(held)["then", "drug"] is State.MET

    stopped = an_order(DRUG, LONG, status="stopped", stopped_at=NOW + timedelta(hours=1))
    ended = a_grid(orders=(stopped,), now=NOW + DAY)
    assert states(ended)["first", "drug"] is State.MET
    assert states(ended)["then", "drug"] is State.OPEN


@pytest.mark.parametrize(
    "line",
    [
        an_order(DRUG),
        an_order(BLOOD, encounter=EncounterId("another stay")),
        an_order(BLOOD, authored_at=NOW - DAY),
        an_order(BLOOD, authored_at=NOW, starts_at=NOW + DAY),
        an_order(BLOOD, authored_at=None),
        an_order(BLOOD, prohibited=True),
        an_order(BLOOD, status="entered-in-error"),
        an_order(BLOOD, status="draft"),
        an_order(BLOOD, status="revoked", ending=Ending.CANCELLED),
        an_order(BLOOD, status="revoked", ending=Ending.LAPSED),
    ],
)
def test_what_meets_no_element(line: object) -> None:
    assert states(a_grid(orders=(line,)))["first", "blood"] is State.OPEN  # type: ignore[arg-type]  # lines all


@pytest.mark.parametrize("status", ["active", "on-hold", "completed", "stopped"])
def test_what_was_in_force_meets_it_however_it_ended(status: str) -> None:
    line = an_order(BLOOD, status=status)

    assert states(a_grid(orders=(line,)))["first", "blood"] is State.MET


@given(
    st.integers(-5, 5), st.integers(0, 5), st.sampled_from([LONG, OrderKind.PRN, OrderKind.STAT])
)
def test_an_order_meets_a_stage_only_if_they_share_a_moment(
    begins: int, lasts: int, kind: OrderKind
) -> None:
    window = a_grid().columns[0].window
    assert window is not None
    start = window.begins + begins * DAY / 2
    end = start + lasts * DAY / 2
    order: Order = an_order(DRUG, kind, authored_at=start, ends_at=end).order
    row = Row.TEMPORARY if kind is OrderKind.STAT else Row.LONG_TERM

    shared = start < window.ends and (end > window.begins)
    on_the_day = window.begins <= start < window.ends
    assert meets(order, an_element("first", "drug", row, DRUG), window) is (
        on_the_day if kind is OrderKind.STAT else shared
    )


def test_the_day_of_the_operation_is_that_of_its_order_until_somebody_records_another() -> None:
    planned = an_order(REMOVAL, starts_at=NOW + DAY)
    by_order = a_grid(orders=(planned,), pathway=OPERATED)
    assert by_order.anchors.operation == date(2026, 11, 25)
    assert by_order.undated == ()

    told = a_fact(FactKind.OPERATION_DAY, None, day=date(2026, 11, 26))
    newer = a_fact(FactKind.OPERATION_DAY, None, "z", NOW + DAY / 24, day=date(2026, 11, 27))
    assert a_grid(told, orders=(planned,), pathway=OPERATED).anchors.operation == told.day
    assert a_grid(newer, told, pathway=OPERATED).operation_days == (told, newer)
    assert a_grid(newer, told, pathway=OPERATED).anchors.operation == newer.day
    undone = replace(newer, void=True)
    assert a_grid(undone, told, pathway=OPERATED).anchors.operation == told.day


@pytest.mark.parametrize(
    "more",
    [
        {"starts_at": None},
        {"starts_at": NOW, "status": "revoked"},
        {"starts_at": NOW, "prohibited": True},
    ],
)
def test_an_order_without_a_day_of_its_own_dates_no_operation(more: dict[str, object]) -> None:
    found = a_grid(orders=(an_order(REMOVAL, OrderKind.TEMPORARY, **more),), pathway=OPERATED)

    assert found.anchors.operation is None
    assert [one.stage.key for one in found.undated] == ["theatre"]
    assert states(found)["theatre", "operate"] is State.NOT_YET


def test_a_stage_nobody_dated_is_not_asked_for_once_it_is_explained() -> None:
    why = a_fact(VARIANCE, ("theatre", "operate"), reason="refuses")

    assert a_grid(why, pathway=OPERATED).undated == ()


def test_without_an_admission_no_day_is_known() -> None:
    for stay in (None, replace(ADMITTED, admitted_at=None)):
        found = a_grid(stay=stay)
        assert found.day is None
        assert {one.place for one in found.columns} == {StagePlace.UNDATED}
        assert found.columns[0].cells[1].orders == ()


def test_a_version_that_is_not_known_here_has_no_stages_and_loses_no_fact() -> None:
    fact, extra = a_fact(), a_fact(FactKind.EXTRA, None, "fact-2", reason="refuses")

    found = a_grid(fact, extra, pathway=None)

    assert (found.columns, found.unplaced, found.extras) == ((), (fact,), (extra,))


def test_what_names_an_element_of_another_version_is_kept_apart() -> None:
    strange = a_fact(about=("first", "no such"))

    assert a_grid(strange).unplaced == (strange,)
    assert a_grid(a_fact()).unplaced == ()


def test_an_enrolment_without_a_stay_is_met_by_no_order() -> None:
    lost = replace(ENROLLED, encounter=None)

    found = a_grid(orders=(an_order(BLOOD, encounter=None),), enrolment=lost)

    assert states(found)["first", "blood"] is State.OPEN


@pytest.mark.parametrize(
    ("ended", "until"), [(NOW - timedelta(minutes=5), NOW - timedelta(minutes=5)), (NOW + DAY, NOW)]
)
def test_an_enrolment_that_ended_stands_as_it_stood_then(ended: datetime, until: datetime) -> None:
    done = replace(ENROLLED, status="completed", ended_at=ended)

    assert a_grid(enrolment=done).until == until
    late = a_grid(enrolment=replace(done, ended_at=NOW), now=NOW + 9 * DAY)
    assert states(late)["first", "history"] is State.OPEN
