"""Giving a dose, or saying why not: what stands in the way, and what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.dose_limits import DoseLimits
from app.domain.orders import Order, OrderKind
from app.domain.slots import Outcome
from app.domain.terms import OrderId, Ref, Term, WardId
from app.fhir.administrations import read_administration
from app.fhir.document import Document
from app.fhir.slots import read_slot, write_claim
from app.kernel.faults import AppError, FaultKind, Message
from app.services.administering import Answers
from app.services.administration_pack import not_given_reasons
from tests.unit.services.dosing_kit import (
    APART,
    LIMITS,
    YES,
    Station,
    a_sent_dose,
    two_stations,
)
from tests.unit.services.kit import PATIENT, a_banner

REFUSED_BY_PATIENT = next(one for one in not_given_reasons() if one.code == "refused")


def refused(work: Callable[[], object]) -> Message:
    with pytest.raises(AppError) as caught:
        work()
    assert caught.value.fault.kind is FaultKind.REFUSED
    return caught.value.fault.message


def claimed(station: Station, *others: Station) -> tuple[Order, Ref]:
    order, slot = a_sent_dose(station, *others)
    station.claiming.claim(station.nurse, slot)
    return order, slot


def as_needed(station: Station, limits: DoseLimits = LIMITS) -> Order:
    order = station.order("prn", OrderKind.PRN, limits)
    station.send()
    return order


def document(station: Station, ref: Ref) -> Document:
    held = station.acts.held(ref)
    assert held is not None
    return held.document


# --- what is written


def test_a_dose_is_one_act_slot_administration_and_provenance() -> None:
    station = Station("zhao")
    order, slot = claimed(station)

    given = station.give(order, slot, note=" 患者清醒 ")

    act = station.acts.committed[-1]
    assert (act.kind, len(act.changes)) == ("dose.give", 2)
    assert act.provenance is not None
    assert act.read_set == ()  # a fact is sent whatever has changed (decisions/0017)
    read = read_administration(document(station, given))
    assert (read.status, read.at, read.dose, read.unit, read.slot) == (
        "completed",
        station.clock.at,
        Decimal(1),
        "g",
        slot,
    )
    assert (read.item, read.route, read.note) == (order.item, order.dosage.route, "患者清醒")
    done = read_slot(document(station, slot))
    assert done is not None
    assert (done.outcome, done.done_by, done.claim) == (Outcome.GIVEN, "zhao", None)
    assert not station.leases.holds(station.nurse.clinician.id, slot)


def test_a_dose_may_be_entered_late_with_its_own_route_and_unit_text() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    at = station.clock.at - timedelta(minutes=1)
    route = Term("鼻饲", "urn:r", "ng")

    seen = Answers(YES | {"dose.route-not-as-ordered"})
    given = station.give(order, slot, seen, at=at, route=route, unit_text="克")

    read = read_administration(document(station, given))
    assert (read.at, read.route, read.unit_text) == (at, route, "克")


def test_a_dose_not_given_says_why_and_is_no_dose() -> None:
    station = Station("zhao")
    order, slot = a_sent_dose(station)

    made = station.giving.withhold(station.nurse, slot, REFUSED_BY_PATIENT, "再次解释无效")

    assert made.status == "not-done"
    read = read_administration(document(station, Ref(f"MedicationAdministration/{made.id}")))
    assert (read.status, read.reason, read.note) == ("not-done", "患者拒绝", "再次解释无效")
    done = read_slot(document(station, slot))
    assert done is not None
    assert done.outcome is Outcome.NOT_GIVEN
    assert station.reads.given(order.id) == ()
    again = lambda: station.giving.withhold(station.nurse, slot, REFUSED_BY_PATIENT)  # noqa: E731
    assert refused(again).code == "dose.dealt-with"


def test_a_dose_is_not_withheld_without_a_coded_reason() -> None:
    station = Station("zhao")
    _, slot = a_sent_dose(station)

    said = refused(lambda: station.giving.withhold(station.nurse, slot, Term("因为")))

    assert said.code == "dose.reason-missing"


# --- what stands in the way


def test_nothing_stands_in_the_way_of_a_claimed_dose_on_a_fresh_chart() -> None:
    station = Station("zhao")
    order, slot = claimed(station)

    assert station.hurdles(order, slot) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"dose": None}, "order.missing-dose"),
        ({"dose": Decimal(0)}, "order.missing-dose"),
        ({"dose": Decimal("Infinity")}, "order.missing-dose"),
        ({"unit": ""}, "dose.units-differ"),
        ({"unit": "mL"}, "dose.units-differ"),
        ({"unit": "mg"}, "dose.not-as-ordered"),
        ({"dose": Decimal("0.5")}, "dose.not-as-ordered"),
        ({"route": Term("静注", "urn:r", "iv")}, "dose.route-not-as-ordered"),
        ({"slot": None}, "dose.without-slot"),
    ],
)
def test_a_dose_that_says_too_little_or_something_else_is_refused(
    more: dict[str, object], code: str
) -> None:
    station = Station("zhao")
    order, slot = claimed(station)

    assert refused(lambda: station.give(order, **({"slot": slot} | more))).code == code  # type: ignore[arg-type]  # a test may override any field


def test_the_dose_of_the_order_in_another_unit_is_as_ordered() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    same = {"dose": Decimal(1000), "unit": "mg", "route": order.dosage.route}
    assert station.hurdles(order, slot, **same) == []

    given = station.give(order, slot, **same)  # type: ignore[arg-type]  # a test may override any field

    read = read_administration(document(station, given))
    assert (read.dose, read.unit) == (Decimal(1000), "mg")


def test_another_dose_and_another_way_are_confirmed_one_by_one() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    other = {"dose": Decimal("0.5"), "route": Term("静注", "urn:r", "iv")}
    both = ["dose.not-as-ordered", "dose.route-not-as-ordered"]
    assert station.hurdles(order, slot, **other) == both

    for one in both:
        half = Answers(YES | {one})
        assert refused(lambda: station.give(order, slot, half, **other)).code != one  # noqa: B023
    given = station.give(order, slot, Answers(YES | set(both)), **other)

    assert read_administration(document(station, given)).dose == Decimal("0.5")


def test_a_confirmation_does_not_lift_a_unit_that_is_none_of_this_order() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    all_seen = Answers(YES | {"dose.units-differ", "dose.not-as-ordered"})

    said = refused(lambda: station.give(order, slot, all_seen, unit="{tbl}"))

    assert said == Message.of("dose.units-differ", unit="{tbl}", limit="g")


def test_nothing_is_given_in_the_future() -> None:
    station = Station("zhao")
    order, slot = claimed(station)

    said = refused(lambda: station.give(order, slot, at=station.clock.at + timedelta(seconds=1)))

    assert said.code == "dose.in-future"


@pytest.mark.parametrize("odd", [{"status": "on-hold"}, {"implicitRules": "urn:unknown"}])
def test_an_order_that_does_not_hold_now_is_not_given(odd: Document) -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    ref = Ref(f"MedicationRequest/{order.id}")
    station.acts.download(document(station, ref) | odd, "2")

    assert refused(lambda: station.give(order, slot)).code == "dose.order-not-active"


def test_the_same_dose_is_not_given_twice_here() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    station.give(order, slot)

    said = refused(lambda: station.give(order, slot, APART))

    assert said == Message.of("dose.already-given", at="16:00", by="zhao")


@pytest.mark.parametrize("how", ["order", "slot", "another order's"])
def test_what_is_not_here_is_not_given(how: str) -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    elsewhere = station.slots(station.order())[0].ref
    wanted = replace(order, id=OrderId("unknown")) if how == "order" else order
    which = {"slot": Ref("Task/unknown"), "order": slot}.get(how, elsewhere)

    code = refused(lambda: station.give(wanted, which)).code

    assert code == ("order.not-here" if how == "order" else "dose.slot-not-here")


@pytest.mark.parametrize("banner", [None, a_banner(WardId("elsewhere"))])
def test_whoever_may_not_open_the_chart_gives_nothing(banner: object) -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    station.banner = banner  # type: ignore[assignment]  # as parametrised

    assert refused(lambda: station.give(order, slot)).code == "access.not-granted"


# --- claims and the network


def test_connected_a_dose_needs_my_claim() -> None:
    one, other = two_stations()
    order, slot = a_sent_dose(one, other)

    assert one.hurdles(order, slot) == ["dose.claim-first"]
    assert refused(lambda: one.give(order, slot, APART)).code == "dose.claim-first"


def test_connected_a_colleagues_claim_stands() -> None:
    one, other = two_stations()
    order, slot = claimed(one, other)
    other.acts.download(one.server.held[slot][0], "2")

    assert other.hurdles(order, slot) == ["dose.claimed", "dose.claim-first"]


def test_apart_a_claimed_dose_goes_without_a_warning_until_the_claim_ends() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    station.online = False
    assert station.hurdles(order, slot) == []

    station.clock.step(minutes=2)

    assert station.hurdles(order, slot) == ["dose.not-claimed-offline"]


def test_apart_without_a_claim_a_reason_and_a_look_are_needed_and_the_dose_is_flagged() -> None:
    station = Station("zhao")
    order, slot = a_sent_dose(station)
    station.online = False

    for lacking in (
        Answers(YES),
        Answers(YES, reason="急", other_device=False),
        Answers(YES, reason=" ", other_device=True),
    ):
        assert refused(lambda: station.give(order, slot, lacking)).code == (  # noqa: B023
            "dose.not-claimed-offline"
        )
    given = station.give(order, slot, APART)

    assert read_administration(document(station, given)).override == "override-offline"
    (entry,) = station.audit.entries(action="dose.override")
    assert (entry.reason, entry.detail) == ("网络中断", "override-offline")
    assert station.acts.committed[-1].reason == "网络中断"


def test_apart_a_colleagues_claim_is_only_what_was_last_heard() -> None:
    one, other = two_stations()
    order, slot = claimed(one, other)
    other.acts.download(one.server.held[slot][0], "2")
    other.online = False

    assert other.hurdles(order, slot) == ["dose.claimed", "dose.not-claimed-offline"]
    other.give(order, slot, APART)

    assert other.acts.committed[-1].kind == "dose.give"


def test_a_dose_of_an_order_nobody_else_has_heard_of_needs_no_claim() -> None:
    station = Station("zhao", online=False)
    order = station.order()
    slot = station.slots(order)[0]
    station.clock.step(hours=1)

    assert station.hurdles(order, slot.ref) == []


# --- how old the chart is


@pytest.mark.parametrize(
    ("online", "age", "code"),
    [
        (True, 120, ""),
        (True, 121, "dose.chart-old"),
        (False, 600, ""),
        (False, 601, "dose.chart-old"),
        (True, None, "dose.chart-not-whole"),
    ],
)
def test_an_old_chart_must_be_confirmed(*, online: bool, age: int | None, code: str) -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    station.online = online
    station.reads.as_of.clear()
    if age is not None:
        station.reads.as_of[PATIENT] = station.clock.at - timedelta(seconds=age)

    assert station.hurdles(order, slot) == ([code] if code else [])
    if code:
        assert refused(lambda: station.give(order, slot, Answers())).code == code
    station.give(order, slot, Answers(frozenset({code})))


def test_a_signature_needs_a_true_clock() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    station.skew = 600

    assert refused(lambda: station.give(order, slot)).code == "authority.clock-off"
    assert (
        refused(lambda: station.giving.withhold(station.nurse, slot, REFUSED_BY_PATIENT)).code
        == "authority.clock-off"
    )


def test_what_another_wrote_onto_a_slot_meanwhile_is_not_lost() -> None:
    station = Station("zhao")
    order, slot = claimed(station)
    held = document(station, slot)
    station.acts.download(write_claim(held, None) | {"priority": "urgent"}, "3")

    station.give(order, slot)

    assert document(station, slot)["priority"] == "urgent"
