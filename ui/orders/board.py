"""What the orders page shows at the moment; its presenters turn it in turn."""

from __future__ import annotations

from typing import Protocol

from ui.orders.state import OrdersState


class OrdersView(Protocol):
    def show_state(self, state: OrdersState) -> None: ...


class Board:
    """The one state of the page."""

    def __init__(self, view: OrdersView, state: OrdersState) -> None:
        self._view = view
        self._state = state
        view.show_state(state)

    @property
    def state(self) -> OrdersState:
        return self._state

    def show(self, state: OrdersState) -> None:
        """Let the page show it."""
        self._state = state
        self._view.show_state(state)
