"""Where the keyboard begins when a page comes up: in its list, not in what stands before it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Entering:
    """Takes the keyboard to `into` once; afterwards it stays where the user put it."""

    def __init__(self, page: QWidget, into: QWidget, passed_by: QWidget) -> None:
        """`passed_by`: first in the order of Tab, and not where the work begins."""
        self._page = page
        self._into = into
        self._passed_by = passed_by
        self._entered = False

    def enter(self) -> None:
        """To be said when the page is shown and when its list is filled."""
        now = self._page.window().focusWidget()
        away = now is not None and now is not self._passed_by and self._page.isAncestorOf(now)
        if not self._entered and self._page.isVisible() and not away:
            self._entered = True
            self._into.setFocus()
