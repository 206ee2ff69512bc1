"""The hospital as every run finds it: workstations enrolled and in step with the server."""

from __future__ import annotations

import functools
import random
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sync.cdr.values import Policy
from tests.sync.simulation.hospital import DOCTORS, a_session, documents, due_doses
from tests.sync.simulation.network import Cable
from tests.sync.simulation.server import BASE, BackedUpStore, Server
from tests.sync.simulation.station import Station
from tests.sync.simulation.virtual import Timeline, Trace, VirtualClock

MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, it spares the disk thousands of syncs
_LONG_AGO_MS = 3_600_000
"""What was there before lies below every overlap: only a first pass brings it."""
FILES = ("cache.db", "cache.json", "outbox.journal")


@dataclass(frozen=True, slots=True)
class Template:
    """Where a run begins.

    Attributes:
        folders: Files of each workstation by name.
        ms: The true time at that moment.
    """

    store: BackedUpStore
    folders: tuple[dict[str, bytes], ...]
    ms: int

    def unpack(self, index: int, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True)
        for name, data in self.folders[index].items():
            target = folder / name
            target.touch(mode=0o600)
            target.write_bytes(data)


def a_folder() -> Path:
    """A private folder for one run, in memory where the system has such a place."""
    inside = MEMORY if MEMORY.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="wardone-sim-", dir=inside))


@functools.cache
def template(*, synced: bool, doses: bool) -> Template:
    """Made once per process: one workstation for each doctor, enrolled and (or not yet) synced."""
    timeline = Timeline()
    server = Server(timeline, BackedUpStore(), Policy(), seed=0)
    for document in (*documents(), *(due_doses() if doses else ())):
        assert server.put(document) == 201, document["id"]
    timeline.run_until(_LONG_AGO_MS)
    folder = a_folder()
    try:
        packed = tuple(
            _made(timeline, server, folder / doctor, doctor, synced=synced) for doctor in DOCTORS
        )
    finally:
        shutil.rmtree(folder)
    return Template(server.store.copy(), packed, timeline.ms)


def _made(
    timeline: Timeline, server: Server, folder: Path, doctor: str, *, synced: bool
) -> dict[str, bytes]:
    draw = random.Random(f"template {doctor}")
    cable = Cable(
        doctor,
        timeline,
        server,
        draw,
        Trace(keep=False),
        (timedelta(0),),
        leaves=lambda _: None,
        returns=lambda: None,
    )
    station = Station(doctor, folder, a_session(doctor), VirtualClock(timeline), cable, draw)
    desk = station.open()
    desk.engine.enrol(BASE)
    if synced:
        for _ in range(6):
            timeline.run_until(timeline.ms + 60_000)
            station.round()
        assert desk.engine.status().all_sent
    station.die()
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
