"""Signing notes, and countersigning those of trainees."""

from __future__ import annotations

from app.domain.notes import Note, NoteDraft, NoteStatus, objections
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, NoteId, Ref, Term
from app.fhir.document import Document
from app.fhir.notes import NOTE_KIND, write_countersign, write_note
from app.fhir.workflow import write_task
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents, ReadSet
from app.ports.reading import ChartReads
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.signing import SigningRules


class NoteWriting:
    """Writes notes. Succeeds offline: the act waits in the outbox."""

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        reads: ChartReads,
        maker: ActMaker,
        rules: SigningRules,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._reads = reads
        self._maker = maker
        self._rules = rules

    @needs(Privilege.WRITE_NOTE)
    def sign(
        self,
        session: Session,
        draft: NoteDraft,
        seen: ReadSet,
        draft_id: DraftId | None = None,
    ) -> Note:
        """Sign `draft` and return the note as recorded.

        A role that may write and not sign (a trainee) leaves it preliminary, with a task for a
        countersignature in the same act.

        Raises:
            AppError: `REFUSED` while the draft has objections or the clock is off, `SIGNED_OUT`
                after the lease, `STORAGE` if it could not be written.
        """
        if wrong := objections(draft):
            detail = ",".join(objection.field for objection in wrong)
            raise app_error(FaultKind.REFUSED, wrong[0].message.code, detail)
        self._rules.check(session)
        note = self._note(session, draft)
        documents = [write_note(note, onto={})]
        if note.status is NoteStatus.PRELIMINARY:
            documents.append(self._task(session, note))
        self._acts.commit(
            self._maker.make(
                "note.sign",
                session,
                draft.patient,
                tuple(Change(document) for document in documents),
                seen=seen,
                draft=draft_id,
                kinds=frozenset({"note", "task"}),
            )
        )
        return note

    @needs(Privilege.COUNTERSIGN)
    def countersign(self, session: Session, note_id: NoteId, seen: ReadSet) -> None:
        """Make a preliminary note final, and close its task.

        Raises:
            AppError: `REFUSED` for one's own note or one that waits for nobody, `CONFLICT` when
                it changed since it was read, and as `sign`.
        """
        note = self._reads.note(note_id)
        if note is None or note.status is not NoteStatus.PRELIMINARY:
            raise app_error(FaultKind.REFUSED, "note.nothing-to-countersign", "not preliminary")
        if note.author == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "note.not-own-countersign", "own note")
        self._rules.check(session)
        held = self._documents.held(Ref(f"DocumentReference/{note_id}"))
        if held is None:
            raise app_error(FaultKind.REFUSED, "note.nothing-to-countersign", "not in the cache")
        now = self._maker.clock.now()
        signed = write_countersign(
            held.document, by=session.clinician.id, by_name=session.clinician.name.name, at=now
        )
        self._acts.commit(
            self._maker.make(
                "note.countersign",
                session,
                note.patient,
                (Change(signed, held.stamp),),
                seen=seen,
                kinds=frozenset({"note"}),
            )
        )

    def _note(self, session: Session, draft: NoteDraft) -> Note:
        final = session.can(Privilege.SIGN_NOTE)
        return Note(
            id=NoteId(self._maker.ids.new()),
            patient=draft.patient,
            encounter=draft.encounter,
            kind=draft.kind,
            kind_term=Term(draft.kind.value, NOTE_KIND, draft.kind.value),
            status=NoteStatus.FINAL if final else NoteStatus.PRELIMINARY,
            title=draft.title.strip(),
            text=draft.text,
            at=self._maker.clock.now(),
            author=session.clinician.id,
            author_name=session.clinician.name.name,
        )

    def _task(self, session: Session, note: Note) -> Document:
        return write_task(
            task_id=self._maker.ids.new(),
            code="countersign",
            patient=note.patient,
            focus=Ref(f"DocumentReference/{note.id}"),
            requester=session.clinician.id,
            requester_name=session.clinician.name.name,
            authored=self._maker.clock.now(),
            owner_role="attending",
        )
