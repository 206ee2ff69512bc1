from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.domain.orders import OrderLine
from app.domain.patients import AllergyState
from app.domain.terms import Ref
from app.kernel.faults import Fault, FaultKind, Message
from tests.support.chart_kit import PATIENT, ChartHouse, a_note, a_result, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from ui.chart.rows import LineRow, Lines
from ui.chart.wiring import chart_workspace
from ui.results.wiring import results_workspace
from ui.runtime.page import Page
from ui.runtime.workspaces import Workspace
from widgets.card import Card
from widgets.state_stack import StateStack
from widgets.table import Table


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        at = ChartHouse(desk)
        at.reads.result_list = (a_result("crit"),)
        at.reads.note_list = (a_note(),)
        at.reads.order_list = (OrderLine(an_order("a"), "saved"),)
        yield at


@pytest.fixture
def overview(house: ChartHouse) -> Iterator[Page]:
    with opened(overview_of(house), house.visit(), house.desk) as page:
        yield page


@pytest.fixture
def results(house: ChartHouse) -> Iterator[Page]:
    workspace = results_workspace(house.desk, house.charts, house.results, house.clock)
    with opened(workspace, house.visit(), house.desk) as page:
        yield page


def overview_of(house: ChartHouse) -> Workspace:
    return chart_workspace(house.desk, house.charts, house.clock)


def lines(page: Page, card: str) -> list[str]:
    return [line.plain for line in part(page, Lines, f"overview.{card}.lines").lines]


def test_the_medication_line_is_whole_and_says_what_is_not_sent(overview: Page) -> None:
    (said,) = lines(overview, "medications")

    assert "Amoxicillin" in said
    assert "DOSE " in said
    assert "three times daily" in said
    assert "on this workstation – waiting to send" in said


def test_a_critical_result_has_arrow_unit_range_and_words(overview: Page) -> None:
    (said,) = lines(overview, "results")

    assert "2.61" in said
    assert "‼" in said
    assert "3.50–5.30" in said
    assert "critical, low" in said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AllergyState.KNOWN, "Known allergies"),
        (AllergyState.NONE_KNOWN, "No known allergies"),
        (AllergyState.NOT_RECORDED, "Allergies not recorded – not asked"),
        (AllergyState.UNAVAILABLE, "Allergies cannot be obtained"),
    ],
)
def test_allergies_are_in_one_of_four_states(
    house: ChartHouse, state: AllergyState, said: str
) -> None:
    house.reads.allergy_state = state
    with opened(overview_of(house), house.visit(), house.desk) as page:
        assert lines(page, "allergies")[0] == said


def test_the_overview_counts_by_kind_what_no_page_shows(house: ChartHouse) -> None:
    house.reads.unplaced = (("Immunization", 1204), ("MedicationStatement", 2))
    with opened(overview_of(house), house.visit(), house.desk) as page:
        said = part(page, QLabel, "overview.unplaced")
        assert "Immunisations 1,204, Medicines taken at home or elsewhere 2." in said.text()
        assert said.isVisibleTo(page)


def test_where_everything_has_a_page_nothing_is_said(house: ChartHouse) -> None:
    with opened(overview_of(house), house.visit(), house.desk) as page:
        assert not part(page, QLabel, "overview.unplaced").isVisibleTo(page)


def test_what_was_not_understood_is_said_with_its_count(house: ChartHouse) -> None:
    house.reads.unread = ((Ref("Observation/odd"), "no code"),)
    with opened(overview_of(house), house.visit(), house.desk) as page:
        assert part(page, QLabel, "overview.unreadable").text().startswith("1 document of")


def test_a_line_leads_to_its_workspace(overview: Page, house: ChartHouse) -> None:
    first = part(overview, LineRow, "overview.results.lines.0")

    press(first, Qt.Key.Key_Return)

    assert house.diary.patients == [(PATIENT, "results", "Observation/crit")]


def test_the_overview_speaks_the_other_language_at_once(overview: Page, house: ChartHouse) -> None:
    house.desk.languages.switch("zh_CN")

    (said,) = lines(overview, "medications")
    assert "阿莫西林" in said
    assert "剂量 " in said
    assert "每日三次" in said


def test_a_failed_reading_says_what_is_safe(house: ChartHouse) -> None:
    house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.failed"))
    with opened(overview_of(house), house.visit(), house.desk) as page:
        stack = part(page, StateStack, "overview.state")
        assert stack.state == "failed"
        house.reads.fault = None
        part(page, QPushButton, "overview.state.failed.act").click()
        assert stack.state == "content"


def test_a_result_is_acknowledged_by_its_key(results: Page, house: ChartHouse) -> None:
    press(part(results, Table, "results.table"), Qt.Key.Key_A)

    assert [act.kind for act in house.acts.committed] == ["result.acknowledge"]


def test_a_critical_value_says_so_in_words(results: Page) -> None:
    (row,) = part(results, Table, "results.table").rows

    assert row.cells[1].second == "critical, low"
    assert "‼" in row.cells[1].text


def test_no_results_say_why_there_are_none(house: ChartHouse) -> None:
    house.reads.result_list = ()
    workspace = results_workspace(house.desk, house.charts, house.results, house.clock)
    with opened(workspace, house.visit(), house.desk) as page:
        assert part(page, StateStack, "results.state").state == "empty"


@pytest.mark.parametrize("scale", [100, 200])
def test_the_pages_fit_a_small_screen(qapp: QApplication, scale: int) -> None:
    with a_dressed_desk(qapp, scale=scale) as desk:
        at = ChartHouse(desk)
        at.reads.result_list = (a_result("crit"),)
        for workspace in (
            chart_workspace(desk, at.charts, at.clock),
            results_workspace(desk, at.charts, at.results, at.clock),
        ):
            with opened(workspace, at.visit(), desk, (1208, 650)) as page:
                assert page.minimumSizeHint().width() <= 1208


def test_the_overview_survives_every_change_of_its_size(overview: Page) -> None:
    for width in (700, 1208, 2488, 1208, 700) * 6:
        overview.resize(width, 900)
        settle()
        gc.collect()

    cards = [part(overview, Card, f"overview.{key}") for key in ("allergies", "vitals", "results")]
    assert all(card.isVisible() and card.width() > 200 for card in cards)
