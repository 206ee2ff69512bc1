"""The workstation of a network test: a process of its own, in a namespace of its own.

It is asked by lines of JSON on standard input, and answers with one each. The synchronisation runs
beside that, as in the program: rounds on one thread, every write on another.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.domain.sending import SendingStatus
from app.domain.terms import GroupId
from app.kernel.clock import SystemClock
from app.ports.sync_store import SyncStore
from sync.parts import EngineSettings
from sync.store_lane import LanedStore, Turn
from sync.transport import Answer, NoAnswer, Request
from tests.sync.engine.desk import Desk, http
from tests.sync.engine.hospital import Names
from tests.sync.engine.oracle import on_the_workstation

POLL = 5
"""Seconds between rounds: the shortest that the settings allow."""
NUMBER = 1
_PATIENCE = 1.0


class Counted:
    """The real connection, counting what is asked."""

    def __init__(self, base_url: str, timeout: float) -> None:
        self._remote = http(base_url, timeout=timeout)
        self.requests = 0
        self.unanswered = 0

    @property
    def base_url(self) -> str:
        return self._remote.base_url

    def send(self, request: Request) -> Answer | NoAnswer:
        self.requests += 1
        answer = self._remote.send(request)
        self.unanswered += isinstance(answer, NoAnswer)
        return answer

    def close(self) -> None:
        self._remote.close()


class Workstation:
    """Dr Wang's, with the program's own rhythm."""

    def __init__(self, folder: Path, base_url: str, timeout: float) -> None:
        self._store_lane = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._remote = Counted(base_url, timeout)
        self._desk = Desk(
            folder,
            Names(SystemClock(), base_url, NUMBER),  # type: ignore[arg-type]  # it is never stepped
            remote=self._remote,
            settings=EngineSettings(poll_seconds=POLL),
            lane=self._laned,  # type: ignore[arg-type]  # makes one
        )
        self._desk.engine.listen(self._heard)
        self._news = threading.Condition()
        self._said: list[dict[str, object]] = []
        self._groups: list[GroupId] = []
        self._rounds = 0
        self._died = ""
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._synchronise, name="sync")

    def enrol(self) -> None:
        """Enrol, and fetch until nothing is missing; from then on rounds come by themselves."""
        self._desk.enrol()
        while not self._desk.round().all_sent:
            continue
        self._thread.start()

    def work(self, name: str, notes: int, size: int) -> dict[str, object]:
        """Sign notes of `size` characters and move a task on."""
        made = self._store_lane.submit(self._work, name, notes, size).result()
        self._groups += made
        return {"groups": made}

    def tell(self, since: float) -> dict[str, object]:
        """How it stands, as soon as something has been said, or a second later."""
        with self._news:
            self._news.wait_for(lambda: self._said, _PATIENCE)
            said, self._said = self._said, []
        waiting = self._desk.states()
        return {
            "now": _as_json(self._desk.engine.status()),
            "said": said,
            "rounds": self._rounds,
            "requests": self._remote.requests,
            "unanswered": self._remote.unanswered,
            "waiting": [self._shown(group) for group in self._groups if group in waiting],
            "died": self._died,
            "at": time.monotonic() - since,
        }

    def copy(self) -> dict[str, object]:
        """Version and content of everything in the cache."""
        return dict(on_the_workstation(self._desk))

    def close(self) -> None:
        self._leaving.set()
        if self._thread.is_alive():
            self._thread.join()
        self._desk.close()
        self._remote.close()
        self._store_lane.shutdown()

    # --- inside

    def _laned(self, store: SyncStore, _: Turn) -> LanedStore:
        return LanedStore(store, lambda work: self._store_lane.submit(work).result())

    def _work(self, name: str, notes: int, size: int) -> list[GroupId]:
        desk, names = self._desk, self._desk.hospital
        seen = desk.seen(names.allergy())
        content = names.a_note(name, text="记" * size)["content"]
        made = [desk.sign_note(f"{name}-{n}", seen=seen, content=content) for n in range(notes)]
        return [*made, desk.edit(names.task(), description=name)]

    def _synchronise(self) -> None:
        try:
            while not self._leaving.wait(POLL):
                self._desk.round()
                with self._news:
                    self._rounds += 1
        except BaseException as error:
            self._died = f"{type(error).__name__}: {error}"
            raise

    def _heard(self, status: SendingStatus) -> None:
        with self._news:
            self._said.append(_as_json(status))
            self._news.notify_all()

    def _shown(self, group: GroupId) -> dict[str, object]:
        """The line of the queue page."""
        item = self._desk.item(group)
        return {"state": item.state.value, "why": item.why.code if item.why else ""}


def _as_json(status: SendingStatus) -> dict[str, object]:
    return {
        "connection": status.connection.value,
        "waiting": status.waiting,
        "all_sent": status.all_sent,
        "trouble": status.trouble.code if status.trouble else "",
        "detail": status.trouble_detail,
        "conflicts": status.conflicts,
        "rejected": status.rejected,
        "held": status.held,
    }


def main(folder: str, base_url: str, timeout: str) -> None:
    """Answer until the input ends."""
    began = time.monotonic()
    station = Workstation(Path(folder), base_url, float(timeout))
    try:
        for line in sys.stdin:
            wish = json.loads(line)
            match wish.pop("do"):
                case "enrol":
                    station.enrol()
                    answer: dict[str, object] = {}
                case "work":
                    answer = station.work(**wish)
                case "copy":
                    answer = station.copy()
                case _:
                    answer = station.tell(began)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    finally:
        station.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
