"""What the basket shows, as values; and an order on its way between the basket and the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.baskets import Basket, BasketItem
from app.domain.orders import Objection, OrderClass, OrderDraft
from app.domain.terms import Term
from app.domain.verbal_orders import spoken_objections
from app.kernel.faults import Fault, Message
from ui.orders.form import RATE_UNITS, UNITS, OrderForm
from ui.orders.form_draft import Choices
from ui.orders.moments import typed_form

EMPTY = Basket()
_MINUTE = timedelta(minutes=1)


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
        checking: Somebody wants to sign it, and decision support is looking at it.
        proposes: The signature does not make them hold: somebody else countersigns them.
        by_word: What is written down in a physician's name; None for who orders in their own.
        undo: The basket before the last removal, until something else is done to it.
        fault: Why the last act was not done; the orders stay.
    """

    basket: Basket = EMPTY
    wrong: Mapping[str, tuple[Objection, ...]] = field(default_factory=dict)
    current: str = ""
    marked: tuple[str, ...] = ()
    restored_at: datetime | None = None
    busy: bool = False
    checking: bool = False
    may_write: bool = False
    proposes: bool = False
    by_word: frozenset[OrderClass] | None = None
    undo: Basket | None = None
    fault: Fault | None = None
    notice: Message | None = None

    @property
    def verbal(self) -> bool:
        """Whether the signature is that of whoever heard it, in a physician's name."""
        return self.by_word is not None

    @property
    def count(self) -> int:
        return len(self.basket.items)

    @property
    def can_change(self) -> bool:
        return self.may_write and not self.busy and bool(self.count)

    @property
    def can_sign(self) -> bool:
        return self.can_change and not self.wrong and not self.checking

    @property
    def read_back(self) -> bool:
        """Whether somebody gave all these orders, and said that they were repeated rightly."""
        each = {one.spoken for one in self.basket.drafts}
        said = each.pop() if len(each) == 1 else None
        return said is not None and not spoken_objections(said)

    @property
    def can_group(self) -> bool:
        return self.can_change and len(self.marked) > 1

    @property
    def removed(self) -> int:
        """How many orders the last removal took out, while that can be undone."""
        return len(self.undo.items) - self.count if self.undo is not None else 0

    @property
    def can_undo(self) -> bool:
        return self.may_write and not self.busy and self.undo is not None

    @property
    def shown(self) -> bool:
        """Whether there is anything to see."""
        told = (self.fault, self.notice, self.undo)
        return bool(self.count) or any(one is not None for one in told)


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
        route=code_in(choices.routes, dosage.route),
        frequency=code_in(choices.frequencies, dosage.frequency),
        priority=draft.priority.value,
        reason=draft.reason,
        note=draft.note,
        rate=f"{dosage.rate:f}" if dosage.rate is not None else "",
        rate_unit=dosage.rate_unit if dosage.rate_unit in RATE_UNITS else "",
        starts_at=typed_form(draft.starts_at, choices.zone) if draft.starts_at else "",
        ends_at=typed_form(draft.ends_at, choices.zone) if draft.ends_at else "",
        interval=_hours(draft.limits.interval) if draft.limits.interval else "",
        most=f"{draft.limits.most:f}" if draft.limits.most is not None else "",
        most_unit=draft.limits.unit if draft.limits.unit in UNITS else "",
        within=_hours(draft.limits.within),
        first_day="" if draft.first_day is None else str(draft.first_day),
        group=draft.group,
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
        starts_at=_same_minute(before.starts_at, now.starts_at),
        ends_at=_same_minute(before.ends_at, now.ends_at),
        replaces=before.replaces,
        following=before.following,
        spoken=before.spoken,
    )
    return draft if now.item != before.item else replace(draft, origin=before.origin)


def _same_minute(before: datetime | None, now: datetime | None) -> datetime | None:
    """What it was, while the form, which is timed to the minute, says the same."""
    same = before is not None and now == before.replace(second=0, microsecond=0)
    return before if same else now


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
    whole = tuple(
        replace(one, draft=replace(one.draft, group=""))
        if sizes.count(one.draft.group) == 1
        else one
        for one in items
    )
    return replace(basket, items=whole)


def _hours(length: timedelta) -> str:
    """As it is typed: `6`, `0.5`."""
    return f"{Decimal(length // _MINUTE) / 60:.6f}".rstrip("0").rstrip(".")


def code_in(terms: tuple[Term, ...], term: Term | None) -> str:
    """Only what the pack has under the same system and code."""
    if term is None:
        return ""
    same = (one for one in terms if (one.system, one.code) == (term.system, term.code))
    found = next(same, None)
    return found.code if found is not None else ""
