"""What the orders page says of orders by word of mouth that wait for their physician."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.dose_limits import NO_LIMITS
from app.domain.orders import Order
from resources.styles.tokens import Tone
from ui.orders.answer_bar import AnswerBar, Question, Said
from ui.orders.verbal_presenter import Spoke, VerbalPresenter
from ui.orders.words import in_full
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.dialogs import Choice
from ui.runtime.page import Page


class VerbalBar(AnswerBar[Spoke]):
    """Confirms the first that waits, or rejects it; either is signed."""

    def __init__(self, page: Page, words: ChartWords) -> None:
        self._presenter: VerbalPresenter | None = None
        super().__init__(page, words, "verbal")

    def attend_to(self, presenter: VerbalPresenter) -> None:
        """Let `presenter` hear the clicks."""
        self._presenter = presenter
        self.attend(presenter)

    def _waiting(self, count: int) -> str:
        return self._page.text("verbal.waiting", count=count)

    def _unknown(self, why: str) -> str:
        return self._page.text("verbal.unread", why=why)

    def _looking(self) -> str:
        return self._page.text("verbal.look")

    def _question(self, asked: Spoke) -> Question:
        text = self._page.text
        return Question(
            text("verbal.answer.title"),
            (
                Choice("back", text("verbal.sheet.back")),
                Choice("reject", text("verbal.reject"), Tone.DANGER, ready=False),
                Choice("confirm", text("verbal.confirm"), Tone.ACT, ready=False),
            ),
            tuple(self._full(order, asked) for order in asked.orders),
            text("verbal.answer.text"),
            text("verbal.answer.reason"),
            "confirm",
        )

    def _full(self, order: Order, spoke: Spoke) -> str:
        """All of the order, the situation, when and by whom it was written, whether it runs."""
        text, desk = self._page.text, self._page.desk
        situation = order.spoken.situation if order.spoken is not None else None
        parts = [
            *in_full(self._words, order, NO_LIMITS),  # once: there is nothing to limit
            situation.shown(desk.languages.language) if situation is not None else "",
            text("verbal.written", at=desk.formats.moment(order.authored_at), by=spoke.by),
            "" if order.status == "active" else text("verbal.ended"),
        ]
        return LONG_DASH.join(part for part in parts if part)

    def _ready(self, *, passphrase: bool, reason: bool) -> Mapping[str, bool]:
        return {"confirm": passphrase and not reason, "reject": passphrase and reason}

    def _take(self, key: str, asked: Spoke, said: Said) -> None:
        if self._presenter is None:
            return
        if key == "confirm":
            self._presenter.confirm(asked, said.seen, said.passphrase, said.answers)
        elif key == "reject":
            self._presenter.reject(asked, said.seen, said.passphrase, said.reason)
