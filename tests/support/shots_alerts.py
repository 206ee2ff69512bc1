"""The alert budget for the eye: `python -m tests.support.shots_alerts FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.support.alerts_room import AlertsRoom
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from ui.alerts.wiring import alerts_workspace
from widgets.segmented import Segmented

LIGHT = ("zh_CN", "light", (1208, 590), 100)


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in (LIGHT, *SHOTS):
        with a_dressed_desk(app, language, worn, scale) as desk:
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            workspace = alerts_workspace(desk, AlertsRoom().reviewing)
            with opened(workspace, a_visit(Diary()), desk, size) as page:
                shoot(page, folder / f"alerts-{tail}")
                part(page, Segmented, "alerts.periods").chosen.emit("7")
                shoot(page, folder / f"alerts-empty-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
