"""How one state of the orders page turns into the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.orders import OrderClass, OrderKind, OrderLine
from ui.orders.state import NOTHING_READ, OrderForm, OrdersState

_ONCE = {
    OrderClass.LABORATORY.value,
    OrderClass.IMAGING.value,
    OrderClass.CONSULTATION.value,
}


def settled(form: OrderForm, before: OrderForm) -> OrderForm:
    """Another class begins anew with its item; other words are not the chosen item any more."""
    if form.order_class != before.order_class:
        once = form.order_class in _ONCE
        kind = OrderKind.TEMPORARY.value if once and form.kind == before.kind else form.kind
        return replace(form, item=None, query="", kind=kind)
    if form.item is not None and form.query != form.item.text:
        return replace(form, item=None)
    return form


def without_form(state: OrdersState) -> OrdersState:
    """With nothing being written."""
    return replace(
        state,
        busy=False,
        form=None,
        draft=None,
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
