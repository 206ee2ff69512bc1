from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.kernel.changes import ChangeFeed
from tests.widgets.test_page import AtOnce
from ui.runtime.command_palette import CommandPalette
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Sheet
from ui.runtime.language import Languages
from ui.runtime.shortcuts import Command, Shortcuts
from widgets.look import Look
from widgets.palette_popup import PaletteEntry, PalettePopup
from widgets.search_box import SearchBox


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    return window


@pytest.fixture
def desk(look: Look, languages: Languages) -> Desk:
    return Desk(languages, look, AtOnce(), ChangeFeed(), Shortcuts())


def search(window: QWidget, query: str) -> PalettePopup:
    popup = window.findChild(PalettePopup, "demo.palette")
    box = window.findChild(SearchBox, "demo.palette.search")
    assert popup is not None
    assert box is not None
    box.setText(query)
    box._tell()
    return popup


def test_a_command_is_found_by_its_other_language_and_run(
    qtbot: QtBot, window: QWidget, desk: Desk
) -> None:
    ran: list[int] = []
    palette = CommandPalette(desk, "demo.palette", window)
    desk.shortcuts.add(Command("theme.dark", lambda: ran.append(1)), *palette.commands())
    palette.open()

    popup = search(window, "深色")
    qtbot.keyClick(window.findChild(SearchBox, "demo.palette.search"), Qt.Key.Key_Return)

    assert [e.text for e in popup.entries] == ["Dark"]
    assert ran == [1]
    assert not popup.isVisible()


def test_patients_are_offered_before_commands_and_chosen_by_key(
    qtbot: QtBot, window: QWidget, desk: Desk
) -> None:
    chosen: list[str] = []
    asked: list[str] = []
    palette = CommandPalette(desk, "demo.palette", window)
    palette.chosen.connect(chosen.append)
    palette.searched.connect(asked.append)
    desk.shortcuts.add(*palette.commands())
    palette.open()

    popup = search(window, "s")
    palette.offer((PaletteEntry("patient:1", "LI Ming"),))
    texts = [entry.text for entry in popup.entries]
    qtbot.keyClick(window.findChild(SearchBox, "demo.palette.search"), Qt.Key.Key_Return)

    assert asked == ["", "s"]
    assert texts[0] == "LI Ming"
    assert "Show keyboard shortcuts" in texts
    assert chosen == ["patient:1"]


def test_the_sheet_lists_every_key(qtbot: QtBot, window: QWidget, desk: Desk) -> None:
    palette = CommandPalette(desk, "demo.palette", window)
    desk.shortcuts.add(Command("theme.dark", lambda: None), *palette.commands())

    palette.show_shortcuts()
    sheet = window.findChild(Sheet)
    assert sheet is not None
    words = {label.text() for label in sheet.findChildren(QLabel)}
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)

    assert {"Ctrl+K", "?", "Show keyboard shortcuts", "Everywhere"} <= words
    assert "Dark" not in words
    assert not sheet.isVisible()


@pytest.mark.parametrize("made_anew", [False, True])
def test_the_focus_goes_back_to_what_had_it_if_that_is_still_there(
    qtbot: QtBot, window: QWidget, desk: Desk, *, made_anew: bool
) -> None:
    line = QPushButton("a line of the page", window)
    line.show()
    window.activateWindow()
    line.setFocus()
    palette = CommandPalette(desk, "demo.palette", window)
    palette.open()
    popup = search(window, "")

    if made_anew:
        line.setParent(None)
        shiboken6.delete(line)
    qtbot.keyClick(window.findChild(SearchBox, "demo.palette.search"), Qt.Key.Key_Escape)

    assert not popup.isVisible()
    assert made_anew or line.hasFocus()
