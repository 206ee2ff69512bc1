"""What the inbox shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.chart import WorkItem
from app.domain.terms import Named, PatientId, PractitionerId
from app.kernel.faults import Fault

Person = tuple[PractitionerId, Named]


class Part(enum.Enum):
    """What is listed."""

    ALL = "all"
    TASKS = "tasks"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is being written; nothing of it is sent before the user says so.

    Attributes:
        about: The patient it is about, with the name, or None.
        fault: Why the last sending failed; what was typed stays.
    """

    to: PractitionerId | None = None
    text: str = ""
    urgent: bool = False
    about: tuple[PatientId, str] | None = None
    sending: bool = False
    fault: Fault | None = None

    @property
    def can_send(self) -> bool:
        return self.to is not None and bool(self.text.strip()) and not self.sending


@dataclass(frozen=True, slots=True)
class InboxState:
    """The page as a value.

    Attributes:
        items: None until they have been read once.
        working: Items that are being completed.
        letter: The message being written, or None.
        people: To whom a message may be sent.
    """

    now: datetime
    items: tuple[WorkItem, ...] | None = None
    part: Part = Part.ALL
    selected: str = ""
    working: frozenset[str] = frozenset()
    letter: Letter | None = None
    people: tuple[Person, ...] = ()
    may_send: bool = False
    fault: Fault | None = None

    @property
    def listed(self) -> tuple[WorkItem, ...]:
        """Urgent first, then what is due first, then what has waited longest."""
        return tuple(sorted((i for i in self.items or () if _is_in(i, self.part)), key=_rank))

    @property
    def current(self) -> WorkItem | None:
        return next((i for i in self.items or () if i.id == self.selected), None)

    @property
    def can_complete(self) -> bool:
        item = self.current
        return item is not None and item.open and item.id not in self.working

    def overdue(self, item: WorkItem) -> bool:
        return item.due_at is not None and item.due_at < self.now

    def count(self, part: Part) -> int:
        return sum(_is_in(item, part) for item in self.items or ())


def _is_in(item: WorkItem, part: Part) -> bool:
    match part:
        case Part.ALL:
            return True
        case Part.TASKS:
            return item.kind == "task"
        case Part.MESSAGES:
            return item.kind != "task"


def _rank(item: WorkItem) -> tuple[bool, float, float, str]:
    never = float("inf")
    due = item.due_at.timestamp() if item.due_at else never
    since = item.authored_at.timestamp() if item.authored_at else never
    return (not item.urgent, due, since, item.id)
