"""The inbox of a person and their role: tasks and messages."""

from __future__ import annotations

from app.domain.chart import WorkItem
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, PatientId, PractitionerId, Ref
from app.fhir.alerts import DUPLICATE_ACT, LEAD
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.fhir.critical_values import ESCALATED
from app.fhir.verbal_tasks import CONFIRM_VERBAL
from app.fhir.workflow import write_message, write_received, write_task_status
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents
from app.ports.reading import InboxReads
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.stand_ins import stands_in


class InboxKeeping:
    """Shows what waits for somebody, and lets them answer."""

    def __init__(
        self, reads: InboxReads, acts: Acts, documents: Documents, maker: ActMaker
    ) -> None:
        self._reads = reads
        self._acts = acts
        self._documents = documents
        self._maker = maker

    @needs(Privilege.SEE_INBOX)
    def items(self, session: Session) -> tuple[WorkItem, ...]:
        """What waits for the person, for their role, and for a role for which they stand in."""
        who = session.clinician
        return self._reads.inbox(who.id, who.role, stands_in(who.role))

    @needs(Privilege.SEE_INBOX)
    def complete(self, session: Session, item: WorkItem) -> None:
        """Complete a task, or mark a message as read.

        Raises:
            AppError: `REFUSED` when it is not open, or when only a report or a countersignature
                ends it; `CONFLICT` when a colleague was faster.
        """
        if not item.open:
            raise app_error(FaultKind.REFUSED, "inbox.not-open", item.status)
        ref = Ref(f"{'Task' if item.kind == 'task' else 'Communication'}/{item.id}")
        held = self._documents.held(ref)
        if held is None:
            raise app_error(FaultKind.REFUSED, "inbox.not-here", "not in the cache")
        if item.code == DUPLICATE_ACT and item.owner_role == LEAD:
            raise app_error(FaultKind.REFUSED, "inbox.report-first", item.code)
        if item.code == COUNTERSIGN_ORDER:
            raise app_error(FaultKind.REFUSED, "inbox.countersign-first", item.code)
        if item.code == ESCALATED:
            raise app_error(FaultKind.REFUSED, "inbox.critical-first", item.code)
        if item.code == CONFIRM_VERBAL:
            raise app_error(FaultKind.REFUSED, "inbox.confirm-verbal-first", item.code)
        now = self._maker.clock.now()
        who = session.clinician
        if item.kind == "task":
            done = write_task_status(
                held.document, "completed", by=who.id, by_name=who.name.name, at=now
            )
        else:
            done = write_received(held.document, by=who.id, at=now)
        kind = "task.complete" if item.kind == "task" else "message.read"
        self._acts.commit(
            self._maker.make(
                kind,
                session,
                item.patient,
                (Change(done, held.stamp),),
                kinds=frozenset({"task", "message", "census"}),
            )
        )

    @needs(Privilege.SEND_MESSAGE)
    def send(
        self,
        session: Session,
        to: PractitionerId,
        text: str,
        patient: PatientId | None = None,
        *,
        urgent: bool = False,
        draft_id: DraftId | None = None,
    ) -> None:
        """Send a message to a colleague; its draft goes in the same act.

        Raises:
            AppError: `REFUSED` for an empty text, `STORAGE` if it could not be written.
        """
        if not text.strip():
            raise app_error(FaultKind.REFUSED, "inbox.empty-message", "no text")
        message = write_message(
            message_id=self._maker.ids.new(),
            sender=session.clinician.id,
            sender_name=session.clinician.name.name,
            recipient=to,
            text=text.strip(),
            patient=patient,
            sent=self._maker.clock.now(),
            urgent=urgent,
        )
        self._acts.commit(
            self._maker.make(
                "message.send",
                session,
                patient,
                (Change(message),),
                draft=draft_id,
                kinds=frozenset({"message"}),
            )
        )
