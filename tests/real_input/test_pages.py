"""The pages of charts from foreign feeds, drawn offscreen over the real cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from app.domain.terms import PatientId
from tests.real_input.conftest import EDGES, Hospital
from tests.real_input.workstation import open_chart
from tests.support.desk_kit import Diary
from tests.support.page_kit import a_dressed_desk, opened
from ui.chart.wiring import chart_workspace
from ui.notes.wiring import notes_workspace
from ui.orders.services import OrderActs
from ui.orders.wiring import orders_workspace
from ui.results.wiring import results_workspace
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Workspace
from widgets.labels import WrapLabel
from widgets.state_stack import StateStack

# Those with the most to draw, and those with the least.
SHOWN = {
    "jp": ("pt-e15408c08ec4", "pt-0564883e68da"),
    "us": ("pt-6e5ffdf96bb6", "pt-3c4b41520d31"),
    "synthea": ("53583029-82a6-4dc2-ade1-0918152bdd23",),
    "examples": ("example", "23", "f001"),
    "edges": ("in-bed", "no-name", "died"),
}


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    with a_dressed_desk(qapp) as dressed:
        yield dressed


def workspaces(hospital: Hospital, desk: Desk) -> tuple[Workspace, ...]:
    services, clock = hospital.reader.services, hospital.reader.work.clock
    charts, drafting = services.charts, services.drafting
    return (
        chart_workspace(desk, charts, clock),
        orders_workspace(
            desk,
            charts,
            drafting,
            OrderActs(
                services.ordering.entry,
                services.ordering.changing,
                services.order_sets,
                services.ordering.countersigning,
                services.ordering.arithmetic,
                services.ordering.habits,
                services.inbox.items,
                services.queue.items,
                hospital.reader.work.signing_in.confirm,
                services.deciding.checking,
                hospital.reader.work.signing_in.second_person,
            ),
        ),
        results_workspace(desk, charts, services.results, clock),
        notes_workspace(desk, charts, services.notes, drafting, services.signatures),
    )


def test_charts_of_every_feed_are_drawn(hospital: Hospital, desk: Desk) -> None:
    reader = hospital.reader
    for patient in map(PatientId, SHOWN[hospital.feed]):
        open_chart(reader, patient)
        for workspace in workspaces(hospital, desk):
            with opened(workspace, Visit(lambda: reader.session, Diary(), patient), desk) as page:
                stacks = page.findChildren(StateStack)
                assert any(one.isVisible() for one in stacks)
                visible = {one.state for one in stacks if one.isVisible()}
                assert visible <= {"content", "empty"}


def test_the_page_says_how_many_documents_it_cannot_show(hospital: Hospital, desk: Desk) -> None:
    reader = hospital.reader
    for patient in map(PatientId, SHOWN[hospital.feed]):
        count = len(open_chart(reader, patient).unreadable)
        workspace = workspaces(hospital, desk)[0]
        with opened(workspace, Visit(lambda: reader.session, Diary(), patient), desk) as page:
            label = page.findChild(QLabel, "overview.unreadable")
            assert label is not None
            assert label.text().startswith(f"{count} ") if count else not label.text()


INCOMPLETE = {"in-bed": 9, "no-name": 1, "died": 0}


@EDGES
@pytest.mark.parametrize("patient", sorted(INCOMPLETE))
def test_the_page_says_how_many_documents_it_shows_in_part(
    hospital: Hospital, desk: Desk, patient: str
) -> None:
    reader, count = hospital.reader, INCOMPLETE[patient]
    workspace = workspaces(hospital, desk)[0]

    visit = Visit(lambda: reader.session, Diary(), PatientId(patient))
    with opened(workspace, visit, desk) as page:
        label = page.findChild(WrapLabel, "overview.incomplete")

        assert label is not None
        assert label.isVisible() == (count > 0)
        assert label.text().startswith(f"{count} ") if count else not label.text()
