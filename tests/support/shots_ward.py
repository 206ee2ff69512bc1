"""The ward pages for the eye: `python -m tests.support.shots_ward FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.services.ward_viewing import WardViewing, marked_patients
from tests.support.believable import boards
from tests.support.desk_kit import WANG, Diary, StillClock, a_visit
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from ui.ward.wiring import mine_workspace, ward_workspace
from widgets.segmented import Segmented


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    people = FakePeople(WANG)
    people.remember(WANG.id, "marked-patients", '["sun"]')
    reads = FakeWardReads(boards(), lambda who: marked_patients(people, who))
    viewing = WardViewing(reads, people)
    for language, worn, size, scale in SHOTS:
        tail = f"{language}-{worn}-{size[0]}-{scale}.png"
        with a_dressed_desk(app, language, worn, scale) as desk:
            ward = ward_workspace(desk, viewing, reads.marks, StillClock())
            mine = mine_workspace(desk, viewing, reads.marks, StillClock())
            with opened(ward, a_visit(Diary()), desk, size) as page:
                shoot(page, folder / f"ward-cards-{tail}")
                part(page, Segmented, "ward.layout").choose("table")
                shoot(page, folder / f"ward-table-{tail}")
            with opened(mine, a_visit(Diary()), desk, size) as page:
                shoot(page, folder / f"mine-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
