"""Orders by word of mouth: in a rescue or an operation only, repeated, written down at once.

病历书写基本规范, Art. 28: a physician gives no verbal orders, save in a rescue; the nurse repeats
what was said, and the physician makes the entry good as soon as it is over.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, Ref, TaskId, Term
from app.kernel.faults import Message

_CHASES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:verbal-chase")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What belongs to an order that was given by word of mouth, and written down by another.

    Attributes:
        by: The physician who gave it: the order is theirs.
        situation: Code of `resources/packs/verbal_orders`; None while nobody has chosen.
        read_back: It was repeated aloud, and the physician said that it is right.
        written_by: Who heard it and wrote it down; None in a draft.
        confirmed_at: When the physician said that it is what they ordered; None until then.
    """

    by: PractitionerId
    by_name: str = ""
    situation: Term | None = None
    read_back: bool = False
    written_by: PractitionerId | None = None
    written_by_name: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation in which orders may be given by word of mouth.

    Attributes:
        within: How soon the physician has to confirm what was written down.
        lead: Whose inbox it comes to when they have not.
    """

    term: Term
    within: timedelta
    lead: Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may give orders, as a list names them."""

    id: PractitionerId
    name: Named
    role: Role


def spoken_objections(spoken: Spoken) -> tuple[tuple[str, Message], ...]:
    """What keeps it from being written down: the field, and why."""
    found: list[tuple[str, Message]] = []
    if not spoken.by:
        found.append(("spoken_by", Message.of("order.verbal-nobody")))
    if spoken.situation is None:
        found.append(("situation", Message.of("order.verbal-no-situation")))
    if not spoken.read_back:
        found.append(("read_back", Message.of("order.verbal-not-read-back")))
    return tuple(found)


def chase_id(task: Ref) -> TaskId:
    """UUIDv5 of the task that was not answered: whoever notices first asks, and once."""
    return TaskId(str(uuid.uuid5(_CHASES, task)))
