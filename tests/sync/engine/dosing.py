"""A nurse at a workstation: the real engine and cache, and the services around a dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from app.connecting import merge_rules
from app.domain.administration_hurdles import DoseAsked, Hurdle
from app.domain.dose_gates import NO_GATES
from app.domain.dose_limits import NO_LIMITS, DoseLimits
from app.domain.orders import Administration, Dosage, Order, OrderDraft, OrderKind
from app.domain.people import Clinician, Role, Session
from app.domain.slots import DoseSlot
from app.domain.terms import EncounterId, Named, PractitionerId, Ref, Term
from app.dosing import Doing, make_dosing, make_planning
from app.fhir.orders import order_ref, read_order
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.kernel.changes import ChangeFeed
from app.kernel.clock import RandomIds
from app.ordering import make_ordering
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.administering import Answers
from app.services.order_checking import Judge
from app.services.publishing import PublishedActs
from app.services.roles import read_roles
from app.services.signing import SigningRules
from localdb.opening import Hazards
from localdb.reads.chart import SqlChartReads
from resources.reading import path
from sync.claiming import RemoteClaims
from sync.parts import EngineSettings
from sync.transport import Answer, Lost, NoAnswer, Request
from tests.support.deciding_kit import deciding_over
from tests.sync.engine.desk import DOCTOR, Desk, http
from tests.sync.engine.hospital import Names

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROLES = read_roles(path("packs/roles/privileges.tsv"))
TYPES = frozenset({"Patient", "Encounter", "MedicationRequest", "Task"}) | frozenset(
    {"Location", "Practitioner", "MedicationAdministration", "Basic"}
)
"""What a dose needs of a chart; the rest would only cost requests."""
LIMITS = DoseLimits(timedelta(hours=4), Decimal(4), "g")
OTHERS_SEEN = Answers(reason="网络中断", other_device=True)
"""What a nurse says who gives a dose offline without a claim."""
_CONFIRMED = frozenset({"dose.chart-old", "dose.chart-not-whole", "dose.limits-not-stated"})


class Cable:
    """The network of one workstation, that can be pulled."""

    def __init__(self, base_url: str) -> None:
        self.http = http(base_url)
        self.out = False

    @property
    def base_url(self) -> str:
        return self.http.base_url

    def send(self, request: Request) -> Answer | NoAnswer:
        return NoAnswer(Lost.UNREACHABLE, "pulled") if self.out else self.http.send(request)


class Nurse:
    """One workstation with one nurse, who also may sign orders as the doctor does."""

    def __init__(
        self,
        folder: Path,
        hospital: Names,
        name: str,
        types: frozenset[str] = TYPES,
        *,
        hazards: Hazards | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.hospital = hospital
        self.cable = Cable(hospital.base_url)
        self.desk = Desk(
            folder,
            hospital,
            remote=self.cable,
            settings=EngineSettings(),
            rtypes=types,
            hazards=hazards,
        )
        opened, clock, feed = self.desk.opened, self.desk.clock, ChangeFeed()
        engine = self.desk.engine
        acts = PublishedActs(opened.acts, feed)
        self.maker = maker = ActMaker(clock, RandomIds())
        rules = SigningRules(clock, lambda: engine.status().clock_skew_seconds)
        policy = AccessPolicy(ROLES, opened.audit, clock)
        planning = make_planning(opened, SHANGHAI)
        claims = RemoteClaims(self.cable, opened.sync_store, merge_rules(), clock, feed)
        doing = Doing(acts, maker, rules, policy)
        deciding = deciding_over(opened, clock, judge)
        self.dosing = make_dosing(
            opened,
            doing,
            planning,
            claims,
            engine,
            feed,
            gates=NO_GATES,
            warnings=deciding.hurdles.hurdles,
        )
        ordering = make_ordering(opened, doing, planning, deciding.judging)
        self.orders, self.changing = ordering.entry, ordering.changing
        self.countersigning, self.lapsing = ordering.countersigning, ordering.lapsing
        self.session = self._session(name, Role.NURSE)
        self.doctor = self._session(DOCTOR, Role.ATTENDING)

    def _session(self, key: str, role: Role) -> Session:
        who = Clinician(PractitionerId(key), key, Named(key), role)
        until = self.desk.clock.now() + timedelta(days=9)
        return Session(who, self.desk.clock.now(), True, until, ROLES.of(role))

    # --- the network

    def unplug(self) -> None:
        """Nothing of this workstation reaches the server until it is plugged in again."""
        self.cable.out = True
        self.round()

    def plug_in(self) -> None:
        self.cable.out = False
        self.hospital.clock.step(minutes=6)
        self.round()

    def claims(self) -> RemoteClaims:
        """A second way to the server, for a hand that does not wait for the first."""
        clock, store = self.desk.clock, self.desk.opened.sync_store
        return RemoteClaims(http(self.hospital.base_url), store, merge_rules(), clock, ChangeFeed())

    def round(self) -> None:
        """A round, and the look after it, as `app.main.synchronise` does it."""
        self.dosing.keeping.carry_on(self.session)
        self.desk.round()
        self.dosing.watching.look(self.session)
        self.dosing.crossings.look(self.session)

    # --- what they do

    def order(
        self,
        frequency: str = "tid",
        kind: OrderKind = OrderKind.LONG_TERM,
        limits: DoseLimits = NO_LIMITS,
    ) -> Order:
        draft = self.draft(frequency, kind=kind, limits=limits)
        return self.orders.sign(self.doctor, draft, ())

    def draft(
        self, frequency: str = "tid", name: str = "对乙酰氨基酚", **more: object
    ) -> OrderDraft:
        """An order of 1 g by mouth for the patient everybody knows."""
        key = self.hospital.patient()
        route = Term("口服", ROUTE, "po", "oral")
        often = Term(frequency, FREQUENCY, frequency)
        draft = OrderDraft(
            key,
            EncounterId(f"stay-{key}"),
            item=Term(name, "urn:wardone:formulary", "neml2026-083"),
            dosage=Dosage(Decimal(1), "g", "g", route, often, "1 g"),
        )
        return replace(draft, **more)  # type: ignore[arg-type]  # a test's own words

    def five_drafts(self) -> tuple[OrderDraft, ...]:
        """A basket of five drugs."""
        return tuple(self.draft(name=name) for name in ("甲药", "乙药", "丙药", "丁药", "戊药"))

    def current(self, order: Order) -> Order:
        """The order as it reads here now."""
        held = self.desk.opened.documents.held(order_ref(order))
        assert held is not None
        found = read_order(held.document)
        assert found is not None
        return found

    def slots(self, order: Order) -> list[DoseSlot]:
        planning = make_planning(self.desk.opened, SHANGHAI)
        now = self.desk.clock.now()
        window = (now - timedelta(days=4), now + timedelta(days=9))
        found = planning.reads.slots((order.patient,), *window)
        return [one for one in found if one.order == order.id]

    def claim(self, slot: Ref) -> DoseSlot:
        return self.dosing.claiming.claim(self.session, slot)

    def asked(self, order: Order, slot: Ref | None = None, at: datetime | None = None) -> DoseAsked:
        return DoseAsked(order.id, slot, Decimal(1), "g", at=at)

    def hurdles(self, order: Order, slot: Ref | None = None) -> list[str]:
        found: tuple[Hurdle, ...] = self.dosing.administering.hurdles(
            self.session, self.asked(order, slot)
        )
        return [one.message.code for one in found]

    def give(
        self, order: Order, slot: Ref | None = None, answers: Answers | None = None
    ) -> Administration:
        said = answers or Answers()
        said = replace(said, confirmed=said.confirmed | _CONFIRMED)
        return self.dosing.administering.give(self.session, self.asked(order, slot), said)

    def after_the_end(self, order: Order) -> int:
        """How many doses the orders page shows as given after the order had ended."""
        lines = SqlChartReads(self.desk.opened.cache).orders(order.patient)
        return next(line.given_after_end for line in lines if line.order.id == order.id)

    def close(self) -> None:
        self.cable.http.close()
        self.desk.close()


class Seat(Protocol):
    """Seats somebody at a workstation of their own that follows these types."""

    def __call__(self, name: str, types: frozenset[str] = TYPES) -> Nurse: ...


def later(hospital: Names, *nurses: Nurse, minutes: float = 20) -> None:
    """Some time, and a round at each workstation, one after the other."""
    hospital.clock.step(minutes=minutes)
    for nurse in nurses:
        hospital.clock.step(seconds=2)  # a pass ends at the last whole second
        nurse.round()
