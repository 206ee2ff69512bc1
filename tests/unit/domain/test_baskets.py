from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.baskets import Basket, BasketItem, units_of
from app.domain.deciding import CardAnswer
from app.domain.dose_limits import DoseLimits
from app.domain.orders import (
    Dosage,
    Following,
    OrderClass,
    OrderDraft,
    OrderKind,
    Priority,
)
from app.domain.people import Clinician, Role, Session
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId, Term
from app.domain.verbal_orders import Spoken

ZHAO = Clinician(PractitionerId("zhao"), "zhao", Named("赵铁民"), Role.CHIEF)
SECOND = Session(
    ZHAO, datetime(2026, 11, 24, tzinfo=UTC), False, datetime(2026, 11, 25, tzinfo=UTC), frozenset()
)
PATIENT, STAY = PatientId("p"), EncounterId("e")
WORDS = st.text(max_size=12)
TERMS = st.none() | st.builds(Term, st.text(min_size=1, max_size=8), WORDS, WORDS, WORDS)
NUMBERS = st.none() | st.decimals(0, 1000, places=3)
MOMENTS = st.none() | st.integers(0, 2**31).map(lambda n: datetime.fromtimestamp(n, UTC))
DOSAGES = st.builds(Dosage, NUMBERS, WORDS, WORDS, TERMS, TERMS, WORDS, NUMBERS, WORDS)
LIMITS = st.builds(
    DoseLimits,
    st.none() | st.integers(0, 10**6).map(lambda n: timedelta(seconds=n)),
    NUMBERS,
    WORDS,
    st.integers(1, 10**6).map(lambda n: timedelta(seconds=n)),
)
GROUPS = st.sampled_from(["", "", "a", "b"])
DRAFTS = st.builds(
    OrderDraft,
    patient=st.just(PATIENT),
    encounter=st.sampled_from([None, STAY]),
    order_class=st.sampled_from(OrderClass),
    kind=st.sampled_from(OrderKind),
    item=TERMS,
    dosage=DOSAGES,
    priority=st.sampled_from(Priority),
    reason=WORDS,
    note=WORDS,
    limits=LIMITS,
    group=GROUPS,
    starts_at=MOMENTS,
    ends_at=MOMENTS,
    quantity=NUMBERS,
    quantity_unit=WORDS,
    skin_test=st.sampled_from(["", "required"]),
    replaces=st.sampled_from([None, OrderId("o")]),
    following=st.sampled_from([None, *Following]),
    origin=WORDS,
    first_day=st.none() | st.integers(0, 30),
    spoken=st.none()
    | st.builds(
        Spoken,
        by=WORDS.map(PractitionerId),
        by_name=WORDS,
        situation=TERMS,
        read_back=st.booleans(),
    ),
)


ANSWERS = st.lists(st.builds(CardAnswer, WORDS, WORDS, WORDS), max_size=3).map(tuple)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    drafts = draw(st.lists(DRAFTS, max_size=5))
    items = tuple(BasketItem(f"k{n}", one, draw(WORDS)) for n, one in enumerate(drafts))
    return Basket(items, draw(ANSWERS))


def _drug(group: str = "", **more: object) -> OrderDraft:
    dosage = Dosage(Decimal(1), "g", "g", Term("静滴", "r", "ivgtt"), Term("bid", "f", "bid"))
    draft = OrderDraft(PATIENT, STAY, item=Term("头孢呋辛"), dosage=dosage, group=group)
    return replace(draft, **more)  # type: ignore[arg-type]  # a test's own words


def _basket(*drafts: OrderDraft) -> Basket:
    return Basket(tuple(BasketItem(f"k{n}", one) for n, one in enumerate(drafts)))


@settings(max_examples=40)
@given(baskets())
def test_a_kept_basket_comes_back_as_it_was(basket: Basket) -> None:
    assert Basket.of(basket.body) == basket


def test_an_answer_is_kept_without_the_second_person_and_replaces_the_one_before() -> None:
    basket = _basket(_drug()).with_answer(CardAnswer("card", "other", "not again"))
    basket = basket.with_answer(CardAnswer("another", "risk-benefit-ratio"))
    basket = basket.with_answer(CardAnswer("card", "expert-contradicts", "", SECOND, 900))

    assert [one.card for one in basket.answers] == ["another", "card"]
    kept = Basket.of(basket.body)
    assert kept is not None
    assert kept.answers[1] == CardAnswer("card", "expert-contradicts")
    assert basket.without("k0").answers == basket.answers


def test_a_basket_of_a_version_without_warnings_is_read() -> None:
    kept = json.loads(_basket(_drug()).body)
    del kept["answers"]

    assert Basket.of(json.dumps(kept)) == _basket(_drug())


def test_an_answer_that_is_none_makes_it_no_basket() -> None:
    kept = json.loads(_basket(_drug()).body)

    assert Basket.of(json.dumps({**kept, "answers": [["card", "other"]]})) is None


