"""The one window of warnings before the signature, worked by keys: Enter, O and a digit, Escape."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.orders.card_answering import CardAnswering
from ui.orders.card_state import CardsState, Step
from ui.orders.card_view import CardView
from ui.orders.card_words import CardWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.page import Page
from ui.runtime.rule_sheet import RuleSheet
from widgets.buttons import KeyButton
from widgets.labels import WrapLabel
from widgets.naming import named

_DIGITS = {Qt.Key.Key_1 + place: place for place in range(9)}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BESIDE = Qt.KeyboardModifier.KeypadModifier
_ROWS = 7
_SHARE = 0.62
"""Of the page, what the cards may take without scrolling; the rest is for the frame around."""


class _Cards(QWidget):
    """Takes the height its cards need at the width there is.

    As a hint it asks for none: Qt would measure the words at their least width, and scroll past
    the last card.
    """

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(super().minimumSizeHint().width(), 0)


class CardWindow(Sheet):
    """Draws a `CardsState`; Escape from the cards goes back to the basket."""

    def __init__(self, desk: Desk, over: QWidget, presenter: CardAnswering) -> None:
        text = desk.languages.text
        back = (Choice("back", text("cards.back")),)
        super().__init__(desk.look, over, text("cards.window.title"), back, wide=True)
        self._desk = desk
        self._words = CardWords(desk)
        self._presenter = presenter
        self._state = CardsState()
        self._views: list[CardView] = []
        self._left = named(WrapLabel(), "sheet.left")
        self._left.setProperty("role", "strong")
        self._fault = named(WrapLabel(), "sheet.fault")
        self._fault.claim(Tone.CAUTION)
        self._inside = inside = _Cards()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(desk.look.theme.px("gap"))
        self._column.addStretch(1)
        self._area = named(QScrollArea(), "sheet.cards")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inside)
        for part in (self._area.viewport(), inside):
            part.setAutoFillBackground(False)  # the ground is that of the sheet
        for part in (self._left, self._area, self._fault):
            self.put(part)

    def show_state(self, state: CardsState) -> None:
        """Show the cards and how far one has come with them."""
        before, self._state = self._state, state
        if before.cards != state.cards:
            self._lay_cards(state)
        self._left.setText(self._words.heading(state))
        self._fault.setText(ChartWords(self._desk).fault(state.fault) if state.fault else "")
        self._fault.setVisible(state.fault is not None)
        for view in self._views:
            view.show_state(state)
        card = state.current
        if card is not None:  # what a screen reader says of the one that the keys are for
            read = (self._words.title(card), self._words.said(card), self._words.asked(state))
            self.setAccessibleDescription("\n".join(part for part in read if part))
        self._make_room()
        self._take_focus(before)

    def _make_room(self) -> None:
        """As high as the cards need, where there is room; it never shrinks under the eye."""
        theme = self._desk.look.theme
        wide = min(theme.px("sheet_wide"), self._over.width()) - 4 * theme.px("pad")
        wanted = self._inside.heightForWidth(wide)
        most = int(self._over.height() * _SHARE)
        least = max(self._area.minimumHeight(), _ROWS * theme.row)
        self._area.setMinimumHeight(min(max(wanted, least), most))
        if self.isVisible():
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.isAutoRepeat() or event.modifiers() & ~_BESIDE:
            return
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._presenter.back()
        elif key in _ENTER:
            self._enter()
        elif key == Qt.Key.Key_F2:
            self._detail()
        elif key in _DIGITS:
            self._number(_DIGITS[key])
        else:
            self._letter(key)

    # -- keys

    def _enter(self) -> None:
        """Of a button that has the focus, that; else what the step waits for."""
        on = self.window().focusWidget()
        if isinstance(on, KeyButton):
            on.click()
            return
        match self._state.step:
            case Step.CHOOSING:
                self._presenter.accept()
            case Step.WORDS:
                self._press("write")
            case Step.SECOND:
                self._press("agree")
            case _:
                pass

    def _number(self, place: int) -> None:
        if self._state.step is Step.REASON:
            self._presenter.choose(place)
        elif self._state.step is Step.CHOOSING:
            self._presenter.accept(place)

    def _letter(self, key: int) -> None:
        if self._state.step is not Step.CHOOSING:
            return
        if key == Qt.Key.Key_O:
            self._presenter.override()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)

    def _step(self, by: int) -> None:
        keys = [card.key for card in self._state.cards]
        place = keys.index(self._state.at) if self._state.at in keys else 0
        self._presenter.go_to(keys[max(0, min(place + by, len(keys) - 1))])

    def _press(self, key: str) -> None:
        view = self._view
        what, _, place = key.partition(".")
        match what:
            case "accept":
                self._presenter.accept(int(place))
            case "override":
                self._presenter.override()
            case "reason":
                self._presenter.choose(int(place))
            case "write" if view is not None:
                self._presenter.write(view.own_words)
            case "agree" if view is not None:
                self._presenter.agree(*view.second)
            case _:
                self._detail()

    def _detail(self) -> None:
        card = self._state.current
        if card is not None:
            RuleSheet(self._desk, self, card).open()

    def _answer(self, key: str) -> None:
        del key
        self._presenter.leave()

    # -- showing

    @property
    def _view(self) -> CardView | None:
        return next((one for one in self._views if one.warned.key == self._state.at), None)

    def _lay_cards(self, state: CardsState) -> None:
        for old in self._views:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._views = [
            CardView(self._desk, self._words, card, place)
            for place, card in enumerate(state.cards, 1)
        ]
        for place, view in enumerate(self._views):
            view.pressed.connect(self._press)
            view.visited.connect(self._presenter.go_to)
            self._column.insertWidget(place, view)

    def _take_focus(self, before: CardsState) -> None:
        state, view = self._state, self._view
        if (before.at, before.step) == (state.at, state.step) or view is None:
            return
        if not view.take_focus(state.step):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(view)


class CardFront:
    """The window over a page, while there is one.

    What it lies over gets the keyboard back from whoever closes it.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._presenter: CardAnswering | None = None
        self._window: CardWindow | None = None

    def attend(self, presenter: CardAnswering) -> None:
        """Let `presenter` hear the keys."""
        self._presenter = presenter

    def show_cards(self, state: CardsState) -> None:
        if self._window is None and self._presenter is not None:
            self._window = CardWindow(self._page.desk, self._page, self._presenter)
            self._window.show_state(state)
            self._window.open()
        elif self._window is not None:
            self._window.show_state(state)

    def close_cards(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.close_sheet()
