"""A queue in memory behind the real service, with one group in every state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from app.domain.sending import Connection, Fetching, GroupState, QueueItem, SendingStatus
from app.domain.terms import GroupId, PatientId, Ref
from app.fhir.document import Document
from app.kernel.faults import AppError, Fault, Message
from app.services.access import AccessPolicy
from app.services.act_export import ActExport
from app.services.decision_rules import DecisionRules
from app.services.queue_keeping import QueueKeeping
from tests.support.desk_kit import NOW, StillClock
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.fake_reads import FakeQueueReads
from tests.unit.services.kit import ROLES
from ui.queue.presenter import QueueServices

SERVER_SAID = "HTTP 422: DocumentReference.content[0].attachment: size exceeds 4 MB"


def a_group(
    key: str, state: GroupState, minutes: int, act: str = "note.sign", **more: object
) -> QueueItem:
    item = QueueItem(
        GroupId(key),
        act,
        state,
        PatientId("li-ming"),
        "李明",
        "王建国",
        NOW - timedelta(minutes=minutes),
        (Ref(f"DocumentReference/{key}"), Ref(f"Provenance/{key}")),
    )
    return replace(item, **more)  # type: ignore[arg-type]  # fields of an item, as the test wants them


def every_state() -> list[QueueItem]:
    """One group in each state, the oldest last."""
    return [
        a_group("saved", GroupState.SAVED, 4, "order.place"),
        a_group("packed", GroupState.PACKED, 3, "result.acknowledge"),
        a_group("sent", GroupState.SENT, 2, "message.send", patient=None, patient_name=""),
        a_group(
            "waiting",
            GroupState.WAITING,
            30,
            "order.stop",
            why=Message.of("queue.behind"),
            attempts=3,
            next_try_at=NOW + timedelta(minutes=2),
        ),
        a_group("held", GroupState.HELD, 40, "order.place", why=Message.of("queue.held")),
        a_group("conflict", GroupState.CONFLICT, 50, why=Message.of("queue.conflict")),
        a_group("rejected", GroupState.REJECTED, 60, attempts=1, server_said=SERVER_SAID),
        a_group("confirmed", GroupState.CONFIRMED, 90, "task.complete", version="7"),
    ]


BUSY = SendingStatus(
    Connection.ONLINE, NOW, NOW - timedelta(minutes=1), 4, conflicts=1, rejected=1, held=1
)


@dataclass
class Station:
    """The store and the synchronisation, as far as the queue uses them."""

    reads: FakeQueueReads = field(default_factory=lambda: FakeQueueReads(every_state()))
    now_status: SendingStatus = BUSY
    now_fetching: Fetching | None = None
    released: list[str] = field(default_factory=list)
    fault: Fault | None = None
    written: dict[Path, bytes] = field(default_factory=dict)

    @property
    def services(self) -> QueueServices:
        """The queue, and the export over documents of nobody."""
        clock = StillClock()
        policy = AccessPolicy(ROLES, FakeAccessAudit(), clock)
        rules = DecisionRules(policy, _nobody_here, clock)
        export = ActExport(self, rules, self.written.__setitem__)  # type: ignore[arg-type]  # the methods it uses
        return QueueServices(self.keeping, export)

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        return tuple({"resourceType": "DocumentReference", "id": group} for group in groups)

    @property
    def keeping(self) -> QueueKeeping:
        return QueueKeeping(self.reads, self, self, lambda: self.now_fetching)  # type: ignore[arg-type]  # the methods it uses

    def release(self, group: GroupId) -> None:
        if self.fault is not None:
            raise AppError(self.fault)
        self.released.append(group)
        self.reads.held = [
            replace(item, state=GroupState.SAVED, why=None) if item.group == group else item
            for item in self.reads.held
        ]

    def status(self) -> SendingStatus:
        return self.now_status


def _nobody_here(patient: PatientId) -> None:
    """No chart is here, so none is closed to anybody."""
    del patient
