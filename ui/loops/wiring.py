"""Puts the pages of the closed loops together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.kernel.clock import Clock
from app.services.loop_tracking import LoopTracking
from app.services.ward_viewing import WardViewing
from ui.loops.page import LoopsPage
from ui.loops.presenter import LoopSources, LoopsPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def loops_workspace(
    desk: Desk, tracking: LoopTracking, wards: WardViewing, clock: Clock
) -> Workspace:
    """The loop board of a ward; the focus of a visit is the ward."""

    def open_page(visit: Visit) -> LoopsPage:
        return _opened(desk, visit, LoopSources(tracking, wards, clock), of_patient=False)

    return Workspace(
        key="loops",
        scope=Scope.PLACE,
        title="workspace.loops",
        icon="workflow",
        needs=Privilege.SEE_WARD,
        open=open_page,
        keys="Alt+6",
    )


def patient_loops_workspace(
    desk: Desk, tracking: LoopTracking, wards: WardViewing, clock: Clock
) -> Workspace:
    """The loops of one chart; the focus of a visit is an order.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """

    def open_page(visit: Visit) -> LoopsPage:
        if visit.patient is None:
            raise ValueError("these loops need a patient")
        return _opened(desk, visit, LoopSources(tracking, wards, clock), of_patient=True)

    return Workspace(
        key="patient-loops",
        scope=Scope.PATIENT,
        title="workspace.loops",
        icon="workflow",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )


def _opened(desk: Desk, visit: Visit, sources: LoopSources, *, of_patient: bool) -> LoopsPage:
    page = LoopsPage(desk, of_patient=of_patient)
    page.attend(LoopsPresenter(page, desk.scope(), desk.feed, visit, sources))
    return page
