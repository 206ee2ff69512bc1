"""A page in a window of its own, for a second screen; of a chart with its own banner."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.terms import PatientId
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.shell.banner import PatientBanner


class DetachedWindow(QWidget):
    """Holds one page until it is closed; then the page goes home with all that is typed on it.

    Signals:
        closed: It was closed by the user.
    """

    closed = Signal(object)

    def __init__(
        self, desk: Desk, key: str, title: str, page: Page, patient: PatientId | None
    ) -> None:
        super().__init__()
        self.setObjectName("detached")
        self.setProperty("part", "ground")
        self.key = key
        self.patient = patient
        self.page = page
        self._desk = desk
        self._title = title
        self.banner = PatientBanner(desk, "detached.banner") if patient is not None else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.banner is not None:
            column.addWidget(self.banner)
        column.addWidget(page, 1)
        page.show()
        self.retranslate()

    def retranslate(self) -> None:
        """The title names the page, never the patient: window lists are seen by anybody."""
        self.setWindowTitle(self._desk.languages.text(self._title))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit(self)
        event.accept()
