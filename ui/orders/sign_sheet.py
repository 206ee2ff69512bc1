"""The sheet on which the basket is signed: everything in full words, and the passphrase once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.ports.remote_checks import Asked
from resources.styles.tokens import Tone
from ui.orders.basket_state import BasketState
from ui.orders.basket_words import BasketWords
from ui.orders.check_strip import Checked
from ui.orders.checked_sheet import CheckedSheet
from ui.orders.remote_part import RemotePart
from ui.orders.sheet_orders import orders_part
from ui.runtime.decision_words import DecisionWords
from ui.runtime.dialogs import Choice
from ui.runtime.page import Page
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


class SignSheet(CheckedSheet):
    """Asks for the signature.

    Signals:
        signed: The passphrase, when the user signs.
    """

    signed = Signal(str)

    def __init__(
        self, page: Page, words: BasketWords, state: BasketState, checked: Checked
    ) -> None:
        text, count = page.text, state.count
        kind, said = words.kind(state), words.said(state)
        choices = (
            Choice("back", text("basket.sheet.back")),
            Choice("sign", text(f"basket.sheet.{kind}", count=count), Tone.ACT, ready=False),
        )
        super().__init__(page, text(f"basket.sheet.{kind}.title"), choices, checked)
        self.put(orders_part(page.look, words.numbered(state)))
        if said:
            spoken = named(WrapLabel(said), "sheet.spoken")
            spoken.setProperty("role", "strong")
            self.put(spoken)
        self.put_strip()
        self._remote = RemotePart(page.desk)
        self.put(self._remote)
        if state.verbal:
            self._tell_warnings(page, checked)
        self.put(named(WrapLabel(text(f"basket.sheet.{kind}.text")), "sheet.text"))
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.textChanged.connect(self._weigh)
        self._passphrase.returnPressed.connect(self._enter)
        form = Form(page.look, "sheet.form")
        label = text("basket.sheet.passphrase")
        form.add(FieldSpec("passphrase", label, required=True), self._passphrase)
        self.put(form)
        self.answered.connect(self._done)

    def open(self) -> None:
        """Show it; what is typed next is the passphrase."""
        super().open()
        self._passphrase.setFocus()

    def show_remote(self, asked: Asked) -> None:
        """Say what the hospital's services said; the sheet grows by it, what is typed stays."""
        self._remote.show_asked(asked)
        self.fit()

    def _tell_warnings(self, page: Page, checked: Checked) -> None:
        """What was called out is carried out; what speaks against it is to be said aloud."""
        words = DecisionWords(page.desk)
        cards = checked.verdict.interrupting if checked.verdict is not None else ()
        for place, card in enumerate(cards, 1):
            title, said = words.title(card.lead), words.said(card.lead)
            told = named(
                WrapLabel(words.text("cards.tell", title=title, said=said)),
                f"sheet.warning.{place}",
            )
            told.claim(Tone.DANGER)
            self.put(told)

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
