"""Reading clinical pathways: what suggests itself, how a patient stands, orders, and figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from app.domain.order_sets import Chosen, Offer, SetBook
from app.domain.orders import OrderDraft
from app.domain.pathway_grid import Grid, StageColumn, State
from app.domain.pathway_statistics import Counted, PathwayFigures, figures
from app.domain.pathways import Enrolment, EnrolmentId, Pathway, PathwayBook, element_of
from app.domain.patients import Stay
from app.domain.people import Privilege, Session
from app.domain.terms import Named, PatientId, Term, WardId
from app.fhir.valuesets import ICD_10, STAY_OPEN
from app.kernel.clock import Ids
from app.kernel.faults import FaultKind, app_error
from app.ports.pathways import PathwayRecord
from app.services.authority import needs, open_door
from app.services.order_sets import OrderSets
from app.services.pathway_standing import PathwayStanding, active_in, active_of, enrolment_in


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pathway that a coded diagnosis of the patient brings up."""

    pathway: Pathway
    diagnosis: Term


@dataclass(frozen=True, slots=True)
class PathwayView:
    """A patient and their pathways.

    Attributes:
        stay: The stay that goes on, or None: nobody can be enrolled then.
        grid: Of the enrolment that was asked for, else of the active one of this stay, else of
            the newest there is; None without any.
        enrolments: All of them, of earlier stays too, the newest first.
        rivals: Other active ones of the same stay: two workstations enrolled at the same time.
        as_of: When the data of this patient last came from the server whole, or None if never.
    """

    patient: PatientId
    stay: Stay | None
    grid: Grid | None
    enrolments: tuple[Enrolment, ...]
    rivals: tuple[Enrolment, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class PatientStanding:
    """One active enrolment of somebody who lies in the ward.

    Attributes:
        whole: The data of the patient came whole from the server.
    """

    patient: PatientId
    name: Named
    bed: str
    grid: Grid
    whole: bool


@dataclass(frozen=True, slots=True)
class WardStanding:
    """Every active enrolment of the patients who lie in a ward, in bed order.

    Attributes:
        as_of: Until when the census of the ward is complete, or None if it never was.
        partial: Of how many of all who lie there the data never came whole: whether they are in
            a pathway is not known.
    """

    ward: WardId
    name: Named
    patients: tuple[PatientStanding, ...]
    as_of: datetime | None
    partial: int


@dataclass(frozen=True, slots=True)
class PathwayStatistics:
    """Figures of a ward over enrolments that began from `since` and before `until`.

    Only patients whose data are on this workstation are counted: who left long ago is gone here.

    Attributes:
        pathways: One for each pathway and version, the most frequent first.
        as_of: Until when the census of the ward is complete, or None if it never was.
        partial: Of how many enrolled patients the data never came whole.
    """

    ward: WardId
    name: Named
    since: datetime
    until: datetime
    pathways: tuple[PathwayFigures, ...]
    as_of: datetime | None
    partial: int


class PathwayReading:
    """Reads pathways for a session that may see the chart. Nothing is written here."""

    def __init__(self, standing: PathwayStanding, ids: Ids) -> None:
        self._standing = standing
        self._sets = OrderSets(self._stage_sets, standing.charts, standing.clock, ids)

    @open_door("the pathways that ship with the program: no patient, nothing to protect")
    def book(self) -> PathwayBook:
        """Every pathway with its words; `book().offered` are those of today.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        return self._standing.book()

    @needs(Privilege.OPEN_CHART)
    def suggest(self, session: Session, patient: PatientId) -> tuple[Suggestion, ...]:
        """Pathways that the coded problems bring up; none while one is active in this stay.

        Only ICD-10 codes of problems that are not over are looked at. Whether a criterion of
        exclusion holds is for a clinician to say; `Pathway.exclusion` says what they are.

        Raises:
            AppError: `REFUSED` when the session may not see the chart; `STORAGE` when the pack
                cannot be read.
        """
        record = self._standing.record(session, patient)
        if record.current is None or active_of(record, record.current) is not None:
            return ()
        open_problems = (one.term for one in record.problems if one.active is not False)
        terms = [one for one in open_problems if one.system == ICD_10]
        found = self.book().suggested_by(one.code for one in terms)
        by_code = {term.code: term for term in reversed(terms)}
        return tuple(Suggestion(pathway, by_code[code]) for pathway, code in found)

    @needs(Privilege.OPEN_CHART)
    def view(
        self, session: Session, patient: PatientId, enrolment: EnrolmentId | None = None
    ) -> PathwayView:
        """How the patient stands in `enrolment`, or in the one that matters most now.

        Raises:
            AppError: `REFUSED` when the session may not see the chart, or there is no such
                enrolment; `STORAGE` when the pack cannot be read.
        """
        record = self._standing.record(session, patient)
        chosen = enrolment_in(record, enrolment) if enrolment else _foremost(record)
        return PathwayView(
            patient=patient,
            stay=record.current,
            grid=None if chosen is None else self._standing.grid(record, chosen),
            enrolments=record.enrolments,
            rivals=() if chosen is None else _rivals(record, chosen),
            as_of=record.as_of,
        )

    @needs(Privilege.OPEN_CHART)
    def offer(
        self, session: Session, patient: PatientId, enrolment: EnrolmentId, stage: str
    ) -> Offer:
        """The orders of a stage for the patient, as an order set offers them.

        What an order on the record meets already, or a variance explains, is offered too and
        never preselected.

        Raises:
            AppError: `REFUSED` when the session may not see the chart, the enrolment is not
                active, its pathway is not known here, or the stage asks for no orders; `STORAGE`.
        """
        record = self._standing.record(session, patient)
        seen = self._standing.grid(record, active_in(record, enrolment))
        column = seen.column(stage)
        if seen.pathway is None or column is None:
            raise app_error(FaultKind.REFUSED, "pathways.not-known", seen.enrolment.origin)
        offered = self._sets.offer(session, patient, seen.pathway.set_code(stage))
        settled = _settled(column)
        lines = (
            replace(one, preselected=one.preselected and element_of(one.line.key) not in settled)
            for one in offered.lines
        )
        return replace(offered, lines=tuple(lines))

    @needs(Privilege.OPEN_CHART)
    def drafts(
        self, session: Session, patient: PatientId, offered: Offer, chosen: Chosen, language: str
    ) -> tuple[OrderDraft, ...]:
        """The chosen lines for the basket, as `OrderSets.drafts`; signing asks who may.

        Raises:
            AppError: As `OrderSets.drafts`.
        """
        return self._sets.drafts(session, patient, offered, chosen, language)

    @needs(Privilege.SEE_WARD)
    def ward(self, session: Session, ward: WardId) -> WardStanding:  # noqa: ARG002 - the guard reads it
        """How everybody stands who lies in `ward` and is in a pathway.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        found = self._standing.reads.lying(ward)
        return WardStanding(
            ward=ward,
            name=found.name,
            patients=tuple(
                PatientStanding(
                    patient=one.record.patient,
                    name=one.name,
                    bed=one.bed,
                    grid=self._standing.grid(one.record, enrolment),
                    whole=one.record.as_of is not None,
                )
                for one in found.patients
                for enrolment in _going_on(one.record)
            ),
            as_of=found.as_of,
            partial=found.partial,
        )

    @needs(Privilege.SEE_WARD)
    def statistics(
        self,
        session: Session,  # noqa: ARG002 - read by the guard
        ward: WardId,
        since: datetime,
        until: datetime,
    ) -> PathwayStatistics:
        """Figures of the enrolments of `ward` that began from `since` and before `until`.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        found = self._standing.reads.ward(ward, since, until)
        counted = [
            Counted(self._standing.grid(record, one), record.stay(one.encounter))
            for record, one in found.enrolled
        ]
        return PathwayStatistics(
            ward=ward,
            name=found.name,
            since=since,
            until=until,
            pathways=figures(counted, self._standing.zone),
            as_of=found.as_of,
            partial=found.partial,
        )

    def _stage_sets(self, today: date) -> SetBook:
        return self._standing.book_of(today).orders


def _settled(column: StageColumn) -> frozenset[str]:
    settled = (State.MET, State.VARIANCE)
    return frozenset(cell.element.key for cell in column.cells if cell.state in settled)


def _going_on(record: PathwayRecord) -> tuple[Enrolment, ...]:
    """Active enrolments of stays that go on."""
    stays = {one.id for one in record.stays if one.status in STAY_OPEN}
    return tuple(one for one in record.enrolments if one.active and one.encounter in stays)


def _foremost(record: PathwayRecord) -> Enrolment | None:
    current = record.current
    active = active_of(record, current) if current is not None else None
    return active or next(iter(record.enrolments), None)


def _rivals(record: PathwayRecord, chosen: Enrolment) -> tuple[Enrolment, ...]:
    beside = (one for one in record.enrolments if one.id != chosen.id and one.active)
    return tuple(one for one in beside if chosen.active and one.encounter == chosen.encounter)
