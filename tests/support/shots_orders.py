"""The orders page with its basket for the eye: `python -m tests.support.shots_orders FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QLineEdit

from app.domain.orders import Ending
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import orders_of
from tests.support.chart_kit import NOW, ChartHouse, an_order
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from ui.runtime.page import Page

EVERY = (("zh_CN", "light", (1208, 590), 100), ("en", "light", (2488, 1310), 100), *SHOTS)
LINES = ("美托洛尔 25mg po bid 7d", "氯化钾 1g ivgtt qd 40 gtt/min", "amoxicillin 500 mg po tid 7d")


def written(page: Page) -> OrdersDriver:
    """Three orders in the basket, and a fourth begun."""
    orders = OrdersDriver(page)
    for line in (*LINES, "头孢呋辛 1.5 g"):
        orders.begin()
        field = part(page, QLineEdit, "orders.writer.line.text")
        field.setText(line)
        field.textEdited.emit(line)  # as an input method does; the keys of a test are ASCII
        settle()
        if line in LINES:
            orders.put()
    return orders


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in EVERY:
        with a_dressed_desk(app, language, worn, scale) as desk:
            house = ChartHouse(desk)
            house.place(
                an_order("a"),
                an_order("held", "on-hold", held_at=NOW, hold_reason="禁食"),
                an_order("b", group="g"),
                an_order("c", group="g", place=1),
                an_order("gone", "stopped", ending=Ending.LAPSED),
            )
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            with opened(orders_of(house), house.visit(), desk, size) as page:
                shoot(page, folder / f"orders-{tail}")
                orders = written(page)
                shoot(page, folder / f"orders-basket-{tail}")
                orders.open_sheet()
                shoot(page, folder / f"orders-sign-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
