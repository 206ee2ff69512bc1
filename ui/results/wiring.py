"""Puts the results page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.chart_reading import ChartReading
from app.services.results_review import ResultsReview
from ui.results.page import ResultsPage
from ui.results.presenter import ResultsPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def results_workspace(
    desk: Desk, charts: ChartReading, results: ResultsReview, clock: Clock
) -> Workspace:
    """The results of a patient.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> ResultsPage:
        if visit.patient is None:
            raise ValueError("the results need a patient")
        page = ResultsPage(desk)
        presenter = ResultsPresenter(
            page, visit, visit.patient, charts, results, desk.scope(), desk.feed, clock
        )
        page.attend(presenter)
        return page

    return Workspace(
        key="results",
        scope=Scope.PATIENT,
        title="results.title",
        icon="flask-conical",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
