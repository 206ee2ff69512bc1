"""The pages of the closed loops for the eye: `python -m tests.support.shots_loops FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.support.desk_kit import Diary, a_visit
from tests.support.loops_kit import LI, LoopRoom
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from ui.loops.wiring import loops_workspace, patient_loops_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            room = LoopRoom()
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            board = loops_workspace(desk, room.tracking, room.wards, room.clock)
            with opened(board, a_visit(Diary()), desk, size) as page:
                shoot(page, folder / f"loops-{tail}")
            chart = patient_loops_workspace(desk, room.tracking, room.wards, room.clock)
            visit = replace(a_visit(Diary(), focus="cbc"), patient=LI)
            with opened(chart, visit, desk, size) as page:
                shoot(page, folder / f"patient-loops-{tail}")
            room.known = dict.fromkeys(room.known, type(next(iter(room.known.values())))())
            empty = loops_workspace(desk, room.tracking, room.wards, room.clock)
            with opened(empty, a_visit(Diary()), desk, size) as page:
                shoot(page, folder / f"loops-empty-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
