"""The doses of an order: made with it, ended with it, carried on in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.orders import OrderClass, OrderKind
from app.domain.people import Role
from app.domain.slots import SlotState, ledger_id
from app.domain.terms import OrderId, Ref
from app.fhir.document import Document
from app.fhir.dose_limits import read_ledger, read_limits
from app.fhir.elements import at, dict_at
from app.fhir.orders import read_order, write_stop
from app.fhir.slots import read_slot
from tests.support.fake_doses import ZONE
from tests.unit.services.dosing_kit import LIMITS, Station


def times(station: Station, frequency: str | None, kind: OrderKind) -> list[str]:
    order = station.order(frequency, kind)
    return [f"{slot.due_at.astimezone(ZONE):%d %H:%M}" for slot in station.slots(order)]


def test_an_order_is_signed_with_its_doses_of_the_next_48_hours_in_one_act() -> None:
    station = Station("zhao")

    order = station.order("tid")

    (act,) = station.acts.committed
    assert len(act.changes) == 1 + 6
    assert [slot.state for slot in station.slots(order)] == [SlotState.DUE] * 6
    assert station.slots(order)[0].encounter == order.encounter


@pytest.mark.parametrize(
    ("frequency", "kind", "expected"),
    [
        ("qd", OrderKind.LONG_TERM, ["03 08:00", "04 08:00"]),
        ("tid", OrderKind.TEMPORARY, ["02 16:00", "03 08:00", "03 12:00"]),
        ("st", OrderKind.STAT, ["02 15:00"]),
        (None, OrderKind.STAT, ["02 15:00"]),
        ("tid", OrderKind.PRN, []),
        ("tid", OrderKind.DISCHARGE, []),
        ("taper", OrderKind.LONG_TERM, []),
        ("prn", OrderKind.LONG_TERM, []),
    ],
)
def test_only_what_is_regular_is_laid_out(
    frequency: str | None, kind: OrderKind, expected: list[str]
) -> None:
    assert times(Station("zhao"), frequency, kind) == expected


def test_a_weekly_order_is_laid_out_on_the_weekday_of_its_start() -> None:
    station = Station("zhao")
    station.clock.step(days=3, hours=-8)
    order = station.order("qw")

    (slot,) = station.slots(order)

    assert f"{slot.due_at.astimezone(ZONE):%a %H:%M}" == "Thu 08:00"
    document = station.acts.committed[0].changes[0].document
    repeat = at(document, "dosageInstruction", 0, "timing", "repeat")
    assert isinstance(repeat, dict)
    assert "dayOfWeek" not in repeat


@pytest.mark.parametrize(
    ("days", "expected"), [(["wed"], ["04 08:00"]), (["wed", "lundi"], []), ([], [])]
)
def test_an_order_that_was_signed_with_its_days_keeps_them(
    days: list[str], expected: list[str]
) -> None:
    station = Station("zhao")
    order = station.order("qw")
    document = station.acts.committed[0].changes[0].document
    instruction = dict_at(document, "dosageInstruction", 0)
    timing = dict_at(instruction, "timing")
    days_of_week: Document = {"dayOfWeek": list(days)}
    theirs_too: Document = {"repeat": dict_at(timing, "repeat") | days_of_week}
    changed: Document = {"timing": timing | theirs_too}
    theirs: Document = document | {"dosageInstruction": [instruction | changed]}
    now = station.clock.at

    found = [
        read_slot(change.document) for change in station.planning.further(order, theirs, now, now)
    ]

    assert [f"{slot.due_at.astimezone(ZONE):%d %H:%M}" for slot in found if slot] == expected


def test_what_is_given_as_needed_has_a_ledger_from_the_start_and_states_its_limits() -> None:
    station = Station("zhao")

    order = station.order("prn", OrderKind.PRN, LIMITS)

    (document, ledger) = (change.document for change in station.acts.committed[0].changes)
    assert read_limits(document) == LIMITS
    read = read_ledger(ledger)
    assert read is not None
    assert (read.id, read.lines) == (ledger_id(order.id), ())


def test_another_order_has_neither_doses_nor_a_ledger_nor_anything_to_cancel() -> None:
    station = Station("zhao")

    order = station.order("qd", order_class=OrderClass.NURSING)
    station.changing.stop(station.who(Role.ATTENDING), order, "出院", ())

    assert [len(act.changes) for act in station.acts.committed] == [1, 1]


def test_a_stop_cancels_what_is_not_yet_due_in_its_own_act() -> None:
    station = Station("zhao")
    order = station.order("tid")
    station.clock.step(hours=2)

    station.changing.stop(station.who(Role.ATTENDING), order, "出院", ())

    states = [slot.state for slot in station.slots(order)]
    assert states == [SlotState.DUE] + [SlotState.CANCELLED] * 5
    assert len(station.acts.committed[-1].changes) == 1 + 5


def test_a_dose_somebody_is_deciding_about_does_not_hinder_a_stop() -> None:
    station = Station("zhao")
    order = station.order("tid")
    station.acts.dispute(station.slots(order)[3].ref)

    station.changing.stop(station.who(Role.ATTENDING), order, "出院", ())

    assert [slot.state for slot in station.slots(order)].count(SlotState.DUE) == 1


# --- carrying on


def test_doses_are_carried_on_when_half_of_the_horizon_is_used_and_not_before() -> None:
    station = Station("zhao")
    order = station.order("tid")
    assert station.keeping.carry_on(station.nurse) == 0

    station.clock.step(hours=20)
    assert station.keeping.carry_on(station.nurse) == 0
    station.clock.step(hours=6)
    made = station.keeping.carry_on(station.nurse)

    assert made == 4
    assert len(station.slots(order)) == 10
    assert station.acts.committed[-1].provenance is None
    dues = [slot.due_at for slot in station.slots(order)]
    assert dues == sorted(set(dues))


def test_nothing_is_looked_at_more_often_than_the_pack_says() -> None:
    station = Station("zhao")
    station.order("tid")
    station.keeping.carry_on(station.nurse)
    station.clock.at += timedelta(hours=26)

    assert station.keeping.carry_on(station.nurse) == 0
    station.clock.ticks += 600
    assert station.keeping.carry_on(station.nurse) == 4


def test_whoever_may_not_see_wards_carries_nothing_on() -> None:
    station = Station("zhao")
    station.order("tid")
    station.clock.step(hours=26)

    assert station.keeping.carry_on(station.who(Role.IT)) == 0
    assert station.keeping.carry_on(station.nurse) == 4


def test_what_another_workstation_has_laid_out_is_not_made_again() -> None:
    station = Station("zhao")
    order = station.order("tid")
    station.clock.step(hours=26)
    station.keeping.carry_on(station.nurse)
    read = read_order(the_document(station, order.id))
    assert read is not None

    again = station.planning.further(
        read, the_document(station, order.id), station.clock.at, station.clock.at
    )

    assert list(again) == []


def test_an_order_that_was_stopped_elsewhere_loses_its_doses() -> None:
    station = Station("zhao")
    order = station.order("tid")
    stopped = write_stop(
        the_document(station, order.id),
        at=station.clock.at,
        by=station.nurse.clinician.id,
        reason="",
    )
    station.acts.download(stopped, "9")

    assert station.keeping.carry_on(station.nurse) == 6
    assert {slot.state for slot in station.slots(order)} == {SlotState.CANCELLED}


def test_a_dose_of_nobody_is_left_alone() -> None:
    station = Station("zhao")
    order = station.order("qd")
    for slot in station.slots(order):
        held = station.acts.held(slot.ref)
        assert held is not None
        station.acts.download({k: v for k, v in held.document.items() if k != "for"}, "2")
    stopped = the_document(station, order.id) | {"status": "stopped"}
    station.acts.download(stopped, "9")

    assert station.keeping.carry_on(station.nurse) == 0


def test_orders_from_elsewhere_are_laid_out_from_now_on_when_a_nurse_has_verified_them() -> None:
    station = Station("zhao")
    model = the_document(station, station.order("tid").id)
    station.acts.download(model | {"id": "foreign", "authoredOn": "2026-02-20T00:00:00Z"}, "1")
    station.clock.step(hours=5)

    made = station.keeping.lay_out(station.nurse, (OrderId("foreign"), OrderId("not-here")))

    foreign = [s for s in station.reads._slots() if s.order == "foreign"]
    assert made == len(foreign) == 6
    assert all(slot.due_at >= station.clock.at for slot in foreign)
    assert station.acts.committed[-1].kind == "dose.lay-out"
    assert station.acts.committed[-1].provenance is not None


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "stopped"},
        {"authoredOn": "2026-02-20"},
        {"dosageInstruction": [{"text": "as before"}]},
        {"intent": "plan"},
    ],
)
def test_an_order_that_says_too_little_or_holds_no_longer_is_not_laid_out(odd: Document) -> None:
    station = Station("zhao")
    model = the_document(station, station.order("tid").id)
    station.acts.download(model | {"id": "odd"} | odd, "1")

    assert station.keeping.lay_out(station.nurse, (OrderId("odd"),)) == 0


def test_a_bound_of_the_order_ends_its_doses() -> None:
    station = Station("zhao")
    order = station.order("tid")
    document = the_document(station, order.id)
    repeat = document["dosageInstruction"][0]["timing"]["repeat"]  # type: ignore[index,call-overload]  # as signed
    repeat["boundsPeriod"] = {"end": "2026-03-03T01:00:00Z"}
    fresh = replace(order, id=OrderId("bounded"))

    found = station.planning.further(fresh, document, station.clock.at, station.clock.at)

    assert len(list(found)) == 2


def the_document(station: Station, order: OrderId) -> Document:
    held = station.acts.held(Ref(f"MedicationRequest/{order}"))
    assert held is not None
    return held.document
