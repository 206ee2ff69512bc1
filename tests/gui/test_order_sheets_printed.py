"""How an order sheet comes to paper: the printer, the question afterwards, and what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QApplication

from app.domain.order_sheets import Ink
from app.domain.sheet_plans import Wish
from app.domain.sheet_runs import Mode
from app.domain.terms import Term
from app.kernel.changes import Changed
from app.services.sheet_profile import sheet_profile
from tests.gui.pages.sheets_driver import SheetsDriver
from tests.support.desk_kit import Diary
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from tests.support.paper_tray import PaperTray
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import PATIENT, STAY, PrintRoom
from ui.order_sheets.ink import faded
from ui.order_sheets.wiring import sheets_workspace
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit

NEWS = Changed(frozenset({"order"}), frozenset({PATIENT}))


@dataclass
class Office:
    desk: Desk
    tray: PaperTray
    room: PrintRoom = field(default_factory=PrintRoom)

    def page(self) -> Iterator[SheetsDriver]:
        workspace = sheets_workspace(self.desk, self.room.printing, self.room.clock, self.tray)
        visit = Visit(self.room.session, Diary(), PATIENT)
        with opened(workspace, visit, self.desk) as page:
            yield SheetsDriver(page)

    def add(self, *keys: str) -> None:
        lines = tuple(a_line(key, 9, item=Term(f"新医嘱{key}")) for key in keys)
        self.room.chart.order_list += lines
        self.desk.feed.publish(NEWS)
        settle()

    @property
    def paper(self) -> str:
        assert self.tray.file is not None
        return "\n".join(page.extract_text() for page in PdfReader(self.tray.file).pages)


@pytest.fixture
def office(qapp: QApplication, tmp_path: Path) -> Iterator[Office]:
    with a_dressed_desk(qapp) as desk:
        yield Office(desk, PaperTray(tmp_path / "tray.pdf"))


@pytest.fixture
def page(office: Office) -> Iterator[SheetsDriver]:
    yield from office.page()


def print_and_confirm(page: SheetsDriver) -> None:
    page.print_out()
    page.accept_printer()
    page.answer(came_out=True)


# --- the printer ------------------------------------------------------------------------------


def test_a_printed_sheet_waits_for_its_answer_and_then_counts(
    office: Office, page: SheetsDriver
) -> None:
    page.print_out()
    page.accept_printer()

    assert "一级护理" in office.paper
    assert "Is it on the paper?" in page.asks
    assert page.said("begin").startswith("Nothing more until")
    assert not page.button("print").isEnabled()
    assert page.said("on_paper").startswith("0 of 6 lines")

    page.answer(came_out=True)

    assert page.asks == ""
    assert page.said("on_paper").startswith("6 of 6 lines are on paper")
    assert page.said("begin") == "Everything is on paper."
    assert page.page_name == "Page 1 – printed"


def test_going_on_prints_the_new_line_alone(office: Office, page: SheetsDriver) -> None:
    print_and_confirm(page)
    office.add("x")
    assert page.page_name == "Page 1 – printed in part"
    assert page.said("begin").endswith("Put in the paper of page 1.")

    page.print_out()
    page.accept_printer()

    assert "新医嘱" in office.paper
    assert "一级护理" not in office.paper
    assert "长期医嘱单" not in office.paper


def test_a_jam_leaves_everything_to_be_printed(office: Office, page: SheetsDriver) -> None:
    page.print_out()
    page.accept_printer()

    page.answer(came_out=False)

    assert "nothing came out" in page.notice
    assert page.said("on_paper").startswith("0 of 6 lines")
    assert page.button("print").isEnabled()
    del office


def test_a_page_that_failed_is_the_only_one_that_is_printed_next(office: Office) -> None:
    office.add(*(f"{n:02}" for n in range(30)))
    for page in office.page():
        page.print_out()
        page.accept_printer()

        page.answer(came_out=True, but=1)

        assert page.page_name == "Page 1 – not printed"
        assert page.said("begin").startswith("From page 1, line 1 on")
        page.print_out()
        page.accept_printer()
        assert len(PdfReader(str(office.tray.file)).pages) == 1


def test_the_question_is_still_asked_after_a_restart(office: Office) -> None:
    for page in office.page():
        page.print_out()
        page.accept_printer()

    for page in office.page():
        assert "Is it on the paper?" in page.asks
        page.answer(came_out=True)
        assert page.said("begin") == "Everything is on paper."


def test_without_a_printer_that_is_said_and_a_pdf_can_be_saved(
    office: Office, page: SheetsDriver, tmp_path: Path
) -> None:
    office.tray.file = None

    page.print_out()

    assert "has no printer" in page.notice
    assert page.asks == ""
    page.save("打印室", str(tmp_path / "a.pdf"))
    assert "Is it on the paper?" in page.asks


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_leaves_no_question(
    office: Office, page: SheetsDriver, tmp_path: Path
) -> None:
    office.tray.file = tmp_path / "no such folder" / "tray.pdf"

    page.print_out()
    page.accept_printer()

    assert "took nothing" in page.notice
    assert page.asks == ""
    assert page.button("print").isEnabled()


def test_what_is_printed_once_more_needs_a_reason(office: Office, page: SheetsDriver) -> None:
    print_and_confirm(page)
    page.choose(Mode.WHOLE)
    assert "Old paper of this sheet is thrown away" in page.said("begin")

    page.print_out()
    page.give_reason("卡纸")
    page.accept_printer()

    assert "长期医嘱单" in office.paper
    assert office.room.acts()[-1] == ("sheet.print", PATIENT, "卡纸", "long-term whole 1")


def test_whoever_turns_away_from_the_printer_has_printed_nothing(
    office: Office, page: SheetsDriver
) -> None:
    page.print_out()
    part(page.page.window(), QPrintDialog, "order_sheets.printer").reject()
    settle()

    assert page.asks == ""
    assert office.room.acts() == []


# --- what is seen -----------------------------------------------------------------------------


def colours(driver: SheetsDriver) -> set[str]:
    """Every colour of the upper half of the first page."""
    seen = driver.paper.grab(driver.paper.visibleRegion().boundingRect()).toImage()
    drawn = seen.convertToFormat(QImage.Format.Format_RGB32)
    return {f"#{pixel & 0xFFFFFF:06X}" for pixel in set(drawn.constBits().cast("I"))}


def test_the_preview_shows_new_ink_black_and_what_is_on_paper_grey(
    office: Office, page: SheetsDriver
) -> None:
    print_and_confirm(page)
    grey = faded(sheet_profile().colours)[Ink.BLACK].name().upper()
    black = QColor(sheet_profile().colours[Ink.BLACK]).name().upper()
    page.show("preview")

    assert black not in colours(page)
    assert grey in colours(page)
    office.add("x")
    assert black in colours(page)


def test_a_preview_opens_where_the_new_ink_goes(office: Office) -> None:
    office.add(*(f"{n:02}" for n in range(60)))
    for page in office.page():
        print_and_confirm(page)
        office.add("x")
        assert page.area.number == 1

        page.show("preview")

        assert page.area.number == 3


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_is_on_paper_already_can_still_be_read(qapp: QApplication) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1."""
    del qapp
    for ink, colour in faded(sheet_profile().colours).items():
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, ink


