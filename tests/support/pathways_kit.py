"""The pathways that ship, for a patient whose record is in memory, under the real services."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.census import BedRow, Ward
from app.domain.chart import Problem
from app.domain.order_sets import SetLine
from app.domain.orders import Dosage, Order, OrderLine
from app.domain.pathways import (
    Enrolment,
    EnrolmentId,
    FactKind,
    Pathway,
    PathwayBook,
    PathwayFact,
    element_of,
)
from app.domain.patients import AllergyState, Banner, PatientRecord, Stay
from app.domain.people import Clinician, Role, Session
from app.domain.results import Series
from app.domain.terms import (
    EncounterId,
    Named,
    OrderId,
    PatientId,
    PractitionerId,
    Ref,
    Term,
    WardId,
)
from app.fhir.document import Document, reference_to
from app.fhir.pathway_facts import element_term, write_pathway_fact
from app.fhir.pathways import enrolment_ref, write_enrolment
from app.fhir.valuesets import ICD_10, PATHWAY, PATHWAY_EXIT, PATHWAY_VARIANCE
from app.kernel.clock import RandomIds
from app.kernel.faults import AppError, Fault
from app.ports.pathways import PathwayRecord, PathwaysOfNow, WardPathways
from app.services.act_making import ActMaker
from app.services.order_set_pack import read_sets
from app.services.pathway_keeping import PathwayKeeping
from app.services.pathway_pack import Beside, own_items, read_pathways
from app.services.pathway_standing import PathwayStanding
from app.services.pathways import PathwayReading
from app.services.publishing import PublishedActs
from app.services.roles import read_roles
from app.services.signing import SigningRules
from app.services.ward_viewing import WardViewing
from resources.reading import path
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG, StillClock
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakePeople
from tests.support.fake_pathways import FakePathwayReads
from tests.support.fake_reads import FakeWardReads
from ui.pathways.presenter import PathwaySources
from ui.pathways.ward_presenter import WardSources
from ui.runtime.desk import Desk

Boards = dict[WardId, tuple[Ward, tuple[BedRow, ...], datetime | None]]
ZONE = ZoneInfo("Asia/Shanghai")
LI = PatientId("li-ming")
STAY = EncounterId("stay-li")
WARD = WardId("ward-3")
TODAY = date(2026, 11, 24)
ROLES = read_roles(path("packs/roles/privileges.tsv"))
BOOK: PathwayBook = read_pathways(
    path("packs/pathways"),
    None,
    TODAY,
    Beside(read_sets(path("packs/order_sets"), None, TODAY), own_items(None)),
)
CAP = next(one for one in BOOK.pathways if one.code == "cap")
LC = next(one for one in BOOK.pathways if one.code == "lc")
PNEUMONIA = Term("社区获得性肺炎", ICD_10, "J18.9", "Community-acquired pneumonia")
GALLSTONES = Term("胆囊结石伴慢性胆囊炎", ICD_10, "K80.1", "Gallstones")


def an_enrolment(pathway: Pathway = CAP, key: str = "e1", days: int = 2) -> Enrolment:
    """Active, and so many days old."""
    return Enrolment(
        id=EnrolmentId(key),
        patient=LI,
        encounter=STAY,
        origin=pathway.origin,
        title=Term(pathway.name.name, PATHWAY, pathway.code, pathway.name.english),
        status="active",
        began_at=NOW - timedelta(days=days),
        by=PractitionerId("wang"),
        by_name="王建国",
    )


def a_fact(
    stage: str, element: str, kind: FactKind = FactKind.DONE, *, days: int = 1, **more: object
) -> PathwayFact:
    """Something Nurse Sun or Dr Wang recorded some days ago, named as the pathway names it."""
    known = CAP.element(stage, element)
    term = element_term(stage, element, known.name) if known is not None else None
    fact = PathwayFact(
        ref=Ref(f"Observation/{kind.value}-{stage}-{element}"),
        patient=LI,
        enrolment=EnrolmentId("e1"),
        kind=kind,
        encounter=STAY,
        stage=stage,
        element=element,
        element_term=term,
        at=NOW - timedelta(days=days),
        by=PractitionerId("wang"),
        by_name="王建国",
    )
    return replace(fact, **more)  # type: ignore[arg-type]  # the test names the fields itself


def a_reason(code: str) -> Term:
    """A reason of the pack, as it is recorded."""
    reason = BOOK.variance_reasons[code]
    return Term(reason.name.name, PATHWAY_VARIANCE, code, reason.name.english)


def orders_of(stage: str, *elements: str, pathway: Pathway = CAP) -> tuple[Order, ...]:
    """One order for each of the elements, signed on the first day of the stage's patient."""
    offered = BOOK.orders.by_code(pathway.set_code(stage))
    lines = offered.lines if offered is not None else ()
    found = {element_of(one.key): one for one in reversed(lines)}
    return tuple(_order(found[element]) for element in elements)


def _order(line: SetLine) -> Order:
    return Order(
        id=OrderId(line.key.replace("/", "-")),
        patient=LI,
        encounter=STAY,
        order_class=line.order_class,
        kind=line.kind,
        item=line.item,
        dosage=Dosage(route=line.route, frequency=line.frequency),
        status="active",
        authored_at=NOW - timedelta(days=2),
        requester_name="王建国",
        stopped_at=None,
    )


