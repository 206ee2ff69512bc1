"""Puts the alert budget page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.services.alert_reviewing import AlertReviewing
from ui.alerts.page import AlertsPage
from ui.alerts.presenter import AlertsPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def alerts_workspace(desk: Desk, reviewing: AlertReviewing) -> Workspace:
    """How often decision support interrupted, for the pharmacy committee."""

    def open_page(visit: Visit) -> AlertsPage:
        page = AlertsPage(desk)
        page.attend(AlertsPresenter(page, desk.scope(), desk.feed, visit, reviewing))
        return page

    return Workspace(
        key="alerts",
        scope=Scope.PLACE,
        title="workspace.alerts",
        icon="shield-alert",
        needs=Privilege.REVIEW_DECISIONS,
        open=open_page,
    )
