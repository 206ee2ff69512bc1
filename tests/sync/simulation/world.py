"""The hospital of one run: its server, its workstations, and everything that is known of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.terms import Ref
from app.fhir.document import parse
from app.fhir.subject import patient_of
from app.ports.acts import Acts, Documents
from sync.cdr.values import Version
from sync.transport import Request
from tests.sync.simulation.evidence import Load
from tests.sync.simulation.hospital import a_session
from tests.sync.simulation.ledger import Ledger, WrittenDown
from tests.sync.simulation.network import Cable
from tests.sync.simulation.plan import Plan
from tests.sync.simulation.server import BackedUpStore, Server
from tests.sync.simulation.station import Build, Station
from tests.sync.simulation.virtual import Timeline, Trace, VirtualClock


@dataclass
class Sent:
    """A batch on its way: what is in it, and when the round began that sent it last."""

    loads: tuple[Load, ...]
    round_began: int


@dataclass
class World:
    """What one run consists of.

    Attributes:
        sent: Batches by their id.
        round_began: True time of the beginning of the current or last round, by workstation.
        cable_before: Requests of a workstation before that round.
        spoilt: Until when a broken disk excuses a failed write, by workstation.
        locked: Until when another program has the database, by workstation.
        seen: Server versions each workstation had after its last round.
        wrong: Invariants that did not hold.
        quiet: The bad minutes are over.
    """

    seed: int
    plan: Plan
    build: Build
    folder: Path
    draw: random.Random
    timeline: Timeline
    trace: Trace
    server: Server
    stations: list[Station] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    sent: dict[str, Sent] = field(default_factory=dict)
    round_began: dict[str, int] = field(default_factory=dict)
    cable_before: dict[str, int] = field(default_factory=dict)
    spoilt: dict[str, int] = field(default_factory=dict)
    locked: dict[str, int] = field(default_factory=dict)
    seen: dict[str, dict[Ref, str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    backup: BackedUpStore | None = None
    cloned: str = ""
    words: int = 0
    quiet: bool = False

    @property
    def now(self) -> int:
        return self.timeline.ms

    def say(self, *words: object) -> None:
        self.trace.write(self.timeline.ms, *words)

    def count(self, what: str) -> None:
        self.trace.tally[what] += 1

    def complain(self, what: str) -> None:
        """An invariant does not hold."""
        plain = self.trace.plain(what)
        if plain not in self.wrong:
            self.wrong.append(plain)
        self.say("WRONG", plain)

    def a_word(self) -> str:
        self.words += 1
        return f"word-{self.words}"

    def later(self, ms: int, happens: Callable[[], None]) -> None:
        """Something of the bad minutes; when they are over it does not happen any more."""
        self.timeline.after(ms, lambda: None if self.quiet else happens())

    def add(self, name: str, doctor: str, leaves: Callable[[Station, Request], None]) -> Station:
        """A workstation on the network, its program not started yet."""
        station: Station

        def returns() -> None:
            station.alive()

        cable = Cable(
            name,
            self.timeline,
            self.server,
            random.Random(f"{self.seed} network {name}"),
            self.trace,
            self.plan.skews,
            leaves=lambda request: leaves(station, request),
            returns=returns,
        )
        station = Station(
            name,
            self.folder / name,
            a_session(doctor),
            VirtualClock(self.timeline),
            cable,
            random.Random(f"{self.seed} lots {name}"),
            self.build,
            self.plan.types,
            write_down=lambda acts, documents: self._written_down(acts, documents, name),
        )
        self.stations.append(station)
        return station

    def _written_down(self, acts: Acts, documents: Documents, name: str) -> Acts:
        return WrittenDown(acts, documents, self.ledger, name, self.timeline)

    def patient_of(self, version: Version) -> str:
        """Whose document it is; parsed once."""
        key = (version.reference, version.number, version.updated)
        if key not in self._patients:
            document = parse(version.body) if not version.deleted else None
            self._patients[key] = patient_of(document) or "" if document else ""
        return self._patients[key]

    _patients: dict[tuple[str, int, int], str] = field(default_factory=dict)
