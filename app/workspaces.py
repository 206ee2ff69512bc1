"""Every page of the window, put together over the services of this workstation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.config import Settings, Value
from app.domain.people import Session
from app.domain.terms import Named, PatientId, PractitionerId
from app.main import Services, Workstation
from app.services.ward_viewing import marked_patients
from localdb.opening import OpenCache
from ui.admin.presenter import AdminSources
from ui.admin.wiring import admin_privilege, admin_workspace
from ui.alerts.wiring import alerts_workspace
from ui.chart.wiring import chart_workspace
from ui.critical.presenter import CriticalSources
from ui.critical.wiring import critical_workspace
from ui.disputes.presenter import Deciding
from ui.disputes.wiring import disputes_workspace
from ui.finding.wiring import finding_workspace
from ui.inbox.wiring import inbox_workspace
from ui.loops.wiring import loops_workspace, patient_loops_workspace
from ui.notes.wiring import notes_workspace
from ui.order_sheets.wiring import sheets_workspace
from ui.orders.services import OrderActs
from ui.orders.wiring import orders_workspace
from ui.pathways.presenter import PathwaySources
from ui.pathways.ward_presenter import WardSources
from ui.pathways.wiring import pathway_workspace, ward_pathways_workspace
from ui.queue.presenter import QueueServices
from ui.queue.wiring import queue_workspace
from ui.results.wiring import results_workspace
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.workspaces import Workspace
from ui.scores.presenter import ScoreSources
from ui.scores.wiring import scores_workspace
from ui.settings.wiring import settings_workspace
from ui.verifying.presenter import VerifyingSources
from ui.verifying.wiring import verifying_workspace
from ui.ward.wiring import mine_workspace, ward_workspace


@dataclass(frozen=True, slots=True)
class Ground:
    """What the pages stand on besides the services."""

    desk: Desk
    station: Workstation
    cache: OpenCache
    settings: Settings
    dressing: Dressing
    keep: Callable[[Mapping[str, Value]], None]

    def colleagues(self) -> tuple[tuple[PractitionerId, Named], ...]:
        """Whom a message can go to: everybody enrolled here who may still sign in."""
        return tuple((one.id, one.name) for one in self.cache.people.enrolled() if one.active)

    def marked(self, who: PractitionerId) -> tuple[PatientId, ...]:
        """Whom `who` has marked as their own patients."""
        return marked_patients(self.cache.people, who)


def make_workspaces(ground: Ground, services: Services, session: Session) -> tuple[Workspace, ...]:
    """The pages, in the order of the rail."""
    desk, clock, charts = ground.desk, ground.station.clock, services.charts
    watching = services.input_watching
    return (
        ward_workspace(desk, services.wards, ground.marked, clock),
        mine_workspace(desk, services.wards, ground.marked, clock),
        inbox_workspace(desk, services.inbox, services.drafting, ground.colleagues, clock),
        queue_workspace(desk, QueueServices(services.queue, services.settling.export), clock),
        disputes_workspace(
            desk,
            Deciding(
                services.settling.disputes,
                services.queue,
                ground.station.signing_in,
                services.dosing.watching,
                services.settling.orders,
                services.settling.export,
            ),
            clock,
        ),
        loops_workspace(desk, services.loops, services.wards, clock),
        verifying_workspace(
            desk,
            VerifyingSources(
                services.verifying.orders,
                services.verifying.skin_tests,
                services.wards,
                ground.station.signing_in,
                clock,
            ),
        ),
        ward_pathways_workspace(
            desk,
            WardSources(services.pathways.reading, services.wards, clock, desk.formats.zone),
        ),
        critical_workspace(desk, CriticalSources(services.critical, services.wards, clock)),
        alerts_workspace(desk, services.alerts),
        finding_workspace(desk, services.wards, clock),
        admin_workspace(
            desk,
            AdminSources(services.administration, watching, clock),
            needs=admin_privilege(session),
        ),
        settings_workspace(
            desk, ground.settings, ground.dressing, ground.keep, services.engine.enrol
        ),
        chart_workspace(desk, charts, clock),
        orders_workspace(
            desk,
            charts,
            services.drafting,
            OrderActs(
                services.ordering.entry,
                services.ordering.changing,
                services.order_sets,
                services.ordering.countersigning,
                services.ordering.arithmetic,
                services.ordering.habits,
                services.inbox.items,
                services.queue.items,
                ground.station.signing_in.confirm,
                services.deciding.checking,
                ground.station.signing_in.second_person,
                services.pathways.reading,
                services.ordering.verbal,
                services.remote_asking,
            ),
        ),
        pathway_workspace(
            desk, PathwaySources(services.pathways.reading, services.pathways.keeping, clock)
        ),
        sheets_workspace(desk, services.printing, clock),
        patient_loops_workspace(desk, services.loops, services.wards, clock),
        results_workspace(desk, charts, services.results, clock),
        scores_workspace(
            desk, ScoreSources(services.scoring.reading, services.scoring.recording, clock)
        ),
        notes_workspace(desk, charts, services.notes, services.drafting, services.signatures),
    )
