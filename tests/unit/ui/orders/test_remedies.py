from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.decision.findings import Check, Remedy, Suggestion, Tier
from app.domain.baskets import Basket, BasketItem
from app.domain.deciding import CardAnswer
from app.domain.orders import Dosage, OrderClass, OrderDraft
from app.domain.terms import Named, Term
from app.services.order_catalogue import OrderCatalogue
from tests.support.chart_kit import PATIENT, STAY
from tests.support.decision_kit import METOPROLOL, a_card, a_finding
from tests.support.desk_kit import a_desk
from ui.orders.form_draft import Choices
from ui.orders.remedies import Remedies, item_named
from ui.orders.words import OrderSpeller

CATALOGUE = OrderCatalogue()
PO, IVGTT = Term("口服", "r", "po", "oral"), Term("静滴", "r", "ivgtt", "intravenous infusion")
BID, TID = Term("bid", "f", "bid", "twice daily"), Term("tid", "f", "tid", "three times daily")
ANSWER = CardAnswer("card", "other", "they know")


@pytest.fixture
def remedies() -> Remedies:
    speller = OrderSpeller(a_desk())
    return Remedies(Choices((PO, IVGTT), (BID, TID)), speller, lambda: "new", CATALOGUE)


def a_draft(group: str = "") -> OrderDraft:
    dosage = Dosage(Decimal(25), "mg", "mg", PO, BID, "as it was")
    return OrderDraft(PATIENT, STAY, item=Term("美托洛尔"), dosage=dosage, group=group, first_day=1)


def a_basket(*groups: str) -> Basket:
    items = tuple(BasketItem(f"k{n}", a_draft(group)) for n, group in enumerate(groups))
    return Basket(items, (ANSWER,))


def test_a_dose_changes_with_its_words_and_nothing_else(remedies: Remedies) -> None:
    done = remedies.done(Suggestion(Remedy.DOSE, "k0", "12.5 mg"), a_basket("", ""))

    assert done is not None
    dosage = done.items[0].draft.dosage
    assert (dosage.dose, dosage.unit) == (Decimal("12.5"), "mg")
    assert "12.5" in dosage.text
    assert done.items[1] == a_basket("", "").items[1]
    assert done.answers == (ANSWER,)
    assert done.items[0].draft.first_day == 1


@pytest.mark.parametrize("value", ["", "half", "12,5 mg", "mg", "5 buckets"])
def test_what_is_no_dose_is_never_guessed(remedies: Remedies, value: str) -> None:
    assert remedies.done(Suggestion(Remedy.DOSE, "k0", value), a_basket("")) is None


@pytest.mark.parametrize(
    ("remedy", "value", "wanted"),
    [(Remedy.FREQUENCY, "tid", (PO, TID)), (Remedy.ROUTE, "ivgtt", (IVGTT, BID))],
)
def test_one_bag_runs_one_way(
    remedies: Remedies, remedy: Remedy, value: str, wanted: tuple[Term, Term]
) -> None:
    done = remedies.done(Suggestion(remedy, "k0", value), a_basket("g", "g", ""))

    assert done is not None
    ways = [(one.draft.dosage.route, one.draft.dosage.frequency) for one in done.items]
    assert ways == [wanted, wanted, (PO, BID)]
    assert done.items[0].draft.first_day is None
    assert not done.objections(STAY)


def test_a_code_that_the_packs_have_not_changes_nothing(remedies: Remedies) -> None:
    assert remedies.done(Suggestion(Remedy.FREQUENCY, "k0", "hourly"), a_basket("")) is None
    assert remedies.done(Suggestion(Remedy.DILUENT, "k0", "glucose"), a_basket("")) is None
    assert remedies.done(Suggestion(Remedy.REMOVE, "gone"), a_basket("")) is None


def test_what_is_removed_takes_the_fluid_that_was_only_there_for_it(remedies: Remedies) -> None:
    fluid = BasketItem("k0.fluid", a_draft("g"))
    basket = replace(a_basket("g", ""), items=(*a_basket("g", "").items, fluid))

    done = remedies.done(Suggestion(Remedy.REMOVE, "k0"), basket)

    assert done is not None
    assert [one.key for one in done.items] == ["k1"]


def test_only_what_can_be_done_here_is_offered(remedies: Remedies) -> None:
    lead = Suggestion(Remedy.DOSE, "k0", "12.5 mg")
    ways = (
        lead,
        lead,
        Suggestion(Remedy.REMOVE, "order/running"),
        Suggestion(Remedy.DOSE, "k0", "less"),
        Suggestion(Remedy.REPLACE, "k0", "bisoprolol"),
        Suggestion(Remedy.DILUENT, "k0", "glucose", Named("葡萄糖", "Glucose")),
        Suggestion(Remedy.ADD, "k0", "k", Named("钾", "Potassium")),
    )
    card = a_card(
        a_finding(Check.LABORATORY, Tier.INTERRUPTIVE, ("k0",), METOPROLOL, suggestions=ways)
    )

    offers = remedies.offers((card,), a_basket(""))

    assert offers[card.key] == (lead, ways[-1])


def test_a_laboratory_value_is_ordered_beside_the_drug(remedies: Remedies) -> None:
    item = item_named(CATALOGUE, Named("血钾", "Potassium"))
    assert item is not None

    basket = remedies.with_order(item, Suggestion(Remedy.ADD, "k0", "k"), a_basket(""))

    assert basket.items[1].draft.order_class is OrderClass.LABORATORY
    assert basket.items[1].draft.item == item.term
    assert not basket.objections(STAY)


def test_a_name_that_nothing_answers_to_is_no_item() -> None:
    assert item_named(CATALOGUE, Named("没有的药", "no such drug")) is None


def test_a_code_is_offered_by_the_name_of_what_it_means(remedies: Remedies) -> None:
    ways = (
        Suggestion(Remedy.FREQUENCY, "k0", "tid"),
        Suggestion(Remedy.ADD, "k0", "potassium-chloride"),
        Suggestion(Remedy.REPLACE, "k0", "no-such-drug"),
        Suggestion(Remedy.REMOVE, "k0"),
    )
    found = a_finding(Check.RENAL, Tier.INTERRUPTIVE, ("k0",), METOPROLOL, suggestions=ways)

    (card,) = remedies.named((a_card(found),))

    names = [one.name for one in card.lead.suggestions]
    assert names[0] == Named("tid", "three times daily")
    assert names[1] == Named("氯化钾", "Potassium chloride")
    assert names[2:] == [Named("no such drug"), None]


def test_another_fluid_has_the_volume_of_the_one_before(remedies: Remedies) -> None:
    fluid = BasketItem("k0.fluid", a_draft("g"))
    basket = replace(a_basket("g"), items=(*a_basket("g").items, fluid))
    glucose = item_named(CATALOGUE, Named("葡萄糖"))
    assert glucose is not None

    done = remedies.with_diluent(glucose, Suggestion(Remedy.DILUENT, "k0", "glucose"), basket)

    assert done.items[1].draft.item == glucose.term
    assert done.items[1].draft.dosage.dose == fluid.draft.dosage.dose
    assert done.items[0] == basket.items[0]
