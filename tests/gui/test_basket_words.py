"""What is signed stands on the sheet: limits, quantity and end of an order among it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.baskets import Basket, BasketItem
from app.domain.dose_limits import DoseLimits
from app.domain.orders import Dosage, OrderDraft, OrderKind
from app.domain.terms import EncounterId, Term
from tests.support.chart_kit import NOW, PATIENT
from tests.support.page_kit import a_dressed_desk
from ui.orders.basket_state import BasketState
from ui.orders.basket_words import BasketWords
from ui.runtime.chart_words import ChartWords

LIMITED = OrderDraft(
    PATIENT,
    EncounterId("stay"),
    kind=OrderKind.PRN,
    item=Term("对乙酰氨基酚", "urn:f", "x", "Paracetamol"),
    dosage=Dosage(Decimal("0.5"), "g", "g", text="0.5 g"),
    limits=DoseLimits(timedelta(hours=6), Decimal(2), "g"),
    ends_at=NOW + timedelta(days=3),
)


@pytest.mark.parametrize(
    ("language", "interval", "most"),
    [
        ("en", "not again within 6 h", "at most 2\N{NO-BREAK SPACE}g within 24 h"),
        ("zh_CN", "间隔不少于 6 小时", "24 小时内不超过 2\N{NO-BREAK SPACE}g"),
    ],
)
def test_limits_that_are_signed_are_shown(
    qapp: QApplication, language: str, interval: str, most: str
) -> None:
    with a_dressed_desk(qapp, language=language) as desk:
        state = BasketState(basket=Basket((BasketItem("a", LIMITED),)))
        (line,) = BasketWords(ChartWords(desk)).full(state)
        assert interval in line
        assert most in line


def test_an_order_without_limits_says_none(qapp: QApplication) -> None:
    with a_dressed_desk(qapp) as desk:
        plain = replace(LIMITED, limits=DoseLimits())
        (line,) = BasketWords(ChartWords(desk)).full(
            BasketState(basket=Basket((BasketItem("a", plain),)))
        )
        assert "within" not in line
