from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.dose_limits import DoseLimits
from app.domain.orders import Ending, Order, OrderClass, OrderDraft, OrderKind, Priority
from app.domain.people import Role
from app.domain.terms import PractitionerId, Ref, Term
from app.fhir.countersigning import write_countersign_task
from app.fhir.document import Document
from app.fhir.order_groups import write_group
from app.fhir.valuesets import FREQUENCY
from app.fhir.workflow import read_task
from app.kernel.faults import AppError
from tests.unit.services.kit import NOW
from tests.unit.services.ordering_kit import (
    OrderHouse,
    bag,
    by_mouth,
    drug,
    refusal,
    service,
)

DOCTOR = PractitionerId("wang")


def _proposed(house: OrderHouse, *drafts: OrderDraft) -> tuple[tuple[Order, ...], Ref]:
    trainee = house.who(Role.TRAINEE)
    before = {str(one["id"]) for one in house.acts.documents("Task")}
    orders = house.entry.propose_basket(house.station.who(Role.TRAINEE, "xu"), drafts, ())
    assert trainee
    (task,) = [one for one in house.acts.documents("Task") if one["id"] not in before]
    return orders, Ref(f"Task/{task['id']}")


def _task(house: OrderHouse, ref: Ref) -> Document:
    held = house.acts.held(ref)
    assert held is not None
    return held.document


def test_a_countersigned_order_holds_and_its_doses_are_laid_out() -> None:
    house = OrderHouse()
    (order,), task = _proposed(house, drug())
    assert [one.id for one in house.countersigning.orders_of(house.doctor, task)] == [order.id]

    (signed,) = house.countersigning.countersign(house.doctor, task, ())

    assert (signed.status, signed.requester) == ("active", order.requester)
    assert house.due(signed)
    done = read_task(_task(house, task))
    assert (done.status, done.owner) == ("completed", house.doctor.clinician.id)
    assert house.acts.committed[-1].kind == "order.countersign"


def test_whoever_countersigns_is_told_how_soon_and_how_much_a_standby_order_allows() -> None:
    house = OrderHouse()
    limits = DoseLimits(timedelta(hours=6), Decimal(4), "g")
    often = replace(by_mouth(), frequency=Term("必要时", FREQUENCY, "prn"))
    standby = replace(drug(), kind=OrderKind.PRN, dosage=often, limits=limits)
    (order,), _ = _proposed(house, standby)
    (plain,), _ = _proposed(house, drug())

    assert house.countersigning.limits_of(house.doctor, order) == limits
    assert not house.countersigning.limits_of(house.doctor, plain).stated


def test_a_group_is_countersigned_whole() -> None:
    house = OrderHouse()
    orders, task = _proposed(house, *bag("氯化钠注射液", "头孢呋辛"))
    signed = house.countersigning.countersign(house.doctor, task, ())
    assert [one.id for one in signed] == [one.id for one in orders]
    assert {one.status for one in signed} == {"active"}
    assert [one["status"] for one in house.acts.documents("RequestGroup")] == ["active"]


def test_a_countersigned_diet_stops_the_one_before() -> None:
    house = OrderHouse()
    (soft,) = house.sign(service(OrderClass.DIET, "软食"))
    _, task = _proposed(house, service(OrderClass.DIET, "禁食"))
    house.countersigning.countersign(house.doctor, task, ())
    assert house.now(soft).ending is Ending.REPLACED


def test_standby_for_once_is_counted_from_the_signature() -> None:
    house = OrderHouse()
    (order,), task = _proposed(house, drug(kind=OrderKind.SOS))
    house.clock.at += timedelta(hours=3)
    (signed,) = house.countersigning.countersign(house.doctor, task, ())
    assert order.ends_at is not None
    assert signed.ends_at == order.ends_at + timedelta(hours=3)


