"""The overview of one patient: problems, events, and what is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import Banner
from app.domain.results import ResultRow, Series
from app.domain.terms import PatientId, PractitionerId, Ref, TaskId, Term


@dataclass(frozen=True, slots=True)
class Problem:
    """A `Condition`. `active` is None when the record does not say.

    Attributes:
        recorded_text: The recorded date when it has no time of day, or "".
    """

    id: str
    patient: PatientId
    term: Term
    active: bool | None
    category: str = ""
    verification: str = ""
    onset_text: str = ""
    recorded_at: datetime | None = None
    recorded_text: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the timeline.

    Attributes:
        kind: `admission`, `transfer`, `operation`, `imaging`, `note`, `order`, `result`,
            `discharge`.
        ends_at: For what lasts.
        at_text: The recorded date when it has no time of day; `at` is then the start of that
            day, good for sorting only.
    """

    kind: str
    at: datetime
    title: Term
    ref: Ref
    ends_at: datetime | None = None
    status: str = ""
    at_text: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The chart's first page, read in one go.

    Attributes:
        versions: (ref, version) of every class-A document that was shown: the read-set.
        incomplete: How many documents of the chart are shown and not understood entirely.
        unplaced: (resource type, how many) of the documents that no page shows.
    """

    banner: Banner
    problems: tuple[Problem, ...]
    medications: tuple[OrderLine, ...]
    other_orders: tuple[OrderLine, ...]
    vitals: tuple[Series, ...]
    results: tuple[ResultRow, ...]
    events: tuple[Event, ...]
    notes: tuple[Note, ...]
    versions: tuple[tuple[Ref, str], ...] = ()
    incomplete: int = 0
    unplaced: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A task or message in the inbox of a role.

    Attributes:
        kind: `task` or `message`.
        code: Code of `urn:wardone:task`, or "" for a message.
        focus: What it is about.
        unsent: On this workstation only: `saved`, `sent`, `conflict`, `rejected`, or "".
        changed_at: When its status last changed; of a completed task, when it was completed.
    """

    id: TaskId
    kind: str
    code: str
    title: str
    status: str
    patient: PatientId | None
    patient_name: str = ""
    from_name: str = ""
    owner: PractitionerId | None = None
    owner_role: str = ""
    authored_at: datetime | None = None
    due_at: datetime | None = None
    urgent: bool = False
    focus: Ref | None = None
    body: str = ""
    unsent: str = ""
    owner_name: str = ""
    changed_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.status in (
            "requested",
            "accepted",
            "in-progress",
            "ready",
            "received",
            "preparation",
            "unread",
        )
