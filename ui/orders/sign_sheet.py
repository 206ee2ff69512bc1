"""The sheet on which the basket is signed: everything in full words, and the passphrase once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from resources.styles.tokens import Tone
from ui.orders.basket_state import BasketState
from ui.orders.basket_words import BasketWords
from ui.orders.sheet_orders import orders_part
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named


class SignSheet(Sheet):
    """Asks for the signature.

    Signals:
        signed: The passphrase, when the user signs.
    """

    signed = Signal(str)

    def __init__(self, desk: Desk, over: QWidget, words: BasketWords, state: BasketState) -> None:
        text, count = desk.languages.text, state.count
        kind, said = words.kind(state), words.said(state)
        choices = (
            Choice("back", text("basket.sheet.back")),
            Choice("sign", text(f"basket.sheet.{kind}", count=count), Tone.ACT, ready=False),
        )
        super().__init__(desk.look, over, text(f"basket.sheet.{kind}.title"), choices)
        self.put(orders_part(desk.look, words.numbered(state)))
        if said:
            spoken = named(WrapLabel(said), "sheet.spoken")
            spoken.setProperty("role", "strong")
            self.put(spoken)
        unchecked = named(WrapLabel(text("orders.unchecked")), "sheet.unchecked")
        paint_tone(unchecked, Tone.CAUTION)
        self.put(unchecked)
        self.put(named(WrapLabel(text(f"basket.sheet.{kind}.text")), "sheet.text"))
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.textChanged.connect(self._weigh)
        self._passphrase.returnPressed.connect(self._enter)
        form = Form(desk.look, "sheet.form")
        label = text("basket.sheet.passphrase")
        form.add(FieldSpec("passphrase", label, required=True), self._passphrase)
        self.put(form)
        self.answered.connect(self._done)

    def open(self) -> None:
        """Show it; what is typed next is the passphrase."""
        super().open()
        self._passphrase.setFocus()

    def _weigh(self, typed: str) -> None:
        self.make_ready("sign", ready=bool(typed))

    def _enter(self) -> None:
        if self._passphrase.text():
            self._answer("sign")

    def _done(self, key: str) -> None:
        typed = self._passphrase.text()
        self._passphrase.clear()
        if key == "sign":
            self.signed.emit(typed)
