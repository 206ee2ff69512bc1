"""Taking orders over: all of a batch or nothing, on the record, with the second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.order_verification import Second, Wait
from app.domain.orders import OrderClass, OrderKind
from app.domain.people import Role
from app.domain.skin_tests import SkinGate
from app.domain.slots import SlotState
from app.domain.terms import Ref
from app.fhir.order_tasks import read_verification
from app.fhir.orders import order_ref
from app.kernel.faults import AppError, Fault, FaultKind, Message
from app.services.verification_pack import verification_rules
from tests.support.order_builders import a_medication_request, a_task
from tests.unit.domain.verifying_kit import RULES
from tests.unit.services.kit import PATIENT
from tests.unit.services.verifying_kit import (
    DRUG,
    OTHER,
    ROOM,
    Desk,
    a_desk,
    a_draft,
    a_lab,
    later,
    signed,
)


def fault(work: Callable[[], object]) -> Fault:
    with pytest.raises(AppError) as caught:
        work()
    return caught.value.fault


def codes(desk: Desk, **more: object) -> list[str]:
    found = desk.verifying.verify(desk.nurse, tuple(desk.waiting()), **more)  # type: ignore[arg-type]  # the second person
    return [one.message.code for one in found]


# --- what waits


def test_a_signed_order_waits_for_a_nurse_and_then_no_more() -> None:
    desk = a_desk()
    (order,) = signed(desk)

    (one,) = desk.waiting()
    assert (one.ref, one.wait, one.unsent) == (order_ref(order), Wait.NEW, "saved")

    assert desk.verify(one) == ()
    assert desk.waiting() == []


def test_patients_of_whom_nothing_waits_are_not_listed_but_their_gaps_are() -> None:
    desk = a_desk()
    signed(desk)

    found = desk.verifying.ward(desk.nurse, ROOM)

    assert [one.bedside.id for one in found.patients] == [PATIENT]
    assert [one.id for one in found.partial] == [OTHER, PATIENT]
    assert (found.as_of, found.rules) == (desk.station.clock.at, RULES)
    assert desk.verifying.limits == RULES


def test_a_proposal_of_a_trainee_is_never_offered() -> None:
    desk = a_desk()
    trainee = desk.station.who(Role.TRAINEE, "lin")
    desk.station.orders.propose_basket(trainee, (a_draft(),), ())
    assert desk.waiting() == []

    signed(desk)
    assert len(desk.waiting()) == 1


def test_a_stop_a_hold_and_its_end_are_taken_note_of_one_after_the_other() -> None:
    desk = a_desk()
    (order,) = signed(desk)
    doctor = desk.station.who(Role.ATTENDING, "wang")
    changing = desk.station.changing
    desk.verify_all()
    seen: list[Wait] = []

    def noted() -> None:
        later(desk, minutes=5)
        (one,) = desk.waiting()
        seen.append(one.wait)
        assert desk.verify(one) == ()
        assert desk.waiting() == []

    later(desk, minutes=5)
    (order,) = changing.hold(doctor, order, "术前", ())
    noted()
    (order,) = changing.resume(doctor, order, ())
    noted()
    changing.stop(doctor, order, "改药", ())
    noted()

    assert seen == [Wait.HELD, Wait.RESUMED, Wait.STOPPED]
    kinds = [one.kind for one in desk.station.acts.committed if "order." in one.kind]
    assert kinds[-5:] == [
        "order.acknowledge",
        "order.resume",
        "order.acknowledge",
        "order.stop",
        "order.stop-acknowledge",
    ]


# --- what is written


def test_the_acknowledgement_names_who_when_and_what_and_was_signed_for() -> None:
    desk = a_desk()
    (order,) = signed(desk)
    desk.verify_all()

    act = desk.station.acts.committed[-1]
    (task,) = [one.document for one in act.changes]
    read = read_verification(task)

    assert read is not None
    assert (read.order, read.by, read.at) == (order_ref(order), "zhao", desk.station.clock.at)
    assert (act.kind, act.patient, act.kinds >= {"verification"}) == ("order.verify", PATIENT, True)
    assert act.provenance is not None
    assert act.provenance["target"] == [{"reference": f"Task/{task['id']}"}]


def test_what_was_on_the_screen_goes_along_where_the_server_knows_it() -> None:
    desk = a_desk()
    (order,) = signed(desk)
    desk.station.send()
    signed(desk, a_lab())

    desk.verify_all()

    act = desk.station.acts.committed[-1]
    assert act.read_set == ((order_ref(order), "1"),)
    assert len(act.changes) == 2


def test_a_batch_over_several_patients_is_one_transaction_with_a_group_for_each() -> None:
    desk = a_desk()
    signed(desk, a_draft(), a_draft(OTHER), a_lab(OTHER))
    before = len(desk.station.acts.committed)

    desk.verify_all()

    acts = desk.station.acts.committed[before:]
    assert [(one.kind, one.patient, len(one.changes)) for one in acts] == [
        ("order.verify", OTHER, 2),
        ("order.verify", PATIENT, 1),
    ]


def test_nothing_of_a_batch_is_written_when_the_disk_is_full() -> None:
    desk = a_desk()
    signed(desk, a_draft(), a_draft(OTHER))
    before = len(desk.station.acts.committed)
    full = AppError(Fault(FaultKind.STORAGE, Message.of("storage.full")))
    desk.station.acts.refusing = full

    assert fault(desk.verify_all).kind is FaultKind.STORAGE
    assert len(desk.station.acts.committed) == before
    assert len(desk.waiting()) == 2

    desk.verify_all()
    assert desk.waiting() == []


def test_one_that_may_not_keeps_the_whole_batch_back_and_says_why() -> None:
    desk = a_desk()
    signed(desk, a_draft(), a_draft(OTHER, skin_test="required"))
    before = len(desk.station.acts.committed)

    found = desk.verify(*desk.waiting())

    blocked = next(one for one in desk.waiting() if one.skin.gate is SkinGate.MISSING)
    assert [(one.ref, one.message.code) for one in found] == [
        (blocked.ref, "verifying.skin-missing")
    ]
    assert len(desk.station.acts.committed) == before
    assert len(desk.waiting()) == 2


def test_an_empty_batch_and_one_over_a_hundred_are_refused_in_words() -> None:
    desk = a_desk()
    assert codes(desk) == ["verifying.none-marked"]

    signed(desk, *(a_lab() for _ in range(101)))
    assert codes(desk) == ["verifying.too-many"]

    assert desk.verify(*desk.waiting()[:100]) == ()
    assert len(desk.waiting()) == 1


def test_what_was_shown_and_has_changed_since_is_not_taken_over() -> None:
    desk = a_desk()
    (order,) = signed(desk)
    (shown,) = desk.waiting()
    doctor = desk.station.who(Role.ATTENDING, "wang")
    desk.station.changing.stop(doctor, order, "改药", ())

    (said,) = desk.verify(shown)

    assert said.message.code == "verifying.changed"
    assert [one.wait for one in desk.waiting()] == [Wait.STOPPED]


def test_an_infusion_is_taken_over_whole() -> None:
    desk = a_desk()
    solvent = replace(DRUG, text="氯化钠", code="neml2026-411")
    signed(desk, a_draft(group="1"), a_draft(group="1", item=solvent))
    one, two = desk.waiting()

    assert [said.message.code for said in desk.verify(one)] == ["verifying.group-not-whole"]
    assert desk.verify(one, two) == ()


def test_doses_of_an_order_from_elsewhere_are_laid_out_with_it_from_now_on() -> None:
    desk = a_desk()
    foreign = a_medication_request("far", PATIENT, at="2026-02-20T10:00:00+08:00")
    desk.station.acts.download(foreign)
    assert desk.tasks("give-dose") == []

    desk.verify_all()

    laid = desk.station.acts.committed[-1]
    assert (laid.kind, laid.patient) == ("dose.lay-out", PATIENT)
    now = desk.station.clock.at
    slots = desk.station.reads.slots((PATIENT,), now - timedelta(days=30), now + timedelta(days=9))
    assert slots
    assert all(one.due_at >= now and one.state is SlotState.DUE for one in slots)


def test_doses_that_are_laid_out_already_are_left_alone() -> None:
    desk = a_desk()
    signed(desk)
    before = desk.tasks("give-dose")
    assert before

    desk.verify_all()

    assert desk.tasks("give-dose") == before
    assert desk.station.acts.committed[-1].kind == "order.verify"


# --- the second person


def test_high_alert_and_blood_are_checked_by_a_second_nurse_who_is_recorded() -> None:
    desk = a_desk(alert=True)
    blood = a_draft(order_class=OrderClass.TRANSFUSION, kind=OrderKind.TEMPORARY)
    signed(desk, a_draft(), blood, a_lab())
    assert [one.second for one in desk.waiting()].count(Second.NEEDED) == 2
    assert codes(desk) == ["verifying.second-needed"] * 2

    desk.verify_all(desk.second())

    acts = {one.kind: one for one in desk.station.acts.committed[-2:]}
    double = [read_verification(one.document) for one in acts["order.double-check"].changes]
    single = [read_verification(one.document) for one in acts["order.verify"].changes]
    assert [one.second for one in double if one] == ["qian", "qian"]
    assert [one.second for one in single if one] == [None]


def test_the_second_person_is_another_one_who_may_verify_and_whose_lease_holds() -> None:
    desk = a_desk(alert=True)
    signed(desk)
    stale = replace(desk.second(), lease_until=desk.station.clock.at - timedelta(hours=1))

    for second, code in (
        (desk.nurse, "verifying.second-same"),
        (desk.second(Role.ATTENDING), "verifying.second-may-not"),
        (stale, "authority.lease-ended"),
    ):
        told = fault(lambda: desk.verify_all(second))  # noqa: B023
        assert told.message.code == code
    desk.verify_all(desk.second(Role.HEAD_NURSE))


# --- the gates


def test_the_pharmacy_is_heard_and_required_where_the_hospital_says_so() -> None:
    desk = a_desk(rules=replace(RULES, review_required=True))
    (order,) = signed(desk)
    assert codes(desk) == ["verifying.review-missing"]
    task = a_task(code="review-order", status="rejected", focus=order_ref(order))
    task["for"] = {"reference": f"Patient/{PATIENT}"}

    desk.station.acts.download(task)
    assert codes(desk) == ["verifying.review-rejected"]

    desk.station.acts.download(task | {"status": "completed"})
    assert codes(desk) == []


def test_an_order_in_conflict_waits_until_somebody_has_decided() -> None:
    desk = a_desk()
    (order,) = signed(desk)
    desk.station.acts.dispute(order_ref(order))

    assert codes(desk) == ["verifying.order-conflict"]


# --- who may, and when


def test_a_physician_verifies_nothing() -> None:
    desk = a_desk()
    signed(desk)
    doctor = desk.station.who(Role.ATTENDING, "wang")

    for work in (
        lambda: desk.verifying.ward(doctor, ROOM),
        lambda: desk.verifying.verify(doctor, (), None),
    ):
        assert fault(work).message.code == "authority.not-allowed"


def test_nothing_is_taken_over_with_a_wrong_clock_or_after_the_lease() -> None:
    desk = a_desk()
    signed(desk)
    desk.station.skew = 400
    assert fault(desk.verify_all).message.code == "authority.clock-off"

    desk.station.skew = 0
    later(desk, days=31)
    assert fault(desk.verify_all).kind is FaultKind.SIGNED_OUT


def test_nothing_is_taken_over_of_a_chart_that_is_not_open() -> None:
    desk = a_desk()
    signed(desk)
    desk.near.clear()
    assert fault(desk.verify_all).message.code == "access.not-granted"

    desk.near.add(PATIENT)
    away = replace(desk.nurse.clinician, wards=(ROOM,))
    stranger = replace(desk.nurse, clinician=away)
    told = fault(lambda: desk.verifying.verify(stranger, tuple(desk.waiting())))
    assert told.message.code == "access.not-granted"
    desk.verify_all()


def test_an_order_that_was_removed_meanwhile_is_no_longer_here() -> None:
    desk = a_desk()
    signed(desk)
    (shown,) = desk.waiting()
    desk.change(shown.ref, intent="plan")

    assert [one.message.code for one in desk.verify(shown)] == ["verifying.changed"]


def test_the_rules_that_ship_are_those_of_the_pack() -> None:
    rules = verification_rules()

    assert (rules.most, rules.review_required, rules.skin_second_reader) == (100, False, True)
    assert timedelta(hours=24) <= rules.skin_valid <= timedelta(hours=72)
    assert rules.stops_listed == timedelta(hours=72)


def test_a_ref_is_what_is_verified_and_not_an_id() -> None:
    desk = a_desk()
    (order,) = signed(desk, a_lab())
    desk.verify_all()

    assert desk.tasks("verify-orders")[0]["focus"] == {
        "reference": Ref(f"ServiceRequest/{order.id}")
    }
