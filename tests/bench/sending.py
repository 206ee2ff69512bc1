"""What waits is sent: a thousand acts over loopback, and after a kill at the worst moment."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.commands.demo import repository
from app.domain.terms import PatientId, Ref
from app.kernel.tasks import CancelToken
from app.main import synchronise
from app.ports.acts import ReadSet
from sync.cdr.serving import open_store
from tests.bench import machine
from tests.bench.acts import ActMaker
from tests.bench.figures import Figure, Target, Watch
from tests.bench.stage import Stage, Station, station_at, synchronise_whole
from tests.real_input.lossless import stored_documents

_PATIENTS = 60
_KILLED = 9


def upload(stage: Stage) -> Iterator[Figure]:
    """The link is back after a long time: everything that waits goes out.

    A change is a changed document (sync.md §7.1): each act brings its note and its Provenance.
    """
    acts = stage.size(500, 50)
    watch = Watch(1)
    database = stage.own_cdr(stage.size(20_000, 3_000))
    with repository(database) as base_url:
        for run in range(stage.size(3, 1)):
            with station_at(base_url, stage.folder / f"station-{run}") as station:
                fill_queue(station, acts, first=run * acts)
                _drain(station, watch)
    _each_once(database, stage.size(3, 1) * acts)
    yield Figure(
        "upload: everything that waits",
        "s",
        watch.all,
        (Target("median", 4),),
        {"changes": 2 * acts, "acts": acts},
        aside={"documents per second": 2 * acts / min(watch.samples)},
        processor=watch.used,
    )


def crash(stage: Stage) -> Iterator[Figure]:
    """The process is killed after the server has applied a batch and before it could say so.

    Ready means: started, unlocked, cache opened, queue read. The answers of the server are then
    compared: every document exists there once, in its first version.
    """
    acts = stage.size(1_000, 100)
    ready: list[float] = []
    drained: list[float] = []
    waiting: list[int] = []
    database = stage.own_cdr(stage.size(20_000, 3_000))
    with repository(database) as base_url:
        for run in range(stage.size(3, 1)):
            folder = stage.folder / f"station-{run}"
            first = 500_000 + run * acts
            died = _child("fall", base_url, folder, acts, first)
            if died.returncode != -_KILLED:
                raise AssertionError(
                    f"the victim ended with {died.returncode}: {died.stderr[-900:]}"
                )
            began = time.monotonic()
            rose = _child("rise", base_url, folder, acts, first)
            if rose.returncode != 0:
                raise AssertionError(f"the second start failed: {rose.stderr[-900:]}")
            told = json.loads(rose.stdout)
            ready.append(told["ready"] - began)
            drained.append(told["drained"])
            waiting.append(told["waiting"])
    _each_once(database, stage.size(3, 1) * acts)
    size = {"acts": acts, "acts waiting at the start": min(waiting)}
    yield Figure("crash: start to ready", "s", tuple(ready), (Target("median", 2),), size)
    yield Figure("crash: resolve the open batch and send the rest", "s", tuple(drained), size=size)


def fill_queue(station: Station, acts: int, first: int) -> None:
    """Synchronise, then sign `acts` notes, each with what was on the screen."""
    synchronise_whole(station)
    boards = (
        station.services.wards.board(station.session, ward)
        for ward in station.session.clinician.wards
    )
    lying = [row.patient.id for board in boards for row in board.rows if row.patient is not None]
    some = tuple(lying[:_PATIENTS])
    maker = ActMaker(some, _on_screen(station, some[0]), station.session.clinician.id)
    for number in range(first, first + acts):
        station.cache.acts.commit(maker.create(number))


def _on_screen(station: Station, patient: PatientId) -> ReadSet:
    return station.cache.documents.versions((Ref(f"Patient/{patient}"),))


def _drain(station: Station, watch: Watch) -> None:
    with watch.lap():
        synchronise(station.services, station.session, CancelToken())
    left = station.cache.sync_store.counts()
    if left.waiting or left.conflicts or left.rejected or left.held:
        raise AssertionError(f"not everything went out: {left}")


def _each_once(database: Path, acts: int) -> None:
    """Every document of the queue is at the server, in its first version.

    Raises:
        AssertionError: One is missing or was written twice.
    """
    with closing(open_store(database)) as store:
        ours = [one for one in stored_documents(store) if str(one["id"]).startswith("bench-")]
    versions = {json.dumps(one["meta"]["versionId"]) for one in ours}  # type: ignore[call-overload,index]  # a server's meta
    if len(ours) != 2 * acts or versions != {'"1"'}:
        raise AssertionError(f"{len(ours)} of {2 * acts} documents, versions {versions}")


def _child(
    what: str, base_url: str, folder: Path, acts: int, first: int
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench.falling", what, base_url, str(folder)]
    return subprocess.run(
        [*command, str(acts), str(first)],
        cwd=machine.ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
