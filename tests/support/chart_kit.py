"""One chart for the pages of a patient: real services over ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.chart import Overview
from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.patients import AllergyState, Banner, PatientRecord, Stay
from app.domain.people import Clinician, Role, Session
from app.domain.results import Flag, Observed, Range, Report, ResultRow, Series, Value
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
from app.fhir.orders import write_order
from app.kernel.clock import RandomIds
from app.kernel.faults import AppError, Fault
from app.ports.acts import ReadSet
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.note_writing import NoteWriting
from app.services.order_entry import OrderEntry
from app.services.publishing import PublishedActs
from app.services.results_review import ResultsReview
from app.services.roles import read_roles
from app.services.signing import SigningRules
from resources.reading import path
from tests.support.desk_kit import Diary, StillClock
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeAccessAudit, FakeDrafts
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
    """`ChartReads` of one patient, out of memory; `fault` makes every reading fail."""

    allergy_state: AllergyState = AllergyState.NOT_RECORDED
    note_list: tuple[Note, ...] = ()
    order_list: tuple[OrderLine, ...] = ()
    result_list: tuple[ResultRow, ...] = ()
    report_list: tuple[Report, ...] = ()
    unread: tuple[tuple[Ref, str], ...] = ()
    fault: Fault | None = None
    readings: int = 0

    def banner(self, patient: PatientId) -> Banner | None:
        if self.fault is not None:
            raise AppError(self.fault)
        if patient != PATIENT:
            return None
        stay = Stay(STAY, PATIENT, "in-progress", ward=WARD)
        return Banner(PatientRecord(PATIENT, "李明"), stay, self.allergy_state)

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        del since
        banner = self.banner(patient)
        self.readings += 1
        if banner is None:
            return None
        current = tuple(line for line in self.order_list if line.order.current)
        medication = [line.order.order_class is OrderClass.MEDICATION for line in current]
        return Overview(
            banner=banner,
            problems=(),
            medications=tuple(x for x, is_it in zip(current, medication, strict=True) if is_it),
            other_orders=tuple(
                x for x, is_it in zip(current, medication, strict=True) if not is_it
            ),
            vitals=(),
            results=self.result_list,
            events=(),
            notes=self.note_list,
        )

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]:
        del patient, since
        return ()

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        del patient
        self.readings += 1
        return self.result_list

    def series(self, patient: PatientId, code: str) -> Series | None:
        del patient, code
        return None

    def reports(self, patient: PatientId) -> tuple[Report, ...]:
        del patient
        return self.report_list

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        del patient
        self.readings += 1
        return self.note_list

    def note(self, note: NoteId) -> Note | None:
        return next((one for one in self.note_list if one.id == note), None)

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        del patient
        self.readings += 1
        return self.order_list

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        del patient
        return SEEN

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        del patient
        return self.unread


@dataclass
class ChartHouse:
    """The services of one clinician's chart on one desk."""

    desk: Desk
    reads: FakeChartReads = field(default_factory=FakeChartReads)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    role: Role = Role.ATTENDING
    lease: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        clock, ids = StillClock(NOW), RandomIds()
        self.clock = clock
        self.diary = Diary()
        self.acts = FakeActs(self.drafts)
        maker = ActMaker(clock, ids)
        rules = SigningRules(clock, lambda: 0)
        told = PublishedActs(self.acts, self.desk.feed)
        self.charts = ChartReading(self.reads, AccessPolicy(ROLES, FakeAccessAudit(), clock), clock)
        self.drafting = Drafting(self.drafts, clock, ids)
        self.notes = NoteWriting(told, self.acts, self.reads, maker, rules)
        self.orders = OrderEntry(told, self.acts, maker, rules)
        self.results = ResultsReview(told, self.acts, maker)

    def session(self) -> Session:
        who = Clinician(PractitionerId("wang"), "wang", Named("王奕"), self.role, (WARD,))
        return Session(who, NOW, True, NOW + self.lease, ROLES.of(self.role))

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
