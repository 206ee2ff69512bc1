"""One warning in the window: what it says, what it rests on, and the ways to answer it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.decision.verdict import Card as Warned
from resources.styles.tokens import Tone
from ui.orders.card_state import CardsState, Step
from ui.orders.card_words import CardWords
from ui.runtime.decision_words import tone_of
from ui.runtime.desk import Desk
from widgets.buttons import KeyButton
from widgets.card import Card
from widgets.chips import Chip
from widgets.flow_row import FlowRow
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


class CardView(Card):
    """Draws a card of a `CardsState`: whole while one is on it, in two lines otherwise.

    Signals:
        pressed: Key of a button: `accept.0` and on, `override`, `reason.0` and on, `detail`,
            `write`, `agree`; of the card one is on.
        visited: The key of the card: the user wants to be on it.
    """

    pressed = Signal(str)
    visited = Signal(str)

    def __init__(self, desk: Desk, words: CardWords, card: Warned, place: int) -> None:
        name = f"sheet.card.{place}"
        super().__init__(desk.look, name)
        self.warned = card
        self._desk = desk
        self._words = words
        self._name = name
        self.head(words.title(card), tone_of(card.tier))
        badge = words.standing(card)
        if badge:
            chip = named(Chip(desk.look), f"{name}.standing")
            chip.show_claim(badge, Tone.LOCAL)
            self.put_beside_title(chip)
        self._said = named(WrapLabel(words.said(card)), f"{name}.said")
        self._rest = named(WrapLabel(words.ground(card)), f"{name}.rest")
        self._rest.setProperty("role", "caption")
        self._answer = named(WrapLabel(), f"{name}.answer")
        self._answer.setProperty("role", "strong")
        self._form = Form(desk.look, f"{name}.form")
        self._own, self._who, self._passphrase = QLineEdit(), QLineEdit(), QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._fill_form()
        for part in (self._said, self._rest, self._answer, self._form):
            self.put(part)
        self._row = FlowRow(desk.look.theme.px("gap"))
        self._grid = FlowRow(desk.look.theme.px("gap"))
        self.put(self._row)
        self.put(self._grid)
        self._drawn: object = None

    @property
    def own_words(self) -> str:
        return self._own.text()

    @property
    def second(self) -> tuple[str, str]:
        """Who agrees, and what they typed; the passphrase is forgotten at once."""
        typed = (self._who.text(), self._passphrase.text())
        self._passphrase.clear()
        return typed

    def show_state(self, state: CardsState) -> None:
        """Show how far its answer has come."""
        on = state.at == self.warned.key
        given = state.answer(self.warned)
        lacks = state.lacks(self.warned)
        step = state.step if on else None
        self._rest.setVisible(on)
        said = self._words.asked(state) if on else ""
        if given is not None and lacks is None and not said:
            said = self._words.given(given, state.reasons)
        self._answer.setText(said)
        self._answer.setVisible(bool(said))
        self._form.setVisible(step in (Step.WORDS, Step.SECOND))
        for key in ("own", "who", "passphrase"):
            self._form.field(key).setVisible((key == "own") is (step is Step.WORDS))
        drawn = (step, state.offers.get(self.warned.key, ()), state.basket)
        if drawn != self._drawn:
            self._drawn = drawn
            self._lay_buttons(state, step)

    def take_focus(self, step: Step) -> bool:
        """Put the caret where this step is typed; False where keys alone answer it."""
        field = {Step.WORDS: self._own, Step.SECOND: self._who}.get(step)
        if field is not None:
            field.setFocus()
        return field is not None

    # -- building

    def _fill_form(self) -> None:
        text = self._words.text
        own = FieldSpec("own", text("cards.own"), hint=text("cards.own.hint"), required=True)
        self._form.add(own, self._own)
        self._form.add(FieldSpec("who", text("cards.second.who"), required=True), self._who)
        spec = FieldSpec("passphrase", text("cards.second.passphrase"), required=True)
        self._form.add(spec, self._passphrase)

    def _lay_buttons(self, state: CardsState, step: Step | None) -> None:
        self._row.clear()
        self._grid.clear()
        self._grid.setVisible(step is Step.REASON)
        self._row.setVisible(step is not Step.REASON)
        match step:
            case None:
                open_ = state.lacks(self.warned) is not None
                code = "cards.visit" if open_ else "cards.visit.again"
                self._add("visit", self._words.text(code)).setProperty("role", "flat")
            case Step.CHOOSING:
                self._lay_offers(state)
            case Step.REASON:
                for place, reason in enumerate(state.reasons):
                    label = self._words.reason_line(reason, place + 1)
                    self._grid.add(self._button(f"reason.{place}", label))
            case Step.WORDS:
                self._add("write", self._words.keyed("cards.write", "Enter"), Tone.ACT)
            case Step.SECOND:
                self._add("agree", self._words.keyed("cards.agree", "Enter"), Tone.DANGER)

    def _lay_offers(self, state: CardsState) -> None:
        for place, one in enumerate(state.offers.get(self.warned.key, ())):
            tone = Tone.PLAIN if place else Tone.ACT
            self._add(f"accept.{place}", self._words.offer(one, state.basket, place), tone)
        self._add("override", self._words.keyed("cards.override", "O"))
        self._add("detail", self._words.keyed("cards.detail", "F2"))

    def _add(self, key: str, label: str, tone: Tone = Tone.PLAIN) -> KeyButton:
        button = self._button(key, label)
        button.claim(tone)
        self._row.add(button)
        return button

    def _button(self, key: str, label: str) -> KeyButton:
        button = named(KeyButton(key, label), f"{self._name}.{key}")
        button.picked.connect(self._press)
        return button

    def _press(self, key: str) -> None:
        if key == "visit":
            self.visited.emit(self.warned.key)
        else:
            self.pressed.emit(key)