def test_pages_are_reached_by_their_number(office: Office) -> None:
    office.add(*(f"{n:02}" for n in range(60)))
    for page in office.page():
        page.go_to(3)
        assert page.area.number == 3

        page.area.turn(-1)
        settle()

        assert page.page_name.startswith("Page 2")
        page.choose(Mode.PAGE)
        assert page.said("begin").startswith("Page 2 on new paper")
        page.go_to(1)
        assert page.said("begin").startswith("Page 1 on new paper")


def test_two_papers_of_one_page_are_said_and_new_paper_ends_it(office: Office) -> None:
    other = PrintRoom(chart=office.room.chart, station="ws-2")
    other.ids.made = 50
    other.print_out()
    office.room.print_out()
    for run in other.prints.printed(PATIENT, STAY).runs:
        office.room.prints.learn(run)
    for page in office.page():
        assert page.said("troubles").startswith("Two sheets of paper are the same page")
        assert not page.button("print").isEnabled()

        page.choose(Mode.WHOLE)
        page.print_out()
        page.give_reason("两张纸")
        page.accept_printer()
        page.answer(came_out=True)

        assert page.said("troubles") == ""


def test_a_print_of_another_workstation_is_named_as_such(office: Office) -> None:
    office.room.print_out(Wish())
    office.room.station = "ws-2"
    for page in office.page():
        assert "on another workstation" in page.said("on_paper")
        assert "is known here until" in page.said("on_paper")
