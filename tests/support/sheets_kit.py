"""Order sheets of one patient: the real service over what a test lays down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.census import Ward
from app.domain.order_sheets import Ink, SheetKind
from app.domain.order_verification import Acknowledgement, Bedside, Recorded, Verified
from app.domain.orders import Dosage, Ending, Order, OrderKind, OrderLine
from app.domain.patients import AllergyState, Banner, PatientRecord, Stay
from app.domain.people import Clinician, Role, Session
from app.domain.sheet_plans import CONTINUE, Wish
from app.domain.sheet_runs import Run
from app.domain.sheet_scene import POINT, Scene, SheetProfile
from app.domain.skin_tests import SkinResult
from app.domain.slots import DoseGiven
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
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.ports.verifying import WardRecord
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.order_printing import Asked, OrderPrinting, PressRoom, SheetView
from app.services.roles import read_roles
from app.services.sheet_profile import sheet_profile
from app.services.sheet_reading import SheetReading, SheetSources
from resources.reading import path
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.fake_prints import FakePrints
from tests.support.sheet_builders import MORNING, a_line

PATIENT = PatientId("li-ming")
STAY = EncounterId("stay-1")
WARD = WardId("ward-7")
ROLES = read_roles(path("packs/roles/privileges.tsv"))
ZONE = ZoneInfo("Asia/Shanghai")
DRIP = Term("静滴", ROUTE, "ivgtt")
MOUTH = Term("口服", ROUTE, "po")
PUSH = Term("静推", ROUTE, "iv")
DAILY = Term("每日一次", FREQUENCY, "qd")


def a_dosage(dose: str, unit: str, **more: object) -> Dosage:
    made = Dosage(Decimal(dose), unit, unit, DRIP, DAILY)
    return replace(made, **more)  # type: ignore[arg-type]  # as the test wants them


def a_chart() -> tuple[OrderLine, ...]:
    """A drip, an order that was stopped, one that waits, and a few of the temporary sheet."""
    wang = PractitionerId("wang")
    over = MORNING + timedelta(hours=5)
    drip = (
        a_line("nacl", 1, group="bag", place=1, item=Term("0.9%氯化钠注射液"),
               dosage=a_dosage("250", "mL", rate=Decimal(40), rate_unit="{drop}/min")),
        a_line("kcl", 1, group="bag", place=0, item=Term("氯化钾注射液"),
               dosage=a_dosage("0.50", "g")),
    )  # fmt: skip
    return (
        *drip,
        a_line("care", 2, item=Term("一级护理")),
        a_line("aspirin", 3, item=Term("阿司匹林肠溶片"), dosage=a_dosage("100", "mg", route=MOUTH),
               status="stopped", ending=Ending.STOPPED, stopped_at=over, requester=wang,
               stopped_by=PractitionerId("li")),
        a_line("wait", 4, item=Term("呋塞米片"), status="draft",
               dosage=a_dosage("20", "mg", route=MOUTH)),
        a_line("cef", 5, kind=OrderKind.TEMPORARY, item=Term("青霉素"), skin_test="required",
               dosage=a_dosage("1600000", "[iU]")),
        a_line("stat", 6, kind=OrderKind.STAT, item=Term("地西泮注射液"),
               dosage=a_dosage("10", "mg", route=PUSH, frequency=None)),
        a_line("off", 7, kind=OrderKind.TEMPORARY, item=Term("血常规"), status="cancelled",
               ending=Ending.CANCELLED, stopped_at=over, requester=wang, stopped_by=wang),
    )  # fmt: skip


@dataclass
class OneSheetChart:
    """What `ChartReading` needs for the orders of one patient."""

    order_list: tuple[OrderLine, ...] = field(default_factory=a_chart)
    banner_now: Banner | None = None

    def __post_init__(self) -> None:
        stay = Stay(STAY, PATIENT, "in-progress", "Z2026001", ward=WARD, bed="12",
                    ward_name=Named("心内科", "Cardiology"))  # fmt: skip
        whose = PatientRecord(
            PATIENT, "李明", record_number="0012345", birth_date_text="1961-04-02"
        )
        self.banner_now = Banner(whose, stay, AllergyState.NOT_RECORDED, as_of=MORNING)

    def banner(self, patient: PatientId) -> Banner | None:
        return self.banner_now if patient == PATIENT else None

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        assert patient == PATIENT
        return self.order_list


@dataclass
class Nurses:
    """`VerificationReads` of one patient; None is not lying here."""

    recorded: Recorded | None = field(
        default_factory=lambda: Recorded(Bedside(PATIENT, Named("李明")))
    )

    def ward(self, ward: WardId, since: datetime) -> WardRecord:
        del since
        return WardRecord(
            Ward(ward, Named("心内科"), 1), tuple(filter(None, (self.recorded,))), None
        )

    def patients(self, patients: tuple[PatientId, ...], since: datetime) -> tuple[Recorded, ...]:
        assert patients == (PATIENT,)
        del since
        return (self.recorded,) if self.recorded is not None else ()

    def skin_tests(self, patient: PatientId) -> tuple[SkinResult, ...]:
        del patient
        return self.recorded.skin if self.recorded is not None else ()

    def know(self, *done: Verified, skin: tuple[SkinResult, ...] = ()) -> None:
        assert self.recorded is not None
        self.recorded = replace(self.recorded, done=done, skin=skin)


class PlainPress:
    """`Press` that prints what it was given; every sign is as wide as high."""

    def width(self, text: str, size: float) -> float:
        return len(text) * size * POINT

    def lacking(self, text: str) -> str:
        return "".join(dict.fromkeys(sign for sign in text if sign == "㐂"))

    def drawable(self, text: str) -> str:
        return text.replace("㐂", "〓")

    def pdf(self, pages: Sequence[Scene], colours: Mapping[Ink, str]) -> bytes:
        return repr((pages, dict(colours))).encode()


class Numbers:
    """`Ids` that count."""

    def __init__(self) -> None:
        self.made = 0

    def new(self) -> str:
        self.made += 1
        return f"id-{self.made}"


@dataclass
class Clock:
    at: datetime = MORNING + timedelta(hours=6)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@dataclass
class PrintRoom:
    """One patient's sheets and everything around them.

    Attributes:
        doses: What was given, by order.
        files: What was written.
        full: The disk takes nothing.
    """

    chart: OneSheetChart = field(default_factory=OneSheetChart)
    nurses: Nurses = field(default_factory=Nurses)
    doses: dict[str, tuple[DoseGiven, ...]] = field(default_factory=dict)
    files: dict[Path, bytes] = field(default_factory=dict)
    full: bool = False
    clock: Clock = field(default_factory=Clock)
    audit: FakeAccessAudit = field(default_factory=FakeAccessAudit)
    ids: Numbers = field(default_factory=Numbers)
    prints: FakePrints = field(default_factory=FakePrints)
    station: str = "ws-1"
    profile: SheetProfile = field(default_factory=sheet_profile)

    def __post_init__(self) -> None:
        policy = AccessPolicy(ROLES, self.audit, self.clock)
        reading = SheetReading(
            SheetSources(
                charts=ChartReading(self.chart, policy, self.clock),  # type: ignore[arg-type]  # reads no more
                verifications=self.nurses,
                given=lambda order: self.doses.get(order, ()),
                name_of=lambda who: {"li": "李红"}.get(who, ""),
                paper=self.prints,
                press=PlainPress(),
                profile=self.profile,
                clock=self.clock,
                zone=ZONE,
            )
        )
        self.printing = OrderPrinting(
            reading,
            PressRoom(
                runs=self.prints,
                maker=ActMaker(self.clock, self.ids),
                policy=policy,
                press=PlainPress(),
                station=lambda: self.station,
                write=self._write,
            ),
        )

    def view(self, which: SheetKind = SheetKind.LONG_TERM) -> SheetView:
        return self.printing.sheet(self.session(), PATIENT, which)

    def asked(
        self,
        wish: Wish = CONTINUE,
        which: SheetKind = SheetKind.LONG_TERM,
        reason: str = "",
    ) -> Asked:
        """What a screen that is up to date would ask for."""
        return Asked(which, wish, self.view(which).stock.plan(wish).digest, reason)

    def print_out(
        self,
        wish: Wish = CONTINUE,
        which: SheetKind = SheetKind.LONG_TERM,
        reason: str = "",
        pages: tuple[int, ...] | None = None,
    ) -> Run:
        """Print, and say that it came out: all of it, or these pages."""
        asked = self.asked(wish, which, reason)
        run = self.printing.begin(self.session(), PATIENT, asked).run
        out = run.printed if pages is None else pages
        self.printing.settle(self.session(), PATIENT, run.id, out)
        return run

    def session(self, role: Role = Role.ATTENDING, ward: WardId = WARD) -> Session:
        who = Clinician(PractitionerId("wang"), "wang", Named("王建国"), role, (ward,))
        until = self.clock.at + timedelta(hours=24)
        return Session(who, self.clock.at, True, until, ROLES.of(role))

    def acts(self) -> list[tuple[str, str | None, str, str]]:
        return [(e.action, e.patient, e.reason, e.detail) for e in reversed(self.audit.entries())]

    def _write(self, to: Path, data: bytes) -> None:
        if self.full:
            raise OSError("no room")
        self.files[to] = data


def said(
    order: str, what: Acknowledgement, minutes: int, by: str = "孙莉", **more: object
) -> Verified:
    """What a nurse said so many minutes after nine."""
    at = MORNING + timedelta(minutes=minutes)
    ref = Ref(f"MedicationRequest/{order}")
    made = Verified(ref, PATIENT, what, at, PractitionerId("sun"), by)
    return replace(made, **more)  # type: ignore[arg-type]  # as the test wants them


def given(order: str, minutes: int) -> DoseGiven:
    at = MORNING + timedelta(minutes=minutes)
    ref = Ref(f"MedicationAdministration/{order}-{minutes}")
    return DoseGiven(ref, PATIENT, OrderId(order), None, at, None, "", None, "赵芳")


def changed(line: OrderLine, **more: object) -> OrderLine:
    order: Order = replace(line.order, **more)  # type: ignore[arg-type]  # as the test wants them
    return replace(line, order=order)
