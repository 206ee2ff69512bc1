"""The test's hand on the workstation in the other process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.netfaults.gate import NAME, PORT
from tests.netfaults.namespaces import Namespace

BASE_URL = f"http://{NAME}:{PORT}/fhir"
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Said:
    """One status, as the bar at the foot of the screen has it."""

    connection: str
    waiting: int
    all_sent: bool
    trouble: str
    detail: str
    conflicts: int
    rejected: int
    held: int


@dataclass(frozen=True, slots=True)
class Told:
    """How the workstation stands.

    Attributes:
        said: Every status since the last time, oldest first.
        waiting: State and reason of each act that waits, as the queue page shows them.
        unanswered: Requests without a usable answer.
    """

    now: Said
    said: tuple[Said, ...]
    rounds: int
    requests: int
    unanswered: int
    waiting: tuple[dict[str, str], ...]


@dataclass
class Station:
    """`with Station(desk, folder) as station: …`.

    Attributes:
        said: Every status since `listen_anew`.
    """

    there: Namespace
    folder: Path
    timeout: float = 5.0
    said: list[Said] = field(default_factory=list)

    def __enter__(self) -> Self:
        words = ("-m", "tests.netfaults.workstation", str(self.folder), BASE_URL)
        self._errors = (self.folder.parent / "workstation.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            self.there.command(sys.executable, *words, str(self.timeout)),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        # As a power cut does: everything that counts is on the disk.
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def enrol(self) -> None:
        self._ask("enrol")

    def work(self, name: str, *, notes: int = 1, size: int = 20) -> None:
        """Sign notes of `size` characters, and move a task on."""
        self._ask("work", name=name, notes=notes, size=size)

    def copies(self) -> dict[str, list[str]]:
        """Version and content of everything here."""
        return self._ask("copy")  # type: ignore[return-value]  # JSON of our own

    def listen_anew(self) -> Told:
        """Forget what was said so far."""
        told = self.tell()
        self.said.clear()
        return told

    def tell(self) -> Told:
        """How it stands; waits for news, a second at most."""
        answer = self._ask("tell")
        assert not answer["died"], f"the synchronisation died: {answer['died']}"
        said = tuple(Said(**one) for one in answer["said"])
        self.said += said
        return Told(
            Said(**answer["now"]),
            said,
            answer["rounds"],
            answer["requests"],
            answer["unanswered"],
            tuple(answer["waiting"]),
        )

    def until(self, holds: Callable[[Told], bool], seconds: float, what: str) -> Told:
        """Wait until it `holds`.

        Raises:
            AssertionError: It did not within `seconds`.
        """
        end = time.monotonic() + seconds
        told = self.tell()
        while not holds(told):
            assert time.monotonic() < end, f"not {what} within {seconds:.0f} s: {told}"
            told = self.tell()
        return told

    def _ask(self, do: str, **wish: object) -> dict[str, object]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **wish}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the workstation has ended: {self._last_words()}"
        return dict(json.loads(line))

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-3000:]
