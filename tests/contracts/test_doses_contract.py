"""`DoseReads`, `Claims` and `DuplicateActs`: fake and cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.disputes import DisputeKind
from app.domain.dose_limits import DoseLimits
from app.domain.duplicates import Duplicate, Why
from app.domain.orders import Administration, Dosage, Order, OrderClass, OrderKind
from app.domain.slots import Claim, DoseGiven, DoseSlot, Outcome, SlotState, slot_id
from app.domain.terms import OrderId, PatientId, PractitionerId, Ref, TaskId, Term
from app.fhir.administrations import write_administration
from app.fhir.document import Document
from app.fhir.dose_limits import write_limits
from app.fhir.orders import write_order
from app.fhir.slots import write_cancelled, write_claim, write_done, write_slot
from app.fhir.valuesets import FREQUENCY
from app.ports.doses import DoseReads
from app.ports.sync_store import Scope
from localdb.duplicates import SqlDuplicateActs
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.doses import SqlDoseReads
from tests.support.cache_kit import NOW, a_cache, a_piece, enrol, incoming, states
from tests.support.fake_acts import FakeActs
from tests.support.fake_doses import FakeDoses

PATIENT, OTHER = PatientId("li-ming"), PatientId("wang-fang")
NURSE = PractitionerId("zhao")
HOUR = timedelta(hours=1)
LIMITS = DoseLimits(4 * HOUR, Decimal("4.0"), "g", 24 * HOUR)


@dataclass
class Grant:
    """The reads, and how documents come to them."""

    reads: DoseReads
    put: Callable[[Document], None]
    whole: Callable[[PatientId, datetime], None]


def _fake() -> Grant:
    acts = FakeActs()
    reads = FakeDoses(acts)
    return Grant(reads, acts.download, reads.as_of.__setitem__)


def _real(opened: OpenCache) -> Grant:
    store = opened.sync_store

    def put(document: Document) -> None:
        versions[0] += 1
        store.apply(a_piece(incoming(document, str(versions[0])), members=()))

    def whole(patient: PatientId, at: datetime) -> None:
        scope = Scope(f"patient:{patient}", "patient", patient)
        store.put_scopes((scope,))
        store.apply(a_piece(scope=scope.id, as_of=at))

    versions = [0]
    return Grant(SqlDoseReads(opened.cache), put, whole)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        yield opened


@pytest.fixture(params=["fake", "real"])
def grant(request: pytest.FixtureRequest) -> Grant:
    if request.param == "fake":
        return _fake()
    return _real(request.getfixturevalue("cache"))


def an_order(key: str, frequency: str = "tid", **more: object) -> Document:
    plain = {"status": "active", "kind": OrderKind.LONG_TERM} | more
    dosage = Dosage(Decimal(1), "g", "g", None, Term(frequency, FREQUENCY, frequency))
    order = Order(
        id=OrderId(key),
        patient=PATIENT,
        encounter=None,
        order_class=OrderClass.MEDICATION,
        item=Term("x"),
        dosage=dosage,
        authored_at=NOW,
        **plain,  # type: ignore[arg-type]  # a test may override any field
    )
    return write_order(order, {})


def a_slot(order: str, hours: float, patient: PatientId = PATIENT) -> DoseSlot:
    due = NOW + hours * HOUR
    return DoseSlot(slot_id(OrderId(order), due), OrderId(order), patient, None, due)


def a_dose(key: str, order: str = "o", hours: float = 0, slot: Ref | None = None) -> Document:
    made = Administration(
        id=key,
        patient=PATIENT,
        encounter=None,
        order=OrderId(order),
        item=Term("x"),
        status="completed",
        at=NOW + hours * HOUR,
        dose=Decimal("0.50"),
        unit="g",
        performer="赵护士",
        slot=slot,
    )
    return write_administration(made, an_order(order), by=NURSE)


def keys(doses: tuple[DoseGiven, ...]) -> list[str]:
    return [one.ref.partition("/")[2] for one in doses]


def test_slots_of_a_window_come_by_due_time_in_every_state(grant: Grant) -> None:
    slots = [a_slot("o", hours) for hours in (3, 1, 2, 9)]
    claim = Claim(NURSE, "赵护士", "ws-1", NOW)
    grant.put(write_slot(slots[0]))
    grant.put(write_claim(write_slot(slots[1]), claim))
    grant.put(write_cancelled(write_slot(slots[2]), at=NOW))
    grant.put(write_slot(slots[3]))
    grant.put(write_slot(a_slot("p", 2, OTHER)))

    found = grant.reads.slots((PATIENT,), NOW + HOUR, NOW + 9 * HOUR)

    assert [one.ref for one in found] == [slots[1].ref, slots[2].ref, slots[0].ref]
    assert [one.claim for one in found] == [claim, None, None]
    assert found[1].state is SlotState.CANCELLED
    assert len(grant.reads.slots((PATIENT, OTHER), NOW, NOW + 3 * HOUR)) == 3
    assert grant.reads.slots((), NOW, NOW + 9 * HOUR) == ()


def test_a_task_of_another_kind_is_no_slot(grant: Grant) -> None:
    grant.put(write_slot(a_slot("o", 1)) | {"code": {"text": "review"}})

    assert grant.reads.slots((PATIENT,), NOW, NOW + 9 * HOUR) == ()


def test_what_a_stop_cancels_is_due_later_and_not_dealt_with(grant: Grant) -> None:
    slots = [a_slot("o", hours) for hours in (0, 1, 2)]
    for one in slots:
        grant.put(write_slot(one))
    done = write_done(
        write_slot(slots[1]),
        Outcome.GIVEN,
        by=NURSE,
        at=NOW,
        recorded=NOW,
        administration=Ref("MedicationAdministration/a"),
    )
    grant.put(done)

    assert grant.reads.due_of(OrderId("o"), NOW) == (slots[2].ref,)
    assert grant.reads.due_of(OrderId("p"), NOW) == ()


def test_orders_whose_doses_come_to_an_end_are_named_with_the_last_one(grant: Grant) -> None:
    for order in (
        an_order("ends"),
        an_order("goes-on"),
        an_order("never-laid-out"),
        an_order("stopped", status="stopped"),
        an_order("odd") | {"implicitRules": "urn:unknown"},
    ):
        grant.put(order)
    for key, hours in (("ends", 1), ("ends", 5), ("goes-on", 6), ("stopped", 1), ("odd", 1)):
        grant.put(write_slot(a_slot(key, hours)))

    found = grant.reads.ending_before(NOW + 6 * HOUR)

    assert found == ((Ref("MedicationRequest/ends"), NOW + 5 * HOUR),)


def test_doses_of_orders_that_hold_no_longer_are_left_behind(grant: Grant) -> None:
    grant.put(an_order("stopped", status="stopped"))
    grant.put(an_order("active"))
    for key in ("stopped", "active"):
        grant.put(write_slot(a_slot(key, -1)))
        grant.put(write_slot(a_slot(key, 1)))

    assert grant.reads.left_behind(NOW) == (a_slot("stopped", 1).ref,)


def test_what_was_given_comes_with_everything_a_second_dose_must_look_at(grant: Grant) -> None:
    slot = a_slot("o", 1)
    grant.put(a_dose("late", hours=2, slot=slot.ref))
    grant.put(a_dose("early"))
    grant.put(a_dose("other", "p"))
    grant.put(a_dose("not-done") | {"status": "not-done"})

    found = grant.reads.given(OrderId("o"))

    assert keys(found) == ["early", "late"]
    assert found[1] == DoseGiven(
        Ref("MedicationAdministration/late"),
        PATIENT,
        OrderId("o"),
        slot.ref,
        NOW + 2 * HOUR,
        Decimal("0.5"),
        "g",
        NURSE,
        "赵护士",
    )


def test_suspect_is_a_slot_answered_twice_or_an_order_with_limits_and_two_doses(
    grant: Grant,
) -> None:
    slot = a_slot("twice", 1)
    grant.put(an_order("twice"))
    grant.put(write_limits(an_order("limited", "prn", kind=OrderKind.PRN), LIMITS))
    grant.put(write_limits(an_order("limited-once", "prn", kind=OrderKind.PRN), LIMITS))
    grant.put(an_order("plain"))
    for number, (order, where) in enumerate(
        [
            ("twice", slot.ref),
            ("twice", slot.ref),
            ("limited", None),
            ("limited", None),
            ("limited-once", None),
            ("plain", None),
            ("plain", a_slot("plain", 1).ref),
        ]
    ):
        grant.put(a_dose(f"d{number}", order, number, where))

    found = {one.order: one for one in grant.reads.suspects()}

    assert found.keys() == {"twice", "limited"}
    assert found[OrderId("limited")].limits == LIMITS
    assert not found[OrderId("twice")].limits.stated
    assert keys(found[OrderId("twice")].doses) == ["d0", "d1"]


def test_a_chart_is_as_old_as_its_last_whole_pass(grant: Grant) -> None:
    assert grant.reads.data_as_of(PATIENT) is None

    grant.whole(PATIENT, NOW)

    assert grant.reads.data_as_of(PATIENT) == NOW
    assert grant.reads.data_as_of(OTHER) is None


# --- cases, over the cache


def a_case(cache: OpenCache) -> Duplicate:
    slot = Ref(f"Task/{TaskId('s')}")
    for number, key in enumerate(("first", "second")):
        document = a_dose(key, hours=number, slot=slot)
        cache.sync_store.apply(a_piece(incoming(document)))
    first, second = SqlDoseReads(cache.cache).given(OrderId("o"))
    return Duplicate(first, second, Why.SAME_SLOT)


def test_a_case_is_kept_once_shown_with_both_and_counted_until_it_is_over(
    cache: OpenCache,
) -> None:
    kept, case = SqlDuplicateActs(cache.cache), a_case(cache)

    assert kept.keep_duplicates((case,), frozenset(), NOW)
    assert not kept.keep_duplicates((case,), frozenset(), NOW)

    (dispute,) = cache.disputes.disputes()
    assert (dispute.kind, dispute.ref, dispute.patient) == (
        DisputeKind.DUPLICATE_ACT,
        case.second.ref,
        PATIENT,
    )
    assert (dispute.why, dispute.acts) == ("same-slot", ())
    sides = cache.disputes.sides(dispute.id)
    assert sides is not None
    assert sides.base is None
    assert [one["id"] for one in (sides.theirs, sides.mine) if one] == ["first", "second"]
    assert cache.sync_store.counts().conflicts == 1
    assert kept.keep_duplicates((), frozenset({case.pair}), NOW)
    assert not kept.keep_duplicates((), frozenset({case.pair}), NOW)
    assert cache.disputes.disputes() == ()
    assert cache.disputes.sides(dispute.id) is None
    assert kept.open_duplicates() == frozenset()


def test_a_case_stops_no_change_of_either_document_and_outlives_both(cache: OpenCache) -> None:
    kept, case = SqlDuplicateActs(cache.cache), a_case(cache)
    kept.keep_duplicates((case,), frozenset(), NOW)
    corrected = a_dose("second", hours=1) | {"status": "entered-in-error"}

    cache.sync_store.apply(a_piece(incoming(corrected, "2")))

    assert cache.sync_store.known((case.second.ref,))[case.second.ref].disputed is None
    assert kept.open_duplicates() == {case.pair}
    assert states(cache) == {}
    assert cache.sync_store.bury(case.second.ref, "deleted", NOW)
    (dispute,) = cache.disputes.disputes()
    sides = cache.disputes.sides(dispute.id)
    assert sides is not None
    assert sides.mine is not None
    assert sides.mine["id"] == "second"
