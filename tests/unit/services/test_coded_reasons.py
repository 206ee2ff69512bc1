"""The coded reason of a deed stands in the document of every class of order, and goes with it."""

from __future__ import annotations

import pytest

from app.domain.orders import Order, OrderClass, OrderDraft
from app.fhir.document import Document
from app.fhir.orders import order_ref, read_order, write_order
from app.fhir.valuesets import STATUS_REASON
from tests.unit.services.ordering_kit import OrderHouse, bag, drug, service

DRAFTS = [
    drug(),
    service(OrderClass.DIET, "低盐饮食"),
    service(OrderClass.NURSING, "翻身"),
]


@pytest.fixture
def house() -> OrderHouse:
    return OrderHouse()


def signed(house: OrderHouse, *drafts: OrderDraft) -> tuple[Order, ...]:
    return house.entry.sign_basket(house.doctor, drafts, ())


def document(house: OrderHouse, order: Order) -> Document:
    held = house.acts.held(order_ref(order))
    assert held is not None
    return held.document


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.order_class.value)
def test_a_stopped_order_says_why_in_code_and_words(house: OrderHouse, draft: OrderDraft) -> None:
    (order,) = signed(house, draft)

    (now,) = house.changing.stop(house.doctor, order, "不良反应 — 皮疹", (), "adverse-reaction")

    assert (now.why, now.stop_reason) == ("adverse-reaction", "不良反应 — 皮疹")
    kept = document(house, now)
    assert write_order(now, kept) == kept
    assert STATUS_REASON in str(kept)


def test_a_stopped_drug_says_it_where_r4_has_an_element_for_it(house: OrderHouse) -> None:
    (order,) = signed(house, drug())

    (now,) = house.changing.stop(house.doctor, order, "疗效不佳", (), "no-effect")

    assert document(house, now)["statusReason"] == {
        "coding": [{"system": STATUS_REASON, "code": "no-effect"}],
        "text": "疗效不佳",
    }


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.order_class.value)
def test_a_hold_keeps_its_reason_while_it_lasts(house: OrderHouse, draft: OrderDraft) -> None:
    (order,) = signed(house, draft)

    (held,) = house.changing.hold(house.doctor, order, "禁食禁饮", (), "nil-by-mouth")
    (again,) = house.changing.resume(house.doctor, held, ())

    assert (held.why, held.hold_reason) == ("nil-by-mouth", "禁食禁饮")
    assert (again.why, again.hold_reason) == ("", "")
    assert STATUS_REASON not in str(document(house, again))
    assert "statusReason" not in document(house, again)


def test_an_infusion_says_it_in_every_member(house: OrderHouse) -> None:
    members = signed(house, *bag("葡萄糖", "氯化钾"))

    ended = house.changing.cancel(house.doctor, members[0], "重复医嘱", (), "duplicate")

    assert [one.why for one in ended] == ["duplicate", "duplicate"]


def test_an_error_is_coded_too(house: OrderHouse) -> None:
    (order,) = signed(house, drug())

    (struck,) = house.changing.mark_in_error(house.doctor, order, "患者错误", (), "wrong-patient")

    assert (struck.status, struck.why) == ("entered-in-error", "wrong-patient")


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.order_class.value)
def test_words_alone_leave_no_code_of_before(house: OrderHouse, draft: OrderDraft) -> None:
    (order,) = signed(house, draft)
    (held,) = house.changing.hold(house.doctor, order, "禁食禁饮", (), "nil-by-mouth")

    (stopped,) = house.changing.stop(house.doctor, held, "家属要求", ())

    assert (stopped.why, stopped.stop_reason) == ("", "家属要求")
    assert STATUS_REASON not in str(document(house, stopped))


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.order_class.value)
def test_a_code_is_written_and_taken_out_with_the_order(
    house: OrderHouse, draft: OrderDraft
) -> None:
    (order,) = signed(house, draft)
    (stopped,) = house.changing.stop(house.doctor, order, "疗效不佳", (), "no-effect")
    kept = document(house, stopped)
    bare = house.changing.stop(house.doctor, signed(house, draft)[0], "疗效不佳", ())[0]

    coded = write_order(stopped, document(house, order) | {"id": stopped.id})
    uncoded = write_order(bare, kept | {"id": bare.id})

    read = [read_order(one) for one in (coded, uncoded)]
    assert [one.why for one in read if one is not None] == ["no-effect", ""]
