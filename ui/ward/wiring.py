"""Puts the ward board and the list of one's own patients together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.ward_viewing import WardViewing
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.ward.page import WardPage
from ui.ward.presenter import Marked, WardPresenter, WardSources


def ward_workspace(desk: Desk, viewing: WardViewing, marked: Marked, clock: Clock) -> Workspace:
    """The ward board; the focus of a visit is the ward. `marked` reads the marks of a person."""

    def open_page(visit: Visit) -> WardPage:
        return _opened(desk, visit, WardSources(viewing, marked, clock), own_list=False)

    return Workspace(
        key="ward",
        scope=Scope.PLACE,
        title="workspace.ward",
        icon="bed-double",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Alt+1",
    )


def mine_workspace(desk: Desk, viewing: WardViewing, marked: Marked, clock: Clock) -> Workspace:
    """One's own patients over all wards."""

    def open_page(visit: Visit) -> WardPage:
        return _opened(desk, visit, WardSources(viewing, marked, clock), own_list=True)

    return Workspace(
        key="mine",
        scope=Scope.PLACE,
        title="workspace.mine",
        icon="users",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Alt+2",
    )


def _opened(desk: Desk, visit: Visit, sources: WardSources, *, own_list: bool) -> WardPage:
    page = WardPage(desk, own_list=own_list)
    page.attend(WardPresenter(page, desk.scope(), desk.feed, visit, sources, own_list=own_list))
    return page
