"""The sheet of order sets for the eye: `python -m tests.support.shots_sets FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.domain.people import Privilege
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from tests.support.sets_kit import LI, PENICILLIN, SetRoom
from ui.orders.set_sheet import SetSheet, open_set_sheet
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from widgets.table import Table


def sheet_workspace(desk: Desk, room: SetRoom) -> Workspace:
    """The sheet as something that can be opened by itself."""

    def open_page(visit: Visit) -> SetSheet:
        return open_set_sheet(desk, visit, room.sets)

    return Workspace(
        "order-sets", Scope.PATIENT, "order_sets.title", "list-checks", Privilege.OPEN_CHART,
        open_page,
    )  # fmt: skip


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            room = SetRoom(allergies=(PENICILLIN,), weight=None)
            visit = replace(a_visit(Diary()), patient=LI)
            with opened(sheet_workspace(desk, room), visit, desk, size) as page:
                assert isinstance(page, SetSheet)
                page.open_set("sepsis-hour-1")
                settle()
                part(page, Table, "order_sets.lines").go_to("norepinephrine")
                shoot(page, folder / f"sets-{language}-{worn}-{size[0]}-{scale}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
