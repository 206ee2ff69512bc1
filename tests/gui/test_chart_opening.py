"""What is not made twice while a chart opens: counts, not times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QChildEvent, QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.domain.terms import PatientId
from tests.support.page_kit import a_dressed_desk, settle
from tests.support.shell_kit import Hospital, a_window
from ui.shell.window import MainWindow
from widgets.look import Look
from widgets.side_rail import RailItem, SideRail


class Midwife(QObject):
    """Counts by name the widgets that were put into another one, and what was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.born: Counter[str] = Counter()
        self.painted: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QChildEvent) and event.added():
            self.born[event.child().objectName()] += 1
        elif event.type() == QEvent.Type.Paint:
            self.painted[watched.objectName()] += 1
        return False


@pytest.fixture
def midwife(qapp: QApplication) -> Iterator[Midwife]:
    watching = Midwife()
    qapp.installEventFilter(watching)
    yield watching
    qapp.removeEventFilter(watching)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    with a_dressed_desk(qapp) as desk, a_window(desk, Hospital()) as opened:
        yield opened


def test_a_chart_that_opens_has_its_tab_and_its_banner_made_once(
    window: MainWindow, midwife: Midwife
) -> None:
    midwife.born.clear()
    window.open_patient(PatientId("li-ming"))
    settle()

    tab = {name: n for name, n in midwife.born.items() if name.startswith("charts.li-ming")}
    facts = {name: n for name, n in midwife.born.items() if name.startswith("banner.")}
    assert tab == {"charts.li-ming": 1, "charts.li-ming.close": 1}
    assert len(facts) > 5
    assert set(facts.values()) == {1}, facts


def test_a_second_chart_has_the_strip_spelled_again(window: MainWindow, midwife: Midwife) -> None:
    window.open_patient(PatientId("li-ming"))
    settle()
    midwife.born.clear()
    window.open_patient(PatientId("zhao"))
    settle()

    assert midwife.born["charts.li-ming"] == 1


def test_a_rail_that_says_the_same_is_not_painted_again(
    qapp: QApplication, midwife: Midwife
) -> None:
    items = (RailItem("ward", "Ward", "bed-double"), RailItem("queue", "Queue", "send"))
    with a_dressed_desk(qapp) as desk:
        rail = _a_rail(desk.look, items)
        midwife.painted.clear()
        rail.show_items(items, "ward")
        settle()
        same = midwife.painted["rail"]
        rail.show_items((items[0], RailItem("queue", "Queue", "send", "3")), "ward")
        settle()
        other = midwife.painted["rail"]
        rail.close()
        rail.deleteLater()

    assert (same, other) == (0, 1)


def _a_rail(look: Look, items: tuple[RailItem, ...]) -> SideRail:
    rail = SideRail(look, "rail")
    rail.show_items(items, "ward")
    rail.resize(72, 300)
    rail.show()
    settle()
    return rail
