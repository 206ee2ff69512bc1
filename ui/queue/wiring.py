"""Puts the queue page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from ui.queue.page import QueuePage
from ui.queue.presenter import QueuePresenter, QueueServices
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def queue_workspace(desk: Desk, services: QueueServices, clock: Clock) -> Workspace:
    """What has not left this workstation; the focus of a visit is a change group."""

    def open_page(visit: Visit) -> QueuePage:
        page = QueuePage(desk)
        page.attend(QueuePresenter(page, desk.scope(), desk.feed, visit, services, clock))
        page.focus_on(visit.focus)
        return page

    return Workspace(
        key="queue",
        scope=Scope.PLACE,
        title="workspace.queue",
        icon="cloud-upload",
        needs=Privilege.SEE_QUEUE,
        open=open_page,
        keys="Alt+4",
    )
