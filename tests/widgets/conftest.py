from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.runtime.language import Languages
from ui.runtime.theme import Dresser, theme
from widgets.look import Look


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
