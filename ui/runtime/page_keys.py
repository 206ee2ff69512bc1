"""The keys of a page: registered while it is shown, gone when it is hidden or left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ui.runtime.shortcuts import Command, Shortcuts


class PageKeys(QObject):
    """Adds the commands of `page` when it is shown and removes them when it is hidden.

    A key that holds everywhere already stays theirs: the command is then offered without a key,
    since two equal keys would both be dead in Qt. A page in another window has its own keys.
    """

    def __init__(self, shortcuts: Shortcuts, page: QWidget, *commands: Command) -> None:
        super().__init__(page)
        self._shortcuts = shortcuts
        self._page = page
        self._commands = commands
        self._remove: Callable[[], None] | None = None
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        del watched
        if event.type() == QEvent.Type.Show:
            self._add()
        elif event.type() == QEvent.Type.Hide:
            self.close()
        return False

    def close(self) -> None:
        """Take the commands away; calling again does nothing."""
        if self._remove is not None:
            remove, self._remove = self._remove, None
            remove()

    def _add(self) -> None:
        if self._remove is not None:
            return
        taken = self._shortcuts.taken_beside(self._page)
        offered = (
            replace(command, keys="") if command.keys.lower() in taken else command
            for command in self._commands
        )
        self._remove = self._shortcuts.add(*offered, owner=self._page)
