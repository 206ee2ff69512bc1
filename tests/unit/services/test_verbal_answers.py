"""What the physician says to an order that was written down in their name, or leaves unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.orders import OrderKind
from app.domain.people import Session
from app.domain.terms import Ref
from app.domain.verbal_orders import chase_id
from app.fhir.document import Document
from app.fhir.verbal_tasks import CHASE_VERBAL, CONFIRM_VERBAL, VERBAL_REJECTED
from app.fhir.workflow import read_task
from app.kernel.faults import AppError
from tests.unit.services.ordering_kit import bag, refusal
from tests.unit.services.verbal_kit import LI, RESCUE, Rescue, word

# --- what the physician answers


def test_the_physician_confirms_and_the_order_carries_their_word() -> None:
    house = Rescue()
    (order,), task = house.said()
    house.clock.step(minutes=30)

    (confirmed,) = house.verbal.confirm(house.physician, task, ())

    assert confirmed.spoken is not None
    assert confirmed.spoken.confirmed_at == house.clock.now()
    assert replace(confirmed, spoken=order.spoken) == order
    (done,) = house.tasks(CONFIRM_VERBAL)
    assert (done.status, done.owner) == ("completed", LI)
    assert house.acts.committed[-1].kind == "order.verbal-confirm"
    assert house.acts.committed[-1].author == LI


def test_what_was_done_and_stopped_meanwhile_is_confirmed_all_the_same() -> None:
    house = Rescue()
    (order,), task = house.said()
    house.give(order)
    house.changing.stop(house.doctor, order, "抢救结束", ())
    assert house.tasks(CONFIRM_VERBAL)[0].open

    (confirmed,) = house.verbal.confirm(house.physician, task, ())

    assert confirmed.status == "stopped"
    assert confirmed.spoken is not None
    assert confirmed.spoken.confirmed_at is not None


def test_a_rejected_order_is_struck_and_what_was_given_stays() -> None:
    house = Rescue()
    (order,), task = house.said()
    house.give(order)

    (struck,) = house.verbal.reject(house.physician, task, " 未下达 ", ())

    assert (struck.status, struck.stop_reason) == ("entered-in-error", "未下达")
    assert house.due(order) == []
    assert len(house.acts.documents("MedicationAdministration")) == 1
    assert house.tasks(CONFIRM_VERBAL)[0].status == "rejected"
    (told,) = house.tasks(VERBAL_REJECTED)
    assert (told.owner, told.urgent) == (house.nurse.clinician.id, True)
    assert told.body == "肾上腺素: 未下达"


def test_a_rejection_without_a_name_to_tell_strikes_the_order_alone() -> None:
    house = Rescue()
    (order,), task = house.said()
    document: Document = {
        name: value for name, value in house.desk.held(order).document.items() if name != "recorder"
    }
    house.acts.download(document)

    house.verbal.reject(house.physician, task, "未下达", ())

    assert house.now(order).status == "entered-in-error"
    assert house.tasks(VERBAL_REJECTED) == []


@pytest.mark.parametrize("answer", ["confirm", "reject"])
def test_nobody_answers_in_another_physicians_place_or_twice(answer: str) -> None:
    house = Rescue()
    _, task = house.said()

    def said(who: Session) -> object:
        if answer == "confirm":
            return house.verbal.confirm(who, task, ())
        return house.verbal.reject(who, task, "未下达", ())

    with pytest.raises(AppError) as refused:
        said(house.doctor)
    assert refusal(refused) == "order.verbal-not-yours"
    said(house.physician)
    with pytest.raises(AppError) as refused:
        said(house.physician)
    assert refusal(refused) == "order.nothing-to-confirm"


def test_a_rejection_gives_its_reason() -> None:
    house = Rescue()
    _, task = house.said()

    with pytest.raises(AppError) as refused:
        house.verbal.reject(house.physician, task, " ", ())

    assert refusal(refused) == "order.missing-refusal-reason"


def test_what_is_not_understood_or_not_here_is_not_answered() -> None:
    house = Rescue()
    (order,), task = house.said()
    document = house.desk.held(order).document
    house.acts.download(document | {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]})
    with pytest.raises(AppError) as refused:
        house.verbal.confirm(house.physician, task, ())
    assert refusal(refused) == "order.not-understood"

    house.acts.forget(Ref(f"MedicationRequest/{order.id}"))
    with pytest.raises(AppError) as refused:
        house.verbal.confirm(house.physician, task, ())
    assert refusal(refused) == "order.not-here"

    for other in (Ref("Task/none"), Ref(f"Task/{_slot(house)}")):
        with pytest.raises(AppError) as refused:
            house.verbal.orders_of(house.physician, other)
        assert refusal(refused) == "order.nothing-to-confirm"


def _slot(house: Rescue) -> str:
    return next(
        str(one["id"])
        for one in house.acts.documents("Task")
        if read_task(one).code != CONFIRM_VERBAL
    )


# --- when nobody answers


def test_the_lead_is_asked_once_when_the_physician_let_the_time_pass() -> None:
    house = Rescue()
    house.said()
    house.clock.step(hours=6)
    assert house.chasing.look(house.nurse) == 0
    house.clock.step(seconds=1)

    assert house.chasing.look(house.nurse) == 1
    assert house.chasing.look(house.physician) == 0

    (chase,) = house.tasks(CHASE_VERBAL)
    (asked,) = house.tasks(CONFIRM_VERBAL)
    assert (chase.owner_role, chase.urgent, chase.focus) == ("chief", True, asked.focus)
    assert chase.body == "李医生"
    assert asked.open


def test_two_workstations_ask_the_lead_with_one_task() -> None:
    house = Rescue()
    _, task = house.said()
    house.clock.step(hours=7)

    house.chasing.look(house.nurse)

    assert [str(one.id) for one in house.tasks(CHASE_VERBAL)] == [chase_id(task)]


def test_the_answer_ends_what_the_lead_was_asked() -> None:
    house = Rescue()
    _, task = house.said()
    house.clock.step(hours=7)
    house.chasing.look(house.nurse)

    house.verbal.confirm(replace(house.physician), task, ())

    assert not house.tasks(CHASE_VERBAL)[0].open


@pytest.mark.parametrize("whole", [True, False])
def test_a_bag_or_an_order_that_is_not_here_comes_before_a_lead_too(whole: bool) -> None:  # noqa: FBT001 - a case
    house = Rescue()
    drafts = (replace(one, kind=OrderKind.VERBAL, spoken=word()) for one in bag("氯化钠", "多巴胺"))
    house.said(*drafts)
    if not whole:
        (group,) = house.acts.documents("RequestGroup")
        house.acts.forget(Ref(f"RequestGroup/{group['id']}"))
    house.clock.step(hours=7)

    assert house.chasing.look(house.nurse) == 1
    assert house.tasks(CHASE_VERBAL)[0].owner_role == RESCUE.lead.value


# --- an order that was never to be asks nobody


@pytest.mark.parametrize("end", ["cancel", "mark_in_error"])
def test_an_order_taken_back_before_anything_was_done_asks_nobody_any_more(end: str) -> None:
    house = Rescue()
    (order,), task = house.said()
    house.clock.step(hours=7)
    house.chasing.look(house.nurse)

    getattr(house.changing, end)(house.doctor, order, "误记", ())

    assert [one.status for one in house.tasks(CONFIRM_VERBAL)] == ["cancelled"]
    assert [one.status for one in house.tasks(CHASE_VERBAL)] == ["cancelled"]
    with pytest.raises(AppError) as refused:
        house.verbal.confirm(house.physician, task, ())
    assert refusal(refused) == "order.nothing-to-confirm"
