"""Puts the decision page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from ui.disputes.page import DisputesPage
from ui.disputes.presenter import Deciding, DisputesPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def disputes_workspace(desk: Desk, deciding: Deciding, clock: Clock) -> Workspace:
    """Conflicts and refused acts; the focus of a visit is the key of a case."""

    def open_page(visit: Visit) -> DisputesPage:
        page = DisputesPage(desk)
        page.attend(DisputesPresenter(page, desk.scope(), desk.feed, visit, deciding, clock))
        page.focus_on(visit.focus)
        return page

    return Workspace(
        key="disputes",
        scope=Scope.PLACE,
        title="workspace.disputes",
        icon="git-compare",
        needs=Privilege.SEE_QUEUE,
        open=open_page,
        keys="Alt+5",
    )
