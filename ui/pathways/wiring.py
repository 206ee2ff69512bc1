"""Puts the pages of the clinical pathways together."""

from __future__ import annotations

from app.domain.people import Privilege
from ui.pathways.page import PathwayPage
from ui.pathways.presenter import PathwayPresenter, PathwaySources
from ui.pathways.ward_page import WardPathwaysPage
from ui.pathways.ward_presenter import WardPathwaysPresenter, WardSources
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def pathway_workspace(desk: Desk, sources: PathwaySources) -> Workspace:
    """The pathway of one chart; the focus of a visit is an enrolment.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> PathwayPage:
        if visit.patient is None:
            raise ValueError("a pathway needs a patient")
        page, scope = PathwayPage(desk), desk.scope()
        page.attend(PathwayPresenter(page, visit, visit.patient, sources, scope, desk.feed))
        return page

    return Workspace(
        key="pathway",
        scope=Scope.PATIENT,
        title="workspace.pathway",
        icon="calendar",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )


def ward_pathways_workspace(desk: Desk, sources: WardSources) -> Workspace:
    """The pathways of a ward; the focus of a visit is the ward."""

    def open_page(visit: Visit) -> WardPathwaysPage:
        page = WardPathwaysPage(desk)
        page.attend(WardPathwaysPresenter(page, desk.scope(), desk.feed, visit, sources))
        return page

    return Workspace(
        key="pathways",
        scope=Scope.PLACE,
        title="workspace.pathways",
        icon="calendar",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Alt+8",
    )