@settings(max_examples=40)
@given(baskets(), st.data())
def test_whatever_is_missing_makes_it_no_basket_and_never_another(
    basket: Basket, data: st.DataObject
) -> None:
    kept = json.loads(basket.body)
    if kept["items"]:
        one = data.draw(st.sampled_from(kept["items"]))
        del one["draft"][data.draw(st.sampled_from(sorted(one["draft"])))]
        assert Basket.of(json.dumps(kept)) is None


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", "null", '{"basket": 3, "items": []}', '{"basket": 1, "items": [1]}',
     '{"basket": 1, "items": [{"key": "a", "line": "", "draft": 7}]}'],
)  # fmt: skip
def test_what_is_no_basket_is_not_read_as_one(body: str) -> None:
    assert Basket.of(body) is None


def test_a_table_that_is_none_makes_it_no_basket() -> None:
    kept = json.loads(_basket(_drug()).body)
    kept["items"][0]["draft"]["dosage"] = 7
    assert Basket.of(json.dumps(kept)) is None


def test_a_wrong_number_makes_it_no_basket() -> None:
    body = _basket(_drug(quantity=Decimal(5))).body
    assert Basket.of(body.replace('"quantity": "5"', '"quantity": "five"')) is None


@settings(max_examples=40)
@given(baskets(), DRAFTS)
def test_what_is_put_in_is_there_once(basket: Basket, draft: OrderDraft) -> None:
    with_new = basket.with_item(BasketItem("new", draft))
    assert with_new.item("new") == BasketItem("new", draft)
    assert sorted(i.key for i in with_new.items) == sorted([*(i.key for i in basket.items), "new"])
    again = with_new.with_item(BasketItem("new", replace(draft, note="other")))
    assert len(again.items) == len(with_new.items)


@settings(max_examples=40)
@given(baskets())
def test_what_is_taken_out_leaves_no_group_of_one(basket: Basket) -> None:
    for item in basket.items:
        left = basket.without(item.key)
        assert left.item(item.key) is None
        groups = [one.draft.group for one in left.items if one.draft.group]
        assert all(groups.count(one) > 1 for one in groups)


@settings(max_examples=40)
@given(st.lists(DRAFTS, max_size=8))
def test_units_hold_every_draft_once_and_groups_whole(drafts: list[OrderDraft]) -> None:
    units = units_of(drafts)
    assert sorted(map(repr, (d for unit in units for d in unit))) == sorted(map(repr, drafts))
    for unit in units:
        groups = {one.group for one in unit}
        assert len(unit) == 1 or (len(groups) == 1 and groups != {""})
    whole = [unit[0].group for unit in units if unit[0].group]
    assert len(whole) == len(set(whole))


def test_a_new_member_joins_its_group() -> None:
    basket = _basket(_drug("a"), _drug(), _drug("b"))
    joined = basket.with_item(BasketItem("new", _drug("a")))
    assert [one.key for one in joined.items] == ["k0", "new", "k1", "k2"]


def test_only_what_may_be_signed_has_no_objection() -> None:
    basket = _basket(_drug(), replace(_drug(), item=None), _drug(encounter=None))
    assert set(basket.objections(STAY)) == {"k1"}
    assert set(basket.objections(None)) == {"k1", "k2"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": OrderKind.TEMPORARY}, "kind"),
        ({"priority": Priority.URGENT}, "priority"),
        ({"dosage": replace(_drug().dosage, route=Term("静推", "r", "iv"))}, "route"),
        ({"dosage": replace(_drug().dosage, rate=Decimal(50), rate_unit="mL/h")}, "rate"),
    ],
)
def test_one_bag_runs_one_way(change: dict[str, object], field: str) -> None:
    told = _basket(_drug("a"), _drug("a", **change)).objections(STAY)
    assert set(told) == {"k1"}
    assert field in {one.field for one in told["k1"]}


def test_two_drugs_that_run_the_same_way_are_a_group() -> None:
    other = _drug("a", item=Term("氯化钠注射液"))
    basket = _basket(_drug("a"), replace(other, dosage=replace(other.dosage, dose=Decimal(250))))
    assert basket.objections(STAY) == {}
    assert basket.drafts == tuple(one.draft for one in basket.items)


def test_only_drugs_run_in_a_group() -> None:
    nursing = OrderDraft(PATIENT, STAY, OrderClass.NURSING, item=Term("翻身"), group="a")
    told = _basket(_drug("a"), nursing).objections(STAY)
    assert "order.group-of-drugs" in {one.message.code for one in told["k1"]}


def test_a_basket_kept_before_there_were_first_days_and_verbal_orders_is_read() -> None:
    kept = json.loads(_basket(_drug()).body) | {"basket": 1}
    for name in ("first_day", "spoken"):
        del kept["items"][0]["draft"][name]

    assert Basket.of(json.dumps(kept)) == _basket(_drug())
