"""The alert budget: how often decision support interrupted, and what people did about it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from resources.styles.tokens import Tone
from ui.alerts.presenter import AlertsPresenter
from ui.alerts.state import PERIODS, AlertsState
from ui.alerts.words import AlertWords
from ui.runtime.desk import Desk
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.page import Page
from widgets.banner_line import BannerLine, Notice
from widgets.card import Card
from widgets.labels import Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table

_MEASURES = ("windows", "doctor-day", "overridden")


class AlertsPage(Page):
    """Draws an `AlertsState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "alerts")
        self._words = AlertWords(desk)
        self._presenter: AlertsPresenter | None = None
        self._state: AlertsState | None = None
        self._title = named(Title(), self.part("title"))
        self._title.setWordWrap(False)
        self._periods = Segmented(self.look, self.part("periods"))
        self._counted = named(WrapLabel(), self.part("counted"))
        self._counted.setProperty("role", "caption")
        self._cards = {one: Card(self.look, self.part(one)) for one in _MEASURES}
        self._lines = {one: named(WrapLabel(), self.part(f"{one}.said")) for one in _MEASURES}
        self._review = BannerLine(self.look, self.part("review"))
        self._table = Table(self.look, self._words.spec())
        self._stack = StateStack(self.look, self.part("state"), self._table)
        self._lay_out()
        self._periods.chosen.connect(self._choose_period)
        self._table.selected.connect(self._select)
        self._stack.retry_requested.connect(self._reload)
        self.retranslate()

    def attend(self, presenter: AlertsPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.alerts"))
        self._table.respell(self._words.spec())
        if self._state is not None:
            self.show_state(self._state)

    def show_state(self, state: AlertsState) -> None:
        self._state = state
        segments = tuple(
            Segment(str(days), self.text("alertspage.days", count=days)) for days in PERIODS
        )
        self._periods.show_segments(segments, str(state.days))
        self._counted.setText(self._words.counted(state))
        for one in state.measures:
            name, said, tone = self._words.measure(one)
            self._cards[one.name].head(name, tone)
            self._lines[one.name].setText(said)
        for card in self._cards.values():
            card.setVisible(bool(state.measures))
        said = self._words.review(state)
        self._review.show_notice(Notice(said, Tone.CAUTION, stays=True) if said else None)
        listing = Listing(state.found is not None, len(state.rules), state.fault)
        then = self.text("alertspage.empty.then")
        excuses = Excuses(self.text("alertspage.safe"), self.text("alertspage.empty"), then)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._table.show_rows(self._words.rows(state))

    def _choose_period(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_period(key)

    def _select(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.select(key)

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _lay_out(self) -> None:
        theme = self.look.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px("pad"))
        head.addWidget(self._title)
        head.addWidget(self._periods)
        head.addWidget(self._counted, 1)
        figures = QHBoxLayout()
        figures.setSpacing(theme.px("gap"))
        for name, card in self._cards.items():
            card.put(self._lines[name])
            figures.addWidget(card, 1)
        self.stand(head, figures, self._review, self._stack)
