"""Fails the test that leaves a thread, a timer, a task or an unexpected warning behind."""

from __future__ import annotations

import gc
import logging
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from app.kernel.tasks import TaskScope

OUR_LOGGERS = ("app", "ui", "widgets", "localdb", "sync", "resources")
_PATIENCE = 2.0


class CaughtLogs(logging.Handler):
    """Keeps every record of one test."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.records: list[logging.LogRecord] = []
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def text(self, record: logging.LogRecord) -> str:
        """What a file handler would write: the message and its traceback."""
        return self._formatter.format(record)


def pytest_configure() -> None:
    """Hear our own modules whole; of the others what a careful workstation would log."""
    logging.getLogger().setLevel(logging.INFO)
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)


@pytest.fixture(autouse=True)
def caught_logs(request: pytest.FixtureRequest) -> Iterator[CaughtLogs]:
    """Let no warning pass that `@pytest.mark.expects_log(pattern)` does not announce."""
    handler = CaughtLogs()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    loud = [handler.text(r) for r in handler.records if r.levelno >= logging.WARNING]
    patterns = [str(mark.args[0]) for mark in request.node.iter_markers("expects_log")]
    surprises = [text for text in loud if not any(re.search(p, text) for p in patterns)]
    absent = [p for p in patterns if not any(re.search(p, text) for text in loud)]
    assert not surprises, f"unexpected warnings in the log: {surprises}"
    assert not absent, f"expected in the log, and never came: {absent}"


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Compare the world after the test with the world before it."""
    gc.freeze()  # what is alive now is not the test's; it also makes the sweep below cheap
    before = set(threading.enumerate())
    yield
    _delete_what_asked_for_it()
    gc.collect()
    left = [*_threads(before), *_timers(), *_scopes()]
    assert not left, f"left behind: {', '.join(left)}"


def _threads(before: set[threading.Thread]) -> Iterator[str]:
    for thread in threading.enumerate():
        # A dummy stands for a thread that Python did not start; Qt keeps some of its own.
        if thread in before or isinstance(thread, threading._DummyThread):
            continue
        thread.join(_PATIENCE)
        if thread.is_alive():
            yield f"thread {thread.name!r}"


def _timers() -> Iterator[str]:
    if "PySide6.QtCore" not in sys.modules:
        return
    import shiboken6
    from PySide6.QtCore import QTimer

    for thing in gc.get_objects():
        if issubclass(type(thing), QTimer) and shiboken6.isValid(thing) and thing.isActive():
            yield f"timer {thing.objectName()!r} of {thing.interval()} ms"


def _scopes() -> Iterator[str]:
    for thing in gc.get_objects():
        if type(thing) is TaskScope and thing._reads:
            yield f"task scope with {len(thing._reads)} unanswered reads; close its page"


def _delete_what_asked_for_it() -> None:
    """Carry out `deleteLater`, which without a running loop waits for ever."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
