"""Finds doses that were given twice, tells those concerned, and takes their report."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.disputes import DisputeKind
from app.domain.duplicates import Duplicate, duplicates
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.administrations import read_given
from app.fhir.alerts import (
    has_report,
    lead_alert,
    write_alerts,
    write_report,
    write_report_message,
)
from app.fhir.document import Document, reference_to
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents, Held
from app.ports.disputes import Disputes, Sides
from app.ports.doses import DoseReads, DuplicateActs
from app.services.act_making import ActMaker
from app.services.authority import needs, open_door
from app.services.decision_rules import DecisionRules


class DuplicateWatching:
    """Looks after every round: what two workstations did apart is seen when both have connected.

    Both administrations stay for ever. What ends a case is a report, never a deletion.
    """

    def __init__(  # noqa: PLR0913 - each is one thing the watch needs
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        reads: DoseReads,
        kept: DuplicateActs,
        disputes: Disputes,
        *,
        rules: DecisionRules,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._reads = reads
        self._kept = kept
        self._disputes = disputes
        self._rules = rules

    @open_door("the program looks by itself; what it finds is shown to those who may see it")
    def look(self, session: Session) -> bool:
        """Put new cases before a person, close reported ones; answers whether anything changed.

        Looking again finds the same: a kill between two steps is made good by the next look.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        suspects = self._reads.suspects()
        found = [one for under in suspects for one in duplicates(under.doses, under.limits)]
        over = frozenset(one.pair for one in found if self._is_reported(one.pair))
        fresh = tuple(one for one in found if one.pair not in over)
        for one in fresh:
            self._alert(session, one)
        return self._kept.keep_duplicates(fresh, over, self._maker.clock.now())

    @needs(Privilege.RESOLVE_CONFLICT)
    def report(self, session: Session, dispute: int, text: str) -> None:
        """End a case with what was found out: to both who gave it, and to the ward's lead.

        Raises:
            AppError: `REFUSED` without a text or the chart, or for a dispute of another kind;
                `CONFLICT` when it is open no longer.
        """
        if not text.strip():
            raise app_error(FaultKind.REFUSED, "dispute.reason-missing", "no report")
        sides = self._disputes.sides(dispute)
        if sides is None:
            raise app_error(FaultKind.CONFLICT, "dispute.over", "not open")
        self._rules.must_be_open(session, sides.dispute.patient)
        pair, documents = _pair_of(sides)
        held = self._documents.held(lead_alert(pair))
        if held is None:
            raise app_error(FaultKind.CONFLICT, "dispute.over", "no alert")
        people = dict.fromkeys(_givers(documents))
        changes = (
            self._completed(session, held, text.strip()),
            *(
                Change(self._message(session, pair, text.strip(), to, sides.dispute.patient))
                for to in (None, *people)
            ),
        )
        kinds = frozenset({"task", "message", "census"})
        patient = sides.dispute.patient
        self._acts.commit(
            self._maker.make(
                "duplicate.report", session, patient, changes, reason=text.strip(), kinds=kinds
            )
        )
        self._kept.keep_duplicates((), frozenset({pair}), self._maker.clock.now())

    def _is_reported(self, pair: tuple[Ref, Ref]) -> bool:
        held = self._documents.held(lead_alert(pair))
        return held is not None and has_report(held.document)

    def _alert(self, session: Session, found: Duplicate) -> None:
        """Tell both who gave it and the lead, unless somebody's workstation has done so."""
        at = self._maker.clock.now()
        documents = write_alerts(found, by=session.clinician.id, at=at)
        missing = [one for one in documents if self._documents.held(_ref(one)) is None]
        if missing:
            self._acts.commit(
                self._maker.make(
                    "duplicate.alert",
                    session,
                    found.second.patient,
                    tuple(map(Change, missing)),
                    kinds=frozenset({"task", "census"}),
                )
            )

    def _completed(self, session: Session, held: Held, text: str) -> Change:
        who, at = session.clinician, self._maker.clock.now()
        done = write_report(held.document, text, by=who.id, by_name=who.name.name, at=at)
        return Change(done, held.stamp)

    def _message(
        self,
        session: Session,
        pair: tuple[Ref, Ref],
        text: str,
        to: PractitionerId | None,
        patient: PatientId | None,
    ) -> Document:
        return write_report_message(
            message_id=self._maker.ids.new(),
            pair=pair,
            text=text,
            by=session.clinician.id,
            by_name=session.clinician.name.name,
            at=self._maker.clock.now(),
            to=to,
            patient=patient,
        )


def _pair_of(sides: Sides) -> tuple[tuple[Ref, Ref], tuple[Document, Document]]:
    """Both administrations, the earlier one first, as they were put before the person."""
    if sides.dispute.kind is not DisputeKind.DUPLICATE_ACT:
        raise app_error(FaultKind.REFUSED, "dispute.not-a-duplicate", sides.dispute.kind.value)
    if sides.theirs is None or sides.mine is None:
        raise app_error(FaultKind.CONFLICT, "dispute.over", "an administration is not here")
    return (_ref(sides.theirs), _ref(sides.mine)), (sides.theirs, sides.mine)


def _givers(documents: tuple[Document, Document]) -> Iterator[PractitionerId]:
    for document in documents:
        given = read_given(document)
        if given is not None and given.by is not None:
            yield given.by


def _ref(document: Document) -> Ref:
    return Ref(reference_to(document))