def test_what_is_sent_back_was_never_to_be() -> None:
    house = OrderHouse()
    (order,), task = _proposed(house, drug())
    with pytest.raises(AppError) as refused:
        house.countersigning.send_back(house.doctor, task, " ", ())
    assert refusal(refused) == "order.missing-refusal-reason"

    house.countersigning.send_back(house.doctor, task, "剂量过大", ())

    back = house.now(order)
    assert (back.status, back.ending, back.stop_reason) == (
        "cancelled",
        Ending.CANCELLED,
        "剂量过大",
    )
    assert read_task(_task(house, task)).status == "rejected"
    assert house.due(order) == []


def test_it_is_countersigned_once() -> None:
    house = OrderHouse()
    _, task = _proposed(house, drug())
    house.countersigning.countersign(house.doctor, task, ())
    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.doctor, task, ())
    assert refusal(refused) == "order.nothing-to-countersign"


def test_nobody_countersigns_their_own_orders() -> None:
    house = OrderHouse()
    orders = house.entry.propose_basket(house.station.who(Role.TRAINEE, "xu"), (drug(),), ())
    (task,) = house.acts.documents("Task")
    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(
            house.station.who(Role.ATTENDING, "xu"), Ref(f"Task/{task['id']}"), ()
        )
    assert refusal(refused) == "order.not-own-countersign"
    assert house.now(orders[0]).status == "draft"


def test_a_trainee_countersigns_nothing() -> None:
    house = OrderHouse()
    _, task = _proposed(house, drug())
    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.who(Role.TRAINEE), task, ())
    assert refusal(refused) == "authority.not-allowed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": {"coding": [{"system": "urn:x", "code": "y"}]}}, "order.nothing-to-countersign"),
        ({"focus": {"reference": "MedicationRequest/gone"}}, "order.not-here"),
        ({"focus": {"display": "somewhere"}}, "order.not-here"),
    ],
)
def test_a_task_about_something_else_is_refused(change: Document, code: str) -> None:
    house = OrderHouse()
    _, task = _proposed(house, drug())
    house.acts.download({**_task(house, task), **change})
    with pytest.raises(AppError) as refused:
        house.countersigning.orders_of(house.doctor, task)
    assert refusal(refused) == code


def test_a_task_that_is_not_here_is_refused() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.countersigning.countersign(house.doctor, Ref("Task/gone"), ())
    assert refusal(refused) == "order.nothing-to-countersign"


def test_a_member_that_is_not_here_is_left_out() -> None:
    house = OrderHouse()
    orders, task = _proposed(house, *bag("氯化钠注射液", "头孢呋辛"))
    (group,) = house.acts.documents("RequestGroup")
    actions = group["action"]
    assert isinstance(actions, list)
    gone = {"resource": {"reference": "MedicationRequest/gone"}}
    house.acts.download({**group, "action": [*actions, gone]})
    assert len(house.countersigning.orders_of(house.doctor, task)) == len(orders)


def test_orders_without_a_stay_ask_for_a_signature_like_any_other() -> None:
    order = replace(OrderHouse().sign(drug())[0], encounter=None)
    asked = (order, replace(order, group="g"))
    for one in asked:
        task = write_countersign_task((one,), task_id="t", by=DOCTOR, at=NOW)
        assert "encounter" not in task
        assert "encounter" not in write_group((replace(one, group="g"),), by=DOCTOR, at=NOW)


def test_no_dose_was_due_before_the_signature() -> None:
    house = OrderHouse()
    (order,), task = _proposed(house, drug())
    house.clock.at += timedelta(hours=30)
    (signed,) = house.countersigning.countersign(house.doctor, task, ())
    assert signed.authored_at == order.authored_at
    assert min(house.due(signed)) >= house.clock.at
    assert signed.starts_at == house.clock.at


def test_a_stat_order_is_due_when_it_is_signed() -> None:
    house = OrderHouse()
    once = replace(by_mouth(), frequency=None)
    stat = drug(kind=OrderKind.STAT, priority=Priority.STAT, reason="胸痛", dosage=once)
    (_,), task = _proposed(house, stat)
    house.clock.at += timedelta(hours=1)
    (signed,) = house.countersigning.countersign(house.doctor, task, ())
    assert house.due(signed) == [house.clock.at]
