"""Doses that are due: one slot per order and due time, the same on every workstation."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, TaskId

_SLOTS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:slot")
_LEDGERS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:prn-ledger")
_ALERTS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:duplicate-act")


class SlotState(enum.Enum):
    """What a slot itself says. Whether anything was *given* is asked of the administrations."""

    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(enum.Enum):
    """How a slot was dealt with; system `urn:wardone:slot-outcome`."""

    GIVEN = "given"
    NOT_GIVEN = "not-given"


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on a slot: somebody stands at the bed with this dose in hand.

    Attributes:
        device: The workstation that claimed it; one person may stand at two.
        until: Server time at which it ends by itself.
    """

    by: PractitionerId
    by_name: str
    device: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DoseSlot:
    """One dose of one order, due at one time.

    Attributes:
        done_at: When it was dealt with; None while it is due.
        outcome: How, as the slot says; None while it is due or when it was cancelled.
    """

    id: TaskId
    order: OrderId
    patient: PatientId
    encounter: EncounterId | None
    due_at: datetime
    state: SlotState = SlotState.DUE
    claim: Claim | None = None
    outcome: Outcome | None = None
    done_at: datetime | None = None
    done_by: PractitionerId | None = None
    done_by_name: str = ""

    @property
    def ref(self) -> Ref:
        return Ref(f"Task/{self.id}")

    def claimed_by_another(self, me: PractitionerId, device: str, now: datetime) -> Claim | None:
        """The claim that keeps me out at `now` (server time), if there is one."""
        claim = self.claim
        if claim is None or claim.until <= now:
            return None
        return None if (claim.by, claim.device) == (me, device) else claim


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """One administration, as far as a second one must look at it.

    Attributes:
        slot: The slot it was given for, where there was one.
        at: None when the record does not say when.
        unit: UCUM code of `dose`.
    """

    ref: Ref
    patient: PatientId
    order: OrderId
    slot: Ref | None
    at: datetime | None
    dose: Decimal | None
    unit: str
    by: PractitionerId | None
    by_name: str = ""


def slot_id(order: OrderId, due: datetime, sequence: int = 0) -> TaskId:
    """UUIDv5 of order, due instant and sequence: whoever makes the slot makes the same one."""
    instant = due.astimezone(UTC).isoformat(timespec="seconds")
    return TaskId(str(uuid.uuid5(_SLOTS, f"{order}|{instant}|{sequence}")))


def ledger_id(order: OrderId) -> str:
    """UUIDv5 of the order: its one ledger of doses given as needed."""
    return str(uuid.uuid5(_LEDGERS, order))


def alert_id(one: Ref, other: Ref, whose: str) -> TaskId:
    """UUIDv5 of two administrations and whom to tell: every workstation raises the same alert."""
    first, second = sorted((one, other))
    return TaskId(str(uuid.uuid5(_ALERTS, f"{first}|{second}|{whose}")))


def is_derived(ref: Ref) -> bool:
    """Whether the id was made out of what it stands for, so that others may have made it, too."""
    try:
        return uuid.UUID(ref.partition("/")[2]).version == 5
    except ValueError:
        return False
