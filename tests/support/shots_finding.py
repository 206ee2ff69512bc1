"""The patient search for the eye: `python -m tests.support.shots_finding FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.services.ward_viewing import WardViewing
from tests.support.believable import boards
from tests.support.desk_kit import WANG, Diary, StillClock, a_visit
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from ui.finding.wiring import finding_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    viewing = WardViewing(FakeWardReads(boards()), FakePeople(WANG))
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            workspace = finding_workspace(desk, viewing, StillClock())
            for name, query in (("found", "li"), ("none", "xyz")):
                with opened(workspace, a_visit(Diary(), focus=query), desk, size) as page:
                    shoot(page, folder / f"finding-{name}-{language}-{worn}-{size[0]}-{scale}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
