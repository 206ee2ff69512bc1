"""What the page of a ward's pathways shows, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.census import Ward
from app.domain.pathway_statistics import PathwayFigures, Rate
from app.domain.pathways import PathwayBook
from app.kernel.faults import Fault
from app.services.pathways import PathwayStatistics, PatientStanding, WardStanding
from ui.pathways.periods import Days, Period


class Side(enum.Enum):
    """What is listed."""

    PATIENTS = "patients"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class WardSeen:
    """What one reading brought; `ward` and the rest are None where no ward is known."""

    book: PathwayBook
    wards: tuple[Ward, ...]
    ward: Ward | None = None
    standing: WardStanding | None = None
    statistics: PathwayStatistics | None = None
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class WardPathwaysState:
    """The page as a value.

    Attributes:
        patient: Key of the row the caret is on: an enrolment.
        origin: Pathway and version whose figures are shown.
        fault: Why the last reading failed; what was read before stays.
    """

    now: datetime
    side: Side = Side.PATIENTS
    period: Period = Period.QUARTER
    seen: WardSeen | None = None
    patient: str = ""
    origin: str = ""
    fault: Fault | None = None

    @property
    def patients(self) -> tuple[PatientStanding, ...]:
        standing = self.seen.standing if self.seen is not None else None
        return standing.patients if standing is not None else ()

    @property
    def figures(self) -> tuple[PathwayFigures, ...]:
        found = self.seen.statistics if self.seen is not None else None
        return found.pathways if found is not None else ()

    @property
    def current(self) -> PatientStanding | None:
        """The patient the caret is on, else the first."""
        found = (one for one in self.patients if one.grid.enrolment.id == self.patient)
        return next(found, next(iter(self.patients), None))

    @property
    def chosen(self) -> PathwayFigures | None:
        """The pathway the caret is on, else the most frequent one."""
        found = (one for one in self.figures if one.origin == self.origin)
        return next(found, next(iter(self.figures), None))

    @property
    def enrolled(self) -> int:
        return sum(one.enrolled for one in self.figures)

    @property
    def completion(self) -> Rate:
        """Completed among completed and left, of all pathways."""
        return Rate(
            sum(one.completion.count for one in self.figures),
            sum(one.completion.among for one in self.figures),
        )

    def count(self, side: Side) -> int:
        return len(self.patients) if side is Side.PATIENTS else len(self.figures)
