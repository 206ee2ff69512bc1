"""A nurse's workstation without a database: acts in memory, a server to claim at, a clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.administration_hurdles import DoseAsked
from app.domain.dose_gates import NO_GATES, Gates
from app.domain.dose_limits import NO_LIMITS, DoseLimits
from app.domain.order_verification import Bedside
from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind
from app.domain.patients import Banner
from app.domain.people import Role, Session
from app.domain.slots import DoseSlot
from app.domain.terms import Named, PatientId, Ref, Term
from app.fhir.document import reference_to
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administering import Administering, Answers, Surroundings
from app.services.administration_pack import administration_limits
from app.services.dose_claiming import Desk, DoseClaiming
from app.services.dose_gates import DoseGates
from app.services.dose_leases import DoseLeases
from app.services.order_changing import OrderChanging
from app.services.order_entry import OrderEntry
from app.services.signing import SigningRules
from app.services.skin_testing import SkinGates
from app.services.slot_keeping import SlotKeeping
from app.services.slot_planning import SlotPlanning
from app.services.verification_pack import verification_rules
from tests.support.fake_acts import FakeActs
from tests.support.fake_claims import FakeClaims, FakeServer
from tests.support.fake_doses import ZONE, FakeDoses
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.fake_verifications import FakeVerifications
from tests.support.order_kit import an_order_desk, was_executed
from tests.unit.services.kit import PATIENT, ROLES, STAY, a_banner, clinician, session

# 15:00 in the ward: the doses of tid are due at 16:00, and tomorrow at 08:00, 12:00 and 16:00.
NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
LIMITS = DoseLimits(timedelta(hours=4), Decimal(4), "g")
YES = frozenset({"dose.chart-old", "dose.chart-not-whole", "dose.limits-not-stated"})
APART = Answers(YES, reason="网络中断", other_device=True)


@dataclass
class Hands:
    """A clock with both hands: the wall, and the one that never steps back."""

    at: datetime = NOW
    ticks: float = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def step(self, **by: float) -> None:
        self.at += timedelta(**by)
        self.ticks += timedelta(**by).total_seconds()


@dataclass
class Counting:
    """Ids in order, told apart by workstation."""

    name: str
    last: int = 0

    def new(self) -> str:
        self.last += 1
        return f"{self.name}-{self.last}"


@dataclass
class Station:
    """One workstation: whoever sits there is `name`.

    Attributes:
        alert: What the formulary says of every drug.
        gates: What must have been said before a dose is given; nothing, as a rule.
    """

    name: str
    server: FakeServer = field(default_factory=FakeServer)
    clock: Hands = field(default_factory=Hands)
    online: bool = True
    alert: bool | None = False
    skew: int = 0
    banner: Banner | None = field(default_factory=a_banner)
    gates: Gates = field(default_factory=lambda: NO_GATES)

    def __post_init__(self) -> None:
        limits = administration_limits()
        self.acts = FakeActs()
        self.audit = FakeAccessAudit()
        self.reads = FakeDoses(self.acts, {PATIENT: self.clock.at + timedelta(days=9)})
        self.maker = ActMaker(self.clock, Counting(self.name))
        self.rules = SigningRules(self.clock, lambda: self.skew)
        self.planning = SlotPlanning(self.reads, self.acts, ZONE, limits)
        self.leases = DoseLeases(self.clock)
        self.desk = Desk(self.clock, lambda: f"ws-{self.name}", lambda: self.skew, ZONE)
        self.verifications = FakeVerifications(self.acts, (Bedside(PATIENT, Named("某某")),))
        self.skin = SkinGates(self.verifications, verification_rules(), self.clock)
        around = Surroundings(
            reads=self.reads,
            leases=self.leases,
            desk=self.desk,
            policy=AccessPolicy(ROLES, self.audit, self.clock),
            banner=self._banner,
            online=lambda: self.online,
            high_alert=lambda _: self.alert,
            skin_gate=self.skin.gate,
            gates=DoseGates(self.verifications, self.gates, self.clock).hurdles,
            limits=limits,
        )
        self.keeping = SlotKeeping(self.acts, self.maker, self.planning)
        self.claiming = DoseClaiming(
            FakeClaims(self.server, self.acts),
            self.acts,
            self.reads,
            self.leases,
            self.desk,
            limits,
        )
        self.giving = Administering(self.acts, self.acts, self.maker, self.rules, around)
        desk = an_order_desk(self.acts, self.maker, self.rules, self.planning)
        self.orders = OrderEntry(desk)
        self.changing = OrderChanging(desk, lambda order: was_executed(self.acts, order))
        self.nurse = self.who(Role.NURSE)

    def _banner(self, patient: PatientId) -> Banner | None:
        return self.banner if patient == PATIENT else None

    def who(self, role: Role, key: str = "") -> Session:
        made = session(clinician(role, key or self.name), timedelta(days=30))
        name = replace(made.clinician.name, name=key or self.name)
        return replace(
            made,
            clinician=replace(made.clinician, name=name),
            lease_until=self.clock.at + timedelta(days=30),
        )

    # --- what they do

    def order(
        self,
        frequency: str | None = "tid",
        kind: OrderKind = OrderKind.LONG_TERM,
        limits: DoseLimits = NO_LIMITS,
        order_class: OrderClass = OrderClass.MEDICATION,
    ) -> Order:
        often = None if frequency is None else Term(frequency, FREQUENCY, frequency)
        dosage = Dosage(Decimal(1), "g", "g", Term("口服", ROUTE, "po"), often)
        draft = OrderDraft(
            PATIENT,
            STAY,
            order_class,
            kind=kind,
            item=Term("对乙酰氨基酚", "urn:f", "x"),
            dosage=dosage,
            limits=limits,
            quantity=Decimal(14) if kind is OrderKind.DISCHARGE else None,
            quantity_unit="{tbl}" if kind is OrderKind.DISCHARGE else "",
        )
        return self.orders.sign(self.who(Role.ATTENDING), draft, ())

    def slots(self, order: Order) -> list[DoseSlot]:
        window = (self.clock.at - timedelta(days=9), self.clock.at + timedelta(days=99))
        return [one for one in self.reads.slots((PATIENT,), *window) if one.order == order.id]

    def send(self, *others: Station) -> None:
        """What was done here arrives at the server and in the caches of the others, versioned."""
        for rtype in ("MedicationRequest", "Task", "Basic", "MedicationAdministration"):
            for document in self.acts.documents(rtype):
                ref = Ref(reference_to(document))
                held = self.acts.held(ref)
                if held is not None and held.state == "dirty":
                    self.server.put(document)
                for station in (self, *others):
                    version = str(self.server.held[ref][1])
                    station.acts.download(self.server.held[ref][0], version)

    def asked(self, order: Order, slot: Ref | None = None, **more: object) -> DoseAsked:
        plain = DoseAsked(order.id, slot, Decimal(1), "g")
        return replace(plain, **more)  # type: ignore[arg-type]  # a test may override any field

    def hurdles(self, order: Order, slot: Ref | None = None, **more: object) -> list[str]:
        found = self.giving.hurdles(self.nurse, self.asked(order, slot, **more))
        return [one.message.code for one in found]

    def give(
        self, order: Order, slot: Ref | None = None, answers: Answers | None = None, **more: object
    ) -> Ref:
        said = answers or Answers(YES)
        made = self.giving.give(self.nurse, self.asked(order, slot, **more), said)
        return Ref(f"MedicationAdministration/{made.id}")


def two_stations() -> tuple[Station, Station]:
    """Two workstations at one server, with one clock."""
    clock, server = Hands(), FakeServer()
    return Station("zhao", server, clock), Station("qian", server, clock)


def a_sent_dose(one: Station, *others: Station) -> tuple[Order, Ref]:
    """An order that everybody has heard of, and its first dose, due now."""
    order = one.order()
    one.send(*others)
    slot = one.slots(order)[0]
    one.clock.step(seconds=(slot.due_at - one.clock.at).total_seconds())
    return order, slot.ref
