"""Ctrl+K and `?`: every command by name or key, in both languages."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.shortcuts import EVERYWHERE, Command
from widgets.labels import Caption
from widgets.naming import named
from widgets.palette_popup import PaletteEntry, PalettePopup

MOST = 40
"""So many commands are offered at once; typing narrows them."""


class CommandPalette(QObject):
    """Offers commands, and whatever else the shell finds for the query.

    Signals:
        searched: The query, for patients and orders; answer with `offer`.
        chosen: The key of an offered entry that is no command.
    """

    searched = Signal(str)
    chosen = Signal(str)

    def __init__(self, desk: Desk, name: str, over: QWidget) -> None:
        super().__init__(over)
        self._desk = desk
        self._over = over
        self._found: dict[str, Command] = {}
        self._commands: tuple[PaletteEntry, ...] = ()
        self._popup = PalettePopup(desk.look, name, over)
        self._popup.searched.connect(self._search)
        self._popup.chosen.connect(self._take)

    def commands(self) -> tuple[Command, ...]:
        """The two commands that are there everywhere, to be registered by the shell."""
        return (
            Command("command.palette", self.open, "Ctrl+K", EVERYWHERE, "search"),
            Command("command.help", self.show_shortcuts, "?", EVERYWHERE, "keyboard"),
        )

    def open(self) -> None:
        """Show the palette over the window."""
        self._popup.open()

    def offer(self, entries: tuple[PaletteEntry, ...]) -> None:
        """Put what was found for the query of the moment before the commands."""
        self._popup.show_entries((*entries, *self._commands))

    def show_shortcuts(self) -> None:
        """Show the sheet of all keys."""
        open_shortcut_sheet(self._desk, self._over)

    def _search(self, query: str) -> None:
        found = self._desk.shortcuts.found(query, self._desk.languages)[:MOST]
        self._found = {f"command:{place}": command for place, command in enumerate(found)}
        self._commands = tuple(self._entry(key, command) for key, command in self._found.items())
        self._popup.show_entries(self._commands)
        self.searched.emit(query)

    def _entry(self, key: str, command: Command) -> PaletteEntry:
        title = self._desk.languages.text(command.title)
        return PaletteEntry(key, title, command.detail, key_text(command.keys), command.icon)

    def _take(self, key: str) -> None:
        command = self._found.get(key)
        if command is not None:
            command.run()
        else:
            self.chosen.emit(key)


def open_shortcut_sheet(desk: Desk, over: QWidget) -> Sheet:
    """Open the sheet that lists every command with its key, under headings."""
    text = desk.languages.text
    choice = Choice("close", text("shortcuts.close"))
    sheet = Sheet(desk.look, over, text("shortcuts.title"), (choice,))
    body = QWidget()
    grid = QGridLayout(body)
    grid.setColumnStretch(1, 1)
    for heading, commands in desk.shortcuts.grouped():
        row = grid.rowCount()
        title = QLabel(text(heading))
        title.setProperty("role", "strong")
        grid.addWidget(title, row, 0, 1, 2)
        for place, command in enumerate(commands, row + 1):
            grid.addWidget(Caption(key_text(command.keys)), place, 0)
            grid.addWidget(QLabel(text(command.title)), place, 1)
    area = named(QScrollArea(), "shortcuts.list")
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setMinimumHeight(min(body.sizeHint().height() + 4, over.height() * 2 // 3))
    sheet.put(area)
    sheet.open()
    return sheet


def key_text(keys: str) -> str:
    """A shortcut as it stands on the keyboard of this system."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
