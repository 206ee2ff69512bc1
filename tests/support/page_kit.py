"""Pages on an offscreen window: a dressed desk, and hands that find the parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from resources.catalogue import FOLDER
from tests.support.desk_kit import a_desk
from ui.runtime.desk import Desk
from ui.runtime.key_bindings import KeyBindings
from ui.runtime.language import Languages
from ui.runtime.page import Page
from ui.runtime.theme import Dresser, theme
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Workspace
from widgets.look import Look

W = TypeVar("W", bound=QWidget)

SHOTS = (
    ("en", "light", (1208, 590), 100),
    ("zh_CN", "dark", (1208, 590), 100),
    ("zh_CN", "light", (2488, 1310), 100),
    ("en", "dark", (1208, 590), 150),
)
"""Language, theme, size, text scale of the pictures."""


@contextmanager
def a_dressed_desk(
    app: QApplication,
    language: str = "en",
    worn: str = "light",
    scale: int = 100,
    folder: Path = FOLDER,
) -> Iterator[Desk]:
    languages = Languages(language, folder=folder)
    look = Look(theme(worn, scale=scale), languages)
    forget = languages.listen(look.say_anew)
    dresser = Dresser(app, look)
    try:
        yield a_desk(languages=languages, look=look)
    finally:
        dresser.close()
        forget()


@contextmanager
def opened(
    workspace: Workspace, visit: Visit, desk: Desk, size: tuple[int, int] = (1208, 650)
) -> Iterator[Page]:
    """The page as the shell opens it, shown; left and deleted at the end."""
    page = workspace.open(visit)
    page.setProperty("part", "ground")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page.resize(*size)
    keys = KeyBindings(desk.shortcuts, page)
    page.show()
    page.activateWindow()
    settle()
    try:
        yield page
    finally:
        page.leave()
        keys.close()
        page.close()
        page.deleteLater()
        settle()


def settle() -> None:
    """Let layouts and posted events come to rest."""
    for _ in range(4):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def part(of: QWidget, kind: type[W], name: str) -> W:
    found = of.findChild(kind, name)
    assert found is not None, name
    return found


def press(
    on: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(on, key, modifier)
    settle()


def shoot(page: QWidget, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    settle()
    page.grab().save(str(file))
