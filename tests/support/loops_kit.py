"""A ward whose orders stand at every stage of their loops, behind the real tracker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.census import Ward
from app.domain.loop_marks import Mark, Signature
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.people import Session
from app.domain.terms import EncounterId, Named, OrderId, PatientId, Ref, Term, WardId
from app.kernel.faults import AppError, Fault
from app.ports.loops import Evidence, LoopWard, Stamp, WardPatient
from app.services.loop_pack import LoopPack, read_loops
from app.services.loop_tracking import LoopTracking
from app.services.ward_viewing import WardViewing
from resources.reading import path
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG, StillClock
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads

LI, ZHANG = PatientId("li-ming"), PatientId("zhang-wei")
WARD = WardId("ward-3")
PACK = read_loops(path("packs/loops"))
KNOWN = frozenset(
    {
        *("MedicationRequest", "ServiceRequest", "MedicationAdministration", "Task"),
        *("Observation", "Composition", "DiagnosticReport"),
    }
)
"""Types whose documents come to this ward's workstation."""


def an_order(
    key: str, item: Term, order_class: OrderClass, minutes: int, **more: object
) -> OrderLine:
    """An order signed so many minutes ago."""
    order = Order(
        OrderId(key),
        LI,
        EncounterId("stay-1"),
        order_class,
        OrderKind.STAT,
        item,
        Dosage(),
        "active",
        authored_at=NOW - timedelta(minutes=minutes),
        requester_name="王建国",
    )
    return OrderLine(replace(order, **more))  # type: ignore[arg-type]  # fields, as the test wants them


def order_mark(line: OrderLine) -> Mark:
    order = line.order
    drug = order.order_class is OrderClass.MEDICATION
    kind = "MedicationRequest" if drug else "ServiceRequest"
    at = order.authored_at
    return Mark(Ref(f"{kind}/{order.id}"), kind, order.status, "1", at, at, by="王建国")


def a_step(order: Mark, step: str, status: str, minutes: int, by: str = "孙莉") -> Mark:
    """A Task that names its step, brought into its state so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    key = f"{order.ref.partition('/')[2]}-{step.lower()}"
    return Mark(Ref(f"Task/{key}"), "Task", status, "2", at, by=by, steps=(step,))


def a_dose(order: Mark, minutes: int) -> Mark:
    at = NOW - timedelta(minutes=minutes)
    key = f"{order.ref.partition('/')[2]}-dose"
    ref = Ref(f"MedicationAdministration/{key}")
    return Mark(ref, "MedicationAdministration", "completed", "1", at, by="孙莉")


def a_sign(order: Mark, act: str = "order.place") -> Signature:
    at = order.at
    early = None if at is None else at - timedelta(seconds=2)
    return Signature(order.ref, order.version, (), act, at, early, "王建国")


def _followed(order: Mark, *marks: Mark) -> dict[Ref, tuple[Ref, ...]]:
    return {one.ref: (order.ref,) for one in marks}


def a_ward() -> dict[PatientId, Evidence]:
    """Overdue, missing, in progress, closed, out of order, without a loop; and a second patient."""
    overdue = an_order(
        "late", Term("盐酸吗啡注射液", display="Morphine injection"), OrderClass.MEDICATION, 95
    )
    closed = an_order(
        "given", Term("呋塞米注射液", display="Furosemide injection"), OrderClass.MEDICATION, 90
    )
    running = an_order(
        "fresh", Term("地塞米松注射液", display="Dexamethasone injection"), OrderClass.MEDICATION, 5
    )
    blood = an_order(
        "cbc",
        Term("血常规", display="Full blood count"),
        OrderClass.LABORATORY,
        180,
        kind=OrderKind.TEMPORARY,
    )
    bed = an_order("bed", Term("平卧位", display="Lying flat"), OrderClass.POSITION, 300, kind=None)
    late, given, fresh, cbc, flat = map(order_mark, (overdue, closed, running, blood, bed))
    steps = {
        late: (a_step(late, "VERIFY", "completed", 80), a_step(late, "SCAN", "in-progress", 60)),
        given: (
            a_step(given, "VERIFY", "completed", 88),
            a_step(given, "SCAN", "completed", 71),
            a_dose(given, 70),
        ),
        fresh: (a_step(fresh, "VERIFY", "accepted", 2),),
        cbc: (
            a_step(cbc, "VERIFY", "completed", 170),
            a_step(cbc, "IDCHECK", "in-progress", 175),
            a_step(cbc, "LABRECV", "received", 120, by="检验科"),
        ),
    }
    marks = (late, given, fresh, cbc, flat, *(one for some in steps.values() for one in some))
    links: dict[Ref, tuple[Ref, ...]] = {}
    for order, some in steps.items():
        links |= _followed(order, *some)
    value = Mark(Ref("Observation/k"), "Observation", "final", "1", NOW, event="critical-lab")
    return {
        LI: Evidence(
            (overdue, closed, running, blood, bed), marks, links, (a_sign(late), a_sign(fresh))
        ),
        ZHANG: Evidence((), (value,)),
    }


@dataclass
class LoopRoom:
    """`LoopReads` of that ward, with the real services over it."""

    known: dict[PatientId, Evidence] = field(default_factory=a_ward)
    pack: LoopPack = PACK
    clock: StillClock = field(default_factory=StillClock)
    fault: Fault | None = None
    whole: bool = True

    @property
    def tracking(self) -> LoopTracking:
        return LoopTracking(self, lambda: self.pack, _anybody, self.clock, KNOWN)

    @property
    def wards(self) -> WardViewing:
        return WardViewing(FakeWardReads(boards()), FakePeople(WANG))

    def ward(self, ward: WardId) -> LoopWard:
        if self.fault is not None:
            raise AppError(self.fault)
        beds = {LI: ("12", Named("李明", "LI Ming")), ZHANG: ("3", Named("张伟", "ZHANG Wei"))}
        people = tuple(WardPatient(p, beds[p][1], beds[p][0]) for p in self.known)
        as_of = NOW if self.whole else None
        return LoopWard(Ward(ward, Named("心内科", "Cardiology"), 2, 2), people, as_of)

    def stamps(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Stamp]:
        return {one: (hash(repr(self.known[one])),) for one in patients}

    def evidence(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Evidence]:
        return {one: self.known[one] for one in patients}


def _anybody(session: Session, patient: PatientId) -> None:
    """Every chart may be seen."""
    del session, patient
