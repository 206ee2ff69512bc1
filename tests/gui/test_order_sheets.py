"""What a clinician sees of the order sheets, and how they take them away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.domain.order_sheets import Ink, SheetKind
from app.domain.sheet_layout import Placed
from app.domain.sheet_runs import Mode
from app.domain.terms import PractitionerId, Term
from app.domain.verbal_orders import Spoken
from app.kernel.changes import Changed
from app.services.sheet_profile import sheet_profile
from tests.gui.pages.sheets_driver import SheetsDriver
from tests.support.desk_kit import Diary
from tests.support.page_kit import a_dressed_desk, opened, press, settle
from tests.support.paper_tray import PaperTray
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import PATIENT, PrintRoom, changed
from ui.order_sheets.wiring import sheets_workspace
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit

NEWS = Changed(frozenset({"order"}), frozenset({PATIENT}))


@dataclass
class House:
    desk: Desk
    room: PrintRoom

    def page(self) -> Iterator[SheetsDriver]:
        workspace = sheets_workspace(
            self.desk, self.room.printing, self.room.clock, PaperTray(None)
        )
        visit = Visit(self.room.session, Diary(), PATIENT)
        with opened(workspace, visit, self.desk) as page:
            yield SheetsDriver(page)

    def line(self, order: str, which: SheetKind = SheetKind.LONG_TERM) -> Placed:
        view = self.room.printing.sheet(self.room.session(), PATIENT, which)
        return next(one for one in view.sheet.lines if one.order == order)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk, PrintRoom())


@pytest.fixture
def page(house: House) -> Iterator[SheetsDriver]:
    yield from house.page()


def inks(driver: SheetsDriver, line: Placed) -> set[str]:
    box = driver.paper.box_of(line).toRect()
    drawn = driver.paper.grab(box).toImage()
    return {
        QColor(drawn.pixel(x, y)).name().upper()
        for x in range(drawn.width())
        for y in range(drawn.height())
    }


def test_a_clicked_line_is_looked_at_and_printed_from_when_that_is_asked_for(
    house: House, page: SheetsDriver
) -> None:
    assert page.said("begin") == ("From page 1, line 1 on: 氯化钾注射液  0.5\N{NO-BREAK SPACE}g")

    page.click(house.line("care"))
    assert page.said("begin").startswith("From page 1, line 1 on")
    assert page.said("chosen").startswith("Not on paper")
    page.choose(Mode.FROM_LINE)

    assert page.said("begin").startswith("From page 1, line 4 on: 一级护理\n3 lines above are not")
    assert "一级护理" in page.paper.accessibleName()


def test_a_verbal_order_says_who_gave_it_and_who_wrote_it_down(
    house: House, page: SheetsDriver
) -> None:
    page.click(house.line("care"))
    assert "word of mouth" not in page.said("chosen")
    told = Spoken(PractitionerId("li"), "李红", written_by_name="赵敏")
    house.room.chart.order_list = tuple(
        changed(one, spoken=told) if one.order.id == "care" else one
        for one in house.room.chart.order_list
    )
    house.desk.feed.publish(NEWS)
    settle()

    assert "By word of mouth; the physician named there has not confirmed" in page.said("chosen")
    assert "Ordered by 李红, written by 赵敏" in page.said("chosen")


def test_a_click_beside_the_lines_chooses_nothing(house: House, page: SheetsDriver) -> None:
    page.click(house.line("care"))

    page.click_beside()

    assert "一级护理" in page.paper.accessibleName()


def test_the_arrow_keys_go_from_line_to_line(page: SheetsDriver) -> None:
    for _ in range(4):
        page.press(Qt.Key.Key_Down)
    assert "一级护理" in page.paper.accessibleName()

    page.press(Qt.Key.Key_Up)
    page.press(Qt.Key.Key_F)

    assert page.said("begin").startswith("From page 1, line 1")  # into the group: from its head


def test_what_waits_for_a_countersignature_is_named_beside_the_paper(page: SheetsDriver) -> None:
    assert page.said("withheld").startswith("呋塞米片")
    assert page.said("withheld").endswith("Waits for a countersignature")


def test_a_cancelled_order_is_red_and_a_living_one_is_not(house: House, page: SheetsDriver) -> None:
    page.turn_to(SheetKind.TEMPORARY)
    red = sheet_profile().colours[Ink.RED].upper()

    assert red in inks(page, house.line("off", SheetKind.TEMPORARY))
    assert red not in inks(page, house.line("stat", SheetKind.TEMPORARY))


def test_pages_are_turned_with_their_keys(house: House, page: SheetsDriver) -> None:
    house.room.chart.order_list = tuple(
        a_line(f"n{n:03}", n, item=Term(f"护理{n}")) for n in range(60)
    )
    house.desk.feed.publish(NEWS)
    settle()

    page.press(Qt.Key.Key_PageDown)
    assert page.area.page == 1
    page.press(Qt.Key.Key_PageUp)
    page.press(Qt.Key.Key_PageUp)
    assert page.area.page == 0


def test_a_sheet_is_saved_from_the_chosen_line_on(
    house: House, page: SheetsDriver, tmp_path: Path
) -> None:
    page.click(house.line("care"))
    page.choose(Mode.FROM_LINE)
    file = tmp_path / "a.pdf"

    page.save("续打", str(file))

    assert house.room.acts()[-1][2:] == ("续打", "long-term from-line 1")
    assert "氯化钾" not in house.room.files[file].decode()
    assert "not encrypted" in page.notice


def test_a_file_that_cannot_be_written_is_said(
    house: House, page: SheetsDriver, tmp_path: Path
) -> None:
    house.room.full = True

    page.save("归档", str(tmp_path / "a.pdf"))

    assert "could not be written" in page.notice


def test_a_stay_without_orders_says_so(house: House) -> None:
    house.room.chart.order_list = ()

    for page in house.page():
        assert page.state == "empty"
        assert not page.button("save").isEnabled()


def test_orders_that_stand_on_no_sheet_are_said_even_when_the_sheet_is_empty(house: House) -> None:
    house.room.chart.order_list = (a_line("odd", 1, kind=None),)
    house.room.nurses.recorded = None

    for page in house.page():
        assert page.state == "content"
        assert page.said("gaps").startswith("1 order stands on neither sheet")
        assert page.said("begin") == "There is no line to print."


def test_a_chart_that_never_came_whole_is_not_called_empty(house: House) -> None:
    house.room.chart.order_list = ()
    assert house.room.chart.banner_now is not None
    house.room.chart.banner_now = replace(house.room.chart.banner_now, as_of=None)

    for page in house.page():
        assert page.state == "content"
        assert "orders may be missing" in page.said("gaps")


def test_a_chart_that_cannot_be_read_says_so_and_a_read_one_stays(house: House) -> None:
    banner, house.room.chart.banner_now = house.room.chart.banner_now, None
    for page in house.page():
        assert page.state == "failed"
        house.room.chart.banner_now = banner
        house.desk.feed.publish(NEWS)
        assert page.state == "content"
        house.room.chart.banner_now = None
        house.desk.feed.publish(NEWS)
        assert page.state == "content"
        assert not page.button("save").isEnabled()


def test_a_failed_reading_is_tried_again(house: House) -> None:
    banner, house.room.chart.banner_now = house.room.chart.banner_now, None
    for page in house.page():
        house.room.chart.banner_now = banner

        page.retry()

        assert page.state == "content"


def test_the_keys_of_the_page_lead_to_the_paper_and_back_to_everything(
    house: House, page: SheetsDriver
) -> None:
    page.click(house.line("care"))

    page.press(Qt.Key.Key_A)
    assert page.said("begin").startswith("Everything")
    page.press(Qt.Key.Key_C)
    assert page.said("begin").startswith("From page 1, line 1 on")
    page.button("save").setFocus()
    press(page.button("save"), Qt.Key.Key_B)
    assert page.paper.hasFocus()


def test_the_page_speaks_the_other_language_and_the_paper_stays(
    house: House, page: SheetsDriver
) -> None:
    house.desk.languages.switch("zh_CN")
    settle()

    assert page.button("save").text() == "另存为 PDF…"
    assert page.said("begin").startswith("从第 1 页第 1 行起")


def test_the_page_fits_a_small_screen(page: SheetsDriver) -> None:
    least = page.page.minimumSizeHint()

    assert least.width() <= 1208
    assert least.height() <= 620


def test_a_page_of_nobody_is_not_opened(house: House) -> None:
    workspace = sheets_workspace(house.desk, house.room.printing, house.room.clock)

    with pytest.raises(ValueError, match="need a patient"):
        workspace.open(Visit(house.room.session, Diary()))
