"""The ward board and one's own list."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.ward_viewing import WardViewing
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.ward.page import WardPage
from ui.ward.presenter import Marked, WardPresenter, WardSources


def ward_workspace(desk: Desk, viewing: WardViewing, marked: Marked, clock: Clock) -> Workspace:
    """Who lies on a ward."""

    def open_page(visit: Visit) -> Page:
        return _open(desk, visit, WardSources(viewing, marked, clock), own_list=False)

    title = "workspace.ward"
    return Workspace("ward", Scope.PLACE, title, "bed-double", Privilege.SEE_WARD, open_page)


def mine_workspace(desk: Desk, viewing: WardViewing, marked: Marked, clock: Clock) -> Workspace:
    """The patients of the person who is signed in."""

    def open_page(visit: Visit) -> Page:
        return _open(desk, visit, WardSources(viewing, marked, clock), own_list=True)

    return Workspace("mine", Scope.PLACE, "workspace.mine", "users", Privilege.SEE_WARD, open_page)


def _open(desk: Desk, visit: Visit, sources: WardSources, *, own_list: bool) -> WardPage:
    page = WardPage(desk, own_list=own_list)
    presenter = WardPresenter(page, desk.scope(), desk.feed, visit, sources, own_list=own_list)
    page.keep(presenter)
    page.ward_chosen.connect(presenter.choose_ward)
    page.opened.connect(presenter.open)
    page.marked.connect(presenter.toggle_mark)
    page.retry_requested.connect(presenter.reload)
    return page
