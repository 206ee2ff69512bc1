"""Measurements and results: vitals, laboratory, imaging."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.terms import PatientId, Ref, ResultId, Term


class Flag(enum.Enum):
    """HL7 v3 ObservationInterpretation, the codes a chart distinguishes."""

    NORMAL = "N"
    HIGH = "H"
    LOW = "L"
    CRITICAL_HIGH = "HH"
    CRITICAL_LOW = "LL"
    ABNORMAL = "A"
    CRITICAL_ABNORMAL = "AA"

    @property
    def critical(self) -> bool:
        return len(self.value) == 2


@dataclass(frozen=True, slots=True)
class Value:
    """What was found: a number with unit, or words; `comparator` as in FHIR (`<`, `>=` …)."""

    number: Decimal | None = None
    unit: str = ""
    unit_code: str = ""
    text: str = ""
    comparator: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """Reference range as the laboratory sent it; never one of our own making."""

    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """One `Observation`, or one component of it.

    Attributes:
        component: LOINC code of the component (blood pressure), or "".
        flag: As sent; None when the laboratory sent none. Never computed here.
        absent: `dataAbsentReason` code when there is no value.
        status: FHIR `observation-status` (`preliminary`, `final`, `amended`, `corrected`,
            `entered-in-error`, …).
        report: The `DiagnosticReport` or panel it belongs to, if known.
        at_text: The recorded date when it has no time of day, or "".
    """

    id: ResultId
    patient: PatientId
    category: str
    term: Term
    value: Value
    at: datetime | None
    component: str = ""
    issued: datetime | None = None
    range: Range | None = None
    flag: Flag | None = None
    absent: str = ""
    status: str = "final"
    performer: str = ""
    based_on: Ref | None = None
    report: Ref | None = None
    note: str = ""
    at_text: str = ""
    performer_ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A `DiagnosticReport`: laboratory panel, imaging or pathology report.

    Attributes:
        category: `laboratory`, `imaging`, `pathology`, or the feed's own code.
        at_text: The recorded date when it has no time of day, or "".
        body: The report as plain text where one is attached, or "".
        studies: The imaging studies it is about.
    """

    id: str
    patient: PatientId
    category: str
    term: Term
    status: str
    at: datetime | None
    issued: datetime | None = None
    conclusion: str = ""
    results: tuple[Ref, ...] = ()
    performer: str = ""
    at_text: str = ""
    body: str = ""
    studies: tuple[Ref, ...] = ()
    based_on: tuple[Ref, ...] = ()
    performer_ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who took note of a result, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result as the review lists it.

    Attributes:
        previous: The value before it of the same code, for "was".
        task: The open or completed `acknowledge-result` task, if any.
        needs_acknowledgement: Critical and nobody has taken note of it.
        unsent: Our acknowledgement exists on this workstation only.
    """

    observed: Observed
    panel: Term | None = None
    previous: Observed | None = None
    acknowledged: Acknowledged | None = None
    task: Ref | None = None
    needs_acknowledgement: bool = False
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """All values of one code of one patient, oldest first."""

    term: Term
    points: tuple[Observed, ...]
