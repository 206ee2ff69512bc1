"""The basket under the list of orders: what is written and not signed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.verbal_orders import Spoken
from app.kernel.faults import Fault
from app.services.order_catalogue import Item
from resources.styles.tokens import Tone
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.basket_state import BasketState
from ui.orders.basket_words import BasketWords
from ui.orders.card_presenter import SigningChecks
from ui.orders.card_state import CardsState
from ui.orders.card_window import CardFront
from ui.orders.check_strip import RUNNING, Checked
from ui.orders.sign_sheet import SignSheet
from ui.orders.verbal_sheet import VerbalSheet
from ui.orders.verbal_state import VerbalChoices, chosen_before
from ui.runtime.chart_words import ChartWords
from ui.runtime.discarding import Discarding
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.flow_layout import FlowLayout
from widgets.labels import Title, WrapLabel, paint_tone
from widgets.naming import named
from widgets.table import Table

Run = Callable[[], None]
_DEEDS = ("edit", "remove", "group", "clear")

_ANY_HEIGHT = 16_777_215
"""What Qt calls QWIDGETSIZE_MAX; PySide6 does not."""


class BasketPane(QWidget):
    """Shows a `BasketState`. Hidden while there is nothing to see.

    Signals:
        edit_requested: The item that is to go back into the form.
        instead_requested: The item that goes, and the `Item` that is to be written in its place.
    """

    edit_requested = Signal(str)
    instead_requested = Signal(str, object)

    def __init__(self, page: Page, words: ChartWords) -> None:
        super().__init__()
        name = page.part("basket")
        self.setObjectName(name)
        self._page = page
        self._words = BasketWords(words)
        self._presenter: BasketPresenter | None = None
        self._checks: SigningChecks | None = None
        self._front = CardFront(page)
        self._checked = self._verdict = RUNNING
        self._state = BasketState()
        self._drawn: object = None
        self._title = named(Title(), f"{name}.title")
        self._restored = named(WrapLabel(), f"{name}.restored")
        paint_tone(self._restored, Tone.LOCAL)
        self._notice = BannerLine(page.look, f"{name}.notice")
        self._table = Table(page.look, self._words.spec(f"{name}.rows"))
        self._table.show_search(shown=False)
        self._buttons = {key: named(KeyButton(key), f"{name}.{key}") for key in _DEEDS}
        self._sign = named(KeyButton("sign"), f"{name}.sign")
        self._sign.claim(Tone.ACT)
        self._discarding = Discarding(page, self._clear)
        self._lay_out()
        self._connect()
        self.respell()

    def commands(self, alone: Callable[[Run], Run]) -> tuple[Command, ...]:
        """Its keys; `alone` lets them be heard only while the basket is seen."""
        return (
            Command(
                "basket.sign.command", alone(self.ask_sign), "Ctrl+Shift+Return", icon="signature"
            ),
            Command("basket.group.command", alone(self.group), "Shift+G", icon="droplet"),
            Command("basket.undo.command", alone(self.undo), "Shift+Z", icon="undo-2"),
        )

    @property
    def holds(self) -> bool:
        """Whether unsigned orders are in it."""
        return bool(self._state.count)

    def attend(self, presenter: BasketPresenter) -> None:
        """Let `presenter` hear the clicks."""
        self._presenter = presenter
        self.show_state(presenter.state)

    def sign_after(self, checks: SigningChecks) -> None:
        """Let `checks` have the last word before the signature."""
        self._checks = checks
        self._front.attend(checks)

    @property
    def current(self) -> str:
        """The item one is on."""
        return self._table.current

    def show_checked(self, checked: Checked) -> None:
        """Show the warnings beside the orders."""
        self._checked = checked
        self.show_state(self._state)

    def show_state(self, state: BasketState) -> None:
        self._state = state
        text, has = self._page.text, bool(state.count)
        self.setVisible(state.shown)
        self._title.setText(text("basket.title.count", count=state.count))
        at = state.restored_at
        moment = self._page.desk.formats.moment(at) if at is not None else ""
        self._restored.setText(text("basket.restored", time=moment) if moment else "")
        for part in (self._title, self._table, self._sign, *self._buttons.values()):
            part.setVisible(has)
        self._restored.setVisible(has and bool(moment))
        self._say_notice(state)
        drawn = (state.basket, tuple(state.wrong.items()), self._checked)
        if drawn != self._drawn:
            self._drawn = drawn
            self._table.show_rows(self._words.rows(state, self._checked))
            self._table.show_marked(state.marked)
        if state.current and self._table.current != state.current:
            self._table.go_to(state.current)
        self._allow(state)
        # Of an emptied basket only what was done is left: one line, and the list gets the room.
        self.setMaximumHeight(_ANY_HEIGHT if has else self.sizeHint().height())

    def respell(self) -> None:
        """Take the words in another language."""
        text = self._page.text
        self._table.respell(self._words.spec(self._page.part("basket.rows")))
        for key, button in self._buttons.items():
            button.setText(text(f"basket.deed.{key}"))
        self._drawn = None
        self.show_state(self._state)

    def ask_sign(self) -> None:
        """Have it checked; then show everything in full words, and ask for the passphrase."""
        if self._checks is not None:
            self._checks.begin()

    # -- what the checks ask for

    def show_cards(self, state: CardsState) -> None:
        self._front.show_cards(state)

    def close_cards(self) -> None:
        self._front.close_cards()
        self._table.setFocus()

    def go_on(self, checked: Checked) -> None:
        """Everything is answered: whose it is, and the passphrase."""
        self._verdict = checked
        if self._presenter is not None and self._state.verbal:
            self._presenter.ask_whose(self._ask_whose)
        else:
            self._show_sheet()

    def write_instead(self, key: str, item: Item) -> None:
        self.instead_requested.emit(key, item)

    def group(self) -> None:
        if self._presenter is not None:
            self._presenter.group()

    def undo(self) -> None:
        if self._presenter is not None:
            self._presenter.undo()

    # -- showing

    def _say_notice(self, state: BasketState) -> None:
        """How the last act went; after a removal, with the way back."""
        if not state.removed or state.fault is not None:
            say_outcome(self._notice, self._page.desk, state.fault, state.notice)
            return
        text = self._page.text
        said = text("basket.removed", count=state.removed)
        self._notice.show_notice(Notice(said, Tone.LOCAL, action=text("basket.undo")))

    def _allow(self, state: BasketState) -> None:
        kind = self._words.kind(state)
        said = self._page.text(f"basket.{kind}", count=state.count)
        self._sign.setText(self._page.text("cards.running") if state.checking else said)
        self._sign.setEnabled(state.can_sign)
        for key in ("edit", "remove", "clear"):
            self._buttons[key].setEnabled(state.can_change)
        self._buttons["group"].setEnabled(state.can_group)

    def _ask_whose(self, may: VerbalChoices) -> None:
        """Who said it, when, and was it read back? It was asked before the passphrase."""
        chosen = chosen_before(self._state.basket.drafts)
        lines = self._words.numbered(self._state)
        sheet = VerbalSheet(self._page.desk, self._page, lines, may, chosen)
        sheet.said.connect(self._say)
        sheet.open()

    def _show_sheet(self) -> None:
        if self._presenter is not None and self._presenter.ask():
            sheet = SignSheet(self._page, self._words, self._state, self._verdict)
            sheet.signed.connect(self._sign_now)
            sheet.open()
            if self._checks is not None and self._checks.remote is not None:
                self._checks.remote.listen(sheet.show_remote)
                sheet.answered.connect(self._checks.remote.forget)

    # -- hearing

    def _say(self, spoken: Spoken) -> None:
        if self._presenter is not None:
            self._presenter.say(spoken, self._said)

    def _said(self, fault: Fault | None) -> None:
        """It is kept with the orders: the signature can be asked for."""
        if fault is None:
            self._show_sheet()

    def _sign_now(self, passphrase: str) -> None:
        if self._presenter is not None:
            self._presenter.sign(passphrase)

    def _clear(self) -> None:
        if self._presenter is not None:
            self._presenter.clear()

    def _do(self, key: str) -> None:
        if self._presenter is None:
            return
        match key:
            case "edit":
                self.edit_requested.emit(self._table.current)
            case "remove":
                self._presenter.remove(self._table.current)
            case "group":
                self._presenter.group()
            case _:
                self._discarding.ask()

    def _choose(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(key)

    def _mark(self, keys: tuple[str, ...]) -> None:
        if self._presenter is not None:
            self._presenter.mark(keys)

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    # -- building

    def _lay_out(self) -> None:
        gap = self._page.look.theme.px("gap")
        head = FlowLayout(gap=2 * gap)
        head.addWidget(self._title)
        head.addWidget(self._sign)
        foot = FlowLayout(gap=gap)
        for button in self._buttons.values():
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, gap, 0, 0)
        column.setSpacing(gap // 2)
        column.addLayout(head)
        column.addWidget(self._restored)
        column.addWidget(self._notice)
        column.addWidget(self._table, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        for button in self._buttons.values():
            button.picked.connect(self._do)
        self._sign.clicked.connect(self.ask_sign)
        self._table.opened.connect(self.edit_requested)
        self._table.selected.connect(self._choose)
        self._table.marked.connect(self._mark)
        self._notice.dismissed.connect(self._dismiss)
        self._notice.acted.connect(self.undo)
