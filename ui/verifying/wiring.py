"""Puts the page of the orders to verify together."""

from __future__ import annotations

from app.domain.people import Privilege
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.verifying.page import VerifyingPage
from ui.verifying.presenter import VerifyingPresenter, VerifyingSources


def verifying_workspace(desk: Desk, sources: VerifyingSources) -> Workspace:
    """What waits for a nurse in a ward; the focus of a visit is the ward."""

    def open_page(visit: Visit) -> VerifyingPage:
        page = VerifyingPage(desk)
        page.attend(VerifyingPresenter(page, desk.scope(), desk.feed, visit, sources))
        return page

    return Workspace(
        key="verifying",
        scope=Scope.PLACE,
        title="workspace.verifying",
        icon="list-checks",
        needs=Privilege.VERIFY_ORDER,
        open=open_page,
        keys="Alt+7",
    )
