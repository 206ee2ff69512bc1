"""What the basket shows, as values; and an order on its way between the basket and the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.baskets import Basket, BasketItem
from app.domain.dose_limits import NO_LIMITS
from app.domain.orders import Objection, OrderDraft
from app.domain.terms import Term
from app.kernel.faults import Fault, Message
from ui.orders.state import RATE_UNITS, UNITS, Choices, OrderForm

EMPTY = Basket()


@dataclass(frozen=True, slots=True)
class KeptBasket:
    """The basket as a draft keeps it; an empty one leaves none."""

    basket: Basket

    @property
    def blank(self) -> bool:
        return not self.basket.items

    @property
    def body(self) -> str:
        return self.basket.body


@dataclass(frozen=True, slots=True)
class BasketState:
    """Orders of one patient that wait for the signature.

    Attributes:
        wrong: Item and what keeps it from being signed.
        current: The item one is on.
        marked: Items that are marked, to run as one infusion.
        restored_at: When the restored basket was last kept, until it is signed or emptied.
        proposes: The signature does not make them hold: somebody else countersigns them.
        fault: Why the last act was not done; the orders stay.
    """

    basket: Basket = EMPTY
    wrong: Mapping[str, tuple[Objection, ...]] = field(default_factory=dict)
    current: str = ""
    marked: tuple[str, ...] = ()
    restored_at: datetime | None = None
    busy: bool = False
    may_write: bool = False
    proposes: bool = False
    fault: Fault | None = None
    notice: Message | None = None

    @property
    def count(self) -> int:
        return len(self.basket.items)

    @property
    def can_change(self) -> bool:
        return self.may_write and not self.busy and bool(self.count)

    @property
    def can_sign(self) -> bool:
        return self.can_change and not self.wrong

    @property
    def can_group(self) -> bool:
        return self.can_change and len(self.marked) > 1

    @property
    def shown(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.count) or self.fault is not None or self.notice is not None


def form_of(item: BasketItem, choices: Choices) -> OrderForm:
    """The order in the fields again. What the form does not offer has to be chosen anew."""
    draft, dosage = item.draft, item.draft.dosage
    words = draft.item.text if draft.item is not None else ""
    form = OrderForm(
        order_class=draft.order_class.value,
        kind=draft.kind.value,
        query=words,
        dose=f"{dosage.dose:f}" if dosage.dose is not None else "",
        unit=dosage.unit if dosage.unit in UNITS else "",
        route=_code(choices.routes, dosage.route),
        frequency=_code(choices.frequencies, dosage.frequency),
        priority=draft.priority.value,
        reason=draft.reason,
        note=draft.note,
        rate=f"{dosage.rate:f}" if dosage.rate is not None else "",
        rate_unit=dosage.rate_unit if dosage.rate_unit in RATE_UNITS else "",
        skin_test=draft.skin_test,
        quantity=f"{draft.quantity:f}" if draft.quantity is not None else "",
        quantity_unit=draft.quantity_unit if draft.quantity_unit in UNITS else "",
        key=item.key,
    )
    coded = draft.item is not None and bool(draft.item.code)
    return replace(form, item=draft.item) if form.packed or coded else form


def edited(before: OrderDraft | None, now: OrderDraft) -> OrderDraft:
    """`now` with what the form does not hold, as it was; what belonged to another item goes."""
    if before is None:
        return now
    draft = replace(
        now,
        group=before.group,
        starts_at=before.starts_at,
        ends_at=now.ends_at or before.ends_at,
        replaces=before.replaces,
        following=before.following,
    )
    if now.item != before.item:
        return replace(draft, limits=NO_LIMITS, ends_at=now.ends_at)
    return replace(draft, limits=before.limits, origin=before.origin)


def grouped(basket: Basket, keys: tuple[str, ...], group: str) -> Basket:
    """The items of `keys` as one infusion, beside each other; if they are one already, as none.

    A group of which one is left is none any more.
    """
    chosen = [item for item in basket.items if item.key in keys]
    groups = {item.draft.group for item in chosen}
    apart = len(groups) == 1 and "" not in groups
    named = "" if apart else group
    moved = [replace(one, draft=replace(one.draft, group=named)) for one in chosen]
    rest = [item for item in basket.items if item.key not in keys]
    place = next((n for n, one in enumerate(basket.items) if one.key in keys), 0)
    items = (*rest[:place], *moved, *rest[place:])
    sizes = [one.draft.group for one in items]
    return Basket(
        tuple(
            replace(one, draft=replace(one.draft, group=""))
            if sizes.count(one.draft.group) == 1
            else one
            for one in items
        )
    )


def _code(terms: tuple[Term, ...], term: Term | None) -> str:
    """Only what the pack has under the same system and code."""
    if term is None:
        return ""
    same = (one for one in terms if (one.system, one.code) == (term.system, term.code))
    found = next(same, None)
    return found.code if found is not None else ""
