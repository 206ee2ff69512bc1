"""Puts the administration together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.people import Privilege, Session
from ui.admin.presenter import AdminPresenter, AdminSources
from ui.admin.state import ADMINISTERS
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace

if TYPE_CHECKING:
    from ui.admin.page import AdminPage


def admin_privilege(session: Session) -> Privilege:
    """Which of the three privileges opens the page for this session; it needs any one of them."""
    held = (privilege for privilege in ADMINISTERS if session.can(privilege))
    return next(held, Privilege.MANAGE_USERS)


def admin_workspace(desk: Desk, sources: AdminSources, needs: Privilege) -> Workspace:
    """Users, roles, audit, and what was not understood; the focus of a visit is a section.

    No role holds every privilege of this page, and each is shown its own sections: `needs` is
    `admin_privilege(session)`.
    """

    def open_page(visit: Visit) -> AdminPage:
        from ui.admin.page import AdminPage  # few may open it, and no start waits for it

        page = AdminPage(desk)
        page.attend(AdminPresenter(page, desk.scope(), desk.feed, visit, sources))
        return page

    return Workspace(
        key="admin",
        scope=Scope.PLACE,
        title="workspace.admin",
        icon="shield-check",
        needs=needs,
        open=open_page,
        keys="Alt+9",
    )
