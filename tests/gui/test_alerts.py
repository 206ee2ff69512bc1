"""What the pharmacy committee sees of the alert budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from app.kernel.faults import Fault, FaultKind, Message
from resources.styles.tokens import Tone
from tests.support.alerts_room import AlertsRoom
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from ui.alerts.wiring import alerts_workspace
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


@dataclass
class House:
    desk: Desk
    room: AlertsRoom = field(default_factory=AlertsRoom)

    def page(self) -> Iterator[Page]:
        workspace = alerts_workspace(self.desk, self.room.reviewing)
        with opened(workspace, a_visit(Diary()), self.desk) as page:
            yield page


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk)


def said(page: Page, name: str) -> str:
    return part(page, QLabel, f"alerts.{name}.said").text()


def test_every_figure_stands_beside_its_budget(house: House) -> None:
    for page in house.page():
        assert said(page, "windows") == "6.7 — budget 3: to be reviewed"
        assert said(page, "doctor-day") == "10 — budget 5: over"
        assert said(page, "overridden") == "93.3 — budget 60: over"
        counted = part(page, QLabel, "alerts.counted").text()
        assert counted.startswith("This workstation: 900 medication orders signed, 60 windows")


def test_a_rule_that_is_nearly_always_overridden_is_named(house: House) -> None:
    for page in house.page():
        table = part(page, Table, "alerts.list")
        first = table.rows[0]
        assert first.cells[1].text == "onc-high-25"
        assert (first.cells[3].text, first.cells[3].second) == ("56 (93.3 %)", "for the committee")
        assert first.tone is Tone.CAUTION
        assert first.cells[7].text == "benefit outweighs the risk: 40\nother (say why): 16"


def test_both_languages_say_it(house: House) -> None:
    for page in house.page():
        house.desk.languages.switch("zh_CN")

        assert said(page, "overridden") == "93.3 — 预算 60：超出"
        assert part(page, Table, "alerts.list").rows[0].cells[0].text == "相互作用"


def test_another_period_is_counted_anew(house: House) -> None:
    for page in house.page():
        part(page, Segmented, "alerts.periods").chosen.emit("7")
        settle()

        assert "0 medication orders signed" in part(page, QLabel, "alerts.counted").text()
        assert said(page, "windows") == "— — budget 3: nothing to count from yet"
        assert part(page, StateStack, "alerts.state").state == "empty"


def test_what_cannot_be_counted_is_said(house: House) -> None:
    house.room = replace(house.room, fault=Fault(FaultKind.STORAGE, Message.of("storage.failed")))
    for page in house.page():
        assert part(page, StateStack, "alerts.state").state == "failed"
