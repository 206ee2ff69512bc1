"""The orders to verify for the eye: `python -m tests.support.shots_verifying FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.gui.pages.verifying_driver import VerifyingDriver
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from tests.support.verifying_room import VerifyingRoom
from tests.unit.services.verifying_kit import a_desk
from ui.verifying.wiring import verifying_workspace

LIGHT = ("zh_CN", "light", (1208, 590), 100)


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in (LIGHT, *SHOTS):
        with a_dressed_desk(app, language, worn, scale) as desk:
            room = VerifyingRoom(a_desk(alert=True))
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            board = verifying_workspace(desk, room.sources)
            with opened(board, a_visit(Diary(), room.nurse), desk, size) as page:
                hands = VerifyingDriver(page)
                shoot(page, folder / f"verifying-{tail}")
                hands.test_skin()
                shoot(page, folder / f"verifying-skin-{tail}")
                hands.choose("back")
                hands.mark(hands.find("氯化钠注射液")).verify()
                shoot(page, folder / f"verifying-second-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
