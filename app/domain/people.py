"""Who works here, in which role, and what that allows."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import Named, PractitionerId, Ref, Term, WardId


class Role(enum.Enum):
    RESIDENT = "resident"
    ATTENDING = "attending"
    CHIEF = "chief"
    TRAINEE = "trainee"
    NURSE = "nurse"
    HEAD_NURSE = "head-nurse"
    PHARMACIST = "pharmacist"
    ANAESTHETIST = "anaesthetist"
    THEATRE_NURSE = "theatre-nurse"
    CODER = "coder"
    QC = "qc"
    IT = "it"


class Privilege(enum.Enum):
    """What a service may ask for. Who has what stands in `resources/packs/roles`."""

    SEE_WARD = "see-ward"
    OPEN_CHART = "open-chart"
    BREAK_GLASS = "break-glass"
    WRITE_NOTE = "write-note"
    SIGN_NOTE = "sign-note"
    COUNTERSIGN = "countersign"
    PROPOSE_ORDER = "propose-order"
    PLACE_ORDER = "place-order"
    STOP_ORDER = "stop-order"
    RELEASE_HARD_STOP = "release-hard-stop"
    VERIFY_ORDER = "verify-order"
    ENTER_VERBAL = "enter-verbal-order"
    ADMINISTER = "administer"
    ACKNOWLEDGE_RESULT = "acknowledge-result"
    RECORD_SCORE = "record-score"
    SEE_INBOX = "see-inbox"
    SEND_MESSAGE = "send-message"
    SEE_QUEUE = "see-queue"
    DISCARD_UNSENT = "discard-unsent"
    RESOLVE_CONFLICT = "resolve-conflict"
    MANAGE_USERS = "manage-users"
    READ_AUDIT = "read-audit"
    REVIEW_BREAK_GLASS = "review-break-glass"
    REVIEW_DECISIONS = "review-decisions"
    CHANGE_SETTINGS = "change-settings"


RoleMatrix = Mapping[Role, frozenset[Privilege]]


@dataclass(frozen=True, slots=True)
class Clinician:
    """An enrolled user of this workstation.

    Attributes:
        username: Name at the hospital's sign-in.
        wards: Wards of the clinician; empty means none in particular.
    """

    id: PractitionerId
    username: str
    name: Named
    role: Role
    wards: tuple[WardId, ...] = ()
    enrolled_at: datetime | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class PractitionerRecord:
    """A `Practitioner` as read from the record. `active` is None when it does not say."""

    id: PractitionerId
    name: Named
    staff_number: str = ""
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What a practitioner does where (`PractitionerRole`).

    Attributes:
        role: One of ours, or None for a foreign role, which `title` still names.
        wards: Bare ids of the locations.
    """

    id: str
    practitioner: PractitionerId | None
    role: Role | None
    title: Term | None
    organisation: Ref | None = None
    wards: tuple[WardId, ...] = ()
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in clinician, as every service sees it.

    Attributes:
        online: Whether the hospital confirmed this sign-in, or the passphrase alone did.
        lease_until: Until when offline work may be signed.
        may: Privileges of the role at sign-in.
    """

    clinician: Clinician
    signed_in_at: datetime
    online: bool
    lease_until: datetime
    may: frozenset[Privilege] = frozenset()

    def can(self, privilege: Privilege) -> bool:
        return privilege in self.may
