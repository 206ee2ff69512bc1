"""Every projector there is."""

from __future__ import annotations

from sqlalchemy import Table

from localdb.projecting import Projector
from localdb.projections.administrations import Administrations, Medications
from localdb.projections.allergies import Allergies
from localdb.projections.doses import Limits, Slots
from localdb.projections.events import Events
from localdb.projections.flags import Flags
from localdb.projections.gaps import Gaps
from localdb.projections.indexes import Indexes
from localdb.projections.loops import LoopMarks, LoopSignatures
from localdb.projections.notes import Notes
from localdb.projections.orders import Orders
from localdb.projections.pathways import Enrolments, PathwayFacts
from localdb.projections.patients import Patients
from localdb.projections.people import CareTeams, People
from localdb.projections.places import Places
from localdb.projections.problems import Problems
from localdb.projections.provenances import Provenances
from localdb.projections.read_backs import ReadBacks
from localdb.projections.read_sets import ReadSets
from localdb.projections.reports import Reports
from localdb.projections.results import Results
from localdb.projections.sheet_prints import SheetPrints
from localdb.projections.stays import Stays
from localdb.projections.subject import Subject
from localdb.projections.unplaced import Unplaced
from localdb.projections.verifications import SkinTests, Verifications
from localdb.projections.work import Work

_SUBJECTS: tuple[Subject, ...] = (
    Places(),
    People(),
    CareTeams(),
    Patients(),
    Stays(),
    Allergies(),
    Problems(),
    Flags(),
    Medications(),
    Orders(),
    Administrations(),
    Slots(),
    Limits(),
    Results(),
    Reports(),
    Notes(),
    Events(),
    Work(),
    ReadBacks(),
    Verifications(),
    SkinTests(),
    Enrolments(),
    PathwayFacts(),
    SheetPrints(),
    ReadSets(),
    Provenances(),
    Gaps(),
    Unplaced(),
    Indexes(),
    LoopMarks(),
    LoopSignatures(),
)

UNREAD: tuple[Table, ...] = tuple(subject.unread for subject in _SUBJECTS)
"""Where each of them notes what it did not understand: `ref`, `patient`, `reason`."""


def all_projectors() -> tuple[Projector, ...]:
    """One of each. They keep no state and may be told in any order."""
    return _SUBJECTS
