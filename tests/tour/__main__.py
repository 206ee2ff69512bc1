"""Walks through the main job over the real cache and repository, and keeps a picture of each page.

`python -m tests.tour [--quick] [--folder FOLDER]`. The quick tour draws one language, theme and
size; the whole one draws all of them. A second workstation looks for what the first one wrote.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from app.commands.demo import demo_settings, enter, repository
from app.config import load
from app.desktop import Desktop
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise
from tests.gui.pages.notes_driver import NotesDriver
from ui.runtime.page import Page
from ui.shell.window import MainWindow

SIZES = ((1280, 720), (2560, 1440))
TEXT = "查房：患者一般情况可，继续当前治疗。"


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the event loop run until `done`.

    Raises:
        TimeoutError: It was not done in time.
    """
    loop, late = QEventLoop(), QTimer()
    look = QTimer()
    look.setInterval(50)
    look.timeout.connect(lambda: loop.quit() if done() else None)
    late.setSingleShot(True)
    late.timeout.connect(loop.quit)
    look.start()
    late.start(int(seconds * 1000))
    loop.exec()
    if not done():
        raise TimeoutError("the tour waited in vain")


class Tour:
    """One walk."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self._folder = folder
        self._quick = quick
        self.pictures = 0

    def run(self, base_url: str, scratch: Path) -> None:
        """Sign in, see the ward, open a chart, write offline, send, and let a colleague read."""
        settings = demo_settings(load({}, folder=scratch / "one"), scratch / "one", base_url)
        station = Workstation(settings)
        session = enter(station, "wang.yi")
        desktop = Desktop(settings, station)
        try:
            self._walk(desktop, session)
        finally:
            desktop.close()
        self._colleague(base_url, scratch)

    def _walk(self, desktop: Desktop, session: Session) -> None:
        desktop.start()
        self._draw(desktop, "01-sign-in", desktop.sign_in)
        desktop.start(session)
        window = desktop.window
        assert window is not None
        if desktop.sign_in is not None:
            desktop.sign_in.hide()
        services = desktop.services
        assert services is not None
        until(lambda: services.engine.status().last_pass_complete)
        self._draw(desktop, "02-ward", window)
        patient = first_patient(desktop, session)
        for number, page in enumerate(("overview", "orders", "results", "notes"), start=3):
            window.open_patient(patient, page)
            until(lambda page=page: window.shows(patient, page))
            self._draw(desktop, f"{number:02}-{page}", window)
        self._write(window)
        until(lambda: services.engine.status().waiting == 1)
        self._draw(desktop, "07-note-waiting", window)
        desktop.synchronise()
        until(lambda: services.engine.status().waiting == 0)
        self._draw(desktop, "08-note-sent", window)
        for number, place in enumerate(walk_places(window), start=9):
            self._draw(desktop, f"{number:02}-{place}", window)

    def _write(self, window: MainWindow) -> None:
        """Write a note as a person does: press the button, type, sign with Ctrl+Enter."""
        page = window.findChild(Page, "notes")
        assert page is not None
        driver = NotesDriver(page)
        driver.begin()
        driver.write(TEXT)
        driver.sign()

    def _sees(self, services: Services, session: Session) -> bool:
        synchronise(services, session, CancelToken())
        board = services.wards.board(session, session.clinician.wards[0])
        patient = next(row.patient.id for row in board.rows if row.patient is not None)
        services.engine.look_at(patient)
        return TEXT in [note.text for note in services.charts.notes(session, patient)]

    def _draw(self, desktop: Desktop, name: str, widget: QWidget | None) -> None:
        assert widget is not None
        looks = product(("zh_CN", "en"), ("light", "dark"), SIZES)
        for language, theme, (width, height) in looks:
            if self._quick and (language, theme, width) != ("zh_CN", "light", 1280):
                continue
            desktop.dressing.show("language", language)
            desktop.dressing.show("theme", theme)
            widget.resize(width, height)
            until(lambda: True, 0.5)
            settle(300)
            file = self._folder / f"{name}-{language}-{theme}-{width}.png"
            assert widget.grab().save(str(file)), f"{file.name} could not be written"
            self.pictures += 1

    def _colleague(self, base_url: str, scratch: Path) -> None:
        """A second workstation of the same ward reads what the first one wrote."""
        settings = demo_settings(load({}, folder=scratch / "two"), scratch / "two", base_url)
        station = Workstation(settings)
        session = enter(station, "chen.guodong")
        services = station.services()
        try:
            services.tokens.attend(session)
            services.engine.follow(session.clinician.wards, session.clinician.id)
            # A pass ends at the server's last whole second: what was sent in this one comes with
            # the next pass.
            until(lambda: self._sees(services, session))
        finally:
            services.close()
            station.close()


def walk_places(window: MainWindow) -> Iterator[str]:
    """Open every place the person may use, one after the other."""
    for place in window.places:
        if place.key != "ward":
            window.open_place(place.key)
            yield place.key


def settle(milliseconds: int) -> None:
    """Let late paints happen before a picture is taken."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def first_patient(desktop: Desktop, session: Session) -> PatientId:
    """Somebody in a bed of the first ward."""
    services = desktop.services
    assert services is not None
    board = services.wards.board(session, session.clinician.wards[0])
    return next(row.patient.id for row in board.rows if row.patient is not None)


def main() -> int:
    """Run the tour; the exit code is 0 when every step held."""
    parser = argparse.ArgumentParser(prog="tour")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", default="")
    asked = parser.parse_args()
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="wardone-tour-"))
    folder.mkdir(parents=True, exist_ok=True)
    tour = Tour(folder, quick=asked.quick)
    with (
        tempfile.TemporaryDirectory(prefix="wardone-tour-data-") as scratch,
        repository(Path(scratch) / "cdr.sqlite3") as base_url,
    ):
        tour.run(base_url, Path(scratch))
    sys.stdout.write(f"tour: {tour.pictures} pictures in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
