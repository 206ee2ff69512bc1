"""An order says when doses were recorded after its end: a stop crossed them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.orders import OrderLine
from resources.styles.tokens import Tone
from tests.support.chart_kit import an_order
from tests.support.page_kit import a_dressed_desk
from ui.orders.status_words import status_cell
from ui.runtime.chart_words import ChartWords


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 dose recorded after its end"),
        ("en", 2, "2 doses recorded after its end"),
        ("zh_CN", 2, "停止后仍记录有 2 次给药"),
    ],
)
def test_doses_after_the_end_stand_in_the_line(
    qapp: QApplication, language: str, count: int, said: str
) -> None:
    with a_dressed_desk(qapp, language=language) as desk:
        line = OrderLine(an_order("a", "stopped"), given_after_end=count)
        crossed = status_cell(ChartWords(desk), line)
        assert (crossed.second, crossed.tone) == (said, Tone.CAUTION)


def test_without_any_the_line_is_plain(qapp: QApplication) -> None:
    with a_dressed_desk(qapp) as desk:
        plain = status_cell(ChartWords(desk), OrderLine(an_order("a", "stopped")))
        assert (plain.second, plain.tone) == ("", Tone.PLAIN)
