"""What has left this workstation and what has not: the queue, and the honest status."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import GroupId, PatientId, Ref
from app.kernel.faults import Message

EVERY_KIND = frozenset(
    {
        "administration",
        "allergy",
        "census",
        "event",
        "flag",
        "loop",
        "message",
        "note",
        "order",
        "outbox",
        "patient",
        "problem",
        "result",
        "slot",
        "task",
        "vital",
    }
)
"""What a page may show of a document that is gone or reads otherwise: its kind went with it."""


class GroupState(enum.Enum):
    """Where a change group stands between "saved here" and "confirmed there"."""

    SAVED = "saved"
    PACKED = "packed"
    SENT = "sent"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    HELD = "held"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    FENCED = "fenced"
    DISCARDED = "discarded"

    @property
    def unsent(self) -> bool:
        return self not in (GroupState.CONFIRMED, GroupState.DISCARDED)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One clinical act in the queue.

    Attributes:
        act: Code of the act (`note.sign`, `order.place`, …); a catalogue code is `act.<act>`.
        why: Why it waits or was refused; None when nothing holds it up.
        server_said: The server's own words (OperationOutcome), for IT; no patient data added.
    """

    group: GroupId
    act: str
    state: GroupState
    patient: PatientId | None
    patient_name: str
    author_name: str
    at: datetime
    refs: tuple[Ref, ...] = ()
    why: Message | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    server_said: str = ""
    version: str = ""


class Connection(enum.Enum):
    ONLINE = "online"
    OFFLINE = "offline"
    SYNCING = "syncing"
    ATTENTION = "attention"
    SIGNED_OUT = "signed-out"
    NOT_ENROLLED = "not-enrolled"


@dataclass(frozen=True, slots=True)
class SendingStatus:
    """The status bar, as a value. "All sent" is `all_sent`, and nothing else is (I24).

    Attributes:
        outbox_only: The server has not been heard for so long that charts are closed.
    """

    connection: Connection
    last_contact: datetime | None = None
    last_sent: datetime | None = None
    waiting: int = 0
    oldest_waiting: datetime | None = None
    conflicts: int = 0
    rejected: int = 0
    held: int = 0
    data_as_of: datetime | None = None
    last_pass_complete: bool = False
    trouble: Message | None = None
    trouble_detail: str = ""
    clock_skew_seconds: int = 0
    outbox_only: bool = False
    progress_done: int = 0
    progress_total: int | None = None

    @property
    def all_sent(self) -> bool:
        """I24: outbox, conflicts and quarantine empty, and the last pass complete."""
        nothing_left = not (self.waiting or self.conflicts or self.rejected or self.held)
        return (
            nothing_left
            and self.last_pass_complete
            and self.connection in (Connection.ONLINE, Connection.SYNCING)
        )


class Announcing(enum.Enum):
    """How this workstation hears that something has changed; it asks by itself all the same."""

    OFF = "off"  # switched off here
    TRYING = "trying"  # not connected, or not any more
    NOT_OFFERED = "not-offered"  # the server has no such thing, or refused it
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class Fetching:
    """How changes come here: asked for every so many seconds, and announced or not."""

    every_seconds: int
    announcing: Announcing
