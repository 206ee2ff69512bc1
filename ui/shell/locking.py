"""Covers every window when the screen locks, and uncovers them when the person is back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.runtime.desk import Desk
from ui.shell.lock_cover import LockCover


class Locking(QObject):
    """The lock over a window and its companions.

    Signals:
        unlock_requested: The passphrase as typed.
        sign_out_requested: Somebody else wants to work here.
    """

    unlock_requested = Signal(str)
    sign_out_requested = Signal()

    def __init__(self, desk: Desk, window: QWidget, body: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._body = body
        self._cover: LockCover | None = None
        self._others: list[LockCover] = []
        self._back: QWidget | None = None

    @property
    def is_locked(self) -> bool:
        return self._cover is not None

    def lock(self, who: str, *, drafts: bool, companions: tuple[QWidget, ...]) -> None:
        """Cover everything; what lies beneath keeps every letter and hears no key."""
        if self._cover is not None:
            return
        self._back = self._window.focusWidget()
        self._cover = LockCover(self._desk, self._window)
        self._cover.unlock_requested.connect(self.unlock_requested)
        self._cover.sign_out_requested.connect(self.sign_out_requested)
        self._body.setEnabled(False)
        self._cover.show_lock(who, drafts=drafts)
        for other in companions:
            self._others.append(LockCover(self._desk, other, with_passphrase=False))

    def show_busy(self, who: str, *, drafts: bool) -> None:
        if self._cover is not None:
            self._cover.show_lock(who, drafts=drafts, busy=True)

    def show_fault(self, who: str, fault: str, *, drafts: bool) -> None:
        if self._cover is not None:
            self._cover.show_lock(who, drafts=drafts, fault=fault)

    def unlock(self) -> None:
        """Lift the covers and give the keyboard back to where it was."""
        if self._cover is None:
            return
        for cover in (self._cover, *self._others):
            cover.remove()
        self._cover = None
        self._others.clear()
        self._body.setEnabled(True)
        if self._back is not None:
            self._back.setFocus()
        self._back = None
