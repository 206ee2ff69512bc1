"""How one state of the orders page turns into the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.orders import OrderClass, OrderKind, OrderLine
from app.services.order_catalogue import Item
from ui.orders.basket_state import code_in
from ui.orders.form import EVERYTHING, RATE_UNITS, UNITS, OrderForm
from ui.orders.form_draft import Choices
from ui.orders.state import NOTHING, NOTHING_READ, OrdersState

_ONCE = {
    OrderClass.LABORATORY.value,
    OrderClass.IMAGING.value,
    OrderClass.CONSULTATION.value,
}


_TOGETHER = (("dose", "unit"), ("rate", "rate_unit"), ("route",), ("frequency",), ("kind",))
"""Fields that are filled together: a number never gets a unit that was not meant for it."""

_BODY_OF_OLD = ("starts_at", "ends_at", "interval", "most", "most_unit", "within", "first_day")


def settled(form: OrderForm, before: OrderForm, now: datetime) -> OrderForm:
    """What was edited, with what follows from that.

    Another class begins anew with its item; other words are not the chosen item any more. A time
    is remembered with the moment at which it was typed; what was changed is not "as usual".
    """
    at = now.isoformat()
    if form.starts_at != before.starts_at:
        form = replace(form, starts_from=at)
    if form.ends_at != before.ends_at:
        form = replace(form, ends_from=at)
    kept = (one for one in form.usual.split() if getattr(form, one) == getattr(before, one))
    form = replace(form, usual=" ".join(kept))
    if form.order_class != before.order_class:
        once = form.order_class in _ONCE
        kind = OrderKind.TEMPORARY.value if once and form.kind == before.kind else form.kind
        query = form.query if form.item is None else ""
        return replace(form, item=None, query=query, kind=kind)
    if form.item is not None and form.query != form.item.text:
        return replace(form, item=None)
    return form


def by_word(form: OrderForm, classes: frozenset[OrderClass] | None) -> OrderForm:
    """With the one kind that is written in another's name; what is never said so is no item.

    Args:
        form: What was typed, chosen or kept.
        classes: What may be ordered by word of mouth; None for whoever orders in their own name.
    """
    if classes is None:
        return form
    form = replace(form, kind=OrderKind.VERBAL.value)
    if form.order_class == EVERYTHING or OrderClass(form.order_class) in classes:
        return form
    return replace(form, order_class=EVERYTHING, item=None)


def taken(form: OrderForm, item: Item, choices: Choices) -> OrderForm:
    """With `item` chosen, and the way this person orders it where nothing has been typed.

    What was filled so with another item goes: it was meant for that one.
    """
    plain = OrderForm()
    gone: dict[str, str] = {name: getattr(plain, name) for name in form.usual.split()}
    form = replace(form, **gone, item=None)
    said = _usual(item, choices)
    more: dict[str, str] = {}
    for names in _TOGETHER:
        if all(getattr(form, one) == getattr(plain, one) for one in names):
            more |= {one: said[one] for one in names if said[one]}
    usual = " ".join(name for name in more if more[name] != getattr(plain, name))
    term = item.term
    form = replace(form, **more, item=term, usual=usual)
    return replace(form, query=term.text, order_class=item.order_class.value)


def _usual(item: Item, choices: Choices) -> dict[str, str]:
    """Field and value; what the form cannot offer is left for the author."""
    usual = item.bare
    dosage = usual.dosage
    said = {
        "kind": usual.kind.value,
        "dose": f"{dosage.dose:f}" if dosage.dose is not None else "",
        "unit": dosage.unit,
        "rate": f"{dosage.rate:f}" if dosage.rate is not None else "",
        "rate_unit": dosage.rate_unit,
        "route": code_in(choices.routes, dosage.route),
        "frequency": code_in(choices.frequencies, dosage.frequency) or item.frequency,
    }
    for number, unit, offered in (("dose", "unit", UNITS), ("rate", "rate_unit", RATE_UNITS)):
        if said[unit] not in offered:
            said |= {number: "", unit: ""}
    return said


def completed(form: OrderForm, there: OrderForm) -> OrderForm:
    """A form that was kept before it held times and limits, with those of its order there."""
    held: dict[str, str] = {name: getattr(there, name) for name in _BODY_OF_OLD}
    return replace(form, **held, item=form.item)


def without_form(state: OrdersState) -> OrdersState:
    """With nothing being written."""
    return replace(
        state,
        busy=False,
        form=None,
        reckoned=NOTHING,
        found=None,
        restored_at=None,
        tried=False,
        read=NOTHING_READ,
    )


def stopped_since(line: OrderLine, since: datetime) -> bool:
    """Whether it was stopped not long ago."""
    at = line.order.stopped_at
    return at is not None and at >= since and not line.order.current


def on_an_order(state: OrdersState) -> OrdersState:
    """Keep the place where it is still shown; else the first order."""
    keys = [str(line.order.id) for line in state.shown]
    if state.current in keys:
        return state
    return replace(state, current=keys[0] if keys else "")
