"""The decision page for the eye: `python -m tests.support.shots_disputes FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.support.desk_kit import Diary, StillClock, a_visit
from tests.support.disputes_kit import CONFLICT, DOSE_CHANGED, OVERTAKEN, Bench
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, settle, shoot
from ui.disputes.page import DisputesPage
from ui.disputes.wiring import disputes_workspace


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        with a_dressed_desk(app, language, worn, scale) as desk:
            bench = Bench(open_disputes=[CONFLICT, DOSE_CHANGED, OVERTAKEN])
            workspace = disputes_workspace(desk, bench.deciding, StillClock())
            with opened(workspace, a_visit(Diary(), focus="dispute-7"), desk, size) as page:
                name = f"{language}-{worn}-{size[0]}-{scale}.png"
                shoot(page, folder / f"disputes-{name}")
                assert isinstance(page, DisputesPage)
                page.take_back()
                settle()
                shoot(page, folder / f"disputes-sheet-{name}")
            with opened(workspace, a_visit(Diary(), focus="dispute-12"), desk, size) as page:
                shoot(page, folder / f"disputes-orders-{name}")
                assert isinstance(page, DisputesPage)
                page.export()
                settle()
                shoot(page, folder / f"disputes-export-{name}")
            with opened(workspace, a_visit(Diary(), focus="dispute-12"), desk, size) as page:
                assert isinstance(page, DisputesPage)
                page.read_bundle()
                settle()
                shoot(page, folder / f"disputes-bundle-{name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
