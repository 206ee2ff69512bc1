"""Exhaustive search of the upload protocol: register, `classify` and `resolve` together.

The network is the worst there is: whatever was once sent may arrive now, later, again, or never,
and any answer may be lost. A workstation may be killed between any two steps. Versions and
register are read in two separate moments.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from app.domain.terms import Ref
from sync.classify import classify
from sync.resolve import (
    Applied,
    Cause,
    Fenced,
    MustRead,
    NotApplied,
    Rebase,
    RegisterSeen,
    Seen,
    SeenVersion,
    SentBatch,
    SentEntry,
    TransientRace,
    resolve,
)
from sync.verdicts import Attempt, Body, Failure, Match, Next, Outcome

CHART = Ref("Basic/chart")
Content = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction on the wire: one resource and the register."""

    batch: str
    register: str
    expect: int
    if_match: int
    content: Content


@dataclass(frozen=True, slots=True)
class Server:
    """One resource with its versions, one register per workstation name, what was applied."""

    versions: tuple[Content, ...] = ()
    registers: tuple[tuple[str, int, str], ...] = ()
    applied: tuple[str, ...] = ()
    blind: bool = False

    def register(self, name: str) -> tuple[int, str]:
        return next((v, last) for one, v, last in self.registers if one == name)

    def take(self, sent: Sent, *, fenced: bool) -> tuple[Server, int]:
        """The server after the transaction, and the HTTP status it answers."""
        version, _ = self.register(sent.register)
        if fenced and version != sent.expect:
            return self, 409
        if sent.if_match and len(self.versions) != sent.if_match:
            return self, 409
        current = self.versions[-1] if self.versions else frozenset()
        changed = sent.content != current or not self.versions
        registers = tuple(
            (one, v + 1, sent.batch) if one == sent.register else (one, v, last)
            for one, v, last in self.registers
        )
        return Server(
            (*self.versions, sent.content) if changed else self.versions,
            registers,
            (*self.applied, sent.batch),
            self.blind or not current <= sent.content,
        ), 200


@dataclass(frozen=True, slots=True)
class Station:
    """A workstation's durable state, and where its sending stands.

    `phase`: idle, frozen, sent (an answer may come), doubt, asked (the register was read), fenced.
    """

    name: str
    register: str
    expect: int = 1
    base: int = 0
    base_content: Content = frozenset()
    working: Content = frozenset()
    edits: int = 2
    edited: int = 0
    batches: int = 0
    batch: Sent | None = None
    phase: str = "idle"
    cause: Cause = Cause.NO_ANSWER
    seen: RegisterSeen | None = None
    must_pull: bool = False


@dataclass(frozen=True, slots=True)
class World:
    server: Server
    stations: tuple[Station, ...]
    wire: frozenset[Sent] = frozenset()

    def with_station(self, n: int, station: Station) -> World:
        stations = (*self.stations[:n], station, *self.stations[n + 1 :])
        return replace(self, stations=stations)


class Protocol:
    """The steps of a workstation as the engine makes them."""

    fenced = True

    def steps(self, world: World) -> list[World]:
        found: list[World] = []
        for n, station in enumerate(world.stations):
            found += [world.with_station(n, one) for one in self.local(world, n, station)]
            if station.phase == "frozen" and station.batch is not None:
                sent = replace(station, phase="sent")
                found.append(
                    replace(world.with_station(n, sent), wire=world.wire | {station.batch})
                )
        for message in world.wire:
            server, status = world.server.take(message, fenced=self.fenced)
            after = replace(world, server=server)
            found.append(after)  # the answer is lost, or nobody waits for it
            for n, station in enumerate(world.stations):
                if station.phase == "sent" and station.batch == message:
                    found.append(after.with_station(n, self.answered(server, station, status)))
        return found

    def local(self, world: World, n: int, station: Station) -> list[Station]:
        found: list[Station] = []
        exists = bool(world.server.versions)
        if station.edited < station.edits and (station.base or n == 0):
            tag = f"{station.name}{station.edited}"
            found.append(
                replace(
                    station,
                    working=station.working | {tag},
                    edited=station.edited + 1,
                )
            )
        if station.phase == "idle" and exists and station.base != len(world.server.versions):
            found.append(self.pulled(world.server, station))
        if (
            station.phase == "idle"
            and not station.must_pull
            and station.working != station.base_content
        ):
            found.append(self.frozen(station))
        if station.phase == "sent":  # a timeout, or a kill and a new start
            found.append(self.silent(station))
        if station.phase == "doubt":
            version, last = world.server.register(station.register)
            found.append(replace(station, phase="asked", seen=RegisterSeen(str(version), last)))
        if station.phase == "asked":
            found += [self.resolved(world.server, station), replace(station, phase="doubt")]
        return found

    def pulled(self, server: Server, station: Station) -> Station:
        current = server.versions[-1]
        return replace(
            station,
            base=len(server.versions),
            base_content=current,
            working=station.working | current,
            must_pull=False,
        )

    def frozen(self, station: Station) -> Station:
        sent = Sent(
            f"{station.name}-b{station.batches + 1}",
            station.register,
            station.expect,
            station.base,
            station.working,
        )
        return replace(station, batches=station.batches + 1, batch=sent, phase="frozen")

    def silent(self, station: Station) -> Station:
        verdict = classify(Attempt.TRANSACTION, Outcome(failure=Failure.TIMEOUT))
        assert verdict.next is Next.RESOLVE
        return replace(station, phase="doubt", cause=Cause.NO_ANSWER)

    def answered(self, server: Server, station: Station, status: int) -> Station:
        match = Match.MATCHES if status == 200 else Match.NOT_CHECKED
        verdict = classify(Attempt.TRANSACTION, Outcome(status, Body.FHIR, match=match))
        if verdict.next is Next.ACKNOWLEDGE:
            version, _ = server.register(station.register)
            return self.acknowledged(station, len(server.versions), version)
        assert verdict.next is Next.RESOLVE
        return replace(station, phase="doubt", cause=Cause.CONFLICT)

    def acknowledged(self, station: Station, version: int, register: int) -> Station:
        assert station.batch is not None
        return replace(
            station,
            base=version,
            base_content=station.batch.content,
            expect=register,
            batch=None,
            phase="idle",
            seen=None,
            must_pull=not version,
        )

    def resolved(self, server: Server, station: Station) -> Station:
        assert station.batch is not None
        batch = SentBatch(
            station.batch.batch,
            str(station.expect),
            (
                SentEntry(
                    CHART,
                    str(station.batch.if_match or ""),
                    ",".join(sorted(station.batch.content)),
                ),
            ),
            station.cause,
        )
        found = resolve(batch, station.seen, {})
        if isinstance(found, MustRead):
            versions = tuple(
                SeenVersion(str(n + 1), ",".join(sorted(content)))
                for n, content in enumerate(server.versions)
            )
            found = resolve(batch, station.seen, {CHART: Seen(versions)})
        match found:
            case Applied(versions=written, register_version=register):
                return self.acknowledged(station, int(written.get(CHART, "0")), int(register))
            case NotApplied() | TransientRace():
                return replace(station, phase="frozen", seen=None)
            case Rebase():
                return replace(station, phase="idle", batch=None, seen=None, must_pull=True)
            case Fenced():
                return replace(station, phase="fenced", seen=None)
        raise AssertionError(found)


