"""The sheet that asks whether, and why, something is done to an order."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QSizePolicy

from app.domain.order_reasons import OrderReason
from app.domain.orders import Order
from app.services.order_reasons import order_reasons
from resources.styles.tokens import Tone
from ui.orders.deeds import Deed, Why
from ui.runtime.chart_words import ChartWords
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.page import Page
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named

_KEYS = {Qt.Key.Key_1 + place: place for place in range(9)}


class ReasonList(QListWidget):
    """Reasons, each with the key that chooses it.

    Signals:
        confirmed: Enter on a reason.
        written: Something was typed that is no key of a reason: it belongs to one's own words.
    """

    confirmed = Signal()
    written = Signal(str)

    def sizeHint(self) -> QSize:
        """All reasons at once, where there is room."""
        hint = super().sizeHint()
        rows = sum(self.sizeHintForRow(place) for place in range(self.count()))
        return QSize(hint.width(), rows + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = _KEYS.get(event.key())
        if place is not None and not event.modifiers():
            if place < self.count():
                self.setCurrentRow(place)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.confirmed.emit()
        elif event.text().isprintable() and event.text().strip():
            self.written.emit(event.text())
        else:
            super().keyPressEvent(event)


class DeedSheet(Sheet):
    """Names what it is done to, the whole infusion; offers the reasons that the pack has.

    Signals:
        decided: The `Why`, when it shall be done.
    """

    decided = Signal(object)

    def __init__(
        self, page: Page, words: ChartWords, deed: Deed, members: tuple[Order, ...]
    ) -> None:
        text = words.text
        tone = Tone.ACT if deed is Deed.RESUME else Tone.DANGER
        sure = text(f"orders.sure.{deed.value}")
        choices = (
            Choice("keep", text("orders.deeds.keep")),
            Choice(deed.value, sure, tone, ready=not deed.needs_reason),
        )
        super().__init__(page.look, page, text(f"orders.ask.{deed.value}"), choices)
        self._words = words
        self._deed = deed
        self._offered = order_reasons(deed.value)
        said = "\n".join(words.order_line(one) for one in members)
        self.put(named(WrapLabel(said), "sheet.text"))
        if len(members) > 1:
            whole = text("orders.whole_group", count=len(members))
            self.put(named(WrapLabel(whole), "sheet.group"))
        self._reasons = named(ReasonList(), "sheet.reasons")
        self._own = QLineEdit()
        if deed.needs_reason:
            self._offer(page)
        self.answered.connect(self._done)

    @property
    def _chosen(self) -> OrderReason | None:
        # Not the current row: Qt makes the first one current as soon as the list has the focus.
        chosen = [index.row() for index in self._reasons.selectedIndexes()]
        return self._offered[chosen[0]] if chosen else None

    def _offer(self, page: Page) -> None:
        theme, text = page.look.theme, self._words.text
        language = self._words.language
        for place, reason in enumerate(self._offered, 1):
            name = reason.name.shown(language)
            self._reasons.addItem(text("orders.reason.line", key=place, reason=name))
        self._reasons.setAccessibleName(text("orders.reasons"))
        self._reasons.setMinimumHeight(4 * theme.row)
        self._reasons.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.put(self._reasons)
        self._form = Form(page.look, "sheet.form")
        self._form.add(FieldSpec("reason", text("orders.deeds.own")), self._own)
        self.put(self._form)
        self._reasons.itemSelectionChanged.connect(self._weigh)
        self._reasons.confirmed.connect(self._enter)
        self._reasons.written.connect(self._write)
        self._own.textChanged.connect(self._weigh)
        self._own.returnPressed.connect(self._enter)

    @property
    def _ready(self) -> bool:
        own, chosen = bool(self._own.text().strip()), self._chosen
        return own if chosen is None else own or not chosen.needs_text

    def _weigh(self) -> None:
        self.make_ready(self._deed.value, ready=self._ready)

    def _write(self, typed: str) -> None:
        """Whoever begins to write does so in the field, wherever the focus was."""
        self._own.setFocus(Qt.FocusReason.OtherFocusReason)
        self._own.insert(typed)

    def _enter(self) -> None:
        """Enter does it; where words are missing, it leads to where they go."""
        if self._ready:
            self._answer(self._deed.value)
        elif self._chosen is not None:
            self._own.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, key: str) -> None:
        if key == self._deed.value:
            self.decided.emit(self._why())

    def _why(self) -> Why:
        own, chosen = self._own.text().strip(), self._chosen
        if chosen is None:
            return Why(own)
        return Why(chosen.said(own, self._words.language), chosen.code)
