"""Keeping clinical pathways: enrolling, ticking, explaining, taking back, completing, leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.pathway_days import StagePlace
from app.domain.pathway_grid import Cell, Grid, StageColumn
from app.domain.pathways import (
    Enrolment,
    EnrolmentId,
    FactKind,
    PathwayFact,
    Reason,
    Row,
)
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref, Term
from app.fhir.pathway_facts import (
    element_term,
    read_pathway_fact,
    take_back_fact,
    write_pathway_fact,
)
from app.fhir.pathways import enrolment_ref, write_enrolment
from app.fhir.valuesets import PATHWAY, PATHWAY_EXIT, PATHWAY_VARIANCE
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.acts import Acts, Change, Documents
from app.services.act_making import ActMaker
from app.services.authority import needs, open_door
from app.services.pathway_standing import PathwayStanding, active_in, active_of
from app.services.signing import SigningRules

_KINDS = frozenset({"pathway"})
_WORKERS = {
    Row.PHYSICIAN: (Privilege.PLACE_ORDER, Privilege.PROPOSE_ORDER),
    Row.NURSING: (Privilege.VERIFY_ORDER, Privilege.ADMINISTER),
    Row.LEAVING: (Privilege.WRITE_NOTE,),
    Row.LONG_TERM: (),
    Row.TEMPORARY: (),
}
"""Whose work a row is: what says so is any of these. Orders are nobody's to tick."""


@dataclass(frozen=True, slots=True)
class ElementAt:
    """An element of a stage of an enrolment."""

    enrolment: EnrolmentId
    stage: str
    element: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it was otherwise: `reason` is a code of the pack, `text` in the author's own words."""

    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hindrances:
    """What stands against completing a pathway.

    Attributes:
        cells: Mandatory elements of begun stages that are neither done nor explained.
        undated: Stages nobody knows the days of, with something that must be done in them.
    """

    cells: tuple[Cell, ...] = ()
    undated: tuple[StageColumn, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cells or self.undated)


