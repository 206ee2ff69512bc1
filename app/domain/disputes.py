"""What could not be sent as it is: conflicts a person decides, and acts a person takes back."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.kernel.faults import Message


class DisputeKind(enum.Enum):
    """Why a person must decide; `dispute.kind.<value>` is its sentence."""

    BOTH_CHANGED = "update-update"
    DELETED_THERE = "update-delete"
    CREATED_TWICE = "create-create"
    CHANGED_SINCE_SIGNED = "read-set"
    DUPLICATE_ACT = "duplicate-act"
    CHECK_AFTER_MERGE = "cds"


class ToldBy(enum.Enum):
    """What names the author of the hospital's version."""

    RECORD = "record"  # a Provenance of just this version
    DOCUMENT = "document"  # the document itself, which may name somebody else


class Way(enum.Enum):
    """A way out of a dispute about an order, besides keeping one of the two versions."""

    ANEW = "anew"  # theirs stands, mine becomes an order of its own
    REPLACE = "replace"  # theirs is stopped, mine becomes an order of its own


@dataclass(frozen=True, slots=True)
class ActNamed:
    """One act as a person remembers it: what, by whom, when, about whom."""

    group: GroupId
    act: str
    author: PractitionerId
    author_name: str
    at: datetime
    patient: PatientId | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One document on which this workstation and the hospital do not agree.

    Attributes:
        acts: What was done here and waits for the decision, oldest first.
        opened_at: When it was found.
        why: Of a dose given twice, what makes it one too many (`Why`); else "".
    """

    id: int
    kind: DisputeKind
    ref: Ref
    patient: PatientId | None
    patient_name: str
    acts: tuple[ActNamed, ...]
    opened_at: datetime
    why: str = ""


class ChangedBy(enum.Enum):
    """Which side differs from what both began with."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Difference:
    """One element, three times; "" where a side has none.

    Attributes:
        element: FHIR element name, `status` or `dosageInstruction`.
        value: What both sides began with, in the element's own words and codes.
    """

    element: str
    value: str
    mine: str
    theirs: str
    changed_by: ChangedBy


@dataclass(frozen=True, slots=True)
class Comparison:
    """The three versions of a disputed document side by side.

    Attributes:
        same: Elements in which all three agree, so that the reader knows what it is about.
        their_version: The hospital's version, "" when it was deleted there.
        their_author: Who made it; "" if nothing says.
        told_by: What says so.
        their_reason: Why they did, in their words.
        high_risk: A document whose discarding needs a second person (safety class A).
        findings: What a check found after two changes were merged.
        ways: What can be done besides keeping one of the two.
    """

    dispute: Dispute
    differences: tuple[Difference, ...]
    same: tuple[tuple[str, str], ...]
    deleted_there: bool
    their_version: str
    their_author: str
    their_time: datetime | None
    high_risk: bool
    told_by: ToldBy = ToldBy.DOCUMENT
    their_reason: str = ""
    findings: tuple[Message, ...] = ()
    ways: frozenset[Way] = frozenset()


@dataclass(frozen=True, slots=True)
class Discarding:
    """What taking acts back would take back.

    Attributes:
        acts: The acts, and every later one that rests on them.
        high_risk: A second person has to agree.
    """

    acts: tuple[ActNamed, ...]
    high_risk: bool
