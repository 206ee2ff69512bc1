"""Two workstations and one pathway: enrolled at one, ticked at both without a network, all kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.disputes import DisputeKind
from app.domain.pathway_grid import Cell, Grid, State
from app.domain.pathways import EnrolmentId
from app.domain.patients import Banner
from app.domain.people import Clinician, Role, Session
from app.domain.results import Series
from app.domain.terms import Named, PatientId, PractitionerId
from app.fhir.pathways import enrolment_ref
from app.kernel.clock import RandomIds
from app.kernel.faults import AppError
from app.services.act_making import ActMaker
from app.services.pathway_keeping import ElementAt, Explanation, PathwayKeeping
from app.services.pathway_standing import PathwayStanding, once_a_day
from app.services.pathways import PathwayReading, PathwayView
from app.services.signing import SigningRules
from localdb.reads.chart import SqlChartReads
from localdb.reads.pathways import SqlPathwayReads
from sync.parts import EngineSettings
from tests.support.pathway_kit import BOOK, SHANGHAI
from tests.sync.engine.desk import Desk
from tests.sync.engine.dosing import ROLES, Cable
from tests.sync.engine.hospital import Hospital

TYPES = frozenset(
    {"Patient", "Encounter", "Location", "Practitioner", "CarePlan", "Observation", "Basic"}
)
"""What a pathway needs of a chart; the rest would only cost requests."""


@dataclass(frozen=True)
class Charts:
    """Every chart of the cache is open to everybody here."""

    reads: SqlChartReads

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session
        found = self.reads.banner(patient)
        assert found is not None
        return found

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session
        return self.reads.series(patient, code)


class Station:
    """One workstation with a physician and a nurse in front of it."""

    def __init__(self, folder: Path, hospital: Hospital) -> None:
        self.hospital = hospital
        self.cable = Cable(hospital.base_url)
        settings = EngineSettings()
        self.desk = Desk(folder, hospital, remote=self.cable, settings=settings, rtypes=TYPES)
        opened, clock = self.desk.opened, self.desk.clock
        standing = PathwayStanding(
            book_of=once_a_day(lambda today: replace(BOOK, today=today)),
            reads=SqlPathwayReads(opened.cache),
            charts=Charts(SqlChartReads(opened.cache)),
            clock=clock,
            zone=SHANGHAI,
        )
        maker, rules = ActMaker(clock, RandomIds()), SigningRules(clock, lambda: 0)
        self.reading = PathwayReading(standing, RandomIds())
        self.keeping = PathwayKeeping(opened.acts, opened.documents, maker, rules, standing)
        self.doctor = self._session("dr-wang", Role.ATTENDING)
        self.nurse = self._session("nurse-zhao", Role.NURSE)
        self.desk.enrol()
        self.desk.round()

    def _session(self, key: str, role: Role) -> Session:
        who = Clinician(PractitionerId(key), key, Named(key), role)
        until = self.desk.clock.now() + timedelta(days=9)
        return Session(who, self.desk.clock.now(), True, until, ROLES.of(role))

    @property
    def patient(self) -> PatientId:
        return self.hospital.patient()

    def later(self) -> None:
        self.hospital.clock.step(minutes=20)
        self.desk.round()

    def unplug(self) -> None:
        self.cable.out = True
        self.desk.round()

    def plug_in(self) -> None:
        self.cable.out = False
        self.later()

    def enrol(self) -> EnrolmentId:
        return self.keeping.enrol(self.doctor, self.patient, "path").id

    def view(self) -> PathwayView:
        return self.reading.view(self.doctor, self.patient)

    def grid(self) -> Grid:
        seen = self.view().grid
        assert seen is not None
        return seen

    def cell(self, stage: str, element: str) -> Cell:
        column = self.grid().column(stage)
        cell = column.cell(element) if column is not None else None
        assert cell is not None
        return cell

    def close(self) -> None:
        self.cable.http.close()
        self.desk.close()


Open = Callable[[str], Station]


@pytest.fixture
def station(hospital: Hospital, tmp_path: Path) -> Iterator[Open]:
    opened: list[Station] = []

    def sat_down(name: str) -> Station:
        opened.append(Station(tmp_path / name, hospital))
        return opened[-1]

    yield sat_down
    for one in opened:
        one.close()


def test_what_both_record_offline_arrives_and_nothing_is_overwritten(station: Open) -> None:
    one, other = station("one"), station("other")
    plan = one.enrol()
    one.later()
    other.later()
    assert other.grid().enrolment.id == plan
    one.unplug()
    other.unplug()

    history = ElementAt(plan, "first", "history")
    first = one.keeping.tick(one.doctor, one.patient, history)
    second = other.keeping.tick(other.doctor, other.patient, history)
    blood = ElementAt(plan, "first", "blood")
    other.keeping.explain(other.nurse, other.patient, blood, Explanation("refuses"))
    assert [fact.unsent for fact in other.cell("first", "history").facts] == ["saved"]

    one.plug_in()
    other.plug_in()
    one.later()

    for here in (one, other):
        ticked = here.cell("first", "history")
        assert ticked.state is State.DONE
        assert {fact.ref for fact in ticked.facts} == {first.ref, second.ref}
        assert {fact.unsent for fact in ticked.facts} == {""}
        assert here.cell("first", "blood").state is State.VARIANCE
        assert here.desk.states() == {}


@pytest.mark.soak
def test_what_was_recorded_of_a_pathway_a_colleague_left_meanwhile_is_kept(station: Open) -> None:
    one, other = station("one"), station("other")
    plan = one.enrol()
    one.later()
    other.later()
    other.unplug()
    history = ElementAt(plan, "first", "history")
    fact = other.keeping.tick(other.doctor, other.patient, history)
    one.keeping.leave(one.doctor, one.patient, plan, Explanation("worse", "转入ICU"))
    one.later()

    other.plug_in()
    one.later()

    for here in (one, other):
        assert here.grid().enrolment.status == "revoked"
        assert [x.ref for x in here.cell("first", "history").facts] == [fact.ref]
        assert here.desk.states() == {}
    with pytest.raises(AppError):
        other.keeping.tick(other.doctor, other.patient, history)


@pytest.mark.soak
def test_two_who_enrol_at_once_are_both_shown_until_one_of_them_leaves(station: Open) -> None:
    one, other = station("one"), station("other")
    one.unplug()
    other.unplug()
    first = one.enrol()
    one.hospital.clock.step(minutes=1)
    second = other.enrol()
    one.plug_in()
    other.plug_in()
    one.later()

    for here in (one, other):
        assert here.grid().enrolment.id == first
        assert [rival.id for rival in here.view().rivals] == [second]

    one.keeping.leave(one.doctor, one.patient, second, Explanation("worse"))
    one.later()
    other.later()
    assert other.view().rivals == ()


def test_of_two_ends_of_one_enrolment_the_second_is_asked_about(station: Open) -> None:
    one, other = station("one"), station("other")
    plan = one.enrol()
    one.later()
    other.later()
    other.unplug()
    one.keeping.leave(one.doctor, one.patient, plan, Explanation("worse", "转入ICU"))
    one.later()
    for element in ("history", "blood", "drug"):
        at = ElementAt(plan, "first", element)
        other.keeping.explain(other.doctor, other.patient, at, Explanation("refuses"))
    for element in ("drug", "better"):
        at = ElementAt(plan, "then", element)
        other.keeping.explain(other.doctor, other.patient, at, Explanation("refuses"))
    assert not other.keeping.complete(other.doctor, other.patient, plan)

    other.plug_in()
    one.later()

    assert one.grid().enrolment.status == "revoked"
    (dispute,) = other.desk.opened.disputes.disputes()
    assert (dispute.kind, dispute.ref) == (DisputeKind.BOTH_CHANGED, enrolment_ref(plan))
    assert other.grid().enrolment.unsent == "conflict"
    # What was explained is not part of the dispute, and has arrived.
    assert one.cell("first", "history").state is State.VARIANCE
