"""When a form reports what it holds: soon after a change, at once on demand, never while filled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal


class Settling(QObject):
    """The reporting of one form. Owned by it.

    The first change starts the wait and later ones do not lengthen it, so that a form is
    reported, and its draft kept, at the latest `within_ms` after it changed.

    Signals:
        due: What the form holds is to be reported now.
    """

    due = Signal()

    def __init__(self, form: QObject, within_ms: int) -> None:
        super().__init__(form)
        self._filling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(within_ms)
        self._later.timeout.connect(self.report)

    @property
    def filling(self) -> bool:
        """The program fills the fields: what changes is nobody's typing."""
        return self._filling

    def touch(self) -> None:
        """A field has changed."""
        if not self._filling and not self._later.isActive():
            self._later.start()

    def report(self) -> None:
        """Report at once."""
        self._later.stop()
        if not self._filling:
            self.due.emit()

    @contextmanager
    def fill(self) -> Iterator[None]:
        """While the program fills the fields nothing is reported."""
        self._filling = True
        try:
            yield
        finally:
            self._filling = False
