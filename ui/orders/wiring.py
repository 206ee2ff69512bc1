"""Puts the orders page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.order_catalogue import OrderCatalogue
from app.services.order_entry import OrderEntry
from app.services.order_lines import OrderLines
from ui.orders.page import OrdersPage
from ui.orders.presenter import OrderServices, OrdersPresenter, utc_now
from ui.orders.words import OrderSpeller
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def orders_workspace(
    desk: Desk, charts: ChartReading, orders: OrderEntry, drafting: Drafting
) -> Workspace:
    """The orders of a patient.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """
    catalogue = OrderCatalogue()
    lines = OrderLines(catalogue)
    services = OrderServices(
        charts, orders, drafting, catalogue, lines, OrderSpeller(desk), utc_now
    )

    def open_page(visit: Visit) -> OrdersPage:
        if visit.patient is None:
            raise ValueError("the orders need a patient")
        page = OrdersPage(desk)
        page.attend(OrdersPresenter(page, visit, visit.patient, services, desk.scope(), desk.feed))
        return page

    return Workspace(
        key="orders",
        scope=Scope.PATIENT,
        title="orders.title",
        icon="clipboard-list",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
