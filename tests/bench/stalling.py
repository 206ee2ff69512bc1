"""How long the event loop stands still while everything is synchronised behind an open ward."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, QTimer

from app.commands.demo import repository
from tests.bench import hospital
from tests.bench.figures import Figure, Target
from tests.bench.stage import Stage, enrolled, peak_memory_mb, station_at
from tests.bench.windowed import desktop_at, run_one_round

_TARGETS = (
    Target("p99", 16, source="architecture.md, Threads"),
    Target("max", 50, source="architecture.md, Threads"),
)


class Heartbeat(QObject):
    """Beats every millisecond on the GUI thread and notes how late each beat was."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> tuple[float, ...]:
        self._timer.stop()
        return tuple(self.late)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1000 - 1))
        self._last = now


def stalls(stage: Stage) -> Iterator[Figure]:
    """The doctor's ward is on the screen; everybody else comes in behind it."""
    count = stage.size(100_000, 2_000)
    people = hospital.patients(count)
    folder = stage.folder / "station"
    with repository(stage.cdr(count)) as base_url:
        with station_at(base_url, folder) as station:
            station.follow(people)
        with desktop_at(*enrolled(base_url, folder)) as desktop:
            heart = Heartbeat()
            heart.start()
            began = time.perf_counter()
            status = run_one_round(desktop, 1_200)
            seconds = time.perf_counter() - began
            late = heart.stop()
    if not status.last_pass_complete:
        raise AssertionError(f"the round did not end: {status}")
    yield Figure(
        "event loop: late by, during a synchronisation",
        "ms",
        late,
        _TARGETS,
        {"resources asked for": count},
        aside={
            "seconds of the synchronisation": seconds,
            "beats later than 50 ms": sum(one > 50 for one in late),
            "peak memory with the window, MB": peak_memory_mb(),
        },
    )
