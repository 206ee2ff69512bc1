from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.orders import (
    Ending,
    Following,
    Order,
    OrderClass,
    OrderDraft,
    OrderKind,
    Priority,
)
from app.domain.people import Role
from app.domain.terms import DraftId
from app.fhir.order_groups import group_ref, read_members
from app.fhir.order_marks import read_renewed
from app.fhir.orders import order_ref
from app.fhir.workflow import read_task
from app.kernel.faults import AppError, FaultKind, app_error
from app.services.order_items_pack import order_items
from tests.unit.services.ordering_kit import OrderHouse, bag, drug, refusal, service


def test_every_order_of_a_basket_is_an_act_of_its_own() -> None:
    house = OrderHouse()
    orders = house.sign(drug("阿莫西林"), drug("布洛芬"), service(OrderClass.NURSING, "翻身"))

    acts = house.acts.committed
    assert [act.kind for act in acts] == ["order.place"] * 3
    assert len({act.group for act in acts}) == 3
    assert [one.item.text for one in orders] == ["阿莫西林", "布洛芬", "翻身"]
    assert all(house.now(one).status == "active" for one in orders)


def test_the_draft_of_the_basket_goes_with_the_last_of_them() -> None:
    house = OrderHouse()
    house.entry.sign_basket(house.doctor, (drug(), drug("布洛芬")), (), DraftId("basket"))
    assert [act.draft for act in house.acts.committed] == [None, "basket"]


def test_an_empty_basket_signs_nothing() -> None:
    house = OrderHouse()
    assert house.sign() == ()
    assert house.acts.committed == []


def test_a_basket_is_signed_whole_or_not_at_all() -> None:
    house = OrderHouse()
    house.acts.refusing = app_error(FaultKind.STORAGE, "storage.full")
    with pytest.raises(AppError):
        house.sign(drug(), drug("布洛芬"))
    assert house.acts.committed == []

    with pytest.raises(AppError) as refused:
        house.sign(drug(), replace(drug(), dosage=replace(drug().dosage, dose=None)))
    assert refusal(refused) == "order.missing-dose"
    assert house.acts.committed == []


def test_an_infusion_is_one_act_one_group_and_an_order_for_each_drug() -> None:
    house = OrderHouse()
    members = house.sign(drug("布洛芬"), *bag("氯化钠注射液", "头孢呋辛"))[1:]

    act = house.acts.committed[1]
    groups = {one.group for one in members}
    assert len(groups) == 1
    assert groups != {""}
    assert [one.place for one in members] == [0, 1]
    kept = house.acts.documents("RequestGroup")
    assert [read_members(one) for one in kept] == [tuple(order_ref(one) for one in members)]
    assert kept[0] in [change.document for change in act.changes]
    assert len(house.acts.committed) == 2


def test_a_group_of_one_is_an_order_like_any_other() -> None:
    house = OrderHouse()
    (order,) = house.sign(*bag("头孢呋辛"))
    assert order.group == ""
    assert house.acts.documents("RequestGroup") == ()


@pytest.mark.parametrize(
    ("order_class", "kept_as"),
    [
        (OrderClass.DIET, "NutritionOrder"),
        (OrderClass.PATHOLOGY, "ServiceRequest"),
        (OrderClass.OPERATION, "ServiceRequest"),
        (OrderClass.TRANSFUSION, "ServiceRequest"),
        (OrderClass.LEVEL_OF_CARE, "ServiceRequest"),
    ],
)
def test_each_class_has_its_resource(order_class: OrderClass, kept_as: str) -> None:
    house = OrderHouse()
    (order,) = house.sign(service(order_class, "某项"))
    assert order_ref(order) == f"{kept_as}/{order.id}"
    assert house.now(order).order_class is order_class


def test_a_new_diet_stops_the_old_one_in_the_same_act() -> None:
    house = OrderHouse()
    (soft, nursing) = house.sign(
        service(OrderClass.DIET, "软食"), service(OrderClass.NURSING, "翻身")
    )
    house.sign(service(OrderClass.DIET, "禁食"))

    ended = house.now(soft)
    assert (ended.status, ended.ending) == ("revoked", Ending.REPLACED)
    assert house.now(nursing).current
    assert len(house.acts.committed[-1].changes) == 2


def test_two_of_an_exclusive_class_are_not_signed_at_once() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.sign(service(OrderClass.DIET, "软食"), service(OrderClass.DIET, "禁食"))
    assert refusal(refused) == "order.exclusive-twice"
    assert len(house.sign(service(OrderClass.NURSING, "a"), service(OrderClass.NURSING, "b"))) == 2


