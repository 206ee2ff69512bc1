"""Critical values for the eye: `python -m tests.support.shots_critical FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui.pages.critical_driver import CriticalDriver
from tests.support.critical_room import CriticalRoom
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from ui.critical.wiring import critical_workspace

LIGHT = ("zh_CN", "light", (1208, 590), 100)


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in (LIGHT, *SHOTS):
        with a_dressed_desk(app, language, worn, scale) as desk:
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            room = CriticalRoom()
            room.service.look(room.nurse, room.nurse.clinician.wards)
            page_of = critical_workspace(desk, room.sources)
            with opened(page_of, a_visit(Diary(), room.nurse), desk, size) as page:
                hands = CriticalDriver(page)
                shoot(page, folder / f"critical-{tail}")
                hands.go_to("li-ming").key(Qt.Key.Key_R)
                hands.type_in("readback.heard", "9.6").type_in("readback.reporter", "Lab Zhang")
                shoot(page, folder / f"critical-heard-{tail}")
                hands.choose("back").key(Qt.Key.Key_E)
                shoot(page, folder / f"critical-ask-{tail}")
            empty = critical_workspace(desk, CriticalRoom(known=False).sources)
            with opened(empty, a_visit(Diary(), room.nurse), desk, size) as page:
                shoot(page, folder / f"critical-empty-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
