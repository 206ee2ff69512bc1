"""Makes the registered shortcuts work in a window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.runtime.shortcuts import Command, Shortcuts


def _everybody(owner: object | None) -> bool:
    """A window of its own hears every command."""
    del owner
    return True


class _Key(QShortcut):
    def __init__(self, command: Command, window: QWidget) -> None:
        super().__init__(QKeySequence(command.keys), window)
        self._command = command
        # Qt keeps plain letters for the field that has the focus and keys for an input method
        # that composes, so neither can trigger a command.
        self.setContext(Qt.ShortcutContext.WindowShortcut)
        self.setAutoRepeat(False)
        self.activated.connect(self._fire)

    def _fire(self) -> None:
        self._command.run()


class KeyBindings:
    """Follows the registry: what is registered has its key, what is gone has none."""

    def __init__(
        self,
        shortcuts: Shortcuts,
        window: QWidget,
        accepts: Callable[[object | None], bool] = _everybody,
    ) -> None:
        """`accepts` says of the owner of a command whether it is heard in this window."""
        self._shortcuts = shortcuts
        self._window = window
        self._accepts = accepts
        self._paused = False
        self._keys: dict[int, _Key] = {}
        self._unlisten = shortcuts.listen(self.follow)
        self.follow()

    def follow(self) -> None:
        wanted = {
            id(c): c
            for c in self._shortcuts.commands
            if c.keys and not self._paused and self._accepts(self._shortcuts.owner_of(c))
        }
        for gone in [key for key in self._keys if key not in wanted]:
            key = self._keys.pop(gone)
            key.setEnabled(False)  # at once: the deletion waits for the event loop
            key.deleteLater()
        for place, command in wanted.items():
            if place not in self._keys:
                self._keys[place] = _Key(command, self._window)

    def pause(self, *, paused: bool) -> None:
        """Hear nothing while the screen is locked."""
        self._paused = paused
        self.follow()

    def close(self) -> None:
        """Stop following; the keys go with their window."""
        self._unlisten()
