"""Who the patient is, and what every screen must say about them."""

from __future__ import annotations

import enum
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from app.domain.terms import EncounterId, Named, PatientId, PractitionerId, Ref, Term, WardId


class Sex(enum.Enum):
    """FHIR R4 `administrative-gender`; a missing element is None, not `UNKNOWN`."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A `Patient` as read from the record. None and "" mean not recorded.

    Attributes:
        name: Whole, family name first, as recorded (姓名 / LI Ming).
        phonetic: Pinyin or kana form, or "".
        english: Latin form, or "".
        record_number: 病案号 (identifier type MR).
        national_id: 身份证号 in full; screens mask it.
        birth_date_text: The recorded date, which FHIR allows to be only a year or a month.
        superseded_by: The surviving record when this one was merged away (`link` replaced-by).
        family, given: The parts of `name` where the record keeps them apart, or "".
    """

    id: PatientId
    name: str
    phonetic: str = ""
    english: str = ""
    sex: Sex | None = None
    birth_date: date | None = None
    birth_date_text: str = ""
    deceased: bool = False
    deceased_at: datetime | None = None
    record_number: str = ""
    national_id: str = ""
    other_identifiers: tuple[str, ...] = ()
    superseded_by: PatientId | None = None
    family: str = ""
    given: str = ""


class AllergyState(enum.Enum):
    """The only four things a screen may say about allergies (NHS CUI PAB-0064)."""

    KNOWN = "known"
    NONE_KNOWN = "none-known"
    NOT_RECORDED = "not-recorded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Allergy:
    """One `AllergyIntolerance`.

    Attributes:
        checkable: False when the agent is free text, so that no check can use it (ADR-0055).
        none_known: The statement "no known allergy" (SNOMED CT 716186003 and children).
        active: False when refuted, entered in error, inactive or resolved.
        partial: "None known" of one sort only (drugs, food, …): it says nothing about the rest.
        recorded_text: The recorded date when it has no time of day, or "".
    """

    id: str
    patient: PatientId
    agent: Term
    checkable: bool
    none_known: bool
    active: bool
    criticality: str = ""
    verification: str = ""
    reactions: tuple[str, ...] = ()
    severity: str = ""
    recorded_at: datetime | None = None
    recorded_by: str = ""
    partial: bool = False
    recorded_text: str = ""
    recorder: Ref | None = None


def allergy_state(allergies: tuple[Allergy, ...], *, available: bool = True) -> AllergyState:
    """Weigh what is recorded. An active allergy outweighs any "none known".

    "No known drug allergy" alone is not "no known allergy": the state stays `NOT_RECORDED`.
    """
    if not available:
        return AllergyState.UNAVAILABLE
    if any(a.active and not a.none_known for a in allergies):
        return AllergyState.KNOWN
    whole = (a for a in allergies if a.none_known and not a.partial)
    if any(a.verification != "entered-in-error" for a in whole):
        return AllergyState.NONE_KNOWN
    return AllergyState.NOT_RECORDED


@dataclass(frozen=True, slots=True)
class Age:
    """Whole units, largest first; at most two are filled (NHS CUI MPB-0032).

    Under 2 days: hours. Under 4 weeks: days. Under 1 year: months and days. Under 6 years:
    years and months. Then years.
    """

    years: int | None = None
    months: int | None = None
    days: int | None = None
    hours: int | None = None


def age(born: date, at: datetime, born_at: datetime | None = None) -> Age | None:
    """Age at `at`; None when `born` lies in the future, which no screen may turn into a number."""
    today = at.date()
    if born > today:
        return None
    days = (today - born).days
    if days < 2 and born_at is not None:
        return Age(hours=max(0, int((at.astimezone(UTC) - born_at).total_seconds() // 3600)))
    if days < 28:
        return Age(days=days)
    months, rest = _whole_months(born, today)
    if months < 12:
        return Age(months=months, days=rest)
    if months < 72:
        return Age(years=months // 12, months=months % 12)
    return Age(years=months // 12)


def _whole_months(born: date, today: date) -> tuple[int, int]:
    months = (today.year - born.year) * 12 + today.month - born.month
    if today.day >= born.day:
        return months, today.day - born.day
    months -= 1
    anchor_month = (born.month - 1 + months) % 12 + 1
    anchor_year = born.year + (born.month - 1 + months) // 12
    return months, (today - _clamped(anchor_year, anchor_month, born.day)).days


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured quantity, always with its unit (UCUM) and its time."""

    value: Decimal
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """An inpatient `Encounter`, with its place resolved.

    Attributes:
        admission_number: 住院号 (identifier type VN), or "".
        bed: Label of the bed, or "" when none is recorded. A bed never identifies a patient.
        location: The narrowest place that is recorded as occupied now; of a finished stay, the
            last one.
        locations: Every place recorded as occupied now, narrowest first (bed, room, ward).
    """

    id: EncounterId
    patient: PatientId
    status: str
    admission_number: str = ""
    admitted_at: datetime | None = None
    ended_at: datetime | None = None
    location: Ref | None = None
    ward: WardId | None = None
    ward_name: Named | None = None
    bed: str = ""
    department: Named | None = None
    attending: PractitionerId | None = None
    attending_name: Named | None = None
    diagnosis: str = ""
    locations: tuple[Ref, ...] = ()
    department_ref: Ref | None = None
    diagnosis_ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class PatientFlag:
    """A `Flag`: a standing warning, or the resuscitation status.

    Attributes:
        category: `code-status`, or as the feed says, or "".
        code: `dnar`, `falls`, `pressure`, `vte`, …, or a foreign code.
        active: None when the record does not say.
    """

    id: str
    patient: PatientId
    category: str
    code: str
    term: Term
    active: bool | None
    since: datetime | None = None
    until: datetime | None = None


class CodeStatus(enum.Enum):
    """Resuscitation status. Nothing recorded is its own state, never "full code"."""

    NOT_RECORDED = "not-recorded"
    DNAR = "dnar"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands over the patient on every page.

    Attributes:
        flags: Codes of active warnings (`falls`, `pressure`, `vte`, …).
        isolation: Codes of active isolation orders (`contact`, …).
        level_of_care: `special`, `1`, `2`, `3`, or "" when no order says so.
        severity: `critical`, `serious`, or "".
        guarded: The record holds an element that changes meaning and is not understood
            (`modifierExtension`); it is shown and may not be edited.
        as_of: When the data of this patient last came from the server, or None if never.
    """

    patient: PatientRecord
    stay: Stay | None
    allergy_state: AllergyState
    allergies: tuple[Allergy, ...] = ()
    weight: Measured | None = None
    code_status: CodeStatus = CodeStatus.NOT_RECORDED
    flags: tuple[str, ...] = ()
    isolation: tuple[str, ...] = ()
    level_of_care: str = ""
    severity: str = ""
    guarded: bool = False
    as_of: datetime | None = None
