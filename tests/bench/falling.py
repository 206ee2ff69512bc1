"""The workstation that is killed, and the one that is started after it.

`fall` queues acts, sends, and kills itself between the server's answer and its own commit of it;
`rise` starts on the same folder and prints when it was ready and how long the rest took.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.commands.demo import PASSPHRASE, demo_settings, enter
from app.config import load
from app.kernel.tasks import CancelToken
from app.main import Workstation, synchronise
from tests.bench import hospital
from tests.bench.sending import fill_queue
from tests.bench.stage import Station, station_at

T = TypeVar("T")


class Trap:
    """A turn on the STORE lane that never comes once a batch has been sent."""

    def __init__(self) -> None:
        self.station: Station | None = None

    def __call__(self, work: Callable[[], T]) -> T:
        if self.station is not None and self._was_sent(self.station):
            os.kill(os.getpid(), signal.SIGKILL)
        return work()

    def _was_sent(self, station: Station) -> bool:
        return any(one.state == "sent" for one in station.cache.sync_store.open_batches())


def fall(base_url: str, folder: Path, acts: int, first: int) -> None:
    """Never returns: SIGKILL ends it."""
    trap = Trap()
    with station_at(base_url, folder, trap) as station:
        fill_queue(station, acts, first)
        trap.station = station
        synchronise(station.services, station.session, CancelToken())


def rise(base_url: str, folder: Path) -> None:
    """Unlock offline, read the queue, then let it out."""
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    work = Workstation(demo_settings(plain, folder, base_url))
    work.signing_in.offline(hospital.DOCTOR, PASSPHRASE)
    services = work.services()
    try:
        cache = work.door.opened
        assert cache is not None
        waiting = cache.sync_store.counts().waiting
        ready = time.monotonic()
        session = enter(work, hospital.DOCTOR)
        services.tokens.attend(session)
        began = time.perf_counter()
        synchronise(services, session, CancelToken())
        took = time.perf_counter() - began
        left = cache.sync_store.counts()
        assert not left.waiting, left
        print(json.dumps({"ready": ready, "drained": took, "waiting": waiting}))
    finally:
        services.close()
        work.close()


if __name__ == "__main__":
    what, base_url, folder, acts, first = sys.argv[1:]
    if what == "fall":
        fall(base_url, Path(folder), int(acts), int(first))
    else:
        rise(base_url, Path(folder))
