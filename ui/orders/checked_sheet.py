"""A sheet about orders that says what was checked of them; F2 opens to all checks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from resources.styles.tokens import Tone
from ui.orders.check_list import CheckListSheet
from ui.orders.check_strip import Checked, CheckStrip
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.page import Page
from widgets.labels import WrapLabel
from widgets.naming import named


class CheckedSheet(Sheet):
    """Carries the strip of the checks."""

    def __init__(
        self, page: Page, title: str, choices: tuple[Choice, ...], checked: Checked
    ) -> None:
        super().__init__(page.look, page, title, choices)
        self._page = page
        self._checked = checked

    def put_strip(self, left: int = 0) -> None:
        """Add the strip to the body; and how many warnings are left without an answer."""
        strip = CheckStrip(self._page.desk, "sheet.strip")
        strip.show_checked(self._checked)
        strip.opened.connect(self._open_checks)
        self.put(strip)
        if left:
            said = named(WrapLabel(self._page.text("cards.open", count=left)), "sheet.open")
            said.claim(Tone.DANGER)
            self.put(said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self._open_checks()
        super().keyPressEvent(event)

    def _open_checks(self) -> None:
        if self._checked.verdict is not None:
            CheckListSheet(self._page.desk, self, self._checked.verdict).open()
