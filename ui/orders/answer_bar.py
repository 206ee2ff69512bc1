"""The line over the orders that says what waits for an answer, and the sheet that takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.deciding import CardAnswer
from app.ports.acts import ReadSet
from resources.styles.tokens import Tone
from ui.orders.answering import A, Answering, Waiting
from ui.orders.card_window import CardFront
from ui.orders.check_strip import Checked
from ui.orders.checked_sheet import CheckedSheet
from ui.orders.order_warnings import OrderWarnings
from ui.runtime.chart_words import ChartWords
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class Question:
    """What the sheet says.

    Attributes:
        orders: Each in full words.
        under: What is said below them.
        reason: What the reason is asked for.
        signs: Key of the choice that answers for them: every warning is answered before.
    """

    title: str
    choices: tuple[Choice, ...]
    orders: tuple[str, ...]
    under: str
    reason: str
    signs: str


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed into the sheet, and the read-set it was typed in front of.

    Attributes:
        answers: What was said to warnings about the orders.
    """

    passphrase: str
    reason: str
    seen: ReadSet
    answers: tuple[CardAnswer, ...] = ()


class AnswerBar(QWidget, Generic[A]):
    """Hidden while nothing waits."""

    def __init__(self, page: Page, words: ChartWords, name: str) -> None:
        super().__init__()
        self.setObjectName(page.part(name))
        self._page = page
        self._words = words
        self._answering: Answering[A] | None = None
        self._state: Waiting[A] = Waiting()
        self._fields: dict[str, QLineEdit] = {}
        self._sheet: Sheet | None = None
        self._signs = ""
        self._warnings: OrderWarnings | None = None
        self.front = CardFront(page)
        self._waits = named(WrapLabel(), f"{self.objectName()}.said")
        paint_tone(self._waits, Tone.CAUTION)
        self._look = named(KeyButton("look"), f"{self.objectName()}.look")
        self._look.clicked.connect(self.ask)
        self._notice = BannerLine(page.look, f"{self.objectName()}.notice")
        self._notice.dismissed.connect(self._dismiss)
        row = QHBoxLayout()
        row.setSpacing(page.look.theme.px("gap"))
        row.addWidget(self._waits, 1)
        row.addWidget(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._notice)
        column.addLayout(row)
        self.respell()

    def attend(self, answering: Answering[A]) -> None:
        """Let `answering` hear the clicks."""
        self._answering = answering
        self.show_state(answering.state)

    def check_with(self, warnings: OrderWarnings) -> None:
        """Let `warnings` be answered before anybody answers for an order."""
        self._warnings = warnings
        self.front.attend(warnings)

    def show_state(self, state: Waiting[A]) -> None:
        self._state = state
        told = (state.unread, state.fault, state.notice)
        self.setVisible(bool(state.count) or any(one is not None for one in told))
        if state.unread is not None:
            self._waits.setText(self._unknown(self._words.unread(state.unread)))
        else:
            self._waits.setText(self._waiting(state.count))
        self._waits.setVisible(bool(state.count) or state.unread is not None)
        self._look.setVisible(bool(state.count))
        self._look.setEnabled(not state.busy)
        say_outcome(self._notice, self._page.desk, state.fault, state.notice)

    def respell(self) -> None:
        """Take the words in another language."""
        self._look.setText(self._looking())
        self.show_state(self._state)

    def ask(self) -> None:
        """Have the first that waits checked; then show it in full words, and take the answer."""
        if not self._state.waiting or self._state.busy or self._warnings is None:
            return
        asked, seen = self._state.waiting[0], self._state.seen

        def go_on(checked: Checked, answers: tuple[CardAnswer, ...], left: int) -> None:
            self._show_sheet(asked, seen, checked, answers, left)

        self._warnings.begin(asked.orders, go_on)

    def _show_sheet(
        self, asked: A, seen: ReadSet, checked: Checked, answers: tuple[CardAnswer, ...], left: int
    ) -> None:
        look, question = self._page.look, self._question(asked)
        sheet = CheckedSheet(self._page, question.title, question.choices, checked)
        for place, words in enumerate(question.orders, 1):
            sheet.put(named(WrapLabel(words), f"sheet.order.{place}"))
        if question.under:
            sheet.put(named(WrapLabel(question.under), "sheet.under"))
        sheet.put_strip(left)
        self._signs = question.signs if left else ""
        form = Form(look, "sheet.form")
        self._fields = {"passphrase": QLineEdit(), "reason": QLineEdit()}
        self._fields["passphrase"].setEchoMode(QLineEdit.EchoMode.Password)
        labels = {
            "passphrase": self._page.text("basket.sheet.passphrase"),
            "reason": question.reason,
        }
        for key, field in self._fields.items():
            form.add(FieldSpec(key, labels[key]), field)
            field.textChanged.connect(self._weigh)
        sheet.put(form)

        def answer(key: str) -> None:
            typed = {key: field.text() for key, field in self._fields.items()}
            said = Said(typed["passphrase"], typed["reason"], seen, answers)
            self._sheet, self._fields = None, {}
            self._take(key, asked, said)

        self._sheet = sheet
        sheet.answered.connect(answer)
        sheet.open()

    # -- what a kind of question says

    def _waiting(self, count: int) -> str:
        raise NotImplementedError

    def _unknown(self, why: str) -> str:
        """That it is not known whether anything waits."""
        raise NotImplementedError

    def _looking(self) -> str:
        raise NotImplementedError

    def _question(self, asked: A) -> Question:
        raise NotImplementedError

    def _ready(self, *, passphrase: bool, reason: bool) -> Mapping[str, bool]:
        """Which choices may be taken with what is typed."""
        raise NotImplementedError

    def _take(self, key: str, asked: A, said: Said) -> None:
        raise NotImplementedError

    # -- inside

    def _weigh(self) -> None:
        if self._sheet is not None:
            typed = {key: bool(field.text().strip()) for key, field in self._fields.items()}
            for key, ready in self._ready(**typed).items():
                self._sheet.make_ready(key, ready=ready and key != self._signs)

    def _dismiss(self) -> None:
        if self._answering is not None:
            self._answering.read_notice()
