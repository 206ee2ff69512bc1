"""Puts the page of the critical values together."""

from __future__ import annotations

from app.domain.people import Privilege
from ui.critical.page import CriticalPage
from ui.critical.presenter import CriticalPresenter, CriticalSources
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def critical_workspace(desk: Desk, sources: CriticalSources) -> Workspace:
    """The critical values of a ward; the focus of a visit is the ward."""

    def open_page(visit: Visit) -> CriticalPage:
        page = CriticalPage(desk)
        page.attend(CriticalPresenter(page, desk.scope(), desk.feed, visit, sources))
        return page

    return Workspace(
        key="critical",
        scope=Scope.PLACE,
        title="workspace.critical",
        icon="octagon-alert",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Alt+0",
    )
