"""What is known when the engine is asked. None and UNKNOWN are not known: nothing is normal."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.decision.findings import Moment
from app.decision.substances import Drug
from app.domain.quantities import Quantity
from app.domain.terms import Named

VEIN = "vein"
"""Route of what goes into a vein, pushed or infused: nobody said which."""


class Truth(enum.Enum):
    """Three-valued (Kleene)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:  # noqa: FBT001 - this is what turns one into a word
        if value is None:
            return cls.UNKNOWN
        return cls.YES if value else cls.NO


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value; `at` is None where nobody said when."""

    quantity: Quantity
    at: datetime | None = None


class Standing(enum.Enum):
    """Where a line stands."""

    NEW = "new"
    ACTIVE = "active"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Line:
    """A medication, being ordered or on the chart.

    Attributes:
        key: Its name within the situation.
        drug: None where the name means no drug that is known.
        named: As it was written.
        dose: For one administration, in the unit it was ordered in.
        amount: The same as substance where `dose` counts pieces (`{tbl}`) and the product is known.
        dose_text: What was written where no amount with a unit could be read from it, or "".
        route: Code of `resources/packs/routes`, `vein` where nobody said how it goes into one, or
            "" for not said.
        frequency: Code of `resources/packs/frequencies`, or "" for not said.
        per_day: Administrations a day (1/7 of a weekly one); None where nobody can say.
        as_needed: Given when needed: `per_day` is then the most that may be.
        once: Given a single time.
        rate: How fast it runs: volume, or substance (also per kg), per time.
        diluent: What it is dissolved in, None where that is not said or not known.
        diluent_text: As it was written, or "".
        group: Lines of the same word here run in one bag, or "".
        stopped_at: When it ended, of a line that has.
        indication: What for, in the author's words.
        replaces: Key of the line it takes the place of (revised, renewed), or "".
        skin_test: `required` before the first dose, `exempt` by the author's word, or "".
    """

    key: str
    drug: Drug | None
    named: Named
    standing: Standing = Standing.NEW
    dose: Quantity | None = None
    amount: Quantity | None = None
    dose_text: str = ""
    route: str = ""
    frequency: str = ""
    per_day: Fraction | None = None
    as_needed: bool = False
    once: bool = False
    rate: Quantity | None = None
    diluent: Drug | None = None
    diluent_text: str = ""
    group: str = ""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    indication: str = ""
    replaces: str = ""
    skin_test: str = ""

    @property
    def is_new(self) -> bool:
        return self.standing is Standing.NEW

    @property
    def substance_dose(self) -> Quantity | None:
        """The dose to compare with a limit: as substance where that is known."""
        return self.amount if self.amount is not None else self.dose


@dataclass(frozen=True, slots=True)
class Allergy:
    """What somebody is said not to tolerate.

    Attributes:
        text: As recorded.
        drug: The drug it names, None where it names none that is known.
        classes: Codes of the classes it names ("penicillins").
        reaction: As recorded, or "".
        severe: Whether the reaction was severe and immediate (anaphylaxis, angioedema, …).
        recorded_at: Since when it is on record, where that is known.
    """

    text: Named
    drug: Drug | None = None
    classes: frozenset[str] = frozenset()
    reaction: str = ""
    severe: Truth = Truth.UNKNOWN
    recorded_at: datetime | None = None


class AllergyStatus(enum.Enum):
    """What was asked about allergies."""

    RECORDED = "recorded"
    NONE_KNOWN = "none-known"
    NOT_ASKED = "not-asked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A substance somebody had without a reaction, and when (None: not said)."""

    substance: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkinTest:
    """A skin test on the chart; `negative` UNKNOWN is not read yet."""

    drug: Drug
    negative: Truth
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem or diagnosis.

    Attributes:
        code: Of ICD-10 where it is coded, or "".
    """

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient, as far as known.

    Attributes:
        age: In years, with decimals for children.
        sex: FHIR `administrative-gender`, or "".
        readings: Newest first, by code of `resources/packs/laboratory` (`k`, `inr`, `plt`, `glu`,
            `crea` …), and `weight` (kg), `height` (cm), `crcl` (mL/min), `qtc` (ms).
        child_pugh: `A`, `B`, `C`, or "".
        prescriber_grade: Grade of who orders, code of `resources/packs/antimicrobials`, or "".
        emergency: It is an emergency by the prescriber's word.
    """

    age: Decimal | None = None
    sex: str = ""
    readings: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    pregnant: Truth = Truth.UNKNOWN
    lactating: Truth = Truth.UNKNOWN
    child_pugh: str = ""
    problems: tuple[Problem, ...] | None = None
    allergies: tuple[Allergy, ...] = ()
    allergy_status: AllergyStatus = AllergyStatus.UNKNOWN
    tolerated: tuple[Tolerated, ...] = ()
    skin_tests: tuple[SkinTest, ...] = ()
    prescriber_grade: str = ""
    emergency: bool = False

    def latest(self, analyte: str) -> Reading | None:
        """The newest reading, however old."""
        return next(iter(self.readings.get(analyte, ())), None)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the engine is told. It reads nothing else, and it keeps nothing.

    Attributes:
        now: When it is asked; what came later is not known.
        lines: New ones, running ones, and those that ended within the last weeks.
    """

    now: datetime
    subject: Subject
    lines: tuple[Line, ...] = ()
    moment: Moment = Moment.SIGN

    @property
    def new(self) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if one.is_new)

    def pairs(self) -> Iterator[tuple[Line, Line]]:
        """Every new line with every other line, each pair once, the new one first."""
        new = self.new
        for place, one in enumerate(new):
            for other in new[place + 1 :]:
                yield one, other
            for other in self.lines:
                if not other.is_new:
                    yield one, other