@dataclass
class PathwayRoom:
    """Who is on which pathway, on one workstation.

    Attributes:
        fault: Raised by the next readings.
        admitted_days: How many days ago; below 0 when that was not recorded.
        past: Stays that have ended.
        whole: The chart came whole.
    """

    desk: Desk | None = None
    role: Role = Role.ATTENDING
    admitted_days: int = 2
    diagnoses: tuple[Term, ...] = (PNEUMONIA,)
    orders: tuple[Order, ...] = ()
    past: tuple[Stay, ...] = ()
    lies_here: bool = True
    whole: bool = True
    boards: Boards = field(default_factory=boards)
    fault: Fault | None = None
    book: PathwayBook = field(default_factory=lambda: BOOK)

    def __post_init__(self) -> None:
        self.clock = StillClock()
        self.acts = FakeActs()
        self.kept: list[Ref] = []

    # -- what is there

    def enrol(self, enrolment: Enrolment | None = None, *facts: PathwayFact) -> None:
        """As if the server had sent it; what came first stays the oldest."""
        one = enrolment or an_enrolment()
        self.download(write_enrolment(one, onto={}))
        for fact in facts:
            self.download(write_pathway_fact(fact))

    def download(self, document: Document) -> None:
        """Put a document here as the server would."""
        self.acts.download(document)
        self.kept.append(Ref(reference_to(document)))

    # -- the ports

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session
        if self.fault is not None:
            raise AppError(self.fault)
        return Banner(PatientRecord(patient, "李明"), self.stay, AllergyState.NONE_KNOWN)

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session, patient, code
        return None

    @property
    def stay(self) -> Stay | None:
        if not self.lies_here:
            return None
        known = self.admitted_days >= 0
        admitted = NOW - timedelta(days=self.admitted_days) if known else None
        return Stay(STAY, LI, "in-progress", admitted_at=admitted, ward=WARD, bed="12")

    def patient(self, patient: PatientId) -> PathwayRecord:
        found = self._reads.patient(patient)
        problems = (
            Problem(f"p{n}", patient, one, active=True) for n, one in enumerate(self.diagnoses)
        )
        return replace(
            found,
            problems=tuple(problems),
            enrolments=tuple(
                replace(one, unsent=self._unsent(enrolment_ref(one.id))) for one in found.enrolments
            ),
            facts=tuple(replace(one, unsent=self._unsent(one.ref)) for one in found.facts),
        )

    def ward(self, ward: WardId, since: datetime, until: datetime) -> WardPathways:
        return self._reads.ward(ward, since, until)

    def lying(self, ward: WardId) -> PathwaysOfNow:
        return self._reads.lying(ward)

    @property
    def _reads(self) -> FakePathwayReads:
        if self.fault is not None:
            raise AppError(self.fault)
        return FakePathwayReads(
            self.acts,
            (*((self.stay,) if self.stay is not None else ()), *self.past),
            tuple(OrderLine(one) for one in self.orders),
            NOW if self.whole else None,
        )

    def _unsent(self, ref: Ref) -> str:
        return "" if ref in self.kept else "saved"

    # -- the services

    @property
    def standing(self) -> PathwayStanding:
        return PathwayStanding(lambda _: self.book, self, self, self.clock, ZONE)

    @property
    def ward_sources(self) -> WardSources:
        wards = WardViewing(FakeWardReads(self.boards), FakePeople(WANG))
        reading = PathwayReading(self.standing, RandomIds())
        return WardSources(reading, wards, self.clock, ZONE)

    @property
    def sources(self) -> PathwaySources:
        feed = self.desk.feed if self.desk is not None else None
        acts = self.acts if feed is None else PublishedActs(self.acts, feed)
        maker, rules = ActMaker(self.clock, RandomIds()), SigningRules(self.clock, lambda: 0)
        keeping = PathwayKeeping(acts, self.acts, maker, rules, self.standing)
        return PathwaySources(PathwayReading(self.standing, RandomIds()), keeping, self.clock)

    def session(self) -> Session:
        name = Named("孙莉", "Sun Li") if self.role is Role.NURSE else Named("王建国", "Wang")
        who = Clinician(PractitionerId(self.role.value), self.role.value, name, self.role, (WARD,))
        return Session(who, NOW, True, NOW + timedelta(hours=24), ROLES.of(self.role))


def ended_before(key: str, days: int, status: str = "completed") -> tuple[Enrolment, Stay]:
    """An enrolment of a stay of so many days that ended a month ago."""
    admitted = NOW - timedelta(days=30 + days)
    left = NOW - timedelta(days=30)
    stay = Stay(
        EncounterId(f"stay-{key}"),
        LI,
        "finished",
        admitted_at=admitted,
        ended_at=left,
        ward=WARD,
    )
    reason = BOOK.exit_reasons["exit-diagnosis"]
    exit_reason = Term(reason.name.name, PATHWAY_EXIT, reason.code, reason.name.english)
    enrolment = replace(
        an_enrolment(key=key),
        encounter=stay.id,
        status=status,
        began_at=admitted,
        ended_at=left,
        exit_reason=exit_reason if status == "revoked" else None,
    )
    return enrolment, stay
