"""Clinical pathways (临床路径): what one prescribes by stages, and what is on record of a patient.

A pathway of a version is fixed: an enrolled patient is judged by the version they were enrolled
in, and a version that stands in no pack here is said to be not known, never replaced by another.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from app.domain.order_sets import SetBook
from app.domain.terms import EncounterId, Named, PatientId, PractitionerId, Ref, Term

EnrolmentId = NewType("EnrolmentId", str)

Item = tuple[str, str]
"""(system, code) of something that is ordered."""


class Row(enum.Enum):
    """The rows of the form (表单), as the national pathways print it."""

    PHYSICIAN = "physician"
    """主要诊疗工作"""
    LONG_TERM = "long-term"
    """长期医嘱"""
    TEMPORARY = "temporary"
    """临时医嘱"""
    NURSING = "nursing"
    """主要护理工作"""
    LEAVING = "leaving"
    """出院标准"""

    @property
    def ordered(self) -> bool:
        """What stands in it is met by orders on the record, and is never ticked."""
        return self in (Row.LONG_TERM, Row.TEMPORARY)


class Anchor(enum.Enum):
    """What the days of a stage are counted from."""

    ADMISSION = "admission"
    """Day 1 is the day of admission (住院第1天)."""
    OPERATION = "operation"
    """Day 0 is the day of the operation, 1 the first after it (术后第1天), -1 the one before."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A column: the days `first` to `last`, both included, counted from `anchor`."""

    key: str
    name: Named
    anchor: Anchor
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Element:
    """One line of one stage.

    Attributes:
        mandatory: Neither done nor explained, it stands against completing the pathway.
        items: Of an ordered row: an order of any of these meets it.
    """

    key: str
    stage: str
    row: Row
    name: Named
    mandatory: bool
    items: frozenset[Item] = frozenset()


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway in one version.

    Attributes:
        entry: ICD-10 codes that bring it up, whole or their beginning.
        exclusion: What keeps a patient out, in words: for a clinician to judge.
        least_days, most_days: Standard length of stay.
        operation: Items whose order says when the operation is.
        valid_to: The last day on which patients are enrolled in this version, or None.
    """

    code: str
    version: str
    name: Named
    pinyin: str
    entry: tuple[str, ...]
    exclusion: Named
    least_days: int
    most_days: int
    stages: tuple[Stage, ...]
    elements: tuple[Element, ...]
    operation: frozenset[Item] = frozenset()
    valid_to: date | None = None
    source: str = ""
    status: str = ""

    @property
    def origin(self) -> str:
        """How an enrolment names the pathway it is in."""
        return f"{self.code}|{self.version}"

    def element(self, stage: str, key: str) -> Element | None:
        found = (one for one in self.elements if (one.stage, one.key) == (stage, key))
        return next(found, None)

    def set_code(self, stage: str) -> str:
        """Under which code the orders of a stage are an order set."""
        return f"{self.code}.{stage}.{self.version}"


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason.

    Attributes:
        group: Whose it is: patient, physician, system or family.
        asks_text: It says nothing without words beside it ("other").
    """

    code: str
    group: str
    name: Named
    asks_text: bool = False


@dataclass(frozen=True, slots=True)
class PathwayBook:
    """Everything the packs say about pathways.

    Attributes:
        pathways: Every version that has ever begun, those that have run out included; of one
            pathway the higher version later.
        rows, groups: Names of the rows of the form, and of whose a reason is.
        variance_reasons, exit_reasons: In the order in which they are offered.
        orders: The orders of each stage as an order set, under `Pathway.set_code`.
        today: For which day it was read.
    """

    pathways: tuple[Pathway, ...]
    rows: Mapping[Row, Named]
    groups: Mapping[str, Named]
    variance_reasons: Mapping[str, Reason]
    exit_reasons: Mapping[str, Reason]
    orders: SetBook
    today: date

    def by_origin(self, origin: str) -> Pathway | None:
        """The very version, or None: another version is another pathway."""
        return next((one for one in self.pathways if one.origin == origin), None)

    @property
    def offered(self) -> tuple[Pathway, ...]:
        """In what a patient may be enrolled today: of each pathway its highest valid version."""
        valid = (one for one in self.pathways if not one.valid_to or one.valid_to >= self.today)
        newest = {one.code: one for one in valid}
        return tuple(newest.values())

    def suggested_by(self, codes: Iterable[str]) -> Iterator[tuple[Pathway, str]]:
        """Offered pathways that one of the ICD-10 `codes` brings up, each with the first."""
        told = tuple(codes)
        for one in self.offered:
            found = next((code for code in told if is_entry(one, code)), None)
            if found is not None:
                yield one, found


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A patient in a pathway (`CarePlan`).

    Attributes:
        origin: `code|version` of the pathway, as recorded.
        title: Its name as recorded.
        status: FHIR `request-status` as recorded.
        exit_reason: Why the pathway was left, of one that was.
        guarded: The record holds an element that changes its meaning and is not understood
            (`modifierExtension`); it is shown, and nothing is recorded of it.
        unsent: On this workstation only: `saved`, `sent`, `conflict`, `rejected`, or "".
    """

    id: EnrolmentId
    patient: PatientId
    encounter: EncounterId | None
    origin: str
    title: Term
    status: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    by: PractitionerId | None = None
    by_name: str = ""
    exit_reason: Term | None = None
    exit_text: str = ""
    guarded: bool = False
    unsent: str = ""

    @property
    def active(self) -> bool:
        return self.status == "active"

    @property
    def void(self) -> bool:
        """It was never meant: counted nowhere, and shown nowhere as an enrolment."""
        return self.status == "entered-in-error"


class FactKind(enum.Enum):
    """What somebody recorded of a pathway; system `urn:wardone:pathway-fact`."""

    DONE = "done"
    """An element that is ticked was done."""
    VARIANCE = "variance"
    """An element was not done, or not as prescribed, for a reason."""
    EXTRA = "extra"
    """A variance that belongs to no element: early discharge, something beside the pathway."""
    OPERATION_DAY = "operation-day"
    """On which day the operation was, or will be."""


@dataclass(frozen=True, slots=True)
class PathwayFact:
    """One thing that was recorded (`Observation`). Never changed, only taken back.

    Attributes:
        encounter: The stay it belongs to.
        stage, element: What it is about; "" of what belongs to no element.
        element_term: The name of the element as recorded.
        reason: Why, as recorded: a reason of the pack, or one of another hospital.
        at: When it was recorded.
        day: Of `OPERATION_DAY`, the day.
        void: It was taken back (entered-in-error).
        unsent: As in `Enrolment`.
    """

    ref: Ref
    patient: PatientId
    enrolment: EnrolmentId
    kind: FactKind
    encounter: EncounterId | None = None
    stage: str = ""
    element: str = ""
    element_term: Term | None = None
    reason: Term | None = None
    text: str = ""
    at: datetime | None = None
    by: PractitionerId | None = None
    by_name: str = ""
    day: date | None = None
    void: bool = False
    unsent: str = ""


def is_entry(pathway: Pathway, code: str) -> bool:
    """Whether an ICD-10 code brings the pathway up: `J18` takes J18 and J18.9, never J181."""
    return any(
        code == one or code.startswith(one if "." in one else f"{one}.") for one in pathway.entry
    )


def element_of(line: str) -> str:
    """To which element of its stage a line of a stage's order set belongs: `element/line`."""
    return line.partition("/")[0]