def a_diet(code: str) -> OrderDraft:
    """A diet of the pack."""
    item = next(one.term for one in order_items() if one.term.code == code)
    return replace(service(OrderClass.DIET, code), item=item)


def test_what_goes_beside_a_diet_leaves_it_standing() -> None:
    house = OrderHouse()
    (soft,) = house.sign(a_diet("soft-diet"))
    (less,) = house.sign(a_diet("fluid-restriction"))
    assert house.now(soft).current
    assert house.now(less).current

    both = OrderHouse().sign(a_diet("soft-diet"), a_diet("fluid-restriction"))
    assert len(both) == 2


def test_nobody_leaves_while_long_term_orders_hold() -> None:
    house = OrderHouse()
    (amoxicillin, _) = house.sign(drug(), drug("布洛芬", kind=OrderKind.TEMPORARY))
    home = service(OrderClass.DISCHARGE, "出院", kind=OrderKind.TEMPORARY)
    with pytest.raises(AppError) as refused:
        house.sign(home)
    assert refusal(refused) == "order.discharge-open"
    assert dict(refused.value.fault.message.parameters)["names"] == "阿莫西林"

    house.changing.stop(house.doctor, amoxicillin, "出院", ())
    assert house.sign(home)[0].order_class is OrderClass.DISCHARGE


def test_a_revised_order_and_its_successor_are_one_act() -> None:
    house = OrderHouse()
    (old,) = house.sign(drug())
    (copy,) = house.changing.copied(house.doctor, old, Following.REVISE)
    stronger = replace(copy, encounter=old.encounter, dosage=replace(copy.dosage, dose=Decimal(1)))

    (new,) = house.sign(stronger)

    act = house.acts.committed[-1]
    assert act.kind == "order.revise"
    assert house.now(old).ending is Ending.REPLACED
    assert house.due(old) == []
    assert house.now(new).replaces == order_ref(old)
    assert house.due(new)


def test_revising_one_of_a_group_stops_the_group() -> None:
    house = OrderHouse()
    old = house.sign(*bag("氯化钠注射液", "头孢呋辛"))
    copies = house.changing.copied(house.doctor, old[1], Following.REVISE)
    assert len(copies) == 2

    house.sign(*(replace(one, encounter=old[0].encounter) for one in copies))

    assert [house.now(one).ending for one in old] == [Ending.REPLACED] * 2
    statuses = [one["status"] for one in house.acts.documents("RequestGroup")]
    assert sorted(map(str, statuses)) == ["active", "revoked"]


def test_a_renewal_begins_where_the_old_order_ends() -> None:
    house = OrderHouse()
    ends = house.clock.at + timedelta(days=2)
    (old,) = house.sign(drug(ends_at=ends))
    (copy,) = house.changing.copied(house.doctor, old, Following.RENEW)

    (new,) = house.sign(replace(copy, encounter=old.encounter))

    assert copy.starts_at == ends
    assert house.now(old).status == "active"
    held = house.acts.held(order_ref(old))
    assert held is not None
    assert read_renewed(held.document) == order_ref(new)
    assert house.acts.committed[-1].kind == "order.renew"


def test_an_order_written_again_remembers_nothing_of_the_old_one() -> None:
    house = OrderHouse()
    (old,) = house.sign(drug())
    house.changing.stop(house.doctor, old, "好转", ())
    (copy,) = house.changing.copied(house.doctor, house.now(old), None)
    (new,) = house.sign(replace(copy, encounter=old.encounter))
    assert house.acts.committed[-1].kind == "order.place"
    assert house.now(new).replaces is None
    assert (new.item, new.dosage) == (old.item, old.dosage)


def test_standby_for_once_ends_after_twelve_hours() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(kind=OrderKind.SOS))
    assert order.authored_at is not None
    assert order.ends_at == order.authored_at + timedelta(hours=12)


def test_a_trainee_proposes_and_nothing_is_laid_out() -> None:
    house = OrderHouse()
    trainee = house.who(Role.TRAINEE)
    orders = house.entry.propose_basket(trainee, (drug(), *bag("氯化钠注射液", "头孢呋辛")), ())

    assert {house.now(one).status for one in orders} == {"draft"}
    assert [house.due(one) for one in orders] == [[], [], []]
    tasks = [read_task(one) for one in house.acts.documents("Task")]
    assert [(one.code, one.owner_role) for one in tasks] == [("countersign-order", "attending")] * 2
    assert [act.kind for act in house.acts.committed] == ["order.propose"] * 2


