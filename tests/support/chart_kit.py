"""One chart for the pages of a patient: real services over ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.chart import Overview
from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.patients import AllergyState, Banner, Measured, PatientRecord, Stay
from app.domain.people import Clinician, Role, Session
from app.domain.results import Flag, Observed, Range, Report, ResultRow, Series, Value
from app.domain.sending import QueueItem
from app.domain.terms import (
    EncounterId,
    Named,
    NoteId,
    OrderId,
    PatientId,
    PractitionerId,
    Ref,
    ResultId,
    Term,
    WardId,
)
from app.domain.verbal_orders import Colleague
from app.fhir.orders import write_order
from app.kernel.clock import RandomIds
from app.kernel.faults import AppError, Fault
from app.ports.acts import ReadSet
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.countersigning import Countersigning
from app.services.drafting import Drafting
from app.services.note_writing import NoteWriting
from app.services.order_changing import OrderChanging
from app.services.order_entry import OrderEntry
from app.services.order_habits import OrderHabits
from app.services.publishing import PublishedActs
from app.services.results_review import ResultsReview
from app.services.roles import read_roles
from app.services.sealing import Sealing, SignatureReading
from app.services.signing import SigningRules
from app.services.verbal_orders import VerbalOrders
from resources.reading import path
from tests.support.desk_kit import Diary, StillClock
from tests.support.fake_acts import FakeActs
from tests.support.fake_doses import planning
from tests.support.fake_keeping import FakeAccessAudit, FakeDrafts, FakePeople
from tests.support.fake_signatures import FakeProvenances, FakeSigningKeys
from tests.support.order_kit import an_order_desk, was_executed
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit

NOW = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)
PATIENT = PatientId("li-ming")
STAY = EncounterId("stay-1")
WARD = WardId("ward-3")
SEEN: ReadSet = ((Ref("AllergyIntolerance/a"), "3"),)
ROLES = read_roles(path("packs/roles/privileges.tsv"))


def a_note(key: str = "n1", status: NoteStatus = NoteStatus.FINAL, by: str = "li") -> Note:
    kind = Term("progress", "urn:wardone:note-kind", "progress")
    return Note(
        NoteId(key),
        PATIENT,
        STAY,
        NoteKind.PROGRESS,
        kind,
        status,
        "查房",
        "一般情况好。",
        NOW - timedelta(hours=3),
        PractitionerId(by),
        "李思齐",
    )


def an_order(key: str = "o1", status: str = "active", **more: object) -> Order:
    given: dict[str, object] = {
        "id": OrderId(key),
        "patient": PATIENT,
        "encounter": STAY,
        "order_class": OrderClass.MEDICATION,
        "kind": OrderKind.LONG_TERM,
        "item": Term("阿莫西林", "urn:wardone:formulary", "neml2026-006", "Amoxicillin"),
        "dosage": Dosage(
            Decimal("0.5"),
            "g",
            "g",
            Term("口服", "urn:wardone:route", "po", "oral"),
            Term("每日三次", "urn:wardone:frequency", "tid", "three times daily"),
            "0.5 g 口服 tid",
        ),
        "status": status,
        "authored_at": NOW - timedelta(days=2),
    }
    return Order(**(given | more))  # type: ignore[arg-type]  # checked by dataclasses at run time


def a_result(
    key: str = "r1",
    number: str = "2.61",
    flag: Flag | None = Flag.CRITICAL_LOW,
    hours: int = 1,
    unit: str = "mmol/L",
) -> ResultRow:
    seen = Observed(
        ResultId(key),
        PATIENT,
        "laboratory",
        Term("钾", "http://loinc.org", "2823-3", "Potassium"),
        Value(Decimal(number), unit, unit),
        NOW - timedelta(hours=hours),
        range=Range(Decimal("3.50"), Decimal("5.30")),
        flag=flag,
    )
    return ResultRow(seen, needs_acknowledgement=bool(flag and flag.critical))


@dataclass
class FakeChartReads:
    """`ChartReads` of one patient, out of memory; `fault` makes every reading fail.

    Lists are given in any order and read newest first, as the projections are.
    """

    allergy_state: AllergyState = AllergyState.NOT_RECORDED
    note_list: tuple[Note, ...] = ()
    order_list: tuple[OrderLine, ...] = ()
    result_list: tuple[ResultRow, ...] = ()
    report_list: tuple[Report, ...] = ()
    vital_list: tuple[Series, ...] = ()
    unread: tuple[tuple[Ref, str], ...] = ()
    unplaced: tuple[tuple[str, int], ...] = ()
    weight: Measured | None = None
    fault: Fault | None = None
    readings: int = 0

    def banner(self, patient: PatientId) -> Banner | None:
        if self.fault is not None:
            raise AppError(self.fault)
        if patient != PATIENT:
            return None
        stay = Stay(STAY, PATIENT, "in-progress", ward=WARD)
        record = PatientRecord(PATIENT, "李明")
        return Banner(record, stay, self.allergy_state, weight=self.weight)

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        banner = self.banner(patient)
        self.readings += 1
        if banner is None:
            return None
        current = [line for line in _orders(self.order_list) if line.order.current]
        medication = OrderClass.MEDICATION
        return Overview(
            banner=banner,
            problems=(),
            medications=tuple(x for x in current if x.order.order_class is medication),
            other_orders=tuple(x for x in current if x.order.order_class is not medication),
            vitals=self.vitals(patient, since),
            results=_results(self.result_list),
            events=(),
            notes=_notes(self.note_list),
            unplaced=self.unplaced,
        )

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]:
        found = []
        for series in self.vital_list if patient == PATIENT else ():
            recent = tuple(p for p in series.points if p.at is not None and p.at >= since)
            if recent:
                found.append(replace(series, points=recent))
        return tuple(found)

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        self.readings += 1
        return _results(self.result_list) if patient == PATIENT else ()

    def series(self, patient: PatientId, code: str) -> Series | None:
        rows = [row.observed for row in _results(self.result_list) if patient == PATIENT]
        points = tuple(reversed([seen for seen in rows if seen.term.code == code]))
        return Series(points[0].term, points) if points else None

    def reports(self, patient: PatientId) -> tuple[Report, ...]:
        return self.report_list if patient == PATIENT else ()

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        self.readings += 1
        return _notes(self.note_list) if patient == PATIENT else ()

    def note(self, note: NoteId) -> Note | None:
        return next((one for one in self.note_list if one.id == note), None)

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        self.readings += 1
        return _orders(self.order_list) if patient == PATIENT else ()

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        return SEEN if patient == PATIENT else ()

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        return self.unread if patient == PATIENT else ()


_NEVER = datetime.min.replace(tzinfo=UTC)


def _results(rows: tuple[ResultRow, ...]) -> tuple[ResultRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.observed.at or _NEVER, reverse=True))


def _notes(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: note.at or _NEVER, reverse=True))


def _orders(lines: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.order.authored_at or _NEVER, reverse=True))


WANG = Clinician(PractitionerId("wang"), "wang", Named("王奕"), Role.ATTENDING, (WARD,))


@dataclass
class ChartHouse:
    """The services of one clinician's chart on one desk."""

    desk: Desk
    reads: FakeChartReads = field(default_factory=FakeChartReads)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    role: Role = Role.ATTENDING
    lease: timedelta = timedelta(hours=24)
    queue: tuple[QueueItem, ...] = ()
    person: Clinician = WANG
    staff: tuple[Colleague, ...] = ()

    def __post_init__(self) -> None:
        clock, ids = StillClock(NOW), RandomIds()
        self.clock = clock
        self.diary = Diary()
        self.acts = FakeActs(self.drafts)
        keys = FakeSigningKeys()
        maker = ActMaker(clock, ids, Sealing(keys, lambda: 0))
        self.signatures = SignatureReading(self.acts, FakeProvenances(self.acts), keys)
        rules = SigningRules(clock, lambda: 0)
        told = PublishedActs(self.acts, self.desk.feed)
        self.charts = ChartReading(self.reads, AccessPolicy(ROLES, FakeAccessAudit(), clock), clock)
        self.habits = OrderHabits(FakePeople())
        self.drafting = Drafting(self.drafts, clock, ids)
        self.notes = NoteWriting(told, self.acts, self.reads, maker, rules)
        desk = an_order_desk(self.acts, maker, rules, planning(self.acts), told)
        self.orders = OrderEntry(desk)
        self.changing = OrderChanging(desk, lambda order: was_executed(self.acts, order))
        self.countersigning = Countersigning(desk)
        self.verbal = VerbalOrders(desk, self.orders, self._physicians)
        self.results = ResultsReview(told, self.acts, maker)

    def session(self) -> Session:
        who = replace(self.person, role=self.role)
        return Session(who, NOW, True, NOW + self.lease, ROLES.of(self.role))

    def _physicians(self) -> tuple[Colleague, ...]:
        me = self.session().clinician
        return (Colleague(me.id, me.name, me.role), *self.staff)

    def visit(self, focus: str = "") -> Visit:
        return Visit(self.session, self.diary, PATIENT, focus)

    def place(self, *orders: Order) -> None:
        """Put orders into the chart and into the cache."""
        self.reads.order_list = tuple(OrderLine(order) for order in orders)
        for order in orders:
            self.acts.download(write_order(order, onto={}))


@dataclass
class Screen:
    """A view that keeps every state it was shown."""

    states: list[object] = field(default_factory=list)

    def show_state(self, state: object) -> None:
        self.states.append(state)
