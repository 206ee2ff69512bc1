"""The scores for the eye: `python -m tests.support.shots_scores FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.support.chart_kit import ChartHouse
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from tests.support.scores_kit import ScoresRoom
from ui.scores.wiring import scores_workspace
from widgets.table import Table


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            room = ScoresRoom(ChartHouse(desk))
            workspace = scores_workspace(desk, room.sources)
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            with opened(workspace, room.house.visit(), desk, size) as page:
                shoot(page, folder / f"scores-{tail}")
                part(page, Table, "scores.list").go_to("Padua")
                settle()
                shoot(page, folder / f"scores-asked-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
