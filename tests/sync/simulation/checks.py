"""The invariants of sync.md §8, judged by what the server and the databases hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations

from app.domain.terms import Ref
from app.fhir.administrations import read_administration
from app.fhir.alerts import has_report, lead_alert
from app.fhir.document import canonical_hash, parse
from localdb.bodies import opened
from localdb.duplicates import SqlDuplicateActs
from sync.cdr.values import Version
from tests.sync.simulation.evidence import Cursor, Evidence, examine
from tests.sync.simulation.ledger import Claim, Entry, Word
from tests.sync.simulation.station import EVERY_TYPE, Desk, Station, scope_types
from tests.sync.simulation.versions import History
from tests.sync.simulation.virtual import START
from tests.sync.simulation.world import World

_CLOCKS = timedelta(seconds=7)
"""Two nodes' clocks and a `Date` of whole seconds: so much a pass may have ended early."""
_HALTED = frozenset({"conflict", "rejected", "held"})


def check_durability(world: World, station: Station, desk: Desk) -> None:
    """I1, I2: what a clinician was told is saved is somewhere, and nowhere by half."""
    found, history = examine(desk), History(world.server.commits)
    for entry in world.ledger.of(station.name):
        state = found.groups.get(entry.act.group, "")
        if not state:
            if entry.word is Word.SAVED:
                world.complain(f"I1 {station.name}: act {entry.number} {entry.act.kind} is gone")
            continue
        if entry.act.group in world.ledger.taken_back:
            continue
        if entry.word is Word.REFUSED:
            world.complain(f"I5 {station.name}: act {entry.number} was refused, and is there")
        for claim in entry.claims:
            if not _is_somewhere(world, found, history, claim, sent=state == "confirmed"):
                where = f"{claim.ref} {claim.element} {claim.value[:16]}"
                world.complain(f"I2 {station.name}: act {entry.number} lost {where} ({state})")


def _is_somewhere(
    world: World, found: Evidence, history: History, claim: Claim, *, sent: bool
) -> bool:
    """On the server, or still here, or knowingly written over by somebody who is."""
    if any(claim.holds_in(document) for document in history.documents(claim.ref)):
        return True
    if not sent and any(claim.holds_in(opened(b)) for b in found.unsent.get(claim.ref, ())):
        return True
    return any(
        later.saw == claim.value
        and entry.word is not Word.REFUSED
        and _is_somewhere(world, found, history, later, sent=False)
        for entry, later in world.ledger.claims_on(claim.ref, claim.element)
    )


def check_cursors(world: World, station: Station, desk: Desk) -> None:
    """I7: no watermark has passed anything that is not here."""
    if world.server.restored:
        return  # numbers begin anew, and older versions are rightly refused
    found = examine(desk)
    for cursor in found.cursors:
        if cursor.kind == "cohort":
            for version in _below(world, cursor):
                _must_be_here(world, station, found, version)


def _below(world: World, cursor: Cursor) -> Iterable[Version]:
    """Versions the pass must have seen: committed before it began and stamped below its end.

    What has been replaced since may have been missed: a search shows the newest version alone,
    and that one comes with the next pass.
    """
    patients = frozenset(cursor.target.split(","))
    ended = cursor.watermark - START
    newest = {v.reference: (c.ms, v) for c in world.server.commits for v in c.versions}
    for ms, version in newest.values():
        early = timedelta(milliseconds=ms) < ended - _CLOCKS
        stamped = timedelta(milliseconds=version.updated) + _EPOCH
        mine = version.type == cursor.rtype and not version.deleted
        if mine and early and stamped < ended and world.patient_of(version) in patients:
            yield version


_EPOCH = START.replace(year=1970, month=1, day=1) - START


def _must_be_here(world: World, station: Station, found: Evidence, version: Version) -> None:
    ref = Ref(version.reference)
    gone = (current := world.server.current(ref)) is None or current.deleted
    if gone or ref in found.graves or is_known(found, ref, version.number):
        return
    have = found.kept[ref].version if ref in found.kept else "nothing"
    world.complain(
        f"I7 {station.name}: the watermark has passed {ref} version {version.number}, here: {have}"
    )


def is_known(found: Evidence, ref: Ref, number: int) -> bool:
    """Whether the database has this version of the document, or a newer one."""
    here = [found.kept[ref].version] if ref in found.kept else []
    return any(
        one.isdecimal() and int(one) >= number for one in (*here, *found.theirs.get(ref, ()))
    )


def check_drained(world: World, station: Station, found: Evidence) -> None:
    """I18, I21: nothing is left but what waits for a person, and what waits behind that."""
    for entry in undrained(world, found):
        state = found.groups[entry.act.group]
        world.complain(f"I21 {station.name}: act {entry.number} {entry.act.kind} is {state}")


