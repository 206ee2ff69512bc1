"""Puts the overview together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.chart_reading import ChartReading
from ui.chart.page import ChartPage
from ui.chart.presenter import ChartPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def chart_workspace(desk: Desk, charts: ChartReading, clock: Clock) -> Workspace:
    """The overview of a patient.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> ChartPage:
        if visit.patient is None:
            raise ValueError("the overview needs a patient")
        page = ChartPage(desk)
        scope = desk.scope()
        page.attend(ChartPresenter(page, visit, visit.patient, charts, scope, desk.feed, clock))
        return page

    return Workspace(
        key="overview",
        scope=Scope.PATIENT,
        title="overview.title",
        icon="layout-grid",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
