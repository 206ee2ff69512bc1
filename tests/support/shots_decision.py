"""Warnings in order entry for the eye: `python -m tests.support.shots_decision FOLDER`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.decision.findings import Check, Finding, Gap, Saying, Tier
from app.domain.deciding import Override
from app.domain.orders import OrderDraft
from app.domain.terms import Named, Term
from tests.gui.pages.cards_driver import CardsDriver
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import orders_of
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.decision_kit import (
    METOPROLOL,
    NO_CREATININE,
    VERAPAMIL,
    FakeJudge,
    a_finding,
    never_so,
    too_slow_together,
    weak_kidneys,
)
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, press, shoot
from ui.runtime.desk import Desk
from ui.runtime.page import Page

EVERY = (("en", "light", (2488, 1310), 100), *SHOTS)
LINES = ("美托洛尔 25mg po bid", "amoxicillin 500 mg po tid 7d", "氯化钾 1g ivgtt qd 40 gtt/min")
GAPS = (NO_CREATININE, Gap(Check.COMPATIBILITY, Saying.of("cards.name.iv-compat")))
K = Qt.Key
SIGN = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def to_know(key: str, draft: OrderDraft) -> Sequence[Finding]:
    """Something of every line for whoever opens the drawer."""
    named = Named(draft.item.text, draft.item.display) if draft.item is not None else METOPROLOL
    return (a_finding(Check.AGE, Tier.DRAWER, (key,), named),)


def written(page: Page) -> OrdersDriver:
    """Three orders in the basket, and one in the form again."""
    orders = OrdersDriver(page)
    for line in LINES:
        orders.begin()
        orders.type_line(line)
        orders.put()
    return orders


def shoot_all(desk: Desk, folder: Path, size: tuple[int, int], tail: str) -> None:
    """Every state of the warnings, each in its picture."""
    house = ChartHouse(desk)
    passed = Override(
        "ddi",
        "hard-stop",
        "onc-hp-07@interactions@2026.11.1",
        (METOPROLOL, VERAPAMIL),
        Term("将加强监测", "", "mitigate-risk-negative-outcome", "will be monitored"),
        "心电监护 q4h",
        by_name="王奕",
        witness_name="赵铁民",
    )
    house.place(an_order("a", overrides=(passed,)))
    judge = FakeJudge((too_slow_together, never_so, weak_kidneys, to_know), GAPS)
    with opened(orders_of(house, judge=judge), house.visit(), desk, size) as page:
        cards = CardsDriver(page)
        orders = written(page)
        shoot(page, folder / f"warn-basket-{tail}")
        press(page, K.Key_F2)
        shoot(page, folder / f"warn-drawer-{tail}")
        cards.press(K.Key_Escape)
        orders.click_basket("edit")
        shoot(page, folder / f"warn-form-{tail}")
        orders.put()
        press(page, K.Key_Return, SIGN)
        shoot(page, folder / f"warn-window-{tail}")
        cards.press(K.Key_O)
        shoot(page, folder / f"warn-reasons-{tail}")
        cards.press(K.Key_6)
        cards.type("allergy was a rash in childhood")
        shoot(page, folder / f"warn-words-{tail}")
        cards.press(K.Key_Return)
        cards.agree("sun", "wrong")
        shoot(page, folder / f"warn-second-{tail}")
        cards.agree("zhao", "the red kettle 9")
        shoot(page, folder / f"warn-next-{tail}")
        cards.press(K.Key_F2)
        shoot(page, folder / f"warn-rule-{tail}")
        cards.press(K.Key_Escape, K.Key_Return)
        shoot(page, folder / f"warn-sign-{tail}")
        press(part(page, QLineEdit, "sheet.form.passphrase"), K.Key_F2)
        shoot(page, folder / f"warn-checks-{tail}")
    judge.fails = True
    with opened(orders_of(house, judge=judge), house.visit(), desk, size) as page:
        press(page, K.Key_Return, SIGN)
        shoot(page, folder / f"warn-failed-{tail}")


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in EVERY:
        with a_dressed_desk(app, language, worn, scale) as desk:
            shoot_all(desk, folder, size, f"{language}-{worn}-{size[0]}-{scale}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