class PathwayKeeping:
    """Records what becomes of a patient in a pathway. Succeeds offline.

    Enrolling, completing and leaving change the enrolment; everything else is a new fact, so that
    two workstations never overwrite each other.
    """

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        rules: SigningRules,
        standing: PathwayStanding,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._rules = rules
        self._standing = standing

    @open_door("says who may tick; ticking asks again")
    def may_tick(self, session: Session, row: Row) -> bool:
        """Whether what stands in `row` is work of the session's role."""
        return any(session.can(one) for one in _WORKERS[row])

    @needs(Privilege.PLACE_ORDER)
    def enrol(self, session: Session, patient: PatientId, code: str) -> Enrolment:
        """Enrol the patient's stay in the pathway `code`, in the version of today.

        Raises:
            AppError: `REFUSED` when the patient has no stay that goes on, the pathway is not
                offered, another is active in this stay (the message names it), the chart may not
                be seen, or the clock is off; `SIGNED_OUT` after the lease; `STORAGE`.
        """
        self._rules.check(session)
        record = self._standing.record(session, patient)
        stay = record.current
        if stay is None:
            raise app_error(FaultKind.REFUSED, "pathways.no-stay", "no stay goes on")
        if (active := active_of(record, stay)) is not None:
            raise _enrolled_already(active)
        pathway = next((p for p in self._standing.book().offered if p.code == code), None)
        if pathway is None:
            raise app_error(FaultKind.REFUSED, "pathways.not-offered", code)
        made = Enrolment(
            id=EnrolmentId(self._maker.ids.new()),
            patient=patient,
            encounter=stay.id,
            origin=pathway.origin,
            title=Term(pathway.name.name, PATHWAY, pathway.code, pathway.name.english),
            status="active",
            began_at=self._maker.clock.now(),
            by=session.clinician.id,
            by_name=session.clinician.name.name,
        )
        self._commit("pathway.enrol", session, patient, Change(write_enrolment(made, onto={})))
        return made

    @needs(Privilege.WRITE_NOTE)
    def tick(self, session: Session, patient: PatientId, at: ElementAt) -> PathwayFact:
        """Record that an element was done.

        Raises:
            AppError: `REFUSED` when it is met by orders, is not work of the session's role, its
                stage has not begun, the enrolment is not active, the version or the element is
                not known here, or as `enrol`.
        """
        seen, cell, column = self._found(session, patient, at)
        row = cell.element.row
        if row.ordered:
            raise app_error(FaultKind.REFUSED, "pathways.met-by-orders", at.element)
        if not self.may_tick(session, row):
            raise app_error(FaultKind.REFUSED, "pathways.not-your-row", row.value)
        if column.place in (StagePlace.AHEAD, StagePlace.UNDATED):
            raise app_error(FaultKind.REFUSED, "pathways.stage-not-begun", at.stage)
        return self._put_down(session, _about(self._fact(session, seen, FactKind.DONE), cell))

    @needs(Privilege.WRITE_NOTE)
    def explain(
        self, session: Session, patient: PatientId, at: ElementAt, why: Explanation
    ) -> PathwayFact:
        """Record that an element is not done, or not as prescribed, and why (变异).

        Raises:
            AppError: `REFUSED` without a reason of the pack, or as `tick`; an element that is
                met by orders, of another's row or of a stage to come may well be explained.
        """
        seen, cell, _ = self._found(session, patient, at)
        fact = self._fact(session, seen, FactKind.VARIANCE)
        return self._put_down(session, _about(self._with(fact, why), cell))

    @needs(Privilege.WRITE_NOTE)
    def note_variance(
        self, session: Session, patient: PatientId, enrolment: EnrolmentId, why: Explanation
    ) -> PathwayFact:
        """Record a variance that belongs to no element: early discharge, something beside it.

        Raises:
            AppError: `REFUSED` without a reason of the pack, when the enrolment is not active, or
                as `enrol`.
        """
        seen = self._active(session, patient, enrolment)
        fact = self._fact(session, seen, FactKind.EXTRA)
        return self._put_down(session, self._with(fact, why))

    @needs(Privilege.PLACE_ORDER)
    def date_operation(
        self, session: Session, patient: PatientId, enrolment: EnrolmentId, day: date
    ) -> PathwayFact:
        """Record on which day the operation was, or will be; the newest counts.

        Raises:
            AppError: `REFUSED` for a pathway without an operation, or as `note_variance`.
        """
        seen = self._active(session, patient, enrolment)
        if seen.pathway is None or not seen.pathway.operation:
            raise app_error(FaultKind.REFUSED, "pathways.no-operation", seen.enrolment.origin)
        fact = self._fact(session, seen, FactKind.OPERATION_DAY)
        return self._put_down(session, replace(fact, day=day))

    @needs(Privilege.WRITE_NOTE)
    def take_back(self, session: Session, patient: PatientId, fact: Ref, why: str) -> None:
        """Mark a fact as entered in error; what is true instead is recorded as a new one.

        Raises:
            AppError: `REFUSED` without a reason in words, when it is not here or taken back
                already, or as `enrol`; `CONFLICT` when it changed since it was read.
        """
        self._rules.check(session)
        if not why.strip():
            raise app_error(FaultKind.REFUSED, "pathways.why-taken-back", "no reason")
        self._standing.record(session, patient)
        held = self._documents.held(fact)
        told = read_pathway_fact(held.document) if held is not None else None
        if held is None or told is None or told.void or told.patient != patient:
            raise app_error(FaultKind.REFUSED, "pathways.nothing-to-take-back", "not standing")
        change = Change(take_back_fact(held.document), held.stamp)
        self._commit("pathway.take-back", session, patient, change, why.strip())

    @needs(Privilege.PLACE_ORDER)
    def complete(self, session: Session, patient: PatientId, enrolment: EnrolmentId) -> Hindrances:
        """Complete the pathway; answers what stands against it, and then completes nothing.

        With stages still ahead it is completed only after a variance that belongs to no element
        (early discharge): otherwise nobody could tell it from one that was broken off.

        Raises:
            AppError: `REFUSED` when the enrolment is not active, its version is not known here,
                stages are ahead and nobody said why, or as `enrol`; `CONFLICT` when it changed
                since it was read.
        """
        seen = self._active(session, patient, enrolment)
        if seen.pathway is None:
            raise app_error(FaultKind.REFUSED, "pathways.not-known", seen.enrolment.origin)
        against = Hindrances(seen.hindering, seen.undated)
        if not against:
            _must_be_at_the_end(seen)
            self._close("pathway.complete", session, replace(seen.enrolment, status="completed"))
        return against

    @needs(Privilege.PLACE_ORDER)
    def leave(
        self, session: Session, patient: PatientId, enrolment: EnrolmentId, why: Explanation
    ) -> None:
        """Take the patient out of the pathway for a reason (退出路径).

        Raises:
            AppError: `REFUSED` without an exit reason of the pack, when the enrolment is not
                active, or as `enrol`; `CONFLICT` when it changed since it was read.
        """
        seen = self._active(session, patient, enrolment)
        reason = _reason(self._standing.book().exit_reasons, why)
        left = replace(
            seen.enrolment,
            status="revoked",
            exit_reason=Term(reason.name.name, PATHWAY_EXIT, reason.code, reason.name.english),
            exit_text=why.text.strip(),
        )
        self._close("pathway.leave", session, left)

    # --- what is found

    def _active(self, session: Session, patient: PatientId, enrolment: EnrolmentId) -> Grid:
        self._rules.check(session)
        record = self._standing.record(session, patient)
        return self._standing.grid(record, active_in(record, enrolment))

    def _found(
        self, session: Session, patient: PatientId, at: ElementAt
    ) -> tuple[Grid, Cell, StageColumn]:
        seen = self._active(session, patient, at.enrolment)
        column = seen.column(at.stage)
        cell = column.cell(at.element) if column is not None else None
        if column is None or cell is None:
            raise app_error(FaultKind.REFUSED, "pathways.not-known", f"{at.stage} {at.element}")
        return seen, cell, column

    # --- what is written

    def _fact(self, session: Session, seen: Grid, kind: FactKind) -> PathwayFact:
        return PathwayFact(
            ref=Ref(f"Observation/{self._maker.ids.new()}"),
            patient=seen.enrolment.patient,
            enrolment=seen.enrolment.id,
            kind=kind,
            encounter=seen.enrolment.encounter,
            at=self._maker.clock.now(),
            by=session.clinician.id,
            by_name=session.clinician.name.name,
        )

    def _with(self, fact: PathwayFact, why: Explanation) -> PathwayFact:
        reason = _reason(self._standing.book().variance_reasons, why)
        term = Term(reason.name.name, PATHWAY_VARIANCE, reason.code, reason.name.english)
        return replace(fact, reason=term, text=why.text.strip())

    def _put_down(self, session: Session, fact: PathwayFact) -> PathwayFact:
        """A fact waits for nobody: what happened stays true, whatever a colleague did meanwhile."""
        kind = f"pathway.{fact.kind.value}"
        self._commit(kind, session, fact.patient, Change(write_pathway_fact(fact)), fact.text)
        return fact

    def _close(self, kind: str, session: Session, ended: Enrolment) -> None:
        held = self._documents.held(enrolment_ref(ended.id))
        if held is None:
            raise app_error(FaultKind.REFUSED, "pathways.not-here", "not in the cache")
        closed = replace(ended, ended_at=self._maker.clock.now())
        change = Change(write_enrolment(closed, onto=held.document), held.stamp)
        self._commit(kind, session, ended.patient, change, ended.exit_text)

    def _commit(
        self, kind: str, session: Session, patient: PatientId, change: Change, reason: str = ""
    ) -> None:
        act = self._maker.make(kind, session, patient, (change,), reason=reason, kinds=_KINDS)
        self._acts.commit(act)


def _about(fact: PathwayFact, cell: Cell) -> PathwayFact:
    about = cell.element
    term = element_term(about.stage, about.key, about.name)
    return replace(fact, stage=about.stage, element=about.key, element_term=term)


def _reason(known: Mapping[str, Reason], why: Explanation) -> Reason:
    reason = known.get(why.reason)
    if reason is None:
        raise app_error(FaultKind.REFUSED, "pathways.reason-missing", why.reason)
    if reason.asks_text and not why.text.strip():
        raise app_error(FaultKind.REFUSED, "pathways.say-more", reason.code)
    return reason


def _must_be_at_the_end(seen: Grid) -> None:
    if seen.ahead and not seen.extras:
        stages = len(seen.ahead)
        raise app_error(FaultKind.REFUSED, "pathways.too-early", str(stages), count=stages)


def _enrolled_already(active: Enrolment) -> AppError:
    title = active.title
    return app_error(
        FaultKind.REFUSED,
        "pathways.already-enrolled",
        active.origin,
        name=title.text,
        english=title.display or title.text,
    )
