"""The inbox for the eye: `python -m tests.support.shots_inbox FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QPushButton

from tests.support.desk_kit import Diary, a_visit
from tests.support.inbox_kit import PEOPLE, PostRoom
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from ui.inbox.wiring import inbox_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    room = PostRoom()
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            workspace = inbox_workspace(
                desk, room.keeping, room.drafting, lambda: PEOPLE, room.clock
            )
            with opened(workspace, a_visit(Diary(), focus="mail"), desk, size) as page:
                shoot(page, folder / f"inbox-{language}-{worn}-{size[0]}-{scale}.png")
                part(page, QPushButton, "inbox.write").click()
                shoot(page, folder / f"inbox-letter-{language}-{worn}-{size[0]}-{scale}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
