"""What the suggestions of a card do to the basket; nothing is ever done by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.decision.findings import Finding, Remedy, Suggestion
from app.decision.verdict import Card
from app.domain.baskets import Basket, BasketItem
from app.domain.orders import Dosage, OrderClass, OrderDraft
from app.domain.terms import Named, Term
from app.services.order_catalogue import Item, OrderCatalogue
from ui.orders.form import UNITS
from ui.orders.form_draft import Choices
from ui.orders.services import Speller
from ui.runtime.amounts import amount_of

BY_NAME = frozenset({Remedy.REPLACE, Remedy.ADD, Remedy.DILUENT})
"""What these choose is an item of the packs, looked up by its name."""


Offers = Mapping[str, tuple[Suggestion, ...]]
Turn = Callable[[Dosage, Term], Dosage]


@dataclass(frozen=True, slots=True)
class Remedies:
    """Changes drafts with the packs a dosage is chosen from, in the author's words."""

    choices: Choices
    speller: Speller
    new_key: Callable[[], str]
    catalogue: OrderCatalogue

    def named(self, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """The cards, every suggestion with the name of what it chooses; call on a lane."""
        return tuple(
            replace(card, findings=tuple(map(self._named, card.findings))) for card in cards
        )

    def _named(self, finding: Finding) -> Finding:
        ways = (
            one if one.name is not None else replace(one, name=self._name(one))
            for one in finding.suggestions
        )
        return replace(finding, suggestions=tuple(ways))

    def _name(self, one: Suggestion) -> Named | None:
        """Of what its code means; a code that the packs have not is said as it is."""
        match one.remedy:
            case Remedy.FREQUENCY:
                term = _term(self.choices.frequencies, one)
            case Remedy.ROUTE:
                term = _term(self.choices.routes, one)
            case Remedy.REPLACE | Remedy.ADD | Remedy.DILUENT:
                words = one.value.replace("-", " ")
                item = item_named(self.catalogue, Named(words))
                term = item.term if item is not None else Term(words)
            case _:
                return None
        return Named(term.text, term.display) if term is not None else None

    def look_up(self, name: Named) -> Item | None:
        """The one item of the packs that is called so; call on a lane."""
        return item_named(self.catalogue, name)

    def offers(self, cards: tuple[Card, ...], basket: Basket) -> Offers:
        """Key of a card and what can be done about it here, the best first.

        Only what is in the basket can be changed: a running order is stopped on its own line.
        """
        return {card.key: tuple(self._of(card, basket)) for card in cards}

    def _of(self, card: Card, basket: Basket) -> dict[Suggestion, None]:
        found: dict[Suggestion, None] = {}
        for finding in card.findings:
            found |= {one: None for one in finding.suggestions if self._can(one, basket)}
        return found

    def _can(self, one: Suggestion, basket: Basket) -> bool:
        if basket.item(one.line) is None:
            return False
        if one.remedy is Remedy.DILUENT and basket.item(fluid_key(one.line)) is None:
            return False
        if one.remedy in BY_NAME:
            return one.name is not None
        return self.done(one, basket) is not None

    def done(self, one: Suggestion, basket: Basket) -> Basket | None:
        """The basket with it done; None where this can only be done by hand."""
        item = basket.item(one.line)
        if item is None:
            return None
        match one.remedy:
            case Remedy.REMOVE:
                return without(basket, one.line)
            case Remedy.DOSE:
                return self._with_dose(item, one.value, basket)
            case Remedy.FREQUENCY:
                return self._with(item, _timed, _term(self.choices.frequencies, one), basket)
            case Remedy.ROUTE:
                return self._with(item, _given, _term(self.choices.routes, one), basket)
            case _:
                return None

    def with_order(self, item: Item, one: Suggestion, basket: Basket) -> Basket:
        """With an order that needs no dose beside the one it belongs to: a laboratory value."""
        beside = basket.item(one.line)
        if beside is None:
            return basket
        usual = item.bare
        draft = OrderDraft(
            beside.draft.patient,
            None,
            order_class=item.order_class,
            kind=usual.kind,
            item=item.term,
            spoken=beside.draft.spoken,
        )
        return basket.with_item(self._said(BasketItem(self.new_key(), draft), draft))

    def with_diluent(self, item: Item, one: Suggestion, basket: Basket) -> Basket:
        """With another fluid of the same volume in the bag."""
        fluid = basket.item(fluid_key(one.line))
        if fluid is None:
            return basket
        return basket.with_item(self._said(fluid, replace(fluid.draft, item=item.term)))

    def _with_dose(self, item: BasketItem, value: str, basket: Basket) -> Basket | None:
        amount = amount_of(value)
        if amount is None or amount.unit not in UNITS:
            return None
        dosage = replace(item.draft.dosage, dose=amount.value, unit=amount.unit)
        return basket.with_item(self._said(item, replace(item.draft, dosage=dosage)))

    def _with(
        self, item: BasketItem, turn: Turn, term: Term | None, basket: Basket
    ) -> Basket | None:
        """What runs in one bag is given one way: all of its lines change."""
        if term is None:
            return None
        group = item.draft.group
        for one in basket.items:
            if one is item or (group and one.draft.group == group):
                dosage = turn(one.draft.dosage, term)
                # How often on the first day was counted for the frequency before.
                draft = replace(one.draft, dosage=dosage, first_day=None)
                basket = basket.with_item(self._said(one, draft))
        return basket

    def _said(self, item: BasketItem, draft: OrderDraft) -> BasketItem:
        """With the words of the dosage as they will be signed."""
        dosage = draft.dosage
        unit = self.speller.unit(dosage.unit) if dosage.unit else ""
        dosage = replace(dosage, unit_text=unit, text=self.speller.instruction(dosage))
        return replace(item, draft=replace(draft, dosage=dosage))


def item_named(catalogue: OrderCatalogue, name: Named) -> Item | None:
    """The one item of the packs that is called so in either language; call on a lane.

    Of a drug and a laboratory value of one name (glucose), the drug.
    """
    for order_class in (None, OrderClass.MEDICATION):
        for words in (name.english, name.name):
            item = catalogue.exactly(words, order_class) if words else None
            if item is not None:
                return item
    return None


def without(basket: Basket, key: str) -> Basket:
    """Without the order, and without the fluid that was only there to dissolve it."""
    return basket.without(key).without(fluid_key(key))


def fluid_key(key: str) -> str:
    """The name in the basket of the fluid that the drug of `key` is dissolved in."""
    return f"{key}.fluid"


def _timed(dosage: Dosage, term: Term) -> Dosage:
    return replace(dosage, frequency=term)


def _given(dosage: Dosage, term: Term) -> Dosage:
    return replace(dosage, route=term)


def _term(terms: tuple[Term, ...], one: Suggestion) -> Term | None:
    return next((term for term in terms if term.code == one.value), None)
