"""Puts the inbox together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.drafting import Drafting
from app.services.inbox_keeping import InboxKeeping
from ui.inbox.page import InboxPage
from ui.inbox.presenter import InboxPresenter, InboxSources, People
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def inbox_workspace(
    desk: Desk, keeping: InboxKeeping, drafting: Drafting, people: People, clock: Clock
) -> Workspace:
    """Tasks and messages; `people` are those to whom a message may be sent."""

    def open_page(visit: Visit) -> InboxPage:
        page = InboxPage(desk)
        sources = InboxSources(keeping, people, clock, drafting)
        page.attend(InboxPresenter(page, desk.scope(), desk.feed, visit, sources))
        page.focus_on(visit.focus)
        return page

    return Workspace(
        key="inbox",
        scope=Scope.PLACE,
        title="workspace.inbox",
        icon="inbox",
        needs=Privilege.SEE_INBOX,
        open=open_page,
        keys="Alt+3",
    )
