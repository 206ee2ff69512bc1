"""The administration for the eye: `python -m tests.support.shots_admin FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QPushButton

from app.domain.people import Privilege
from tests.support.admin_kit import Office
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from ui.admin.state import Section
from ui.admin.wiring import admin_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        office = Office()
        with a_dressed_desk(app, language, worn, scale) as desk:
            workspace = admin_workspace(desk, office.sources, Privilege.MANAGE_USERS)
            for section in Section:
                with opened(workspace, a_visit(Diary(), focus=section.value), desk, size) as page:
                    if section is Section.AUDIT:
                        part(page, QPushButton, "admin.verify").click()
                    tail = f"{language}-{worn}-{size[0]}-{scale}.png"
                    shoot(page, folder / f"admin-{section.value}-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
