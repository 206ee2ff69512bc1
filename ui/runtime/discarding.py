"""Asks before what was typed is thrown away: the only way it is ever lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from resources.styles.tokens import Tone
from ui.runtime.dialogs import Choice, ask
from ui.runtime.page import Page


class Discarding(QObject):
    """The question of one page, and what its yes does. Owned by the page."""

    def __init__(self, page: Page, discard: Callable[[], None]) -> None:
        super().__init__(page)
        self._page = page
        self._discard = discard

    def ask(self) -> None:
        """Ask over the page; anything but a clear yes keeps what was typed."""
        text = self._page.text
        choices = (
            Choice("keep", text("draft.discard.keep"), Tone.ACT),
            Choice("discard", text("draft.discard.sure"), Tone.DANGER),
        )
        title, question = text("draft.discard.title"), text("draft.discard.ask")
        ask(self._page.look, self._page, title, question, choices).answered.connect(self._answer)

    def _answer(self, key: str) -> None:
        if key == "discard":
            self._discard()
