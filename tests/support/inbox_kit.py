"""An inbox in memory behind the real service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.chart import WorkItem
from app.domain.terms import Named, PatientId, PractitionerId, Ref, TaskId
from app.kernel.clock import RandomIds
from app.services.act_making import ActMaker
from app.services.drafting import Drafting
from app.services.inbox_keeping import InboxKeeping
from tests.support.desk_kit import NOW, WANG, StillClock
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeDrafts
from tests.support.fake_reads import FakeInboxReads
from tests.support.order_builders import a_message, a_task

PEOPLE = (
    (WANG.id, WANG.name),
    (PractitionerId("dr-zhou"), Named("周慧敏", "Zhou Huimin")),
    (PractitionerId("nurse-zhao"), Named("赵静", "Zhao Jing")),
)


def items() -> list[WorkItem]:
    """A critical result overdue, two tasks, one unsent, two messages."""
    patient, name = PatientId("li-ming"), "李明"
    return [
        WorkItem(
            TaskId("ack"),
            "task",
            "acknowledge-result",
            "危急值 血钾 6.8 mmol/L",
            "requested",
            patient,
            name,
            "检验科",
            WANG.id,
            authored_at=NOW - timedelta(minutes=25),
            due_at=NOW - timedelta(minutes=15),
            urgent=True,
            focus=Ref("Observation/k-1"),
            owner_name=WANG.name.name,
        ),
        WorkItem(
            TaskId("sign"),
            "task",
            "countersign",
            "首次病程记录待审签",
            "requested",
            PatientId("ouyang"),
            "欧阳修远",
            "刘洋",
            WANG.id,
            authored_at=NOW - timedelta(hours=5),
            due_at=NOW + timedelta(hours=19),
            focus=Ref("DocumentReference/note-1"),
            owner_name=WANG.name.name,
            unsent="saved",
        ),
        WorkItem(
            TaskId("verify"),
            "task",
            "odd-code",
            "请核对",
            "ready",
            None,
            owner_role="attending",
            authored_at=NOW - timedelta(hours=1),
        ),
        WorkItem(
            TaskId("mail"),
            "message",
            "",
            "",
            "unread",
            patient,
            name,
            "赵静",
            WANG.id,
            authored_at=NOW - timedelta(minutes=40),
            body="3床家属想了解明天的手术安排，请方便时来病房一趟。",
            owner_name=WANG.name.name,
        ),
    ]


class Numbers:
    """Ids in order."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        self._last += 1
        return f"00000000-0000-4000-8000-{self._last:012d}"


@dataclass
class PostRoom:
    """The reads, the acts, and the service over both."""

    reads: FakeInboxReads = field(default_factory=lambda: FakeInboxReads(items()))
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        self.acts = FakeActs(self.drafts)
        self.drafting = Drafting(self.drafts, self.clock, RandomIds())
        for key in ("ack", "sign", "verify"):
            self.acts.download(a_task(key, owner=WANG.id))
        self.acts.download(a_message("mail", recipient=WANG.id))

    @property
    def keeping(self) -> InboxKeeping:
        maker = ActMaker(self.clock, Numbers())
        return InboxKeeping(self.reads, self.acts, self.acts, maker)

    def done(self) -> list[str]:
        return [act.kind for act in self.acts.committed]
