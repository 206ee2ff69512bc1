"""The ward: beds, who lies in them, and what waits for them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime

from app.domain.patients import AllergyState, PatientRecord, Stay
from app.domain.terms import Named, Ref, WardId


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward as the list of wards shows it.

    Attributes:
        occupied: How many lie there; None while its census has never come whole: nobody here
            knows then, and "0" would say that it is empty.
    """

    id: WardId
    name: Named
    beds: int
    occupied: int | None = None


class PlaceKind(enum.Enum):
    WARD = "ward"
    ROOM = "room"
    BED = "bed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """A `Location`: a ward, a room, a bed, or anything wider.

    Attributes:
        status: FHIR `location-status` as recorded, or "".
        organisation: Whom it belongs to.
    """

    ref: Ref
    kind: PlaceKind
    name: Named
    part_of: Ref | None = None
    status: str = ""
    organisation: Ref | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """An `Organization`; `kind` is `department`, `hospital`, or "" when it is neither."""

    ref: Ref
    kind: str
    name: Named
    part_of: Ref | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Counts on a bed card, from one query."""

    critical_results: int = 0
    new_results: int = 0
    tasks: int = 0
    unsent: int = 0
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class BedRow:
    """One bed of the board; `patient` is None for an empty bed.

    Attributes:
        namesake: Another patient of this ward bears the same or a like-sounding name.
    """

    bed: str
    patient: PatientRecord | None = None
    stay: Stay | None = None
    level_of_care: str = ""
    severity: str = ""
    isolation: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    allergy_state: AllergyState = AllergyState.UNAVAILABLE
    pending: Pending = Pending()
    namesake: bool = False


@dataclass(frozen=True, slots=True)
class WardBoard:
    """A ward at one time.

    Attributes:
        as_of: When the census last came whole from the server; None if it never did.
    """

    ward: Ward
    rows: tuple[BedRow, ...]
    as_of: datetime | None


def bed_order(label: str) -> tuple[int, int, str]:
    """Sort key of bed labels: numbers by value, extra beds (加床, `+1`) last."""
    extra = label.startswith(("+", "加"))
    digits = re.search(r"\d+", label)
    return (1 if extra else 0, int(digits.group()) if digits else 10**6, label)
