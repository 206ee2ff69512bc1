"""Asks why something that is on paper is printed once more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


class ReasonSheet(Sheet):
    """Says that the old paper may not stay, and asks why.

    Signals:
        reasoned: The reason as typed.
    """

    reasoned = Signal(str)

    def __init__(self, desk: Desk, over: QWidget) -> None:
        text = desk.languages.text
        choices = (
            Choice("back", text("order_sheet.why.back")),
            Choice("go", text("order_sheet.why.go"), Tone.ACT, ready=False),
        )
        super().__init__(desk.look, over, text("order_sheet.why"), choices)
        self._reason = QPlainTextEdit()
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(2 * desk.look.theme.row)
        self._reason.textChanged.connect(self._weigh)
        form = Form(desk.look, "order_sheets.why")
        form.add(FieldSpec("reason", text("order_sheet.why.field"), required=True), self._reason)
        self.put(named(WrapLabel(text("order_sheet.why.text")), "order_sheets.why.text"))
        self.put(form)
        self.answered.connect(self._done)

    def _weigh(self) -> None:
        self.make_ready("go", ready=bool(self._said))

    def _done(self, key: str) -> None:
        if key == "go":
            self.reasoned.emit(self._said)

    @property
    def _said(self) -> str:
        return self._reason.toPlainText().strip()
