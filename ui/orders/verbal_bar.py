"""The line over the orders that says what was ordered by word of mouth and waits for an answer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.orders import Order
from app.ports.acts import ReadSet
from resources.styles.tokens import Tone
from ui.orders.verbal_presenter import Spoke, VerbalPresenter, VerbalState
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named


class VerbalBar(QWidget):
    """Hidden while nothing waits for the person signed in."""

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        name = page.part("verbal")
        self.setObjectName(name)
        self._page = page
        self._words = words
        self._presenter: VerbalPresenter | None = None
        self._state = VerbalState()
        self._fields: dict[str, QLineEdit] = {}
        self._sheet: Sheet | None = None
        self._seen: ReadSet = ()
        self._said = named(WrapLabel(), f"{name}.said")
        paint_tone(self._said, Tone.CAUTION)
        self._look = named(KeyButton("look"), f"{name}.look")
        self._look.clicked.connect(self.ask)
        self._notice = BannerLine(page.look, f"{name}.notice")
        self._notice.dismissed.connect(self._dismiss)
        row = QHBoxLayout()
        row.setSpacing(page.look.theme.px("gap"))
        row.addWidget(self._said, 1)
        row.addWidget(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._notice)
        column.addLayout(row)
        self.respell()

    def attend(self, presenter: VerbalPresenter) -> None:
        """Let `presenter` hear the clicks."""
        self._presenter = presenter
        self.show_state(presenter.state)

    def show_state(self, state: VerbalState) -> None:
        self._state = state
        count = state.count
        self.setVisible(bool(count) or state.fault is not None or state.notice is not None)
        self._said.setText(self._page.text("verbal.waiting", count=count))
        for part in (self._said, self._look):
            part.setVisible(bool(count))
        self._look.setEnabled(not state.busy)
        say_outcome(self._notice, self._page.desk, state.fault, state.notice)

    def respell(self) -> None:
        """Take the words in another language."""
        self._look.setText(self._page.text("verbal.look"))
        self.show_state(self._state)

    def ask(self) -> None:
        """Show the first that waits, in full words; confirm it or reject it."""
        if not self._state.waiting or self._state.busy:
            return
        spoke, text, look = self._state.waiting[0], self._page.text, self._page.look
        choices = (
            Choice("back", text("verbal.sheet.back")),
            Choice("reject", text("verbal.reject"), Tone.DANGER, ready=False),
            Choice("confirm", text("verbal.confirm"), Tone.ACT, ready=False),
        )
        sheet = Sheet(look, self._page, text("verbal.answer.title"), choices)
        for place, order in enumerate(spoke.orders, 1):
            sheet.put(named(WrapLabel(self._full(order, spoke)), f"sheet.order.{place}"))
        sheet.put(named(WrapLabel(text("verbal.answer.text")), "sheet.text"))
        form = Form(look, "sheet.form")
        self._fields = {"passphrase": QLineEdit(), "reason": QLineEdit()}
        self._fields["passphrase"].setEchoMode(QLineEdit.EchoMode.Password)
        labels = {
            "passphrase": text("basket.sheet.passphrase"),
            "reason": text("verbal.answer.reason"),
        }
        for key, field in self._fields.items():
            form.add(FieldSpec(key, labels[key]), field)
            field.textChanged.connect(self._weigh)
        sheet.put(form)

        def answer(key: str) -> None:
            self._answer(key, spoke)

        self._seen, self._sheet = self._state.seen, sheet
        sheet.answered.connect(answer)
        sheet.open()

    def _full(self, order: Order, spoke: Spoke) -> str:
        """The order, its state, the situation, when it was written down, and by whom."""
        text, formats = self._page.text, self._page.desk.formats
        situation = order.spoken.situation if order.spoken is not None else None
        language = self._page.desk.languages.language
        parts = [
            self._words.order_line(order),
            situation.shown(language) if situation is not None else "",
            text("basket.starts", at=formats.moment(order.starts_at)) if order.starts_at else "",
            text("verbal.written", at=formats.moment(order.authored_at), by=spoke.by),
            "" if order.status == "active" else text("verbal.ended"),
        ]
        return LONG_DASH.join(part for part in parts if part)

    def _weigh(self) -> None:
        if self._sheet is not None:
            typed = bool(self._fields["passphrase"].text())
            reason = bool(self._fields["reason"].text().strip())
            self._sheet.make_ready("confirm", ready=typed and not reason)
            self._sheet.make_ready("reject", ready=typed and reason)

    def _answer(self, key: str, spoke: Spoke) -> None:
        passphrase, reason = (self._fields[one].text() for one in ("passphrase", "reason"))
        self._sheet, self._fields = None, {}
        if self._presenter is None:
            return
        if key == "confirm":
            self._presenter.confirm(spoke, self._seen, passphrase)
        elif key == "reject":
            self._presenter.reject(spoke, self._seen, passphrase, reason)

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()
