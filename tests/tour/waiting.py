"""Waiting for a condition while the event loop runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

from tests.support.page_kit import settle


class WaitedInVainError(Exception):
    """Something did not come in time."""


def until(done: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    """Let the event loop run until `done`.

    Raises:
        WaitedInVainError: It was not done in time; the text says for what the tour waited.
    """
    if done():
        return
    loop, late, look = QEventLoop(), QTimer(), QTimer()

    def ask() -> None:
        if done():
            loop.quit()

    look.setInterval(20)
    look.timeout.connect(ask)
    late.setSingleShot(True)
    late.timeout.connect(loop.quit)
    look.start()
    late.start(int(seconds * 1000))
    loop.exec()
    if not done():
        raise WaitedInVainError(what)


def rest(milliseconds: int = 60) -> None:
    """Let parts be shown and laid out before a picture is taken."""
    settle()
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    settle()
