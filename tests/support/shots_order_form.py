"""The order form for the eye: `python -m tests.support.shots_order_form FOLDER`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from app.domain.patients import Measured
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import NOW, ChartHouse, an_order
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from ui.runtime.page import Page

EVERY = (("zh_CN", "light", (1208, 590), 100), ("en", "light", (2488, 1310), 100), *SHOTS)
LINES = {
    "course": "amoxicillin 500 mg po tid 7d",
    "standby": "paracetamol 500 mg po q6h prn for pain max 4 g/d",
    "once": "扑热息痛 0.5g 口服 sos",
    "bag": "头孢曲松 2g + NS 100ml ivgtt qd 50 ml/h 7d",
    "inexact": "阿司匹林 77mg po qd",
}


def say(page: Page, line: str) -> None:
    field = part(page, QLineEdit, "orders.writer.line.text")
    field.setText(line)
    field.textEdited.emit(line)  # as an input method does; the keys of a test are ASCII
    settle()


def times(page: Page) -> None:
    """The fold open: a start that is read, an end that is not."""
    more = part(page, QPushButton, "orders.writer.more")
    if more.isVisible():
        more.click()
    for key, text in (("starts_at", "tomorrow 8"), ("ends_at", "soon")):
        field = part(page, QLineEdit, f"orders.writer.form.{key}")
        field.setFocus()
        field.setText(text)
        field.textEdited.emit(text)
    part(page, QLineEdit, "orders.writer.form.note").setFocus()
    settle()


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in EVERY:
        with a_dressed_desk(app, language, worn, scale) as desk:
            house = ChartHouse(desk)
            house.reads.weight = Measured(Decimal(68), "kg", NOW - timedelta(hours=5))
            house.place(an_order("a"), an_order("b"))
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            with opened(orders_of(house), house.visit(), desk, size) as page:
                orders = OrdersDriver(page)
                orders.begin()
                for name, line in LINES.items():
                    say(page, line)
                    shoot(page, folder / f"form-{name}-{tail}")
                say(page, LINES["course"])
                times(page)
                shoot(page, folder / f"form-times-{tail}")
                part(page, QLineEdit, "orders.writer.form.ends_at").clear()
                say(page, "metoprolol 25 mg po bid")
                orders.sign(RIGHT)
                orders.begin()
                part(page, QLineEdit, "orders.writer.item.search").setFocus()
                settle()
                shoot(page, folder / f"form-own-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
