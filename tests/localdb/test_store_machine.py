"""The store against a model of it: any order of acts, downloads, batches, answers and restarts."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, parse, to_bytes
from app.kernel.faults import AppError, FaultKind, Message
from app.ports.acts import Change
from app.ports.sync_store import NewConflict, Rebased, Rejection
from localdb.rebuilding import rebuild
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    TellingProjector,
    a_batch,
    a_piece,
    an_act,
    enrol,
    incoming,
    open_kit,
    told,
)

KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.integers(0, 3)


@dataclass
class Doc:
    """What one document must be.

    Attributes:
        server: (version, value) on the server as far as this workstation has seen it.
        ours: Values of our unconfirmed changes, oldest first, with their groups.
    """

    server: tuple[int, int] | None = None
    ours: list[tuple[str, int]] = field(default_factory=list)
    inflight: int = 0
    in_conflict: bool = False

    @property
    def working(self) -> int | None:
        if self.ours:
            return self.ours[-1][1]
        return self.server[1] if self.server else None


def document(key: str, value: int) -> Document:
    return {
        "resourceType": "Task",
        "id": f"task-{key}",
        "for": {"reference": "Patient/li-ming"},
        "description": str(value),
    }


def ref_of(key: str) -> Ref:
    return Ref(f"Task/task-{key}")


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardone-machine-"))
        self.opened = open_kit(self.folder)
        enrol(self.opened)
        self.opened.sync_store.put_scopes((SCOPE,))
        self.docs: dict[str, Doc] = {}
        self.states: dict[str, str] = {}
        self.buried: set[str] = set()
        self.batch: tuple[str, dict[str, int], list[str]] | None = None
        self.serial = 0

    def teardown(self) -> None:
        self.opened.close()
        shutil.rmtree(self.folder)

    def next(self) -> int:
        self.serial += 1
        return self.serial

    @rule(changes=st.dictionaries(KEYS, VALUES, min_size=1, max_size=2))
    def commit(self, changes: dict[str, int]) -> None:
        """A clinician changes one or two documents at once."""
        group = f"g{self.next()}"
        held = {key: self.opened.documents.held(ref_of(key)) for key in changes}
        made = [
            Change(document(key, value), one.stamp if (one := held[key]) else None)
            for key, value in changes.items()
        ]
        act = an_act(group, *made)
        altered = {k: v for k, v in changes.items() if self.docs.get(k, Doc()).working != v}
        disputed = {k for k in altered if k in self.docs and self.docs[k].in_conflict}
        if disputed or self.buried & altered.keys():
            with pytest.raises(AppError) as caught:
                self.opened.acts.commit(act)
            assert caught.value.fault.kind is FaultKind.CONFLICT
            return
        self.opened.acts.commit(act)
        self.opened.acts.commit(act)
        for key, value in altered.items():
            self.docs.setdefault(key, Doc()).ours.append((group, value))
        if altered:
            self.states[group] = "saved"

    @rule(key=KEYS, value=VALUES)
    def download(self, key: str, value: int) -> None:
        """Somebody else changed the document, and a page brings it."""
        doc = self.docs.setdefault(key, Doc())
        version = (doc.server[0] if doc.server else 0) + 5
        came = incoming(document(key, value), str(version))
        outcome = self.opened.sync_store.apply(a_piece(came))
        if doc.ours or doc.in_conflict:
            assert outcome.stale == (ref_of(key),)
        else:
            assert outcome.applied == 1
            doc.server = (version, value)
            self.buried.discard(key)

    @rule(key=KEYS)
    def download_again(self, key: str) -> None:
        doc = self.docs.get(key)
        if doc is None or doc.server is None:
            return
        came = incoming(document(key, doc.server[1]), str(doc.server[0]))
        assert self.opened.sync_store.apply(a_piece(came)).unchanged == 1

    def _rebasable(self, key: str) -> Doc | None:
        doc = self.docs.get(key)
        fits = doc is not None and doc.ours and doc.server and not doc.inflight
        return doc if fits else None

    @rule(key=KEYS, value=VALUES)
    def rebase(self, key: str, value: int) -> None:
        """The engine carries our value over onto theirs."""
        doc = self._rebasable(key)
        if doc is None or doc.server is None or doc.working is None:
            return
        known = self.opened.sync_store.known([ref_of(key)])[ref_of(key)]
        version, mine = doc.server[0] + 5, doc.working
        theirs = to_bytes(document(key, value))
        working = None if value == mine else to_bytes(document(key, mine))
        one = Rebased(ref_of(key), known.local_seq, theirs, str(version), NOW, working)
        assert self.opened.sync_store.apply(a_piece(rebased=(one,))).stale == ()
        doc.server = (version, value)
        if doc.in_conflict:
            doc.in_conflict = False
            disputed = {g for d in self.docs.values() if d.in_conflict for g, _ in d.ours}
            for group in {group for group, _ in doc.ours} - disputed:
                self.states[group] = "saved"
        if working is None:
            doc.ours = []
            self._confirm_finished()
        else:
            doc.ours = [(group, mine) for group, _ in doc.ours]

    @rule(key=KEYS, value=VALUES)
    def conflict(self, key: str, value: int) -> None:
        doc = self._rebasable(key)
        if doc is None or doc.server is None:
            return
        known = self.opened.sync_store.known([ref_of(key)])[ref_of(key)]
        found = NewConflict(
            ref_of(key),
            "update-update",
            None,
            known.base,
            known.working,
            to_bytes(document(key, value)),
            str(doc.server[0] + 5),
            (),
            known.local_seq,
        )
        assert self.opened.sync_store.apply(a_piece(conflicts=(found,))).stale == ()
        doc.in_conflict = True
        for group, _ in doc.ours:
            self.states[group] = "conflict"

    @precondition(lambda self: self.batch is None)
    @rule()
    def freeze(self) -> None:
        """Everything that may go, goes: a group not behind one that may not."""
        pending = self.opened.sync_store.pending()
        stuck = {c.ref for g in pending if g.state != "saved" for c in g.changes}
        ready = []
        for group in pending:
            refs = {c.ref for c in group.changes}
            if group.state == "saved" and not refs & stuck:
                ready.append(group)
            else:
                stuck |= refs
        if not ready:
            return
        name = f"batch-{self.next()}"
        self.opened.sync_store.freeze(a_batch(name, *ready))
        counts: dict[str, int] = {}
        for group in ready:
            self.states[group.group] = "packed"
            for change in group.changes:
                key = change.ref[-1]
                counts[key] = counts.get(key, 0) + 1
        for key, count in counts.items():
            self.docs[key].inflight = count
        self.batch = (name, counts, [g.group for g in ready])

    @precondition(lambda self: self.batch is not None)
    @rule()
    def send(self) -> None:
        assert self.batch is not None
        self.opened.sync_store.mark_sent(self.batch[0], NOW)
        for group in self.batch[2]:
            self.states[group] = "sent"

    @precondition(lambda self: self.batch is not None)
    @rule()
    def acknowledge(self) -> None:
        assert self.batch is not None
        name, counts, groups = self.batch
        versions = {}
        for key, count in counts.items():
            doc = self.docs[key]
            version = (doc.server[0] if doc.server else 0) + 1
            doc.server = (version, doc.ours[count - 1][1])
            doc.ours = doc.ours[count:]
            doc.inflight = 0
            versions[ref_of(key)] = str(version)
        self.opened.sync_store.acknowledge(name, versions, str(self.next()), NOW)
        self.batch = None
        for group in groups:
            self.states[group] = "saved"
        self._confirm_finished()

    @precondition(lambda self: self.batch is not None)
    @rule(is_bumped=st.booleans())
    def void(self, *, is_bumped: bool) -> None:
        assert self.batch is not None
        register = str(self.next()) if is_bumped else None
        self.opened.sync_store.void(self.batch[0], register, NOW)
        self._give_back()

    @precondition(lambda self: self.batch is not None)
    @rule()
    def reject(self) -> None:
        assert self.batch is not None
        victim = self.batch[2][0]
        why = Message.of("sync.verdict.rejected")
        self.opened.sync_store.reject(Rejection(GroupId(victim), 422, why, "", NOW))
        self._give_back()
        self.states[victim] = "rejected"

    @rule()
    def release(self) -> None:
        for group, state in self.states.items():
            self.opened.sync_store.release(GroupId(group))
            if state in ("rejected", "held"):
                self.states[group] = "saved"

    @rule()
    def hold(self) -> None:
        group = next((g for g, s in self.states.items() if s == "saved"), None)
        if group is not None:
            self.opened.sync_store.hold(GroupId(group), (Ref("Patient/li-ming"),), NOW)
            self.states[group] = "held"

    @rule(key=KEYS)
    def bury(self, key: str) -> None:
        doc = self.docs.get(key, Doc())
        done = self.opened.sync_store.bury(ref_of(key), "expunged", NOW)
        assert done == (not doc.ours)
        if done and doc.server:
            self.buried.add(key)
        if done:
            self.docs.pop(key, None)

    @rule()
    def leave(self) -> None:
        """Nothing goes while anything of the patient is unsent."""
        mine = set(self.opened.sync_store.members(SCOPE.id))
        evicted = self.opened.sync_store.leave_scope(SCOPE.id)
        if self.states:
            assert evicted == 0
        else:
            assert evicted >= len([k for k in self.docs if ref_of(k) in mine])
            self.docs.clear()
        self.opened.sync_store.put_scopes((SCOPE,))

    @rule()
    def restart(self) -> None:
        self.opened.close()
        self.opened = open_kit(self.folder)

    def _give_back(self) -> None:
        assert self.batch is not None
        for key in self.batch[1]:
            self.docs[key].inflight = 0
        for group in self.batch[2]:
            self.states[group] = "saved"
        self.batch = None

    def _confirm_finished(self) -> None:
        left = {group for doc in self.docs.values() for group, _ in doc.ours}
        for group in [g for g in self.states if g not in left]:
            del self.states[group]

    @invariant()
    def the_groups_are_those_of_the_model(self) -> None:
        """I2: what is not confirmed is in the outbox, in the state it should be."""
        found = {g.group: g.state for g in self.opened.sync_store.pending()}
        assert found == self.states

    @invariant()
    def the_documents_are_those_of_the_model(self) -> None:
        """I10: one reads one's own writes; I3: each change knows the version it rests on."""
        for key in ("a", "b", "c"):
            held = self.opened.documents.held(ref_of(key))
            doc = self.docs.get(key, Doc())
            assert (None if held is None else int(str(held.document["description"]))) == doc.working
            if held is not None:
                assert held.version == (str(doc.server[0]) if doc.server else "")
                assert held.state == self._state(doc)
        self._check_changes()

    def _state(self, doc: Doc) -> str:
        if doc.in_conflict:
            return "conflict"
        if doc.inflight:
            return "inflight"
        return "dirty" if doc.ours else "clean"

    def _check_changes(self) -> None:
        bodies: dict[str, list[tuple[str, int]]] = {}
        for group in self.opened.sync_store.pending():
            for change in group.changes:
                said = int(str(parse(change.body)["description"]))
                bodies.setdefault(change.ref[-1], []).append((group.group, said))
        assert bodies == {key: doc.ours for key, doc in self.docs.items() if doc.ours}

    @invariant()
    def bases_are_what_the_server_said(self) -> None:
        for known in self.opened.sync_store.known([ref_of(k) for k in "abc"]).values():
            if known.state in ("clean", "tombstone"):
                assert known.base is None
                continue
            doc = self.docs[known.ref[-1]]
            base = None if known.base is None else int(str(parse(known.base)["description"]))
            assert base == (doc.server[1] if doc.server else None)

    @invariant()
    def the_journal_has_everything_unconfirmed(self) -> None:
        assert self.opened.journal.groups >= set(self.states)

    @invariant()
    def projections_are_what_a_rebuild_would_make(self) -> None:
        before = told(self.opened)
        with self.opened.cache.write() as connection:
            rebuild(connection, (TellingProjector(),))
        assert told(self.opened) == before


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=25, stateful_step_count=25)
