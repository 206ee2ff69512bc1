"""Puts the page of scores together."""

from __future__ import annotations

from app.domain.people import Privilege
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.scores.page import ScoresPage
from ui.scores.presenter import ScoreSources, ScoresPresenter


def scores_workspace(desk: Desk, sources: ScoreSources) -> Workspace:
    """The scores of a patient; the focus of a visit is the code of one.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> ScoresPage:
        if visit.patient is None:
            raise ValueError("scores need a patient")
        page, scope = ScoresPage(desk), desk.scope()
        page.attend(ScoresPresenter(page, visit, visit.patient, sources, scope, desk.feed))
        return page

    return Workspace(
        key="scores",
        scope=Scope.PATIENT,
        title="workspace.scores",
        icon="activity",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
