"""An order that ends while it waits for a countersignature: nobody is asked about it any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.chart import WorkItem
from app.domain.orders import Following, Order, OrderDraft
from app.domain.people import Role
from app.domain.terms import Ref
from app.fhir.workflow import read_task
from app.kernel.faults import AppError
from tests.unit.services.ordering_kit import OrderHouse, bag, drug, refusal


def proposed(house: OrderHouse, *drafts: OrderDraft) -> tuple[Order, ...]:
    return house.entry.propose_basket(house.station.who(Role.TRAINEE, "xu"), drafts, ())


def asked(house: OrderHouse) -> list[WorkItem]:
    found = (read_task(one) for one in house.acts.documents("Task"))
    return [one for one in found if one.code == "countersign-order"]


@pytest.mark.parametrize("end", ["stop", "cancel", "mark_in_error"])
def test_ending_a_proposal_closes_its_question_in_the_same_act(end: str) -> None:
    house = OrderHouse()
    (order,) = proposed(house, drug())
    acts = len(house.acts.committed)

    getattr(house.changing, end)(house.doctor, order, "不需要", ())

    (task,) = asked(house)
    assert (task.status, task.owner) == ("cancelled", house.doctor.clinician.id)
    assert len(house.acts.committed) == acts + 1
    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.doctor, Ref(f"Task/{task.id}"), ())
    assert refusal(refused) == "order.nothing-to-countersign"


def test_the_question_of_another_proposal_stays_and_can_be_answered() -> None:
    house = OrderHouse()
    (order,) = proposed(house, drug("阿莫西林"))
    (other,) = proposed(house, drug("头孢呋辛"))

    house.changing.stop(house.doctor, order, "不需要", ())

    (left,) = [one for one in asked(house) if one.open]
    (signed,) = house.countersigning.countersign(house.doctor, Ref(f"Task/{left.id}"), ())
    assert (signed.id, signed.status) == (other.id, "active")


def test_a_bag_is_one_question_and_closed_by_its_group() -> None:
    house = OrderHouse()
    orders = proposed(house, *bag("氯化钠", "头孢呋辛"))

    house.changing.stop(house.doctor, orders[1], "不需要", ())

    assert [one.status for one in asked(house)] == ["cancelled"]


def test_a_proposal_that_is_revised_asks_nobody_any_more() -> None:
    house = OrderHouse()
    (order,) = proposed(house, drug())
    (copy,) = house.changing.copied(house.doctor, order, Following.REVISE)

    house.sign(drug(replaces=copy.replaces, following=Following.REVISE))

    assert house.now(order).status == "stopped"
    assert [one.status for one in asked(house)] == ["cancelled"]


def test_a_task_that_left_the_cache_meanwhile_is_nobodys_to_close() -> None:
    house = OrderHouse()
    (order,) = proposed(house, drug())
    shown = house.acts.asked(order.patient)
    house.acts.forget(Ref(f"Task/{asked(house)[0].id}"))
    desk = replace(house.desk, asked=lambda _: shown)

    changes = desk.answered(house.doctor, (order,), "countersign-order")

    assert changes == []
    assert len(shown) == 1
