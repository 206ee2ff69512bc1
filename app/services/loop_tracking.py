"""How the closed loops of a ward stand; computes only what has changed since it was last asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from app.domain.loop_board import LoopBoard, TrackedLoop
from app.domain.loop_facts import Fact, Phase
from app.domain.loop_marks import Mark, Reader, Signature, families
from app.domain.loop_matching import Choice, Traits, choose
from app.domain.loop_rates import figures, slowest
from app.domain.loop_strips import Course, Strip, strip
from app.domain.loops import BIRTH, LoopBook
from app.domain.orders import Order, OrderClass, OrderLine
from app.domain.people import Privilege, Session
from app.domain.terms import Named, PatientId, Ref, WardId
from app.fhir.loop_documents import ORDER_TYPES
from app.fhir.loop_statuses import lie
from app.fhir.valuesets import FORMULARY
from app.kernel.clock import Clock
from app.ports.loops import Evidence, LoopReads, Stamp, WardPatient
from app.services.authority import needs, open_door
from app.services.loop_pack import LoopPack
from resources.reading import rows

ENDED_WITHIN = timedelta(hours=72)
"""An order that is over stays on the board so long: its loop may still have to be closed."""

SLOWEST = 12
_VOID = frozenset({"cancelled", "revoked", "entered-in-error"})
_NOBODY = Named("")


@dataclass(frozen=True, slots=True)
class _Followed:
    """One order as it was last computed."""

    ref: Ref
    order: Order | None
    choice: Choice
    facts: tuple[Fact, ...]
    course: Course
    strip: Strip | None


@dataclass
class _Kept:
    """What is kept of one patient between two askings."""

    stamp: Stamp
    followed: Mapping[Ref, _Followed] = field(default_factory=dict)
    fresh: frozenset[Ref] = frozenset()


class LoopTracking:
    """Follows orders by the loops of the pack.

    Asked again, it reads the patients whose stamp has changed, computes the orders of theirs whose
    facts have changed, and of the others those that a limit has caught up with.
    """

    def __init__(
        self,
        reads: LoopReads,
        pack: Callable[[], LoopPack],
        allowed: Callable[[Session, PatientId], object],
        clock: Clock,
        known: frozenset[str] | None = None,
    ) -> None:
        """Follow by the rules of `pack`, read at the first question.

        Args:
            reads: Where documents and signatures come from.
            pack: Reads the pack.
            allowed: Raises unless the session may see the chart of the patient.
            clock: For what is late.
            known: R4 types whose documents come to this workstation; None for all.
        """
        self._reads = reads
        self._pack = cache(pack)
        self._allowed = allowed
        self._clock = clock
        self._known = known
        self._kept: dict[PatientId, _Kept] = {}
        self._lock = threading.Lock()

    @open_door("the catalogue that ships with the program: no patient, nothing to protect")
    def book(self) -> LoopBook:
        """Loops, steps, actors and groups.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        return self._pack().book

    @needs(Privilege.SEE_WARD)
    def board(self, session: Session, ward: WardId) -> LoopBoard:  # noqa: ARG002 - the guard reads it
        """Every loop of the patients who lie in `ward`.

        Raises:
            AppError: `STORAGE` when the pack cannot be read.
        """
        here = self._reads.ward(ward)
        now = self._clock.now()
        ids = [one.id for one in here.patients]
        with self._lock:
            self._bring_up_to_date(ids, now)
            loops = tuple(
                tracked
                for patient in here.patients
                for tracked in self._tracked(patient, now - ENDED_WITHIN)
            )
        strips = [one.strip for one in loops if one.strip is not None]
        return LoopBoard(
            ward=here.ward,
            as_of=here.as_of,
            now=now,
            loops=loops,
            figures=figures(strips),
            slowest=slowest(strips, SLOWEST),
            computed=sum(one.refreshed for one in loops),
        )

    @needs(Privilege.OPEN_CHART)
    def of_patient(self, session: Session, patient: PatientId) -> tuple[TrackedLoop, ...]:
        """Every loop of one chart, the newest order first, however long ago it ended.

        Raises:
            AppError: `REFUSED` when the session may not see the chart; `STORAGE` when the pack
                cannot be read.
        """
        self._allowed(session, patient)
        now = self._clock.now()
        with self._lock:
            self._bring_up_to_date([patient], now)
            kept = self._kept[patient]
        whom = WardPatient(patient, _NOBODY, "")
        return tuple(
            _shown(one, whom, is_fresh=ref in kept.fresh) for ref, one in kept.followed.items()
        )

    def _bring_up_to_date(self, patients: list[PatientId], now: datetime) -> None:
        stamps = self._reads.stamps(patients)
        stale = [p for p in patients if p not in self._kept or self._kept[p].stamp != stamps[p]]
        for patient, evidence in self._reads.evidence(stale).items() if stale else ():
            before = self._kept.get(patient, _Kept(())).followed
            followed = {
                one.ref: self._follow(one, before.get(one.ref), now)
                for one in self._gathered(evidence)
            }
            fresh = frozenset(r for r, one in followed.items() if one is not before.get(r))
            self._kept[patient] = _Kept(stamps[patient], followed, fresh)
        for patient in set(patients).difference(stale):
            self._pass_time(self._kept[patient], now)

    def _pass_time(self, kept: _Kept, now: datetime) -> None:
        over = {ref: one for ref, one in kept.followed.items() if _is_over(one.strip, now)}
        kept.fresh = frozenset(over)
        if over:
            kept.followed = {
                **kept.followed,
                **{r: self._computed(o, now) for r, o in over.items()},
            }

    def _follow(self, one: _Followed, before: _Followed | None, now: datetime) -> _Followed:
        """Computed anew, unless everything that decides it is as before."""
        if before is not None and replace(before, strip=None) == one:
            return self._computed(one, now) if _is_over(before.strip, now) else before
        return self._computed(one, now)

    def _computed(self, one: _Followed, now: datetime) -> _Followed:
        loop = self._pack().book.loops.get(one.choice.loop)
        if loop is None:
            return one
        return replace(one, strip=strip(loop, one.facts, now, one.course))

    def _gathered(self, evidence: Evidence) -> Iterator[_Followed]:
        """Every order and event of a patient, with its facts and not yet computed."""
        pack = self._pack()
        marks = {mark.ref: mark for mark in evidence.marks}
        orders = {_ref_of(line): line.order for line in evidence.orders}
        signatures: dict[Ref, list[Signature]] = {}
        for signature in evidence.signatures:
            signatures.setdefault(signature.target, []).append(signature)
        events = [m.ref for m in evidence.marks if _begins(m) and m.ref not in orders]
        subjects = [*(ref for ref in orders if ref in marks), *events]
        born = [mark for mark in evidence.marks if BIRTH in mark.steps]
        kin = families(evidence.links or {}, subjects, frozenset(orders))
        reader = Reader(pack.marks, lie)
        for ref in subjects:
            order = orders.get(ref)
            choice = choose(pack.matching, _traits(marks[ref], order), pack.book.loops)
            loop = pack.book.loops.get(choice.loop)
            facts: tuple[Fact, ...] = ()
            if loop is not None:
                family = [one for one in kin[ref] if one in marks]
                facts = reader.facts(
                    loop,
                    [marks[one] for one in family],
                    [one for target in family for one in signatures.get(target, ())],
                )
                facts += _births(born)
            course = Course(marks[ref].status in _VOID, self._known)
            yield _Followed(ref, order, choice, facts, course, None)

    def _tracked(self, patient: WardPatient, since: datetime) -> Iterator[TrackedLoop]:
        kept = self._kept[patient.id]
        for ref, one in kept.followed.items():
            if _is_on_the_board(one, since):
                yield _shown(one, patient, is_fresh=ref in kept.fresh)


