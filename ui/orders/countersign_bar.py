"""The line over the orders that says what waits for a countersignature, and its sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.orders import Order
from app.ports.acts import ReadSet
from resources.styles.tokens import Tone
from ui.orders.countersign_presenter import Asking, CountersignPresenter, CountersignState
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named


class CountersignBar(QWidget):
    """Hidden while nothing waits."""

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        name = page.part("countersign")
        self.setObjectName(name)
        self._page = page
        self._words = words
        self._presenter: CountersignPresenter | None = None
        self._state = CountersignState()
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

    def attend(self, presenter: CountersignPresenter) -> None:
        """Let `presenter` hear the clicks."""
        self._presenter = presenter
        self.show_state(presenter.state)

    def show_state(self, state: CountersignState) -> None:
        self._state = state
        count = state.count
        told = (state.unread, state.fault, state.notice)
        self.setVisible(bool(count) or any(one is not None for one in told))
        said = self._page.text("basket.countersign.waiting", count=count)
        if state.unread is not None:
            why = self._words.unread(state.unread)
            said = self._page.text("basket.countersign.unread", why=why)
        self._said.setText(said)
        self._said.setVisible(bool(count) or state.unread is not None)
        self._look.setVisible(bool(count))
        self._look.setEnabled(not state.busy)
        say_outcome(self._notice, self._page.desk, state.fault, state.notice)

    def respell(self) -> None:
        """Take the words in another language."""
        self._look.setText(self._page.text("basket.countersign.look"))
        self.show_state(self._state)

    def ask(self) -> None:
        """Show the first that waits, in full words; sign it or send it back."""
        if not self._state.waiting or self._state.busy:
            return
        asking, text = self._state.waiting[0], self._page.text
        count = len(asking.orders)
        choices = (
            Choice("back", text("basket.sheet.back")),
            Choice("refuse", text("basket.countersign.refuse"), Tone.DANGER, ready=False),
            Choice("sign", text("basket.countersign.sign", count=count), Tone.ACT, ready=False),
        )
        look = self._page.look
        sheet = Sheet(look, self._page, text("basket.countersign.title"), choices)
        for place, order in enumerate(asking.orders, 1):
            sheet.put(named(WrapLabel(self._full(order)), f"sheet.order.{place}"))
        unchecked = named(WrapLabel(text("orders.unchecked")), "sheet.unchecked")
        paint_tone(unchecked, Tone.CAUTION)
        sheet.put(unchecked)
        form = Form(look, "sheet.form")
        self._fields = {"passphrase": QLineEdit(), "reason": QLineEdit()}
        self._fields["passphrase"].setEchoMode(QLineEdit.EchoMode.Password)
        labels = {
            "passphrase": text("basket.sheet.passphrase"),
            "reason": text("basket.countersign.reason"),
        }
        for key, field in self._fields.items():
            form.add(FieldSpec(key, labels[key]), field)
            field.textChanged.connect(self._weigh)
        sheet.put(form)

        def answer(key: str) -> None:
            self._answer(key, asking)

        self._seen, self._sheet = self._state.seen, sheet
        sheet.answered.connect(answer)
        sheet.open()

    def _full(self, order: Order) -> str:
        """Everything the order says, and who wrote it."""
        text, formats = self._page.text, self._page.desk.formats
        kind = order.kind.value if order.kind is not None else "none"
        parts = [
            self._words.order_line(order),
            text(f"orders.kind.{kind}"),
            text(f"orders.priority.{order.priority.value}"),
            text("orders.preview.reason", reason=order.reason) if order.reason else "",
            text("orders.preview.note", note=order.note) if order.note else "",
            text("basket.starts", at=formats.moment(order.starts_at)) if order.starts_at else "",
            text("basket.ends", at=formats.moment(order.ends_at)) if order.ends_at else "",
            self._handed_out(order),
            text(f"basket.skin_test.{order.skin_test}") if order.skin_test else "",
            text("basket.countersign.by", name=order.requester_name),
        ]
        return LONG_DASH.join(part for part in parts if part)

    def _handed_out(self, order: Order) -> str:
        if order.quantity is None:
            return ""
        quantity = self._page.desk.formats.dose(order.quantity, order.quantity_unit)
        return self._page.text("basket.quantity", quantity=quantity)

    def _weigh(self) -> None:
        if self._sheet is not None:
            reason = self._fields["reason"].text().strip()
            self._sheet.make_ready("sign", ready=bool(self._fields["passphrase"].text()))
            self._sheet.make_ready("refuse", ready=bool(reason))

    def _answer(self, key: str, asking: Asking) -> None:
        passphrase, reason = (self._fields[one].text() for one in ("passphrase", "reason"))
        self._sheet, self._fields = None, {}
        if self._presenter is None:
            return
        if key == "sign":
            self._presenter.sign(asking, self._seen, passphrase)
        elif key == "refuse":
            self._presenter.send_back(asking, self._seen, reason)

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()
