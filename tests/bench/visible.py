"""From a signature on one workstation to the chart on another, with and without announcements."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from PySide6.QtCore import QEventLoop

from app.commands.demo import demo_settings, enter, repository
from app.config import load
from app.domain.people import Session
from app.domain.sending import Announcing
from app.domain.terms import PatientId
from app.main import Services, Workstation
from tests.bench import hospital, machine
from tests.bench.figures import Figure, Target
from tests.bench.stage import Stage
from tests.bench.windowed import desktop_at, run, run_until, ward_is_shown

_ISSUE = "near real time: 2 s announced, 20 s by polling"
_LONGEST = 60.0


class Colleague:
    """The other workstation: a process of its own, with its own cache."""

    def __init__(self, said: IO[str], told: IO[str]) -> None:
        self._said = said
        self._told = told
        self.patients: list[tuple[str, str]] = self._hear("ready")  # type: ignore[assignment]  # as it says it

    def sign(self, number: int, text: str) -> tuple[PatientId, float]:
        """A note for one of the patients in turn; whose, and when it was signed."""
        patient, stay = self.patients[number % len(self.patients)]
        self._told.write(f"{patient} {stay} {text}\n")
        self._told.flush()
        return PatientId(patient), float(str(self._hear("signed")))

    def _hear(self, word: str) -> object:
        line = self._said.readline()
        if not line.startswith(f"{word} "):
            raise RuntimeError("the colleague's workstation has ended")
        return json.loads(line.partition(" ")[2])


@dataclass(frozen=True, slots=True)
class Here:
    """This workstation, with its window open."""

    services: Services
    session: Session


def between_workstations(stage: Stage) -> Iterator[Figure]:
    """A note for any patient of the wards, signed there, seen here in the real window.

    Nobody touches anything here, and no chart is open.
    """
    count = stage.size(20_000, 3_000)
    with repository(stage.own_cdr(count)) as base_url:
        for announced, runs in ((True, stage.size(20, 3)), (False, stage.size(10, 2))):
            folder = stage.folder / f"announced-{announced}"
            with (
                _colleague(base_url, folder / "colleague") as colleague,
                _window(base_url, folder / "here", announced=announced) as here,
            ):
                yield _figure(here, colleague, runs, announced=announced)


def _figure(here: Here, colleague: Colleague, runs: int, *, announced: bool) -> Figure:
    services = here.services
    wanted = Announcing.HEARD if announced else Announcing.OFF
    run_until(lambda: services.hearing.fetching().announcing is wanted)
    draw = random.Random(7)  # noqa: S311 - when to sign
    seconds = []
    for number in range(runs):
        # Anywhere between two rounds of the clock; announced, after the rest between two pings.
        run(QEventLoop(), draw.uniform(3, 5) if announced else draw.uniform(0, 15))
        seconds.append(_once(here, colleague, number))
    how = "announced by the server" if announced else "by polling"
    limit = Target("p95", 2 if announced else 20, source=_ISSUE)
    every = services.hearing.fetching().every_seconds
    size = {"patients on the wards": len(colleague.patients), "poll seconds": every}
    return Figure(f"signed here, visible there: {how}", "s", tuple(seconds), (limit,), size)


def _once(here: Here, colleague: Colleague, number: int) -> float:
    """Seconds from the signature to the note in the cache of the other, ready to be shown."""
    session, charts = here.session, here.services.charts
    text = f"visible {number}"
    at: list[float] = []
    whose, signed = colleague.sign(number, text)

    def look(_: object) -> None:
        if not at and any(one.text == text for one in charts.notes(session, whose)):
            at.append(time.monotonic())

    unlisten = here.services.feed.listen(look)
    run_until(lambda: bool(at), _LONGEST)
    unlisten()
    return at[0] - signed


@contextmanager
def _colleague(base_url: str, folder: Path) -> Iterator[Colleague]:
    command = [sys.executable, "-m", "tests.bench.colleague", base_url, str(folder)]
    process = subprocess.Popen(
        command, cwd=machine.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Colleague(process.stdout, process.stdin)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@contextmanager
def _window(base_url: str, folder: Path, *, announced: bool) -> Iterator[Here]:
    """A workstation with its window, up to date, with nobody in front of it."""
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    settings = demo_settings(plain, folder, base_url)
    values = {**settings.values, "announcements": announced}
    work = Workstation(replace(settings, values=values))
    session = enter(work, hospital.DOCTOR)
    with desktop_at(work, session) as desktop:
        services = desktop.services
        assert services is not None
        engine = services.engine
        run_until(lambda: ward_is_shown(desktop) and engine.status().last_pass_complete, 300)
        yield Here(services, session)
