"""The server's history, and what it says of overwriting, repeating and tearing apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from app.domain.terms import Ref
from app.fhir.document import Document, canonical_hash, parse
from app.fhir.register import read_register
from sync.cdr.values import Version
from tests.sync.simulation.ledger import LISTS, VALUES, texts
from tests.sync.simulation.server import Commit
from tests.sync.simulation.world import World


class History:
    """Every version there ever was, read when it is asked for."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self._versions: defaultdict[Ref, list[tuple[Commit, Version]]] = defaultdict(list)
        for commit in commits:
            for version in commit.versions:
                self._versions[Ref(version.reference)].append((commit, version))

    def documents(self, ref: Ref) -> list[Document]:
        return [parse(v.body) for _, v in self._versions.get(ref, ()) if not v.deleted]

    def of(self, ref: Ref) -> list[tuple[Commit, Version]]:
        return self._versions.get(ref, [])

    @property
    def refs(self) -> list[Ref]:
        return list(self._versions)


def check_history(world: World) -> None:
    """I3, I4, I5, I11, I19, I20 over everything the server was ever given."""
    history = History(world.server.commits)
    for ref in history.refs:
        if not world.server.restored:
            _check_overwriting(world, history, ref)
        if ref.startswith("Basic/"):
            _check_register(world, history, ref)
    _check_groups(world, history)


def _check_overwriting(world: World, history: History, ref: Ref) -> None:
    """Each version holds what the one before held, but for what its author saw and changed."""
    before: Document | None = None
    for commit, version in history.of(ref):
        after = None if version.deleted else parse(version.body)
        if before is not None and after is not None and commit.by:
            for element in LISTS:
                gone = set(texts(before, element)) - set(texts(after, element))
                lost = {one for one in gone if (ref, element, one) not in world.ledger.overruled}
                if lost:
                    named = ", ".join(sorted(lost))
                    world.complain(f"I3 {ref} version {version.number} lost {element} {named}")
            for element in VALUES:
                _check_value(world, ref, element, before, after)
            if ref.startswith("MedicationRequest/"):
                _check_whole(world, ref, before, after)
        before = after


def _check_value(world: World, ref: Ref, element: str, before: Document, after: Document) -> None:
    was, now = texts(before, element), texts(after, element)
    if was == now:
        return
    first, last = (was or [""])[0], (now or [""])[0]
    overruled = (ref, element, first) in world.ledger.overruled
    if not overruled and first not in _ancestors(world, ref, element, last):
        world.complain(f"I3 {ref}: {element} {last!r} over {first!r}, which its author never saw")


def _check_whole(world: World, ref: Ref, before: Document, after: Document) -> None:
    """I11: of class A nothing is written but what somebody signed on exactly what was there."""
    was, now = canonical_hash(before), canonical_hash(after)
    if was == now or (ref, "", was) in world.ledger.overruled:
        return
    if was not in _ancestors(world, ref, "", now):
        world.complain(f"I11 {ref} was written over something its signer never saw")


def _ancestors(world: World, ref: Ref, element: str, value: str) -> set[str]:
    """Everything that stood there when `value` and what it was written over were written."""
    saw = {claim.value: claim.saw for _, claim in world.ledger.claims_on(ref, element)}
    found: set[str] = set()
    while value in saw and saw[value] not in found:
        value = saw[value]
        found.add(value)
    return found


def _check_register(world: World, history: History, ref: Ref) -> None:
    batches: list[str] = []
    writers: list[str] = []
    for commit, version in history.of(ref):
        register = read_register(parse(version.body)) if not version.deleted else None
        if register is None or register.last_batch == "" or register.last_batch.startswith("void"):
            continue
        batches.append(register.last_batch)
        if not writers or writers[-1] != commit.by:
            writers.append(commit.by)
    if len(set(batches)) < len(batches) and not world.server.restored:
        world.complain(f"I4 {ref}: a batch was applied twice")
    if len(writers) > 2:
        world.complain(f"I19 {ref}: two copies took turns: {writers}")


def _check_groups(world: World, history: History) -> None:
    """What one act made came in one transaction."""
    first: dict[Ref, Commit] = {}
    for ref in history.refs:
        first[ref] = history.of(ref)[0][0]
    for entry in world.ledger.entries.values():
        commits = [first[ref] for ref in entry.created if ref in first]
        whole = len(commits) in (0, len(entry.created))
        if not whole or any(commit is not commits[0] for commit in commits):
            world.complain(f"I5 act {entry.number} {entry.act.kind} came in parts")


def check_read_sets(world: World) -> None:
    """I13: no act was sent after what its signer had seen had changed, unless they confirmed."""
    history = History(world.server.commits)
    for commit in world.server.commits:
        sent = world.sent.get(commit.batch)
        if sent is None or world.server.restored:
            continue
        for load in sent.loads:
            for ref, version in load.read_set:
                newer = _foreign(history, ref, version, commit, sent.round_began)
                if newer is not None and load.group in world.ledger.entries:
                    number = world.ledger.entries[load.group].number
                    world.complain(
                        f"I13 act {number} was sent on {ref} version {version};"
                        f" {newer} had been there since {sent.round_began}"
                    )


def _foreign(history: History, ref: Ref, seen: str, commit: Commit, before: int) -> int | None:
    """A version of somebody else's that the signer had not seen when the round began."""
    for other, version in history.of(ref):
        unseen = seen.isdecimal() and version.number > int(seen)
        if unseen and other.ms < before and other.by != commit.by:
            return version.number
    return None
