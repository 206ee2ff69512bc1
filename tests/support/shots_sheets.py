"""The order sheets for the eye: `python -m tests.support.shots_sheets FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.domain.order_sheets import SheetKind
from tests.support.desk_kit import Diary
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from tests.support.sheets_kit import PATIENT, PrintRoom
from ui.order_sheets.paper import Paper
from ui.order_sheets.wiring import sheets_workspace
from ui.runtime.visits import Visit
from widgets.segmented import Segmented


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            room = PrintRoom()
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            visit = Visit(room.session, Diary(), PATIENT)
            made = sheets_workspace(desk, room.printing, room.clock)
            with opened(made, visit, desk, size) as page:
                shoot(page, folder / f"sheets-{tail}")
                part(page, Paper, "order_sheets.paper").picked.emit("nacl/0")
                shoot(page, folder / f"sheets-chosen-{tail}")
                tabs = part(page, Segmented, "order_sheets.tabs")
                tabs.choose(SheetKind.TEMPORARY.value)
                shoot(page, folder / f"sheets-temporary-{tail}")
            room.chart.order_list = ()
            with opened(made, visit, desk, size) as page:
                shoot(page, folder / f"sheets-empty-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