def _shown(one: _Followed, patient: WardPatient, *, is_fresh: bool) -> TrackedLoop:
    return TrackedLoop(
        ref=one.ref,
        patient=patient.id,
        patient_name=patient.name,
        bed=patient.bed,
        order=one.order,
        choice=one.choice,
        strip=one.strip,
        refreshed=is_fresh and one.strip is not None,
    )


def _is_over(found: Strip | None, now: datetime) -> bool:
    """A limit has been passed since it was computed."""
    return found is not None and found.holds_until is not None and now > found.holds_until


def _is_on_the_board(one: _Followed, since: datetime) -> bool:
    order = one.order
    if order is None:
        times = [fact.at for fact in one.facts if fact.at is not None]
        return one.strip is not None and (not one.strip.closed or any(at >= since for at in times))
    if order.prohibited or order.status == "entered-in-error":
        return False
    ended = order.stopped_at or order.authored_at
    return order.current or (ended is not None and ended >= since)


def _begins(mark: Mark) -> bool:
    return bool(mark.event or mark.named) and mark.resource not in ORDER_TYPES


def _ref_of(line: OrderLine) -> Ref:
    medication = line.order.order_class is OrderClass.MEDICATION
    return Ref(f"{'MedicationRequest' if medication else 'ServiceRequest'}/{line.order.id}")


def _traits(mark: Mark, order: Order | None) -> Traits:
    if order is None:
        return Traits(event=mark.event, named=mark.named)
    route = order.dosage.route
    item = order.item
    return Traits(
        order_class=order.order_class.value,
        kind=order.kind.value if order.kind is not None else "",
        priority=order.priority.value,
        drug_class=_drug_classes().get(item.code, "") if item.system == FORMULARY else "",
        route=route.code if route is not None else "",
        code=item.code,
        named=mark.named,
    )


def _births(born: Iterable[Mark]) -> tuple[Fact, ...]:
    return tuple(Fact(BIRTH, Phase.DONE, mark.at, ref=mark.ref) for mark in born)


@cache
def _drug_classes() -> Mapping[str, str]:
    return {row["code"]: row["class_zh"] for row in rows("formulary", "medicines")}
