"""How fast an infusion runs stands wherever its dose stands."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.orders import Dosage
from app.domain.terms import Term
from tests.support.page_kit import a_dressed_desk
from ui.runtime.chart_words import ChartWords

DAILY = Term("每日一次", "urn:wardone:frequency", "qd", "once daily")
BAG = Dosage(
    Decimal(250), "mL", "mL", frequency=DAILY, rate=Decimal(50), rate_unit="mL/h", text="250 mL"
)


@pytest.mark.parametrize(
    "dosage",
    [
        BAG,
        replace(BAG, frequency=None),
        replace(BAG, dose=None, unit="", unit_text="", text="slowly"),
        replace(BAG, dose=None, unit="", unit_text="", text=""),
    ],
)
def test_the_rate_is_said_once(qapp: QApplication, dosage: Dosage) -> None:
    with a_dressed_desk(qapp) as desk:
        words = ChartWords(desk)
        rate = desk.formats.dose(Decimal(50), "mL/h")
        line = words.dosage("Saline", dosage).plain(words.dose_label)
        assert line.count(rate) == 1
        again = words.dosage("Saline", replace(dosage, text=line))
        assert again.plain(words.dose_label).count(rate) == 1


def test_what_has_no_rate_says_none(qapp: QApplication) -> None:
    with a_dressed_desk(qapp) as desk:
        words = ChartWords(desk)
        plain = replace(BAG, rate=None, rate_unit="")
        assert "/h" not in words.dosage("Saline", plain).plain(words.dose_label)
