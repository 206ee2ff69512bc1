"""`VerificationReads`: fake and cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.order_verification import Bedside, Review, Second, Wait
from app.domain.orders import Ending, Order
from app.domain.people import Clinician, Role, Session
from app.domain.skin_tests import Reaction
from app.domain.terms import Named, PatientId, PractitionerId, Ref, Term, WardId
from app.fhir.document import Document
from app.fhir.order_tasks import read_review, read_verification, write_verification
from app.fhir.orders import write_order
from app.fhir.skin_tests import write_skin_result
from app.ports.sync_store import Scope
from app.ports.verifying import VerificationReads
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.verifications import SqlVerificationReads
from tests.support.builders import a_location, a_patient, an_encounter
from tests.support.cache_kit import NOW, a_cache, a_piece, enrol, incoming
from tests.support.fake_acts import FakeActs
from tests.support.fake_verifications import FakeVerifications
from tests.support.order_builders import a_task
from tests.unit.domain.verifying_kit import PATIENT, a_reading, a_wait, an_order, ref_of

OTHER = PatientId("zhang-wei")
WARD = WardId("ward-3")
HOUR = timedelta(hours=1)
SINCE = NOW - 72 * HOUR
LI = Bedside(PATIENT, Named("李明", "LI Ming"), "12", "VN-stay-1", "MR-li-ming", "1980-02-03")
ZHANG = Bedside(OTHER, Named("张伟"), "3", "VN-stay-2", "MR-zhang-wei", "1980-02-03")


@dataclass
class Grant:
    """The reads, and how documents come to them."""

    reads: VerificationReads
    put: Callable[[Document], None]


def _fake() -> Grant:
    acts = FakeActs()
    whole = replace(LI, as_of=NOW)
    return Grant(FakeVerifications(acts, (ZHANG, whole), as_of=NOW), acts.download)


def _real(opened: OpenCache) -> Grant:
    store = opened.sync_store
    versions = [0]

    def put(document: Document) -> None:
        versions[0] += 1
        store.apply(a_piece(incoming(document, str(versions[0])), members=()))

    def whole(scope: Scope, at: datetime) -> None:
        store.put_scopes((scope,))
        store.apply(a_piece(scope=scope.id, as_of=at))

    for one in (
        a_location("ward-3", "心内科", "wa", english="Cardiology"),
        a_location("bed-12", "12", "bd", "ward-3"),
        a_location("bed-3", "3", "bd", "ward-3"),
        a_patient(PATIENT, "李明", english="LI Ming"),
        a_patient(OTHER, "张伟"),
        an_encounter("stay-1", PATIENT, "bed-12"),
        an_encounter("stay-2", OTHER, "bed-3"),
    ):
        put(one)
    whole(Scope("census:ward-3", "census", "ward-3"), NOW)
    whole(Scope(f"patient:{PATIENT}", "patient", PATIENT), NOW)
    return Grant(SqlVerificationReads(opened.cache), put)


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


def document(order: Order) -> Document:
    return write_order(order, {})


def verified(order: Order, wait: Wait = Wait.NEW, minutes: int = 0) -> Document:
    who = Clinician(PractitionerId("zhao"), "zhao", Named("赵护士"), Role.NURSE)
    nurse = Session(who, NOW, online=True, lease_until=NOW)
    second = replace(nurse, clinician=replace(who, id=PractitionerId("qian")))
    one = a_wait(order, wait, second=Second.NEEDED)
    at = NOW + timedelta(minutes=minutes)
    return write_verification(one, by=nurse, at_time=at, second=second)


def keys(grant: Grant, patient: PatientId = PATIENT) -> list[str]:
    (found,) = grant.reads.patients((patient,), SINCE)
    return [line.order.id for _, line in found.orders]


def test_a_ward_names_its_patients_in_bed_order_with_two_identifiers(grant: Grant) -> None:
    found = grant.reads.ward(WARD, SINCE)

    assert [one.bedside for one in found.patients] == [ZHANG, replace(LI, as_of=NOW)]
    assert (found.ward.name, found.ward.occupied, found.as_of) == (
        Named("心内科", "Cardiology"),
        2,
        NOW,
    )


def test_orders_that_hold_come_in_the_order_of_their_signing(grant: Grant) -> None:
    late = an_order("late", authored_at=NOW - HOUR)
    early = an_order("early", authored_at=NOW - 9 * HOUR)
    held = an_order("held", authored_at=NOW - 5 * HOUR, status="on-hold")
    for one in (late, early, held):
        grant.put(document(one))

    (found,) = grant.reads.patients((PATIENT,), SINCE)

    assert [line.order.id for _, line in found.orders] == ["early", "held", "late"]
    assert [ref for ref, _ in found.orders] == [ref_of(one) for one in (early, held, late)]
    assert [line.unsent for _, line in found.orders] == ["", "", ""]


def test_an_infusion_stands_together_in_its_places(grant: Grant) -> None:
    for key, place in (("b", 1), ("a", 0), ("c", 2)):
        grant.put(document(an_order(key, group="g", place=place)))

    assert keys(grant) == ["a", "b", "c"]


def test_what_is_over_comes_while_it_is_fresh_or_when_a_nurse_knew_of_it(grant: Grant) -> None:
    fresh = an_order("fresh", status="stopped", stopped_at=SINCE, ending=Ending.STOPPED)
    old = replace(fresh, id=an_order("old").id, stopped_at=SINCE - HOUR)
    known = replace(old, id=an_order("known").id)
    for one in (fresh, old, known):
        grant.put(document(one))
    grant.put(document(an_order("done", status="completed")))
    grant.put(document(an_order("proposed", status="draft")))
    grant.put(verified(known))

    assert sorted(keys(grant)) == ["fresh", "known"]


def test_what_nurses_said_comes_with_whoever_said_it(grant: Grant) -> None:
    one = an_order("one")
    grant.put(document(one))
    grant.put(verified(one))
    grant.put(verified(one, Wait.STOPPED, minutes=5))

    (found,) = grant.reads.patients((PATIENT,), SINCE)

    wanted = [read_verification(verified(one)), read_verification(verified(one, Wait.STOPPED, 5))]
    assert sorted(found.done, key=lambda v: str(v.at)) == wanted
    assert {v.second for v in found.done} == {"qian"}


def test_an_acknowledgement_that_was_withdrawn_is_gone(grant: Grant) -> None:
    one = an_order("one")
    grant.put(document(one))
    grant.put(verified(one))
    grant.put(verified(one) | {"status": "entered-in-error"})

    (found,) = grant.reads.patients((PATIENT,), SINCE)

    assert found.done == ()


def test_the_review_of_the_pharmacy_comes_as_it_reads_now(grant: Grant) -> None:
    one = an_order("one")
    grant.put(document(one))
    task = a_task("r1", PATIENT, "review-order", status="requested", focus=ref_of(one))
    grant.put(task)
    grant.put(task | {"status": "rejected", "owner": {"display": "周药师"}})
    grant.put(a_task("t1", PATIENT, "sign", status="completed", focus=ref_of(one)))

    (found,) = grant.reads.patients((PATIENT,), SINCE)

    assert [r.review for r in found.reviews] == [Review.REJECTED]
    assert found.reviews == (
        read_review(task | {"status": "rejected", "owner": {"display": "周药师"}}),
    )


def test_skin_tests_of_the_patient_come_until_they_are_withdrawn(grant: Grant) -> None:
    drug = Term("青霉素", "urn:wardone:formulary", "neml2026-001", "Benzylpenicillin")
    order = Ref("MedicationRequest/o1")
    one = a_reading(Reaction.POSITIVE, ref=Ref("Observation/s1"), drug=drug, orders=(order,))
    two = a_reading(ref=Ref("Observation/s2"), drug=drug)
    other = a_reading(ref=Ref("Observation/s3"), patient=OTHER, drug=drug)
    for result in (one, two, other):
        grant.put(write_skin_result(result))

    assert grant.reads.skin_tests(PATIENT) == (one, two)
    (found,) = grant.reads.patients((PATIENT,), SINCE)
    assert found.skin == (one, two)

    grant.put(write_skin_result(one) | {"status": "entered-in-error"})
    assert grant.reads.skin_tests(PATIENT) == (two,)


def test_what_is_of_another_patient_stays_with_them(grant: Grant) -> None:
    grant.put(document(an_order("mine")))
    theirs = an_order("theirs", patient=OTHER)
    grant.put(document(theirs))
    grant.put(verified(theirs))

    assert keys(grant) == ["mine"]
    assert keys(grant, OTHER) == ["theirs"]
    found = grant.reads.ward(WARD, SINCE)
    assert [len(one.done) for one in found.patients] == [1, 0]


def test_a_patient_who_does_not_lie_here_is_missing(grant: Grant) -> None:
    assert grant.reads.patients((PatientId("nobody"),), SINCE) == ()
    assert grant.reads.patients((), SINCE) == ()
    assert grant.reads.skin_tests(PatientId("nobody")) == ()
