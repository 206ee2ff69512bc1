"""Puts the patient search together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.ward_viewing import WardViewing
from ui.finding.page import FindingPage
from ui.finding.presenter import FindingPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def finding_workspace(desk: Desk, viewing: WardViewing, clock: Clock) -> Workspace:
    """Finding a patient; the focus of a visit is the first query."""

    def open_page(visit: Visit) -> FindingPage:
        page = FindingPage(desk)
        page.attend(FindingPresenter(page, desk.scope(), desk.feed, visit, viewing, clock))
        if visit.focus:
            page.focus_on(visit.focus)
        return page

    return Workspace(
        key="finding",
        scope=Scope.PLACE,
        title="workspace.finding",
        icon="search",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Ctrl+P",
    )
