"""The order sheets for the eye: `python -m tests.support.shots_sheets FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

from app.domain.order_sheets import SheetKind
from app.domain.order_verification import Acknowledgement
from app.domain.orders import Ending
from app.domain.sheet_plans import Wish
from app.domain.sheet_runs import Mode
from app.domain.terms import Term
from app.kernel.changes import Changed
from tests.support.desk_kit import Diary
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from tests.support.sheet_builders import MORNING, a_line
from tests.support.sheets_kit import PATIENT, STAY, PrintRoom, changed, said
from ui.order_sheets.paper import Paper
from ui.order_sheets.wiring import sheets_workspace
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from widgets.segmented import Segmented

NEWS = Changed(frozenset({"sheet"}), frozenset({PATIENT}))


def a_printed_room() -> PrintRoom:
    """A sheet of two pages that was printed, and what has come since."""
    room = PrintRoom()
    more = (a_line(f"n{n:02}", 10 + n, item=Term(f"护理项目{n}")) for n in range(17))
    room.chart.order_list += tuple(more)
    room.print_out()
    room.print_out(which=SheetKind.TEMPORARY)
    over = MORNING + timedelta(hours=5)
    room.chart.order_list = tuple(
        changed(one, status="stopped", ending=Ending.STOPPED, stopped_at=over)
        if one.order.id == "care"
        else one
        for one in room.chart.order_list
    )
    late = (a_line(f"l{n}", 2 + n, item=Term(f"迟到的医嘱{n}")) for n in range(5))
    room.chart.order_list += tuple(late)
    room.nurses.know(
        said("care", Acknowledgement.VERIFY, 5), said("n01", Acknowledgement.VERIFY, 20)
    )
    return room


def a_disputed_room() -> PrintRoom:
    """Two workstations began the sheet without knowing of each other."""
    one, other = PrintRoom(), PrintRoom(station="ws-2")
    other.ids.made = 50
    one.print_out()
    other.print_out()
    for run in other.prints.printed(PATIENT, STAY).runs:
        one.prints.learn(replace(run, at=run.at + timedelta(minutes=3), by_name="孙莉"))
    return one


def tell(desk: Desk) -> None:
    desk.feed.publish(NEWS)
    settle()


def shoot_printed(page: Page, desk: Desk, room: PrintRoom, folder: Path, tail: str) -> None:
    shoot(page, folder / f"sheets-printed-{tail}")
    shows = part(page, Segmented, "order_sheets.shows")
    shows.choose("preview")
    shoot(page, folder / f"sheets-preview-{tail}")
    part(page, Segmented, "order_sheets.modes").choose(Mode.PAGE.value)
    shoot(page, folder / f"sheets-anew-{tail}")
    pages = part(page, QComboBox, "order_sheets.pages")
    pages.setCurrentIndex(0)
    pages.activated.emit(0)  # only what is on paper already asks why it is printed anew
    part(page, QPushButton, "order_sheets.print").click()
    settle()
    shoot(page, folder / f"sheets-why-{tail}")
    part(page, QPushButton, "sheet.back").click()
    shows.choose("sheet")
    room.printing.begin(room.session(), PATIENT, room.asked(Wish(Mode.WHOLE), reason="卡纸"))
    tell(desk)
    shoot(page, folder / f"sheets-waiting-{tail}")


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            room = PrintRoom()
            made = sheets_workspace(desk, room.printing, room.clock)
            visit = Visit(room.session, Diary(), PATIENT)
            with opened(made, visit, desk, size) as page:
                shoot(page, folder / f"sheets-{tail}")
                part(page, Paper, "order_sheets.paper").picked.emit("nacl/0")
                part(page, Segmented, "order_sheets.modes").choose(Mode.FROM_LINE.value)
                shoot(page, folder / f"sheets-chosen-{tail}")
                part(page, Segmented, "order_sheets.tabs").choose(SheetKind.TEMPORARY.value)
                shoot(page, folder / f"sheets-temporary-{tail}")
            room.chart.order_list = ()
            with opened(made, visit, desk, size) as page:
                shoot(page, folder / f"sheets-empty-{tail}")
            room = a_printed_room()
            made = sheets_workspace(desk, room.printing, room.clock)
            with opened(made, Visit(room.session, Diary(), PATIENT), desk, size) as page:
                shoot_printed(page, desk, room, folder, tail)
            room = a_disputed_room()
            made = sheets_workspace(desk, room.printing, room.clock)
            with opened(made, Visit(room.session, Diary(), PATIENT), desk, size) as page:
                shoot(page, folder / f"sheets-troubled-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