def undrained(world: World, found: Evidence) -> list[Entry]:
    """Acts that wait although no person has to do anything about them."""
    waiting = [
        world.ledger.entries[group]
        for group in found.unconfirmed
        if group in world.ledger.entries and found.groups[group] not in _HALTED
    ]
    stuck = {ref for entry in _halted(world, found) for ref in _refs(world, entry)}
    behind = True
    while behind:
        behind = [entry for entry in waiting if not stuck.isdisjoint(_refs(world, entry))]
        waiting = [entry for entry in waiting if entry not in behind]
        stuck |= {ref for entry in behind for ref in _refs(world, entry)}
    return waiting


def check_rejections(world: World, station: Station, found: Evidence) -> None:
    """I6, I18: nothing is quarantined but what the server does refuse."""
    for group, status in found.rejections.items():
        entry = world.ledger.entries.get(group)
        if entry is None or found.groups.get(group) != "rejected":
            continue
        refused = any("poison-" in str(c.document) for c in entry.act.changes)
        if not refused and not (world.plan.deletes and status in (400, 409)):
            world.complain(f"I6 {station.name}: act {entry.number} refused with {status}")


def check_doses(world: World, station: Station, desk: Desk, *, fenced: bool) -> None:
    """I15: a dose given twice is kept twice and known as such; under a claim it is given once."""
    told = {ref for pair in SqlDuplicateActs(desk.cache.cache).open_duplicates() for ref in pair}
    for slot, given in _given(world).items():
        if len(given) < 2:
            continue
        world.count("given twice")
        refs = [ref for ref, _ in given]
        reported = [pair for pair in combinations(refs, 2) if _is_reported(desk, pair)]
        unseen = set(refs) - told - {ref for pair in reported for ref in pair}
        if unseen and not fenced:
            world.complain(f"I15 {station.name}: {slot} was given twice, and {unseen} are not told")
        undisturbed = not (world.server.restored or world.cloned or _had_wrong_clocks(world))
        if undisturbed and sum(not override for _, override in given) > 1:
            world.complain(f"I15 {slot} was given twice under a claim: {refs}")


def _given(world: World) -> dict[Ref, list[tuple[Ref, str]]]:
    """Of each slot the administrations the server holds, each with its override."""
    found: dict[Ref, list[tuple[Ref, str]]] = {}
    for version in {one.reference: one for one in world.server.store.log}.values():
        if version.type == "MedicationAdministration" and not version.deleted:
            read = read_administration(parse(version.body))
            if read.slot is not None and read.status == "completed":
                found.setdefault(read.slot, []).append((Ref(version.reference), read.override))
    return found


def _is_reported(desk: Desk, pair: tuple[Ref, ...]) -> bool:
    held = desk.cache.documents.held(lead_alert((pair[0], pair[1])))
    return held is not None and has_report(held.document)


def _had_wrong_clocks(world: World) -> bool:
    """The end of a claim is the server's time as a workstation knows it."""
    return any(name.startswith("clock ") for name in world.trace.tally)


def _halted(world: World, found: Evidence) -> list[Entry]:
    return [
        world.ledger.entries[group]
        for group, state in found.groups.items()
        if state in _HALTED and group in world.ledger.entries
    ]


def _refs(world: World, entry: Entry) -> set[Ref]:
    """What a group touches, and what it refers to that only another act makes."""
    made = {ref for one in world.ledger.entries.values() for ref in one.created}
    touched = {claim.ref for claim in entry.claims}
    named = {ref for ref in made if any(ref in str(c.document) for c in entry.act.changes)}
    return touched | named


def check_convergence(world: World, station: Station, found: Evidence, *, fenced: bool) -> None:
    """I8, I16, I22: what is followed is here as the server has it, and nothing else.

    What a fenced workstation has not sent stays as it was until a person has decided.
    """
    for difference in differences(world, found, fenced=fenced):
        world.complain(f"I22 {station.name}: {difference}")


def differences(world: World, found: Evidence, *, fenced: bool) -> list[str]:
    """Where this database and the server do not agree."""
    server = {Ref(version.reference): version for version in world.server.store.log}
    of_patients = {one.rtype for one in scope_types(world.plan.types) if one.kind == "patient"}
    said: list[str] = []
    for ref, version in server.items():
        if version.type in of_patients and world.patient_of(version) in found.followed:
            said += _compare(found, ref, version, fenced=fenced)
    for ref, kept in found.kept.items():
        ours = ref.partition("/")[0] in EVERY_TYPE and kept.state == "clean"
        if ours and (ref not in server or server[ref].deleted):
            said.append(f"{ref} is not on the server any more")
    return said


def _compare(found: Evidence, ref: Ref, version: Version, *, fenced: bool) -> list[str]:
    kept = found.kept.get(ref)
    if version.deleted:
        return []
    if kept is None:
        return [f"{ref} version {version.number} never came"]
    there = f"{ref} is {kept.state} on {kept.version}, there {version.number}"
    if kept.state != "clean":
        return [] if fenced or is_known(found, ref, version.number) else [there]
    if kept.version != str(version.number):
        return [there]
    same = kept.content_hash == canonical_hash(parse(version.body))
    return [] if same else [f"{ref} version {version.number} reads otherwise"]
