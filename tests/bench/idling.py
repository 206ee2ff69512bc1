"""A window that nobody touches, without a server: what it costs, and how often it asks."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QEventLoop

from app.commands.demo import repository
from tests.bench.figures import Figure, Target
from tests.bench.stage import Stage, station_at, synchronise_whole
from tests.bench.windowed import desktop_at, run, run_until, unlocked, ward_is_shown


class SilentPort:
    """Takes connections on a free port, counts them, and hangs up."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()


def idle_offline(stage: Stage) -> Iterator[Figure]:
    """The ward board stands open; the server has gone."""
    seconds = stage.size(45, 5)
    folder = stage.folder / "station"
    with (
        repository(stage.cdr(stage.size(20_000, 3_000))) as base_url,
        station_at(base_url, folder) as station,
    ):
        synchronise_whole(station)
        silent = SilentPort()
        nowhere = f"http://127.0.0.1:{silent.port}/fhir"
        store = station.cache.sync_store
        enrolment = store.enrolment()
        assert enrolment is not None
        store.record_enrolment(replace(enrolment, base_url=nowhere))
    with desktop_at(*unlocked(nowhere, folder)) as desktop:
        run_until(lambda: ward_is_shown(desktop))
        run(QEventLoop(), 3)
        asked, used, began = silent.calls, time.process_time(), time.monotonic()
        run(QEventLoop(), seconds)
        took = time.monotonic() - began
        used, asked = time.process_time() - used, silent.calls - asked
    silent.close()
    size = {"seconds": round(took)}
    yield Figure(
        "idle offline: processor time",
        "%",
        (100 * used / took,),
        (Target("median", 1),),
        size,
        aside={"probes per 30 s": 30 * asked / took},
    )
