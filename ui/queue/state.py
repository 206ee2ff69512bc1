"""What the queue page shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.sending import Connection, Fetching, GroupState, QueueItem, SendingStatus
from app.domain.terms import GroupId
from app.kernel.faults import Fault, Message


class Section(enum.Enum):
    """The groups of the list, in the order in which they stand."""

    ATTENTION = "attention"
    ON_ITS_WAY = "unsent"
    SENT = "sent"


class Part(enum.Enum):
    """What is listed."""

    ALL = "all"
    ATTENTION = "attention"
    UNSENT = "unsent"


NEEDS_SOMEBODY = frozenset(
    {GroupState.CONFLICT, GroupState.HELD, GroupState.REJECTED, GroupState.FENCED}
)
DECIDED_ELSEWHERE = frozenset({GroupState.CONFLICT, GroupState.HELD, GroupState.REJECTED})
_REACHABLE = frozenset({Connection.ONLINE, Connection.SYNCING})
RETRIABLE = frozenset({GroupState.HELD, GroupState.REJECTED, GroupState.WAITING})


@dataclass(frozen=True, slots=True)
class QueueState:
    """The page as a value.

    Attributes:
        items: None until they have been read once.
        status: What the synchronisation says of itself.
        fetching: How changes come here.
        selected: The group whose details are shown.
        sending: Groups that the user has just put back in line.
        now: When it was read.
        may_export: Whether this person may take an act away as a file.
    """

    now: datetime
    items: tuple[QueueItem, ...] | None = None
    status: SendingStatus | None = None
    fetching: Fetching | None = None
    part: Part = Part.ALL
    selected: GroupId | None = None
    sending: frozenset[GroupId] = frozenset()
    fault: Fault | None = None
    may_export: bool = False

    @property
    def listed(self) -> tuple[QueueItem, ...]:
        """What needs somebody first, then what is on its way (oldest first), then what was sent."""
        wanted = [item for item in self.items or () if self._is_listed(item)]
        return tuple(sorted(wanted, key=_rank))

    @property
    def current(self) -> QueueItem | None:
        return next((i for i in self.items or () if i.group == self.selected), None)

    @property
    def is_reachable(self) -> bool:
        """The server answers, as far as is known: what waits goes with the next round."""
        return self.status is not None and self.status.connection in _REACHABLE

    @property
    def can_decide(self) -> bool:
        """The group waits for a decision that is made on a page of its own."""
        item = self.current
        return item is not None and item.state in DECIDED_ELSEWHERE

    @property
    def can_retry(self) -> bool:
        item = self.current
        return item is not None and item.state in RETRIABLE and item.group not in self.sending

    @property
    def can_export(self) -> bool:
        """Something of it has not been confirmed: that is what can be read and taken away."""
        item = self.current
        return item is not None and item.state.unsent

    @property
    def headline(self) -> Message:
        """One honest sentence. "Everything has been sent" is `all_sent` and nothing else (I24)."""
        status = self.status
        if status is None:
            return Message.of("queue.head.unknown")
        needing = status.conflicts + status.rejected + status.held
        if needing:
            return Message.of("queue.head.attention", count=needing, waiting=status.waiting)
        if status.waiting:
            return Message.of("queue.head.waiting", count=status.waiting)
        if status.all_sent and not any(item.state.unsent for item in self.items or ()):
            return Message.of("queue.head.all_sent")
        return Message.of("queue.head.not_sure")

    def count(self, part: Part) -> int:
        return sum(_belongs(item, part) for item in self.items or ())

    def _is_listed(self, item: QueueItem) -> bool:
        return _belongs(item, self.part)


def section_of(item: QueueItem) -> Section:
    """Under which heading a group stands."""
    if item.state in NEEDS_SOMEBODY:
        return Section.ATTENTION
    return Section.ON_ITS_WAY if item.state.unsent else Section.SENT


def _belongs(item: QueueItem, part: Part) -> bool:
    match part:
        case Part.ALL:
            return True
        case Part.ATTENTION:
            return section_of(item) is Section.ATTENTION
        case Part.UNSENT:
            return item.state.unsent


def _rank(item: QueueItem) -> tuple[int, float]:
    section = section_of(item)
    at = item.at.timestamp()
    return list(Section).index(section), -at if section is Section.SENT else at
