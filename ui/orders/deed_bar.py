"""The buttons over the list that act on the chosen order, and the sheet that asks why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from resources.styles.tokens import Tone
from ui.orders.deeds import Deed, group_of
from ui.orders.state import OrdersState
from ui.runtime.chart_words import ChartWords
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.page import Page
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


class DeedBar(QWidget):
    """Offers what can be done; what cannot says why in its hover.

    Signals:
        requested: The `Deed` and the reason, after the sheet was answered.
    """

    requested = Signal(object, str)

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        self.setObjectName(page.part("deeds"))
        self._page = page
        self._words = words
        self._state = OrdersState()
        self._reason: QLineEdit | None = None
        self._sheet: Sheet | None = None
        self._asking = Deed.STOP
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(page.look.theme.px("gap"))
        self._buttons = {deed: named(KeyButton(deed.value), page.part(deed.value)) for deed in Deed}
        for button in self._buttons.values():
            button.picked.connect(self._pick)
            row.addWidget(button)
        row.addStretch(1)

    def show_deeds(self, state: OrdersState) -> None:
        """Allow what can be done to the chosen order."""
        self._state = state
        for deed, button in self._buttons.items():
            hindered = state.hindrance(deed)
            button.setEnabled(hindered is None and not state.busy)
            render = self._words.desk.languages.render
            button.setToolTip(render(hindered) if hindered is not None else "")

    def respell(self) -> None:
        """Take the words in another language."""
        for deed, button in self._buttons.items():
            button.setText(self._words.text(f"orders.deed.{deed.value}"))

    def ask_stop(self) -> None:
        self.ask(Deed.STOP)

    def ask_hold(self) -> None:
        """Hold what is active; let go on what is held."""
        held = self._state.hindrance(Deed.RESUME) is None
        self.ask(Deed.RESUME if held else Deed.HOLD)

    def ask_cancel(self) -> None:
        self.ask(Deed.CANCEL)

    def ask_error(self) -> None:
        self.ask(Deed.ERROR)

    def ask(self, deed: Deed) -> None:
        """Say what it will be done to, and ask for the reason where one is needed."""
        line = self._state.chosen
        if line is None or self._state.busy or self._state.hindrance(deed) is not None:
            return
        text = self._words.text
        choices = (
            Choice("keep", text("orders.deeds.keep")),
            Choice(
                deed.value,
                text(f"orders.sure.{deed.value}"),
                Tone.ACT if deed is Deed.RESUME else Tone.DANGER,
                ready=not deed.needs_reason,
            ),
        )
        sheet = Sheet(self._page.look, self._page, text(f"orders.ask.{deed.value}"), choices)
        members = group_of(self._state.lines, line.order)
        said = "\n".join(self._words.order_line(one) for one in members)
        sheet.put(named(WrapLabel(said), "sheet.text"))
        if len(members) > 1:
            whole = text("orders.whole_group", count=len(members))
            sheet.put(named(WrapLabel(whole), "sheet.group"))
        if deed.needs_reason:
            self._ask_reason(sheet)
        sheet.answered.connect(self._on_answer)
        self._sheet, self._asking = sheet, deed
        sheet.open()

    def _ask_reason(self, sheet: Sheet) -> None:
        form = Form(self._page.look, "sheet.form")
        self._reason = QLineEdit()
        label = self._words.text("orders.deeds.reason")
        form.add(FieldSpec("reason", label, required=True), self._reason)
        self._reason.textChanged.connect(self._reason_changed)
        sheet.put(form)

    def _pick(self, key: str) -> None:
        self.ask(Deed(key))

    def _reason_changed(self, text: str) -> None:
        if self._sheet is not None:
            self._sheet.make_ready(self._asking.value, ready=bool(text.strip()))

    def _on_answer(self, key: str) -> None:
        reason = self._reason.text() if self._reason is not None else ""
        self._sheet = self._reason = None
        if key not in ("", "keep"):
            self.requested.emit(Deed(key), reason)
