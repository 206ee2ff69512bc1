"""The real window in this process, offscreen, over an enrolled workstation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from app.commands.demo import PASSPHRASE, demo_settings
from app.config import load
from app.desktop import Desktop
from app.domain.people import Session
from app.domain.sending import Connection, SendingStatus
from app.main import Workstation
from tests.bench import hospital
from ui.runtime.page import Page
from ui.shell.window import MainWindow
from widgets.state_stack import StateStack

WINDOW = (1920, 1080)


def unlocked(base_url: str, folder: Path) -> tuple[Workstation, Session]:
    """An enrolled workstation in `folder`, unlocked without the hospital."""
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    work = Workstation(demo_settings(plain, folder, base_url))
    return work, work.signing_in.offline(hospital.DOCTOR, PASSPHRASE)


@contextmanager
def desktop_at(work: Workstation, session: Session) -> Iterator[Desktop]:
    """Open the window for `session`, and close everything after it."""
    desktop = Desktop(work.settings, work)
    try:
        desktop.start(session)
        window_of(desktop).resize(*WINDOW)
        yield desktop
    finally:
        desktop.close()


def window_of(desktop: Desktop) -> MainWindow:
    assert desktop.window is not None
    return desktop.window


def run_until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the event loop run; `done` is asked whenever nothing else is to be done.

    Raises:
        TimeoutError: It was not done in time.
    """
    loop, look = QEventLoop(), QTimer()
    look.setInterval(1)  # without a pause it would keep the other lanes from running
    look.timeout.connect(lambda: loop.quit() if done() else None)
    look.start()
    run(loop, seconds)
    look.stop()
    if not done():
        raise TimeoutError("the bench waited in vain")


def run(loop: QEventLoop, seconds: float) -> None:
    """Run `loop` until somebody quits it, `seconds` at most, without asking anything meanwhile."""
    late = QTimer()
    late.setSingleShot(True)
    late.timeout.connect(loop.quit)
    late.start(int(seconds * 1000))
    loop.exec()
    late.stop()


def run_one_round(desktop: Desktop, seconds: float) -> SendingStatus:
    """Let the event loop run until the synchronisation under way has ended.

    Raises:
        TimeoutError: It did not end in time.
    """
    loop = QEventLoop()
    ended: list[SendingStatus] = []

    def heard(status: SendingStatus) -> None:
        if status.connection is not Connection.SYNCING:
            ended.append(status)
            loop.quit()

    services = desktop.services
    assert services is not None
    unlisten = services.engine.listen(desktop.runtime.runner.reporter(heard))
    run(loop, seconds)
    unlisten()
    if not ended:
        raise TimeoutError("the synchronisation did not end")
    return ended[-1]


def content_of(page: Page) -> bool:
    """Whether the page shows what it is for, not that it waits, fails or is empty."""
    stack = page.findChild(StateStack)
    return stack is not None and stack.state == "content"


def ward_is_shown(desktop: Desktop) -> bool:
    """Whether the board is there with everything read."""
    page = window_of(desktop).findChild(Page, "ward")
    return page is not None and page.isVisible() and content_of(page)
