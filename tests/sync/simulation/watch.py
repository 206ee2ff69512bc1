"""What must hold at every moment: after every act, every round, and at every request."""

from __future__ import annotations

from datetime import timedelta

from app.domain.sending import SendingStatus
from app.domain.terms import GroupId
from app.kernel.faults import AppError, FaultKind
from sync.transport import Request
from tests.sync.simulation.clinicians import Clinician
from tests.sync.simulation.evidence import load_of, unsettled, versions_here
from tests.sync.simulation.ledger import Word
from tests.sync.simulation.station import Desk, Killed, Station
from tests.sync.simulation.virtual import START
from tests.sync.simulation.world import Sent, World

MOST_REQUESTS = 400
"""More in one round is a loop that does not end (I23)."""


def a_round(world: World, station: Station) -> None:
    """One round, as the program runs it every few seconds, and what must hold after it."""
    world.round_began[station.name] = world.now
    world.cable_before[station.name] = station.cable.sent
    world.say(station.name, "round")
    try:
        said = station.round()
    except Exception as error:  # noqa: BLE001 - the program would call it a bug, and so do we
        world.complain(f"{station.name}: the round raised {type(error).__name__}: {error}")
        return
    requests = station.cable.sent - world.cable_before[station.name]
    world.say(station.name, "round ends", _brief(said), requests)
    if isinstance(said, AppError):
        world.count(f"fault {said.fault.message.code}")
        _judge_fault(world, station, said)
    if station.desk is not None:
        if isinstance(said, SendingStatus):
            _judge_status(world, station, station.desk, said)
        _judge_versions(world, station, station.desk)


def an_act(world: World, station: Station, what: str) -> None:
    """Somebody does something at a workstation, whatever its engine is doing."""
    if station.desk is None or station.killed:
        return
    desk, before = station.desk, len(world.ledger.entries)
    who = Clinician(desk, station.session, world.draw, world.a_word(), world.ledger)
    try:
        fault = who.act(what)
    except Killed:
        fault = "killed"
        station.killed = True
    except Exception as error:  # noqa: BLE001 - as above
        world.complain(f"{station.name}: {what} raised {type(error).__name__}: {error}")
        return
    # Who waits for an answer of the server is not alone: others go on meanwhile.
    entries = list(world.ledger.entries.items())[before:]
    fresh = [group for group, entry in entries if entry.station == station.name]
    world.count(f"fault {fault}" if fault else f"act {what}" if fresh else f"nothing to {what}")
    world.say(station.name, "act", what, fault or "saved", *fresh)
    if station.killed:
        station.die()
        return
    for group in fresh:
        _read_your_writes(world, station, desk, group)


def a_request(world: World, station: Station, request: Request) -> None:
    """Told of every request before it goes out."""
    station.alive()
    if request.method == "DELETE":
        world.complain(f"I17 {station.name}: a DELETE went out")
    if station.cable.sent - world.cable_before.get(station.name, 0) > MOST_REQUESTS:
        world.complain(f"I23 {station.name}: a round without an end")
        station.killed = True
        raise Killed
    batch = request.headers.get("X-Request-ID", "")
    if batch and station.desk is not None:
        loads = load_of(station.desk, batch)
        world.sent[batch] = Sent(loads, world.round_began[station.name])


def _judge_fault(world: World, station: Station, error: AppError) -> None:
    """Only a spoilt disk, and a plan that was overtaken, may end a round so."""
    kind = error.fault.kind
    if kind is FaultKind.CONFLICT:
        return
    if kind is not FaultKind.STORAGE or world.now > world.spoilt.get(station.name, -1):
        world.complain(f"{station.name}: the round failed: {error.fault.message.code}")


def _judge_status(world: World, station: Station, desk: Desk, said: SendingStatus) -> None:
    if said.all_sent and (left := unsettled(desk)):
        world.complain(f"I24 {station.name}: all sent, and {left} are not")
    latest = START + timedelta(milliseconds=world.now, seconds=6)
    if said.data_as_of is not None and said.data_as_of > latest:
        world.complain(f"I24 {station.name}: data of the future")


def _judge_versions(world: World, station: Station, desk: Desk) -> None:
    now = versions_here(desk)
    before = world.seen.get(station.name, {})
    for ref, version in now.items():
        was = before.get(ref, "")
        if was.isdecimal() and version.isdecimal() and int(version) < int(was):
            world.complain(f"I9 {station.name}: {ref} went back from version {was} to {version}")
    world.seen[station.name] = now


def _read_your_writes(world: World, station: Station, desk: Desk, group: GroupId) -> None:
    entry = world.ledger.entries[group]
    if entry.word is not Word.SAVED:
        return
    for claim in entry.claims:
        held = desk.cache.documents.held(claim.ref)
        if held is None or not claim.holds_in(held.document):
            world.complain(f"I10 {station.name}: {claim.ref} does not show its new {claim.element}")
    status = desk.engine.status()
    if status.all_sent or not status.waiting:
        world.complain(f"I24 {station.name}: all sent right after {entry.act.kind}")


def _brief(said: SendingStatus | AppError | None) -> str:
    if said is None:
        return "killed"
    if isinstance(said, AppError):
        return f"fault {said.fault.message.code}"
    left = (said.waiting, said.conflicts, said.rejected, said.held)
    return f"{said.connection.value} {left} {'all sent' if said.all_sent else ''}"
