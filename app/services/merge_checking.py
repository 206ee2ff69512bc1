"""After a merge that nobody watched: checks again, voids signatures, tells whom it concerns."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.notes import NoteDraft
from app.domain.notes import objections as note_objections
from app.domain.orders import objections as order_objections
from app.domain.sending import EVERY_KIND
from app.domain.signatures import SignatureState, Signed, newest_of_each_role
from app.domain.terms import GroupId, PatientId, PractitionerId
from app.fhir.document import Document
from app.fhir.frame import type_of
from app.fhir.notes import read_note
from app.fhir.orders import read_order
from app.fhir.signatures import signed_hash, verify
from app.fhir.workflow import write_task
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Message
from app.ports.acts import Act, Acts, Change
from app.ports.keeping import AccessAudit, AuditEntry
from app.ports.merging import AutomaticMerge, Merges, Rechecks
from app.ports.signatures import Provenances, SigningKeys
from app.services.authority import open_door
from app.services.order_settling import as_draft

_NAMESPACE = uuid.UUID("0c6e8a3e-6f0b-4f0e-8f4e-7c1c1b0f6a55")
_NOTES = frozenset({"Composition", "DocumentReference"})


@dataclass(frozen=True, slots=True)
class SigningRechecks:
    """`Rechecks`: what keeps a note or an order from being signed keeps it from being sent."""

    def findings(self, patient: PatientId | None, document: Document) -> tuple[Message, ...]:  # noqa: ARG002 - as every `Rechecks`
        if type_of(document) in _NOTES:
            return _about_note(document)
        order = read_order(document)
        if order is None or not order.current:
            return ()
        return tuple(one.message for one in order_objections(as_draft(order)))


@dataclass(frozen=True, slots=True)
class EveryRecheck:
    """Several `Rechecks` as one; each is asked, whatever the others found."""

    checks: tuple[Rechecks, ...]

    def findings(self, patient: PatientId | None, document: Document) -> tuple[Message, ...]:
        found = (one for check in self.checks for one in check.findings(patient, document))
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class MergeChecking:
    """Runs before anything is sent: no merged document leaves unchecked (sync.md §7.6)."""

    merges: Merges
    rechecks: Rechecks
    provenances: Provenances
    keys: SigningKeys
    acts: Acts
    audit: AccessAudit
    feed: ChangeFeed
    clock: Clock

    @open_door("the program checks its own work, whoever is signed in")
    def run(self) -> int:
        """Check everything that was merged since; returns how many documents."""
        waiting = self.merges.unchecked()
        for merge in waiting:
            self._check(merge)
        if waiting:
            self.feed.publish(Changed(EVERY_KIND))
        return len(waiting)

    def _check(self, merge: AutomaticMerge) -> None:
        """Write down, tell, settle: in this order a kill in between repeats, and loses nothing."""
        self.audit.record(
            AuditEntry(
                at=self.clock.now(),
                actor=None,
                actor_name="",
                action="merge.automatic",
                patient=merge.patient,
                detail=f"{merge.ref} {' '.join(merge.elements)}".strip(),
            )
        )
        findings: tuple[Message, ...] = ()
        if merge.document is not None and merge.author is not None:
            self._tell_signers(merge, merge.document, merge.author)
            findings = self.rechecks.findings(merge.patient, merge.document)
        self.merges.settle(merge.id, findings, self.clock.now())

    def _tell_signers(
        self, merge: AutomaticMerge, document: Document, author: PractitionerId
    ) -> None:
        signed = verify(document, self.provenances.about(merge.ref), self.keys.fits)
        voided = [
            one for one in newest_of_each_role(signed) if one.state is SignatureState.SUPERSEDED
        ]
        if not voided:
            return
        digest = signed_hash(document)
        tasks = tuple(Change(self._task(merge, digest, author, who)) for who in _people(voided))
        # The ids follow from what was merged: the same news is told once.
        group = GroupId(str(uuid.uuid5(_NAMESPACE, f"{merge.ref} {digest}")))
        self.acts.commit(
            Act(
                group=group,
                kind="signature.superseded",
                patient=merge.patient,
                author=author,
                at=self.clock.now(),
                changes=tasks,
                kinds=frozenset({"task", "note"}),
            )
        )

    def _task(
        self, merge: AutomaticMerge, digest: str, author: PractitionerId, to: PractitionerId
    ) -> Document:
        return write_task(
            task_id=str(uuid.uuid5(_NAMESPACE, f"{merge.ref} {digest} {to}")),
            code="signature-superseded",
            patient=merge.patient,
            focus=merge.ref,
            requester=author,
            authored=self.clock.now(),
            owner=to,
            urgent=True,
        )


def _about_note(document: Document) -> tuple[Message, ...]:
    note = read_note(document)
    if note.text is None:
        return ()  # a scan is not ours to judge
    draft = NoteDraft(note.patient, note.encounter, note.kind, note.title, note.text)
    return tuple(one.message for one in note_objections(draft))


def _people(voided: Iterable[Signed]) -> tuple[PractitionerId, ...]:
    return tuple(dict.fromkeys(one.who for one in voided if one.who is not None))
