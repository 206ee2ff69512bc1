"""Following the loops of a ward: chosen, computed once, and computed again only when it matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from app.domain.census import Ward
from app.domain.loop_marks import Mark, Signature
from app.domain.loop_strips import NodeState
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.terms import EncounterId, Named, OrderId, PatientId, Ref, Term, WardId
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.loops import Evidence, LoopWard, Stamp, WardPatient
from app.services.loop_pack import read_loops
from app.services.loop_tracking import LoopTracking
from resources.reading import path, rows
from tests.unit.services.kit import NOW, PATIENT, WARD, Watch, session

OTHER = PatientId("patient-2")
PACK = read_loops(path("packs/loops"))
ORAL = Term("口服", "urn:wardone:route", "po")


@dataclass
class WardReads:
    """`LoopReads` of two patients; counts what it is asked for."""

    known: dict[PatientId, Evidence] = field(
        default_factory=lambda: {PATIENT: Evidence(), OTHER: Evidence()}
    )
    asked: list[tuple[PatientId, ...]] = field(default_factory=list)

    def ward(self, ward: WardId) -> LoopWard:
        beds = tuple(WardPatient(p, Named(p), str(n)) for n, p in enumerate(self.known))
        return LoopWard(Ward(ward, Named("七病区"), 2, 2), beds, NOW)

    def stamps(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Stamp]:
        return {one: (hash(repr(self.known[one])),) for one in patients}

    def evidence(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Evidence]:
        self.asked.append(tuple(patients))
        return {one: self.known[one] for one in self.asked[-1]}

    def add(self, *evidence: OrderLine | Mark | Signature, patient: PatientId = PATIENT) -> None:
        old = self.known[patient]
        marks = {m.ref: m for m in (*old.marks, *(e for e in evidence if isinstance(e, Mark)))}
        own = Ref("MedicationRequest/o1")
        links = {ref: (own,) for ref in marks if not ref.startswith(("Medication", "Observation"))}
        links |= {r: (own,) for r in marks if r.startswith("MedicationAdministration")}
        self.known[patient] = Evidence(
            (*old.orders, *(e for e in evidence if isinstance(e, OrderLine))),
            tuple(marks.values()),
            links,
            (*old.signatures, *(e for e in evidence if isinstance(e, Signature))),
        )


def an_order(key: str = "o1", **more: object) -> OrderLine:
    order = Order(
        OrderId(key),
        PATIENT,
        EncounterId("stay-1"),
        OrderClass.MEDICATION,
        OrderKind.STAT,
        Term("布洛芬", "urn:wardone:formulary", "neml2026-054"),
        Dosage(),
        "active",
        authored_at=NOW,
    )
    return OrderLine(replace(order, **more))  # type: ignore[arg-type]  # a test's own words


def its_mark(line: OrderLine, **more: object) -> Mark:
    kind = (
        "MedicationRequest" if line.order.order_class is OrderClass.MEDICATION else "ServiceRequest"
    )
    made = Mark(Ref(f"{kind}/{line.order.id}"), kind, line.order.status, "1", NOW, NOW, by="王医生")
    return replace(made, **more)  # type: ignore[arg-type]  # a test's own words


def a_dose(minutes: int = 20) -> Mark:
    at = NOW + timedelta(minutes=minutes)
    return Mark(Ref("MedicationAdministration/d1"), "MedicationAdministration", "completed", at=at)


def a_tracker(reads: WardReads, watch: Watch, known: frozenset[str] | None = None) -> LoopTracking:
    def allowed(_: object, patient: PatientId) -> None:
        if patient == OTHER:
            raise app_error(FaultKind.REFUSED, "access.denied", "not here")

    return LoopTracking(reads, lambda: PACK, allowed, watch, known)


@pytest.fixture
def reads() -> WardReads:
    found = WardReads()
    line = an_order()
    found.add(line, its_mark(line))
    return found


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_an_order_follows_the_loop_of_its_attributes(reads: WardReads, watch: Watch) -> None:
    (found,) = a_tracker(reads, watch).board(session(), WARD).loops

    assert found.choice.loop == "MED-003"
    assert (found.patient, found.bed, found.patient_name) == (PATIENT, "0", Named(PATIENT))
    assert found.strip is not None
    assert [v.node.step for v in found.strip.nodes if v.reached] == ["DRAFT", "SIGN"]


def test_nothing_is_computed_twice(reads: WardReads, watch: Watch) -> None:
    tracker = a_tracker(reads, watch)
    first = tracker.board(session(), WARD)
    second = tracker.board(session(), WARD)

    assert (first.computed, second.computed) == (1, 0)
    assert reads.asked == [(PATIENT, OTHER)]
    assert [one.strip for one in first.loops] == [one.strip for one in second.loops]


def test_only_the_order_whose_documents_changed_is_computed(reads: WardReads, watch: Watch) -> None:
    second = an_order("o2", kind=OrderKind.PRN)
    reads.add(second, its_mark(second))
    tracker = a_tracker(reads, watch)
    tracker.board(session(), WARD)

    reads.add(a_dose())
    found = tracker.board(session(), WARD)

    assert found.computed == 1
    assert reads.asked == [(PATIENT, OTHER), (PATIENT,)]
    (given,) = [one for one in found.loops if one.refreshed]
    assert given.ref == "MedicationRequest/o1"
    assert given.strip is not None
    assert given.strip.nodes[7].state is NodeState.REACHED


def test_time_alone_makes_a_node_overdue_without_reading_anything(
    reads: WardReads, watch: Watch
) -> None:
    tracker = a_tracker(reads, watch)
    tracker.board(session(), WARD)

    watch.at = NOW + timedelta(minutes=31)
    found = tracker.board(session(), WARD)

    assert found.computed == 1
    assert len(reads.asked) == 1
    assert found.figures.timeliness == 0
    (loop,) = found.loops
    assert loop.strip is not None
    assert loop.strip.count(NodeState.OVERDUE) == 1
    assert tracker.board(session(), WARD).computed == 0


def test_time_passes_for_the_unchanged_orders_of_a_patient_who_changed(
    reads: WardReads, watch: Watch
) -> None:
    tracker = a_tracker(reads, watch)
    tracker.board(session(), WARD)
    second = an_order("o2", kind=OrderKind.PRN)

    reads.add(second, its_mark(second))
    watch.at = NOW + timedelta(minutes=31)
    found = tracker.board(session(), WARD)

    assert found.computed == 2
    assert found.loops[0].strip is not None
    assert found.loops[0].strip.count(NodeState.OVERDUE) == 1


def test_what_is_kept_is_what_would_be_computed_anew(reads: WardReads, watch: Watch) -> None:
    tracker = a_tracker(reads, watch)
    for minutes, dose in ((0, None), (31, None), (31, 20), (90, None)):
        watch.at = NOW + timedelta(minutes=minutes)
        if dose is not None:
            reads.add(a_dose(dose))
        kept = tracker.board(session(), WARD)
        anew = a_tracker(reads, watch).board(session(), WARD)

        assert [one.strip for one in kept.loops] == [one.strip for one in anew.loops]
        assert (kept.figures, kept.slowest) == (anew.figures, anew.slowest)


def test_two_loops_that_fit_equally_are_told(reads: WardReads, watch: Watch) -> None:
    rules = [rule for rule in PACK.matching if rule.loop == "MED-003"]
    doubtful = replace(PACK, matching=(*rules, replace(rules[0], loop="MED-002")))
    tracker = LoopTracking(reads, lambda: doubtful, lambda *_: None, watch)

    (found,) = tracker.board(session(), WARD).loops

    assert found.choice.candidates == ("MED-002", "MED-003")
    assert found.strip is None


def test_an_order_that_no_rule_fits_has_no_strip(reads: WardReads, watch: Watch) -> None:
    line = an_order("o3", kind=None)
    reads.add(line, its_mark(line))

    found = a_tracker(reads, watch).board(session(), WARD)

    assert [one.choice.loop for one in found.loops] == ["MED-003", ""]
    assert found.computed == 1
    assert len(a_tracker(reads, watch).of_patient(session(), PATIENT)) == 2


@pytest.mark.parametrize(
    ("item", "route", "loop"),
    [
        (Term("吗啡", "urn:wardone:formulary", "neml2026-073"), None, "NAR-001"),
        (Term("something", "urn:elsewhere", "neml2026-072"), ORAL, "NAR-001"),
        (Term("胰岛素", "urn:wardone:formulary", "none-such"), ORAL, "MED-001"),
    ],
)
def test_drug_and_route_choose(
    reads: WardReads, watch: Watch, item: Term, route: Term | None, loop: str
) -> None:
    line = an_order("o4", kind=OrderKind.LONG_TERM, item=item, dosage=Dosage(route=route))
    reads.add(line, its_mark(line))

    found = a_tracker(reads, watch).board(session(), WARD)

    assert found.loops[1].choice.loop == loop


def test_a_class_of_drugs_chooses_by_the_formulary(reads: WardReads, watch: Watch) -> None:
    line = an_order(
        "o5",
        kind=OrderKind.LONG_TERM,
        item=Term("胰岛素", "urn:wardone:formulary", _code_of("激素/胰岛素及降血糖药")),
        dosage=Dosage(route=Term("皮下", "urn:wardone:route", "sc")),
    )
    reads.add(line, its_mark(line))

    assert a_tracker(reads, watch).board(session(), WARD).loops[1].choice.loop == "MED-009"


def _code_of(drug_class: str) -> str:
    return next(r["code"] for r in rows("formulary", "medicines") if r["class_zh"] == drug_class)


def test_a_critical_result_is_followed_though_it_is_no_order(
    reads: WardReads, watch: Watch
) -> None:
    value = Mark(Ref("Observation/k"), "Observation", "final", at=NOW, event="critical-lab")
    reads.add(value, patient=OTHER)

    found = a_tracker(reads, watch).board(session(), WARD)

    (event,) = [one for one in found.loops if one.order is None]
    assert (event.ref, event.choice.loop, event.patient) == ("Observation/k", "CRI-001", OTHER)
    assert event.strip is not None
    assert [v.node.step for v in event.strip.nodes if v.reached] == ["DETECT", "RECHECK"]


def test_an_event_without_a_loop_is_not_on_the_board(reads: WardReads, watch: Watch) -> None:
    reads.add(Mark(Ref("Task/n"), "Task", "requested", named="NO-SUCH"), patient=OTHER)

    assert len(a_tracker(reads, watch).board(session(), WARD).loops) == 1


def test_orders_that_ended_long_ago_leave_the_board(reads: WardReads, watch: Watch) -> None:
    long_ago = NOW - timedelta(hours=73)
    lately = NOW - timedelta(hours=71)
    for key, status, at in (
        ("old", "completed", long_ago),
        ("new", "completed", lately),
        ("undated", "completed", None),
        ("wrong", "entered-in-error", lately),
    ):
        line = an_order(key, status=status, authored_at=at)
        reads.add(line, its_mark(line))
    forbidden = an_order("not", prohibited=True)
    reads.add(forbidden, its_mark(forbidden))

    found = a_tracker(reads, watch).board(session(), WARD)

    assert [one.ref for one in found.loops] == ["MedicationRequest/o1", "MedicationRequest/new"]


def test_a_cancelled_order_waits_for_nothing(reads: WardReads, watch: Watch) -> None:
    line = an_order("o6", status="cancelled")
    reads.add(line, its_mark(line))

    found = a_tracker(reads, watch).board(session(), WARD).loops[1]

    assert found.strip is not None
    assert found.strip.closed


def test_nodes_of_types_that_never_come_here_are_not_called_missing(
    reads: WardReads, watch: Watch
) -> None:
    reads.add(a_dose())
    known = frozenset({"MedicationRequest", "MedicationAdministration", "Task"})

    (found,) = a_tracker(reads, watch, known).board(session(), WARD).loops

    assert found.strip is not None
    states = {view.node.step: view.state for view in found.strip.nodes}
    assert states["CDS"] is states["PICK"] is NodeState.NOT_KNOWN
    assert states["VERIFY"] is NodeState.MISSING


def test_the_loops_of_a_chart_are_for_those_who_may_see_it(reads: WardReads, watch: Watch) -> None:
    old = an_order("old", status="completed", authored_at=NOW - timedelta(days=9))
    reads.add(old, its_mark(old))
    tracker = a_tracker(reads, watch)

    found = tracker.of_patient(session(), PATIENT)

    assert [one.ref for one in found] == ["MedicationRequest/o1", "MedicationRequest/old"]
    assert found[0].strip is not None
    with pytest.raises(AppError):
        tracker.of_patient(session(), OTHER)


def test_a_signature_names_who_did_it(reads: WardReads, watch: Watch) -> None:
    reads.add(
        Signature(Ref("MedicationRequest/o1"), act="order.place", at=NOW, client_at=NOW, by="王奕")
    )

    (found,) = a_tracker(reads, watch).board(session(), WARD).loops

    assert found.strip is not None
    signed = found.strip.nodes[2].fact
    assert signed is not None
    assert (signed.by, signed.witnessed) == ("王奕", True)


def test_birth_is_known_to_every_loop_of_the_newborn(reads: WardReads, watch: Watch) -> None:
    line = an_order("jab", kind=OrderKind.TEMPORARY)
    reads.add(
        line,
        its_mark(line, named="OBS-008"),
        Mark(Ref("Patient/p"), "Patient", "", at=NOW - timedelta(hours=25), steps=("@birth",)),
    )

    found = a_tracker(reads, watch).board(session(), WARD).loops[1]

    assert found.choice.loop == "OBS-008"
    assert found.strip is not None
    states = {view.node.step: view.state for view in found.strip.nodes}
    assert states["HBVAC"] is NodeState.OVERDUE


def test_the_book_is_the_pack(reads: WardReads, watch: Watch) -> None:
    assert a_tracker(reads, watch).book() is PACK.book
