"""What service tests stand on: people, a stopped clock, and a chart of one patient."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.census import BedRow, Ward, WardBoard
from app.domain.chart import Overview, WorkItem
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import AllergyState, Banner, PatientRecord, Stay
from app.domain.people import Clinician, Role, Session
from app.domain.results import Report, ResultRow, Series
from app.domain.terms import (
    EncounterId,
    Named,
    NoteId,
    PatientId,
    PractitionerId,
    Ref,
    WardId,
)
from app.ports.keeping import AuditEntry
from app.services.act_making import ActMaker
from app.services.roles import read_roles
from app.services.signing import SigningRules
from resources.reading import path
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeAccessAudit, FakeDrafts

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
WARD = WardId("ward-7")
ELSEWHERE = WardId("ward-9")
REASON = "夜间会诊，主管医师电话请求"
PATIENT = PatientId("patient-1")
STAY = EncounterId("stay-1")
ROLES = read_roles(path("packs/roles/privileges.tsv"))


@dataclass
class Watch:
    """A clock that moves when it is told to."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Numbers:
    """Ids in order."""

    last: int = 0

    def new(self) -> str:
        self.last += 1
        return f"id-{self.last}"


def clinician(role: Role = Role.ATTENDING, key: str = "wang", ward: WardId = WARD) -> Clinician:
    return Clinician(PractitionerId(key), key, Named("王奕", "Wang Yi"), role, (ward,))


def session(who: Clinician | None = None, lease: timedelta = timedelta(hours=1)) -> Session:
    one = who or clinician()
    return Session(one, NOW, True, NOW + lease, ROLES.of(one.role))


def a_banner(ward: WardId = WARD) -> Banner:
    stay = Stay(STAY, PATIENT, "in-progress", ward=ward)
    return Banner(PatientRecord(PATIENT, "某某"), stay, AllergyState.NOT_RECORDED)


@dataclass
class OneChart:
    """`ChartReads` of one patient."""

    banner_now: Banner | None = field(default_factory=a_banner)
    overview_now: Overview | None = None
    kept_notes: tuple[Note, ...] = ()

    def banner(self, patient: PatientId) -> Banner | None:
        return self.banner_now if patient == PATIENT else None

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        del patient, since
        return self.overview_now

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]:
        del patient, since
        return ()

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        del patient
        return ()

    def series(self, patient: PatientId, code: str) -> Series | None:
        del patient, code
        return None

    def reports(self, patient: PatientId) -> tuple[Report, ...]:
        del patient
        return ()

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        del patient
        return self.kept_notes

    def note(self, note: NoteId) -> Note | None:
        return next((one for one in self.kept_notes if one.id == note), None)

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        del patient
        return ()

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        del patient
        return ((Ref("AllergyIntolerance/a"), "3"),)

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        del patient
        return ((Ref("Observation/odd"), "no code"),)


@dataclass
class Bench:
    """Acts, drafts, clock and rules, as a service is given them."""

    watch: Watch = field(default_factory=Watch)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    skew: int = 0

    def __post_init__(self) -> None:
        self.acts = FakeActs(self.drafts)
        self.maker = ActMaker(self.watch, Numbers())
        self.rules = SigningRules(self.watch, lambda: self.skew)


def item(key: str = "task-1", **more: object) -> WorkItem:
    plain = WorkItem(
        id=key,  # type: ignore[arg-type]  # a test names tasks by plain words
        kind="task",
        code="review",
        title="看一下",
        status="requested",
        patient=PATIENT,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


class Wards:
    """`WardReads` of two wards."""

    def wards(self) -> tuple[Ward, ...]:
        names = (ELSEWHERE, WARD)
        return tuple(Ward(one, Named(one), 1, 1) for one in names)

    def board(self, ward: WardId) -> WardBoard:
        return WardBoard(Ward(ward, Named(ward), 1, 0), (BedRow("1"),), None)

    def patients_of(self, clinician: PractitionerId) -> tuple[BedRow, ...]:
        del clinician
        return (BedRow("2"),)

    def find(self, query: str, limit: int = 50) -> tuple[object, ...]:
        del limit
        return (query,)


def an_opening(audit: FakeAccessAudit, who: str) -> int:
    entry = AuditEntry(NOW, PractitionerId(who), who, "chart.break-glass", PATIENT, REASON)
    audit.record(entry)
    return audit.entries()[0].seq
