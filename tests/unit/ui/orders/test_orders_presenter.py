from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.terms import Term
from app.kernel.faults import FaultKind, app_error
from app.services.order_catalogue import Item
from tests.support.basket_kit import presented
from tests.support.chart_kit import NOW, PATIENT, ChartHouse, an_order
from tests.support.desk_kit import a_desk
from ui.orders.deeds import Deed, Why
from ui.orders.form import OrderForm
from ui.orders.form_draft import dose_of
from ui.orders.listing import Tab
from ui.orders.presenter import OrdersPresenter

AMOXICILLIN = Term("阿莫西林", "urn:wardone:formulary", "neml2026-006", "Amoxicillin")
WHOLE = OrderForm(
    query="阿莫西林", item=AMOXICILLIN, dose="0.5", unit="g", route="po", frequency="tid"
)


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def opened(at: ChartHouse, focus: str = "") -> OrdersPresenter:
    return presented(at, focus).page


def written(at: ChartHouse, form: OrderForm = WHOLE) -> OrdersPresenter:
    page = opened(at)
    page.writing.new()
    page.writing.edit(replace(form, item=None, query=""))
    if form.item is not None:
        page.writing.pick(Item(form.item))
    return page


def test_the_list_opens_on_what_holds_until_it_is_stopped(at: ChartHouse) -> None:
    at.place(an_order("a"), an_order("b", "completed"), an_order("c", "on-hold"))

    state = opened(at).state

    assert state.tab is Tab.LONG_TERM
    assert [line.order.id for line in state.shown] == ["a", "c"]
    assert [state.count(tab) for tab in Tab] == [2, 0, 1]


def test_a_focus_on_an_order_opens_its_tab(at: ChartHouse) -> None:
    at.place(an_order("a"), an_order("b", "completed"))

    state = opened(at, "MedicationRequest/b").state

    assert (state.tab, state.current) == (Tab.ENDED, "b")


def test_recently_stopped_orders_are_counted(at: ChartHouse) -> None:
    hours = timedelta(hours=1)
    at.place(
        an_order("new", "stopped", stopped_at=NOW - hours),
        an_order("old", "stopped", stopped_at=NOW - 49 * hours),
    )

    assert opened(at).state.recently_stopped == 1


def test_a_whole_order_goes_into_the_basket_as_it_was_shown(at: ChartHouse) -> None:
    page = written(at)
    assert page.state.draft is not None
    shown = page.state.draft.dosage.text
    assert shown == "DOSE 0.5\N{NO-BREAK SPACE}g — oral — three times daily"

    page.writing.put()

    (item,) = presented(at).basket.state.basket.items
    assert item.draft.dosage.text == shown
    assert page.state.form is None
    assert at.acts.committed == []
    assert [one.kind for one in at.drafting.open(at.session(), PATIENT)] == ["basket"]


@pytest.mark.parametrize(
    ("lacks", "field"),
    [
        ({"dose": ""}, "dose"),
        ({"unit": ""}, "unit"),
        ({"route": ""}, "route"),
        ({"frequency": ""}, "frequency"),
        ({"item": None}, "item"),
        ({"priority": "stat"}, "reason"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    at: ChartHouse, lacks: dict[str, str], field: str
) -> None:
    page = written(at, replace(WHOLE, **lacks))  # type: ignore[arg-type]  # one field each, by the cases

    page.writing.put()

    assert [one.field for one in page.state.objections] == [field]
    assert page.state.tried
    assert presented(at).basket.state.count == 0


@pytest.mark.parametrize("typed", ["1,5", "½", "1-2", "-1", "1e3", "０．５", "٣", "", "abc", "1."])
def test_a_dose_that_is_not_a_plain_number_is_not_guessed(typed: str) -> None:
    assert dose_of(typed) is None


@pytest.mark.parametrize(("typed", "dose"), [("0.5", "0.5"), (" 10 ", "10"), ("500", "500")])
def test_a_plain_number_is_the_dose(typed: str, dose: str) -> None:
    assert dose_of(typed) == Decimal(dose)


def test_an_unreadable_dose_says_so_instead_of_missing(at: ChartHouse) -> None:
    page = written(at, replace(WHOLE, dose="1,5"))

    assert [one.message.code for one in page.state.objections] == ["orders.dose-not-read"]


def test_other_words_are_not_the_chosen_drug_any_more(at: ChartHouse) -> None:
    page = written(at)
    assert page.state.form is not None

    page.writing.edit(replace(page.state.form, query="阿莫西"))

    assert page.state.form.item is None


def test_another_class_begins_anew_with_its_item(at: ChartHouse) -> None:
    page = written(at)
    assert page.state.form is not None

    page.writing.edit(replace(page.state.form, order_class="laboratory"))

    assert page.state.form.item is None
    assert page.state.form.kind == "temporary"


def test_a_class_without_a_pack_takes_words(at: ChartHouse) -> None:
    page = opened(at)
    page.writing.new()
    page.writing.edit(OrderForm(order_class="nursing"))
    page.writing.edit(OrderForm(order_class="nursing", query="翻身 q2h"))

    page.writing.put()

    assert len(presented(at).basket.state.basket.items) == 1


def test_after_a_kill_the_order_is_back(at: ChartHouse) -> None:
    page = written(at)

    again = opened(at).state

    assert again.form == page.state.form
    assert again.form is not None
    assert again.form.item == AMOXICILLIN
    assert again.restored_at == NOW


def test_on_a_fault_the_form_stays(at: ChartHouse) -> None:
    page = written(at)
    at.drafts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    page.writing.put()

    assert page.state.form is not None
    assert page.state.act_fault is not None
    assert [one.kind for one in at.drafting.open(at.session(), PATIENT)] == ["order"]
    assert presented(at).basket.state.count == 0


def test_a_current_order_is_stopped_for_a_reason(at: ChartHouse) -> None:
    at.place(an_order("a"))
    page = opened(at)

    page.act(Deed.STOP, Why("皮疹"))

    (act,) = at.acts.committed
    assert (act.kind, act.reason) == ("order.stop", "皮疹")


def test_without_a_reason_nothing_is_stopped(at: ChartHouse) -> None:
    at.place(an_order("a"))
    page = opened(at)

    page.act(Deed.STOP, Why("  "))

    assert at.acts.committed == []
    assert page.state.act_fault is not None


@pytest.mark.parametrize(
    "order", [an_order("a", "completed"), an_order("a", guarded=True)], ids=["past", "guarded"]
)
def test_what_does_not_hold_or_is_not_understood_cannot_be_stopped(
    at: ChartHouse, order: object
) -> None:
    at.place(order)  # type: ignore[arg-type]  # an order, by the ids of the cases
    page = opened(at, "MedicationRequest/a")

    assert not page.state.can(Deed.STOP)


def test_what_is_typed_is_looked_up_in_the_formulary(at: ChartHouse) -> None:
    page = opened(at)
    page.writing.new()

    page.writing.choosing.search("amxl")

    assert page.state.found is not None
    assert "阿莫西林" in [item.term.text for item in page.state.found.items]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"order_class": "spell"}', '{"item": [1]}'])
def test_a_body_that_is_no_form_is_no_order(body: str) -> None:
    form = OrderForm.of(body)

    assert form is None or form.item is None or form.item.code == ""
