"""The form as its presenter turns it: bags, favourites, classes, counts, and what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.order_templates import OrderTemplate
from app.domain.orders import OrderDraft
from app.domain.terms import Term
from app.services.order_catalogue import Item
from tests.support.basket_kit import CATALOGUE, RIGHT, Written, presented
from tests.support.chart_kit import PATIENT, ChartHouse
from tests.support.desk_kit import a_desk
from ui.orders.form import NOW, OrderForm
from ui.orders.presenter import OrdersPresenter

AMOXICILLIN = "amoxicillin 500 mg po tid"
BAG = "头孢曲松 2g + NS 100ml ivgtt qd 50 ml/h"


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def begun(at: ChartHouse, line: str = "") -> OrdersPresenter:
    page = presented(at).page
    page.writing.new()
    page.writing.type_line(line)
    return page


def form(page: OrdersPresenter) -> OrderForm:
    assert page.state.form is not None
    return page.state.form


def edit(page: OrdersPresenter, **changes: str) -> None:
    page.writing.edit(replace(form(page), **changes))  # type: ignore[arg-type]  # texts, by the callers


def in_basket(at: ChartHouse) -> list[OrderDraft]:
    return list(presented(at).basket.state.basket.drafts)


def found(page: OrdersPresenter) -> list[Item]:
    return list(page.state.found.items) if page.state.found is not None else []


def named(words: str) -> Item:
    item = CATALOGUE.exactly(words)
    assert item is not None
    return item


def signed(at: ChartHouse, *lines: str) -> Written:
    page = begun(at)
    for line in lines:
        page.writing.new()
        page.writing.type_line(line)
        page.writing.put()
    both = presented(at)
    assert both.basket.ask()
    both.basket.sign(RIGHT)
    return both


# -- a bag


def test_the_fluid_of_a_bag_is_a_second_order_of_the_same_infusion(at: ChartHouse) -> None:
    page = begun(at, BAG)
    shown = page.state.reckoned.fluid
    assert shown is not None
    assert form(page).note == ""

    page.writing.put()

    drug, fluid = in_basket(at)
    assert drug.item is not None
    assert fluid.item is not None
    assert (drug.item.text, fluid.item.text) == ("头孢曲松", "氯化钠")
    assert drug.group == fluid.group != ""
    assert (fluid.dosage.dose, fluid.dosage.unit, fluid.note) == (Decimal(100), "mL", "0.9%")
    assert fluid == replace(shown, encounter=None)
    assert presented(at).basket.state.wrong == {}


def test_what_is_changed_in_the_form_is_changed_for_the_fluid_too(at: ChartHouse) -> None:
    page = begun(at, BAG)

    edit(page, rate="80", starts_at="18:00", frequency="bid")
    page.writing.put()

    drug, fluid = in_basket(at)
    assert drug.dosage.rate == fluid.dosage.rate == 80
    assert drug.starts_at == fluid.starts_at is not None
    assert drug.dosage.frequency == fluid.dosage.frequency
    assert presented(at).basket.state.wrong == {}


def test_two_drugs_of_one_bag_share_its_fluid(at: ChartHouse) -> None:
    page = begun(at, "氨茶碱 0.25g 地塞米松 5mg 加入 5%GS 250ml ivgtt qd")
    page.writing.put()
    assert form(page).query == "地塞米松"
    assert page.state.reckoned.fluid is None
    page.writing.put()

    drafts = in_basket(at)
    names = sorted(one.item.text for one in drafts if one.item is not None)
    assert names == sorted(["氨茶碱", "地塞米松", "葡萄糖"])
    assert len({one.group for one in drafts}) == 1
    assert page.state.form is None


def test_a_line_without_a_fluid_any_more_is_no_bag(at: ChartHouse) -> None:
    page = begun(at, BAG)
    assert form(page).group

    page.writing.type_line("头孢曲松 2g ivgtt qd 50 ml/h")

    assert form(page).group == ""
    assert page.state.reckoned.fluid is None
    page.writing.put()
    assert len(in_basket(at)) == 1


def test_a_bag_that_is_put_again_after_a_kill_has_one_fluid(at: ChartHouse) -> None:
    page = begun(at, BAG)
    edit(page)
    kept = form(page)
    page.writing.put()

    page.writing.new()
    page.writing.edit(replace(OrderForm(), key=kept.key, group=kept.group))
    page.writing.type_line(BAG)
    page.writing.put()

    assert len(in_basket(at)) == 2


def test_a_fluid_without_a_volume_waits_in_the_basket_for_it(at: ChartHouse) -> None:
    page = begun(at, "vancomycin 1 g + NS ivgtt q12h")
    assert "order_line.ask.diluent" in [one.code for one in page.state.remarks]

    page.writing.put()

    basket = presented(at).basket.state
    assert len(basket.basket.items) == 2
    assert {one.field for told in basket.wrong.values() for one in told} == {"dose", "unit"}
    assert not basket.can_sign


# -- one search over all classes


def test_one_search_finds_every_class_and_the_item_says_its_own(at: ChartHouse) -> None:
    page = begun(at)
    assert form(page).order_class == ""

    page.writing.choosing.search("血常规")
    page.writing.pick(found(page)[0])

    assert (form(page).order_class, form(page).kind) == ("laboratory", "temporary")
    assert page.state.objections == ()


def test_a_chosen_class_finds_only_its_own(at: ChartHouse) -> None:
    page = begun(at)
    edit(page, order_class="imaging")

    page.writing.choosing.search("胸")

    assert {one.order_class.value for one in found(page)} == {"imaging"}


def test_words_stay_when_the_class_is_said_afterwards(at: ChartHouse) -> None:
    page = begun(at)
    edit(page, query="翻身拍背")
    assert [one.message.code for one in page.state.objections] == ["order_form.choose_item"] + [
        f"order.missing-{name}" for name in ("dose", "unit", "route", "frequency")
    ]

    edit(page, order_class="nursing", kind="temporary")

    assert form(page).query == "翻身拍背"
    assert page.state.objections == ()


# -- favourites and recents


def test_what_was_signed_is_offered_with_its_dosage_where_nothing_is_typed(at: ChartHouse) -> None:
    signed(at, AMOXICILLIN)
    page = begun(at)

    page.writing.choosing.search("")
    (own,) = found(page)
    page.writing.pick(own)

    now = form(page)
    assert (now.dose, now.unit, now.route, now.frequency) == ("500", "mg", "po", "tid")
    assert set(now.usual.split()) == {"dose", "unit", "route", "frequency"}
    assert page.state.objections == ()


def test_nothing_is_remembered_of_what_was_not_signed(at: ChartHouse) -> None:
    page = begun(at, AMOXICILLIN)
    page.writing.put()
    both = presented(at)
    both.basket.ask()
    both.basket.sign("something else")
    page.writing.new()

    page.writing.choosing.search("")

    assert found(page) == []


def test_a_dose_out_of_a_set_is_not_remembered_for_others(at: ChartHouse) -> None:
    page = begun(at, AMOXICILLIN)
    draft = page.state.draft
    assert draft is not None
    page.writing.put_all((replace(draft, origin="set|1"),))
    both = presented(at)
    assert both.basket.ask()
    both.basket.sign(RIGHT)

    (recent,) = at.habits.habits(at.session()).recents

    assert recent.dosage.dose is None


def test_what_is_usual_of_one_drug_goes_with_another(at: ChartHouse) -> None:
    signed(at, AMOXICILLIN)
    page = begun(at)
    page.writing.choosing.search("")
    page.writing.pick(found(page)[0])

    page.writing.pick(named("美托洛尔"))

    now = form(page)
    assert (now.dose, now.unit, now.route, now.frequency, now.usual) == ("", "", "", "", "")


def test_what_was_typed_is_not_replaced_by_what_is_usual(at: ChartHouse) -> None:
    signed(at, AMOXICILLIN)
    page = begun(at)
    edit(page, dose="250")
    page.writing.choosing.search("")

    page.writing.pick(found(page)[0])

    # No unit either: it belongs to another number.
    assert (form(page).dose, form(page).unit, form(page).route) == ("250", "", "po")
    edit(page, unit="mg", route="ng")
    assert form(page).usual.split() == ["frequency"]


def test_a_pin_keeps_what_the_form_says_and_comes_first(at: ChartHouse) -> None:
    signed(at, "metoprolol 25 mg po bid")
    page = begun(at, AMOXICILLIN)

    page.writing.choosing.pin(named("阿莫西林"))
    page.writing.discard()
    page.writing.new()
    page.writing.choosing.search("")

    first, second = found(page)
    assert (first.term.text, first.favourite) == ("阿莫西林", True)
    assert first.template is not None
    assert (first.template.dosage.dose, second.favourite) == (Decimal(500), False)
    page.writing.choosing.pin(first)
    assert [one.favourite for one in found(page)] == [False]


def test_one_pin_too_many_says_so(at: ChartHouse) -> None:
    for place in range(50):
        term = Term(f"项目{place}")
        template = OrderTemplate.of(replace(_nursing(), item=term))
        assert template is not None
        at.habits.pin(at.session(), template)
    page = begun(at)

    page.writing.choosing.pin(named("阿莫西林"))

    assert page.state.act_fault is not None
    assert page.state.act_fault.message.code == "order_habits.full"


def _nursing() -> OrderDraft:
    return OrderDraft(PATIENT, None)


# -- days and limits


def test_the_first_dose_now_is_one_more_than_the_list_gives(at: ChartHouse) -> None:
    page = begun(at, AMOXICILLIN)
    counts = page.state.reckoned.counts
    assert counts is not None
    assert page.state.draft is not None
    assert page.state.draft.first_day is None

    edit(page, first_day=NOW)

    assert page.state.draft.first_day == counts.natural + 1
    assert "arithmetic.now-and-next" in [one.code for one in page.state.reckoned.sums.said]


def test_fewer_doses_on_the_last_day_end_it_earlier(at: ChartHouse) -> None:
    page = begun(at, f"{AMOXICILLIN} 7d")
    before = page.state.draft
    assert before is not None
    assert before.ends_at is not None
    counts = page.state.reckoned.counts
    assert counts is not None
    assert counts.most_last is not None

    edit(page, last_day=str(counts.most_last))

    after, now = page.state.draft, page.state.reckoned.counts
    assert after is not None
    assert after.ends_at is not None
    assert now is not None
    assert (after.ends_at > before.ends_at, now.last) == (True, counts.most_last)
    edit(page, last_day="9")
    assert [one.field for one in page.state.objections] == ["last_day"]


def test_a_first_day_that_is_not_possible_any_more_is_said(at: ChartHouse) -> None:
    page = begun(at, AMOXICILLIN)
    edit(page, first_day="9")

    assert [one.field for one in page.state.objections] == ["first_day"]

    edit(page, first_day="")
    assert page.state.objections == ()


def test_times_and_limits_are_back_after_a_kill(at: ChartHouse) -> None:
    page = begun(at, "paracetamol 500 mg po q6h prn for pain max 4 g/d")
    edit(page, starts_at="+2h")
    before = page.state.draft
    assert before is not None
    assert before.limits.stated

    again = presented(at).page

    assert again.state.draft == before
    assert form(again).starts_at == "+2h"


def test_a_form_of_an_earlier_version_keeps_the_times_of_its_order(at: ChartHouse) -> None:
    page = begun(at, AMOXICILLIN)
    edit(page, starts_at="18:00")
    page.writing.put()
    (item,) = presented(at).basket.state.basket.items
    page.writing.take_out(item.key)
    old = json.loads(form(page).body)
    for name in ("starts_at", "ends_at", "interval", "most", "most_unit", "within", "first_day"):
        del old[name]
    (kept,) = [one for one in at.drafting.open(at.session(), PATIENT) if one.kind == "order"]
    at.drafting.keep(at.session(), "order", PATIENT, json.dumps(old), kept.id)

    again = presented(at).page

    assert again.state.draft is not None
    assert again.state.draft.starts_at == item.draft.starts_at
    assert again.state.draft.starts_at is not None


def test_the_limits_of_one_drug_are_not_those_of_another(at: ChartHouse) -> None:
    page = begun(at, "paracetamol 500 mg po q6h prn max 4 g/d")
    page.writing.put()
    (item,) = presented(at).basket.state.basket.items
    page.writing.take_out(item.key)
    assert form(page).interval == "6"

    page.writing.pick(named("布洛芬"))

    assert (form(page).interval, form(page).most, form(page).most_unit) == ("", "", "")