class Naive(Protocol):
    """If-Match only: silence means send again, 409 means somebody else was faster."""

    fenced = False

    def silent(self, station: Station) -> Station:
        return replace(station, phase="frozen")

    def answered(self, server: Server, station: Station, status: int) -> Station:
        if status == 200:
            return self.acknowledged(station, len(server.versions), station.expect)
        return replace(station, phase="idle", batch=None, must_pull=True)


@dataclass(slots=True)
class Findings:
    states: int = 0
    blind: int = 0
    twice: int = 0
    both_copies: int = 0
    lost: int = 0
    ends: int = 0
    stuck: int = 0


def _search(protocol: Protocol, begin: World, most: int | None = None) -> Findings:
    """Every reachable state, nearest first; a protocol that never ends is cut at `most`."""
    found = Findings()
    seen = {begin}
    waiting = deque([begin])
    while waiting and found.states != most:
        world = waiting.popleft()
        found.states += 1
        steps = protocol.steps(world)
        _judge(world, steps, found)
        for after in steps:
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return found


def _judge(world: World, steps: list[World], found: Findings) -> None:
    server = world.server
    found.blind += server.blind
    found.twice += len(set(server.applied)) != len(server.applied)
    writers = {
        station.register: {b.partition("-")[0] for b in server.applied}
        & {one.name for one in world.stations if one.register == station.register}
        for station in world.stations
    }
    found.both_copies += any(len(names) > 1 for names in writers.values())
    there = server.versions[-1] if server.versions else frozenset()
    for station in world.stations:  # I2: an edit is on the server or still in the workstation
        done = {f"{station.name}{n}" for n in range(station.edited)}
        found.lost += not done <= there | station.working
    if all(after.stations == world.stations for after in steps):
        found.ends += 1
        going = [one for one in world.stations if one.phase != "fenced"]
        found.stuck += any(one.phase != "idle" or one.working != there for one in going)


def _two_stations(edits: int) -> World:
    names = ("A", "B")
    return World(
        Server(registers=tuple((name, 1, "") for name in names)),
        tuple(Station(name, name, edits=edits) for name in names),
    )


def _a_workstation_and_its_copy() -> World:
    """A disk image restored on a second machine: one register, one base, two lives."""
    content = frozenset({"old"})
    return World(
        Server((content,), (("W", 1, ""),)),
        tuple(
            Station(name, "W", base=1, base_content=content, working=content) for name in ("A", "B")
        ),
    )


def test_two_workstations_never_overwrite_unseen_nor_write_twice() -> None:
    """I2, I3, I4 in every interleaving of two edits each; and where it ends, all have all."""
    found = _search(Protocol(), _two_stations(2))

    assert found.states > 5_000
    assert found.ends
    assert (found.blind, found.twice, found.lost, found.stuck) == (0, 0, 0, 0)


def test_two_copies_of_one_workstation_never_both_upload() -> None:
    """I19: the first to write fences the other."""
    found = _search(Protocol(), _a_workstation_and_its_copy())

    assert found.states > 1_000
    assert found.ends
    assert (found.both_copies, found.blind, found.twice, found.stuck) == (0, 0, 0, 0)


def test_the_search_catches_a_client_without_a_register() -> None:
    """The positive control: the same search, and If-Match alone."""
    apart = _search(Naive(), _two_stations(1), most=3_000)
    copies = _search(Naive(), _a_workstation_and_its_copy(), most=3_000)

    assert apart.blind
    assert apart.twice
    assert copies.both_copies
