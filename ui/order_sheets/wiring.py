"""Puts the order sheets together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.order_printing import OrderPrinting
from ui.order_sheets.page import SheetPage
from ui.order_sheets.presenter import SheetPresenter
from ui.order_sheets.printers import Printers, SystemPrinters
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def sheets_workspace(
    desk: Desk, printing: OrderPrinting, clock: Clock, printers: Printers | None = None
) -> Workspace:
    """The order sheets of one chart.

    Args:
        desk: What every page stands on.
        printing: What the page shows and prints.
        clock: For when it was read.
        printers: Where paper comes from; those of this computer when nobody says.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> SheetPage:
        if visit.patient is None:
            raise ValueError("the order sheets need a patient")
        page = SheetPage(desk, printers or SystemPrinters())
        scope = desk.scope()
        page.attend(SheetPresenter(page, visit, visit.patient, printing, scope, desk.feed, clock))
        return page

    return Workspace(
        key="order-sheets",
        scope=Scope.PATIENT,
        title="workspace.order_sheets",
        icon="printer",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
