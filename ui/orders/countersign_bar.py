"""What the orders page says of orders that wait for a countersignature."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.dose_limits import DoseLimits
from app.domain.orders import Order
from resources.styles.tokens import Tone
from ui.orders.answer_bar import AnswerBar, Question, Said
from ui.orders.countersign_presenter import Asking, CountersignPresenter
from ui.orders.words import in_full
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.dialogs import Choice
from ui.runtime.page import Page


class CountersignBar(AnswerBar[Asking]):
    """Signs the first that waits, or sends it back."""

    def __init__(self, page: Page, words: ChartWords) -> None:
        self._presenter: CountersignPresenter | None = None
        super().__init__(page, words, "countersign")

    def attend_to(self, presenter: CountersignPresenter) -> None:
        """Let `presenter` hear the clicks."""
        self._presenter = presenter
        self.attend(presenter)

    def _waiting(self, count: int) -> str:
        return self._page.text("basket.countersign.waiting", count=count)

    def _unknown(self, why: str) -> str:
        return self._page.text("basket.countersign.unread", why=why)

    def _looking(self) -> str:
        return self._page.text("basket.countersign.look")

    def _question(self, asked: Asking) -> Question:
        text, count = self._page.text, len(asked.orders)
        return Question(
            text("basket.countersign.title"),
            (
                Choice("back", text("basket.sheet.back")),
                Choice("refuse", text("basket.countersign.refuse"), Tone.DANGER, ready=False),
                Choice("sign", text("basket.countersign.sign", count=count), Tone.ACT, ready=False),
            ),
            tuple(
                self._full(order, limits)
                for order, limits in zip(asked.orders, asked.limits, strict=True)
            ),
            "",
            text("basket.countersign.reason"),
            "sign",
        )

    def _full(self, order: Order, limits: DoseLimits) -> str:
        by = self._page.text("basket.countersign.by", name=order.requester_name)
        return LONG_DASH.join((*in_full(self._words, order, limits), by))

    def _ready(self, *, passphrase: bool, reason: bool) -> Mapping[str, bool]:
        return {"sign": passphrase, "refuse": reason}

    def _take(self, key: str, asked: Asking, said: Said) -> None:
        if self._presenter is None:
            return
        if key == "sign":
            self._presenter.sign(asked, said.seen, said.passphrase, said.answers)
        elif key == "refuse":
            self._presenter.send_back(asked, said.seen, said.reason)
