"""A second person for what can harm, and the limits of what is given as needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.administration_hurdles import Answer
from app.domain.dose_limits import DoseLimits
from app.domain.orders import Order, OrderKind
from app.domain.people import Role
from app.domain.slots import ledger_id
from app.domain.terms import OrderId, Ref, Term
from app.fhir.document import Document
from app.fhir.dose_limits import read_ledger
from app.kernel.faults import AppError, FaultKind, Message
from app.services.administering import Answers
from app.services.administration_pack import high_alert
from tests.unit.services.dosing_kit import (
    APART,
    LIMITS,
    YES,
    Station,
    a_sent_dose,
    two_stations,
)


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


# --- a second person


def test_a_high_alert_drug_needs_a_second_person_who_is_recorded() -> None:
    station = Station("zhao", alert=True)
    order, slot = claimed(station)
    second = station.who(Role.HEAD_NURSE, "qian")

    assert refused(lambda: station.give(order, slot)).code == "dose.high-alert"
    given = station.give(order, slot, Answers(YES, witness=second))

    actors = [one["actor"]["reference"] for one in document(station, given)["performer"]]  # type: ignore[union-attr,index,call-overload]  # as written
    assert actors == ["Practitioner/zhao", "Practitioner/qian"]


def test_the_second_person_is_another_one_who_may_give_medicines() -> None:
    station = Station("zhao", alert=True)
    order, slot = claimed(station)

    for second, code in (
        (station.nurse, "dispute.witness-same"),
        (station.who(Role.RESIDENT, "li"), "dose.witness-may-not"),
    ):
        answers = Answers(YES, witness=second)
        assert refused(lambda: station.give(order, slot, answers)).code == code  # noqa: B023


def test_a_drug_the_formulary_says_nothing_of_is_given_and_said_to_be_unchecked() -> None:
    station = Station("zhao", alert=None)
    order, slot = claimed(station)

    (hurdle,) = station.giving.hurdles(station.nurse, station.asked(order, slot))
    station.give(order, slot)

    assert (hurdle.message.code, hurdle.answer) == ("dose.high-alert-not-checkable", Answer.TOLD)


def test_the_formulary_that_ships_says_which_drugs_are_high_alert() -> None:
    assert high_alert(Term("肝素", "urn:wardone:formulary", "neml2026-293")) is True
    assert high_alert(Term("对乙酰氨基酚", "urn:wardone:formulary", "neml2026-076")) is False
    assert high_alert(Term("unknown")) is None


# --- as needed


def test_as_needed_a_dose_goes_into_the_ledger_in_the_same_act() -> None:
    station = Station("zhao")
    order = as_needed(station)

    given = station.give(order)

    assert len(station.acts.committed[-1].changes) == 2
    ledger = read_ledger(document(station, Ref(f"Basic/{ledger_id(order.id)}")))
    assert ledger is not None
    assert [line.administration for line in ledger.lines] == [given]
    assert station.acts.committed[-1].changes[1].stamp is not None


def test_as_needed_too_soon_and_too_much_are_refused_with_their_numbers() -> None:
    station = Station("zhao")
    order = as_needed(station)
    station.give(order)
    station.clock.step(minutes=30)
    assert refused(lambda: station.give(order)) == Message.of("dose.too-soon", passed=30, least=240)
    for _ in range(3):
        station.clock.step(hours=4)
        station.give(order)
    station.clock.step(hours=4)

    said = refused(lambda: station.give(order))

    assert said == Message.of("dose.too-much", given="4", dose="1", most="4", unit="g", hours=24)


def test_a_dose_that_only_the_ledger_knows_counts_too() -> None:
    one, other = two_stations()
    order = as_needed(one)
    one.give(order)
    for rtype in ("MedicationRequest", "Basic"):
        for written in one.acts.documents(rtype):
            other.acts.download(written, "2")

    assert refused(lambda: other.give(order)).code == "dose.too-soon"


def test_an_order_from_elsewhere_gets_its_ledger_with_the_first_dose() -> None:
    station = Station("zhao")
    order = as_needed(station)
    foreign = replace(order, id=OrderId("foreign"))
    model = document(station, Ref(f"MedicationRequest/{order.id}"))
    station.acts.download(model | {"id": "foreign"}, "1")

    station.give(foreign)

    assert station.acts.committed[-1].changes[1].stamp is None
    assert read_ledger(document(station, Ref(f"Basic/{ledger_id(foreign.id)}"))) is not None


def test_an_order_without_limits_must_be_confirmed() -> None:
    station = Station("zhao")
    order = as_needed(station, DoseLimits())

    assert station.hurdles(order) == ["dose.limits-not-stated"]
    assert refused(lambda: station.give(order, answers=Answers())).code == "dose.limits-not-stated"
    station.give(order)


def test_apart_a_dose_as_needed_always_needs_a_reason() -> None:
    station = Station("zhao")
    order = as_needed(station)
    station.online = False

    assert station.hurdles(order) == ["dose.not-claimed-offline"]
    station.give(order, answers=APART)
