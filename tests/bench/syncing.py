"""The whole way from the repository's process into the encrypted cache, over loopback HTTP."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

from app.commands.demo import repository
from tests.bench import hospital
from tests.bench.figures import Figure, Target, Watch
from tests.bench.stage import Stage, Station, peak_memory_mb, station_at, synchronise_whole


def ten_thousand(stage: Stage) -> Iterator[Figure]:
    """Three fresh workstations, one after the other, against one repository."""
    count = stage.size(10_000, 1_000)
    targets = (Target("median", 1_500, at_least=True),)
    yield from _everything(stage, count, stage.size(3, 1), targets)


def hundred_thousand(stage: Stage) -> Iterator[Figure]:
    """One fresh workstation; its peak memory is that of this process."""
    count = stage.size(100_000, 2_000)
    yield from _everything(stage, count, 1, (Target("median", 1_000, at_least=True),))
    yield Figure(
        "sync: peak memory of the client",
        "MB",
        (peak_memory_mb(),),
        (Target("max", 400),),
        {"resources": count},
    )


def _everything(
    stage: Stage, count: int, runs: int, targets: tuple[Target, ...]
) -> Iterator[Figure]:
    people = hospital.patients(count)
    rates: list[float] = []
    watch = Watch(1)
    with repository(stage.cdr(count)) as base_url:
        for run in range(runs):
            folder = stage.folder / f"station-{run}"
            with station_at(base_url, folder) as station:
                station.follow(people)
                took = synchronise_whole(station, watch)
                got = station.documents()
            rates.append(got / took)
            shutil.rmtree(folder)
    yield Figure(
        "sync: resources per second, end to end",
        "resources/s",
        tuple(rates),
        targets,
        {"resources asked for": count, "resources here": got, "patients": len(people)},
        aside={
            "seconds, best": min(watch.samples),
            "processor us of the client per resource": 1e6 * min(watch.processor) / got,
        },
    )


def first_ward(stage: Stage) -> Iterator[Figure]:
    """What a doctor's wards bring at first sign-in, and when the board can be used.

    The census is usable when the board shows everybody it shows in the end.
    """
    count = stage.size(20_000, 3_000)
    seconds, usable, documents = [], [], 0
    with repository(stage.cdr(count)) as base_url:
        for run in range(stage.size(3, 1)):
            with station_at(base_url, stage.folder / f"ward-{run}") as station:
                watched = _Watched(station)
                seconds.append(watched.run())
                usable.append(watched.usable())
                documents = watched.documents
    size = {"resources of the wards": documents}
    yield Figure(
        "first ward sync: everything here",
        "s",
        tuple(seconds),
        (Target("median", 10),),
        size,
        aside={"resources per second": documents / min(seconds)},
    )
    yield Figure("first ward sync: usable census", "s", tuple(usable), (Target("median", 3),), size)


class _Watched:
    """A workstation whose board is looked at whenever the census has changed."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._began = 0.0
        self._seen: list[tuple[float, int]] = []
        self.documents = 0
        station.services.feed.listen(self._look)

    def run(self) -> float:
        self._began = time.perf_counter()
        took = synchronise_whole(self._station)
        self._look()
        self.documents = self._station.documents()
        return took

    def usable(self) -> float:
        last = self._seen[-1][1]
        if not last:
            raise AssertionError("nobody lies on the ward")
        return next(at for at, lying in self._seen if lying == last)

    def _look(self, changed: object = None) -> None:
        del changed
        session = self._station.session
        boards = (
            self._station.services.wards.board(session, ward) for ward in session.clinician.wards
        )
        lying = sum(row.patient is not None for board in boards for row in board.rows)
        self._seen.append((time.perf_counter() - self._began, lying))