def test_a_trainee_signs_nothing() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.entry.sign_basket(house.who(Role.TRAINEE), (drug(),), ())
    assert refusal(refused) == "authority.not-allowed"


def test_a_proposal_follows_no_other_order() -> None:
    house = OrderHouse()
    (old,) = house.sign(drug())
    copies = house.changing.copied(house.doctor, old, Following.REVISE)
    with pytest.raises(AppError) as refused:
        house.entry.propose_basket(house.who(Role.TRAINEE), copies, ())
    assert refusal(refused) == "order.not-by-proposal"


def test_a_proposed_diet_stops_nothing_before_it_is_signed() -> None:
    house = OrderHouse()
    (soft,) = house.sign(service(OrderClass.DIET, "软食"))
    house.entry.propose_basket(house.who(Role.TRAINEE), (service(OrderClass.DIET, "禁食"),), ())
    assert house.now(soft).current


def test_an_urgent_proposal_is_an_urgent_task() -> None:
    house = OrderHouse()
    stat = drug(kind=OrderKind.STAT, priority=Priority.STAT, reason="胸痛")
    house.entry.propose_basket(house.who(Role.TRAINEE), (stat,), ())
    assert [read_task(one).urgent for one in house.acts.documents("Task")] == [True]


def test_an_order_of_nothing_is_not_made() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.sign(replace(drug(), item=None))
    assert refusal(refused) == "order.missing-item"


def _names(orders: tuple[Order, ...]) -> list[str]:
    return [one.item.text for one in orders]


def test_limits_and_marks_are_written_with_the_order() -> None:
    house = OrderHouse()
    draft = drug(
        kind=OrderKind.DISCHARGE,
        quantity=Decimal(14),
        quantity_unit="{tbl}",
        skin_test="exempt",
        origin="pneumonia|1.0.0",
    )
    (order,) = house.sign(draft)
    read = house.now(order)
    assert _names((read,)) == ["阿莫西林"]
    assert (read.quantity, read.quantity_unit) == (Decimal(14), "{tbl}")
    assert (read.skin_test, read.origin) == ("exempt", "pneumonia|1.0.0")


def test_members_end_even_where_the_document_of_their_group_is_not_here() -> None:
    house = OrderHouse()
    members = house.sign(*bag("氯化钠注射液", "头孢呋辛"))
    house.acts.forget(group_ref(members[0].group))
    house.changing.stop(house.doctor, members[0], "好转", ())
    assert all(not house.now(one).current for one in members)


def test_what_follows_an_order_that_is_not_here_is_refused() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.sign(drug(replaces="gone", following=Following.REVISE))
    assert refusal(refused) == "order.not-here"


def test_an_exclusive_order_that_is_renewed_ends_once() -> None:
    house = OrderHouse()
    ends = house.clock.at + timedelta(days=1)
    (old,) = house.sign(service(OrderClass.DIET, "软食", ends_at=ends))
    (copy,) = house.changing.copied(house.doctor, old, Following.RENEW)
    house.sign(replace(copy, encounter=old.encounter))
    assert house.now(old).ending is Ending.REPLACED


def test_nothing_is_made_of_nothing() -> None:
    house = OrderHouse()
    with pytest.raises(AppError) as refused:
        house.desk.made(house.doctor, (replace(drug(), item=None),), house.clock.at, "active")
    assert refusal(refused) == "order.missing-item"


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"starts_at": -1}, "order.starts-in-the-past"),
        ({"ends_at": -1}, "order.ends-in-the-past"),
        ({"ends_at": 0}, "order.ends-in-the-past"),
    ],
)
def test_a_time_that_has_passed_in_the_basket_is_not_signed(
    times: dict[str, int], code: str
) -> None:
    house = OrderHouse()
    said = {name: house.clock.at + timedelta(hours=hours) for name, hours in times.items()}
    with pytest.raises(AppError) as refused:
        house.sign(drug(**said))
    assert refusal(refused) == code


def test_a_time_to_come_is_signed_and_a_rescue_is_written_down_afterwards() -> None:
    house = OrderHouse()
    later = house.clock.at + timedelta(hours=1)
    told = drug("肾上腺素", kind=OrderKind.VERBAL, starts_at=house.clock.at - timedelta(minutes=9))
    assert len(house.sign(drug(starts_at=house.clock.at, ends_at=later), told)) == 2
