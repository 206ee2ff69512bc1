"""The queue page for the eye: `python -m tests.support.shots_queue FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.support.desk_kit import Diary, StillClock, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from tests.support.queue_kit import Station
from ui.queue.wiring import queue_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            workspace = queue_workspace(desk, Station().services, StillClock())
            with opened(workspace, a_visit(Diary(), focus="rejected"), desk, size) as page:
                shoot(page, folder / f"queue-{language}-{worn}-{size[0]}-{scale}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
