"""Verbal orders for the eye: `python -m tests.support.shots_verbal FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.gui.pages.verbal_driver import VerbalDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.bedside_kit import (
    PHYSICIAN,
    nurse_signs_in,
    physician_signs_in,
    written_down,
)
from tests.support.chart_kit import ChartHouse
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, shoot
from widgets.segmented import Segmented

EVERY = (("zh_CN", "light", (1208, 590), 100), ("en", "light", (2488, 1310), 100), *SHOTS)
LINES = ("肾上腺素 1mg iv st", "胺碘酮 300mg iv st", "血气分析 st")


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in EVERY:
        with a_dressed_desk(app, language, worn, scale) as desk:
            house = nurse_signs_in(ChartHouse(desk))
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            with opened(orders_of(house), house.visit(), desk, size) as page:
                nurse = VerbalDriver(page)
                shoot(page, folder / f"verbal-empty-{tail}")
                for line in LINES:
                    nurse.put(line)
                nurse.orders.begin()
                shoot(page, folder / f"verbal-basket-{tail}")
                nurse.orders.open_sheet()
                shoot(page, folder / f"verbal-whose-{tail}")
                nurse.choose("by", PHYSICIAN.id)
                nurse.choose("situation", "rescue")
                nurse.tick()
                nurse.go_on()
                shoot(page, folder / f"verbal-sign-{tail}")
                nurse.give(RIGHT)
                shoot(page, folder / f"verbal-done-{tail}")
            physician_signs_in(house)
            written_down(house)
            with opened(orders_of(house), house.visit(), desk, size) as page:
                part(page, Segmented, "orders.tabs").chosen.emit("temporary")
                shoot(page, folder / f"verbal-list-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
