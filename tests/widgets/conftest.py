from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.widgets.table_kit import SPEC, rows
from ui.runtime.language import Languages
from ui.runtime.theme import Dresser, theme
from widgets.look import Look
from widgets.table import Table


@pytest.fixture
def languages() -> Languages:
    return Languages("en")


@pytest.fixture
def look(qapp: QApplication, languages: Languages) -> Iterator[Look]:
    look = Look(theme("light"), languages)
    forget = languages.listen(look.say_anew)
    dresser = Dresser(qapp, look)
    yield look
    dresser.close()
    forget()


@pytest.fixture
def table(qtbot: QtBot, look: Look) -> Table:
    table = Table(look, SPEC)
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.show_rows(rows())
    table.show()
    return table
