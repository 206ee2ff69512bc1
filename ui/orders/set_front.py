"""The page, or the sheet of order sets in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.orders.set_sheet import SetSheet

Maker = Callable[[], SetSheet]


class SetFront(QStackedWidget):
    """Shows the sheet while it is open; the page and what is typed there stay behind it.

    Signals:
        chosen: The drafts of a set.
    """

    chosen = Signal(tuple)

    def __init__(self, behind: QWidget) -> None:
        super().__init__()
        self.behind = behind
        self._open: Maker | None = None
        self._stage: Callable[[str], Maker | None] | None = None
        self._sheet: SetSheet | None = None
        self.addWidget(behind)

    @property
    def is_open(self) -> bool:
        return self._sheet is not None

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """No: lists and form take the height there is; the lines of buttons must not ask more."""
        return False

    def attend(self, sheet: Maker, stage: Callable[[str], Maker | None]) -> None:
        """Say what makes the sheets, for the patient of the page.

        Args:
            sheet: Makes one of the order sets.
            stage: What makes one of the stage that a focus names; None of another focus.
        """
        self._open, self._stage = sheet, stage

    def open_sets(self) -> None:
        """Show the sheet; while it is open this does nothing."""
        if self._open is not None:
            self._show(self._open)

    def focus_on(self, focus: str) -> bool:
        """Show the orders of the stage that `focus` names; False when it names none."""
        make = self._stage(focus) if self._stage is not None else None
        if make is not None:
            self._show(make)
        return make is not None

    def _show(self, make: Maker) -> None:
        """One sheet at a time: what was chosen and typed on the open one is not thrown away."""
        if self._sheet is not None:
            return
        sheet = self._sheet = make()
        sheet.chosen.connect(self._take)
        sheet.closed.connect(self.close_sets)
        self.addWidget(sheet)
        self.setCurrentWidget(sheet)

    def close_sets(self) -> None:
        """Back to the page."""
        if self._sheet is None:
            return
        sheet, self._sheet = self._sheet, None
        sheet.leave()
        self.removeWidget(sheet)
        sheet.hide()
        sheet.deleteLater()
        self.setCurrentWidget(self.behind)

    def _take(self, drafts: tuple[object, ...]) -> None:
        self.close_sets()
        self.chosen.emit(drafts)
