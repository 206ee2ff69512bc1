"""When silence becomes a lock."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow

from app.kernel.clock import Clock

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


class AutoLock(QObject):
    """Measures silence by the wall clock, so that a PC that slept wakes up locked."""

    def __init__(self, clock: Clock, limit: timedelta, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._limit = limit
        self._last = clock.now()

    @property
    def is_due(self) -> bool:
        """It has been silent for long enough; a clock that was set back counts as silence."""
        silent = self._clock.now() - self._last
        return silent >= self._limit or silent < timedelta(minutes=-1)

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clock.now()

    def watch(self, window: QWindow) -> None:
        """Hear the keys and the mouse of `window`, before any part of it does."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name
        if event.type() in _SIGNS_OF_LIFE:
            self.touch()
        return False
