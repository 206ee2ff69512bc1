"""What the inbox shows."""

from __future__ import annotations

import enum
import json
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
        about: The patient of the item it was begun on, with the name, or None.
        concerns: The writer said that it is about that patient; nobody else decides that.
        caret: Where in the text the user was writing.
        busy: It is being sent or discarded.
        restored_at: When it was last kept before it was found again, or None.
        fault: Why it was not sent, kept or discarded; what was typed stays.
    """

    to: PractitionerId | None = None
    text: str = ""
    urgent: bool = False
    about: tuple[PatientId, str] | None = None
    concerns: bool = False
    caret: int = 0
    busy: bool = False
    restored_at: datetime | None = None
    fault: Fault | None = None

    @property
    def patient(self) -> PatientId | None:
        """Whom it is about, if its writer said so."""
        return self.about[0] if self.about is not None and self.concerns else None

    @property
    def can_send(self) -> bool:
        return self.to is not None and bool(self.text.strip()) and not self.busy

    @property
    def blank(self) -> bool:
        """Nothing has been typed: there is nothing to keep."""
        return not self.text.strip()

    @property
    def body(self) -> str:
        """As the draft keeps it."""
        kept = {"to": self.to, "text": self.text, "urgent": self.urgent, "caret": self.caret}
        return json.dumps(
            kept | {"about": self.about, "concerns": self.concerns}, ensure_ascii=False
        )

    @classmethod
    def of(cls, body: str) -> Letter | None:
        """Read a kept draft; None when it is not one of this form."""
        try:
            kept = json.loads(body)
        except ValueError:
            return None
        match kept:
            case {"to": to, "text": str(text), "urgent": bool(urgent), "caret": int(caret)}:
                pass
            case _:
                return None
        person = PractitionerId(to) if isinstance(to, str) else None
        concerns = kept.get("concerns") is True
        return cls(person, text, urgent, _about(kept.get("about")), concerns, caret)


def _about(kept: object) -> tuple[PatientId, str] | None:
    match kept:
        case [str(patient), str(name)]:
            return PatientId(patient), name
        case _:
            return None


@dataclass(frozen=True, slots=True)
class InboxState:
    """The page as a value.

    Attributes:
        items: None until they have been read once.
        working: Items that are being completed.
        letter: The message that is not sent yet, or None.
        aside: It is kept for later: the list has the side panel.
        people: To whom a message may be sent.
    """

    now: datetime
    items: tuple[WorkItem, ...] | None = None
    part: Part = Part.ALL
    selected: str = ""
    working: frozenset[str] = frozenset()
    letter: Letter | None = None
    aside: bool = False
    people: tuple[Person, ...] = ()
    may_send: bool = False
    fault: Fault | None = None

    @property
    def writing(self) -> bool:
        """The message stands in front, not the item one is on."""
        return self.letter is not None and not self.aside

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
