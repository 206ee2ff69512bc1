"""`RemoteAnswers` and `PrefetchReads`: fakes and the encrypted cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.document import Document
from app.ports.remote_checks import LateResponse, PrefetchReads, RemoteAnswers
from localdb.reads.prefetching import SqlPrefetchReads
from tests.support.builders import a_patient, a_practitioner
from tests.support.cache_kit import NOW, SCOPE, a_cache, a_piece, an_act, enrol, incoming
from tests.support.fake_remote import FakePrefetchReads, FakeRemoteAnswers
from tests.support.order_builders import a_medication_request

LI, ZHAO = PatientId("li-ming"), PatientId("zhao-lei")
ORDER, OTHER = OrderId("order-1"), OrderId("order-2")


@dataclass(frozen=True)
class Grant:
    answers: RemoteAnswers
    reads: PrefetchReads
    learn: Callable[[Document], None]
    complete: Callable[[], None]


@pytest.fixture(params=["fake", "encrypted cache"])
def grant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grant]:
    if request.param == "fake":
        reads = FakePrefetchReads()

        def put(document: Document) -> None:
            about = str(document.get("subject", {}).get("reference", "Patient/li-ming"))  # type: ignore[union-attr]
            nobodys = document["resourceType"] == "Practitioner"
            held = reads.documents.setdefault(PatientId(about.removeprefix("Patient/")), [])
            (reads.nobodys if nobodys else held).append(document)

        yield Grant(FakeRemoteAnswers(), reads, put, lambda: reads.complete.add(LI))
        return
    with a_cache(tmp_path) as opened:
        enrol(opened)
        opened.sync_store.put_scopes((SCOPE,))
        whole: set[str] = set()
        reads_here = SqlPrefetchReads(
            opened.cache,
            {"Patient", "Observation", "MedicationRequest"},
            lambda _, scopes: {one: NOW for one in scopes if one in whole},
        )

        def receive(document: Document) -> None:
            opened.sync_store.apply(a_piece(incoming(document)))

        yield Grant(opened.remote_answers, reads_here, receive, lambda: whole.add(SCOPE.id))


def late(instance: str = "i-1", service: str = "pass", hours: float = 0.0) -> LateResponse:
    body = f"{instance} {service} {hours}".encode()
    return LateResponse(instance, service, LI, NOW + timedelta(hours=hours), body)


def test_a_late_answer_is_found_by_every_order_of_its_question(grant: Grant) -> None:
    grant.answers.keep_late(late())
    assert grant.answers.late_of(ORDER) == ()

    grant.answers.attach("i-1", {"d1": ORDER, "d2": OTHER}, NOW)

    assert grant.answers.late_of(ORDER) == grant.answers.late_of(OTHER) == (late(),)


def test_it_is_found_also_when_the_order_was_signed_first(grant: Grant) -> None:
    grant.answers.attach("i-1", {"d1": ORDER}, NOW)
    grant.answers.keep_late(late())

    assert grant.answers.late_of(ORDER) == (late(),)
    assert grant.answers.late_of(OTHER) == ()


def test_what_a_service_says_again_takes_the_place_of_what_it_said(grant: Grant) -> None:
    grant.answers.attach("i-1", {"d1": ORDER, "d2": ORDER}, NOW)
    grant.answers.attach("i-1", {"d1": ORDER}, NOW)
    grant.answers.attach("i-1", {}, NOW)
    for one in (late(), late(hours=1), late(service="cqf", hours=2)):
        grant.answers.keep_late(one)

    assert grant.answers.late_of(ORDER) == (late(service="cqf", hours=2), late(hours=1))


def test_feedback_waits_in_order_until_it_was_heard(grant: Grant) -> None:
    for body in (b"one", b"two", b"three"):
        grant.answers.put("pass", body, NOW)

    first, second = grant.answers.due(NOW, 2)
    grant.answers.heard(first.number)

    assert (first.body, second.body, second.attempts) == (b"one", b"two", 0)
    assert [one.body for one in grant.answers.due(NOW, 9)] == [b"two", b"three"]


def test_feedback_that_was_put_off_comes_back_with_its_attempts(grant: Grant) -> None:
    grant.answers.put("pass", b"one", NOW)
    (one,) = grant.answers.due(NOW, 9)

    grant.answers.put_off(one.number, NOW + timedelta(minutes=1))

    assert grant.answers.due(NOW + timedelta(seconds=59), 9) == ()
    (again,) = grant.answers.due(NOW + timedelta(minutes=1), 9)
    assert (again.number, again.attempts, again.body) == (one.number, 1, b"one")


def test_a_type_is_whole_or_it_is_not_answered(grant: Grant) -> None:
    patient, order = a_patient(), a_medication_request()
    grant.learn(patient)
    grant.learn(order)
    assert grant.reads.whole(LI, "MedicationRequest") is None

    grant.complete()

    assert grant.reads.whole(LI, "MedicationRequest") == (order,)
    assert grant.reads.whole(LI, "Patient") == (patient,)
    assert grant.reads.whole(LI, "Observation") == ()
    assert grant.reads.whole(LI, "Binary") is None
    assert grant.reads.whole(ZHAO, "MedicationRequest") is None


def test_a_document_of_somebody_else_is_not_read(grant: Grant) -> None:
    order, doctor = a_medication_request(), a_practitioner()
    grant.learn(order)
    grant.learn(doctor)

    assert grant.reads.one(LI, Ref("MedicationRequest/med-1")) == order
    assert grant.reads.one(ZHAO, Ref("MedicationRequest/med-1")) is None
    assert grant.reads.one(ZHAO, Ref("Practitioner/dr-wang")) == doctor
    assert grant.reads.one(LI, Ref("MedicationRequest/none")) is None


def test_what_was_signed_here_and_waits_is_among_it(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        enrol(opened)
        opened.acts.commit(an_act("g1", a_medication_request("fresh")))
        types, now = {"MedicationRequest"}, {SCOPE.id: NOW}
        reads = SqlPrefetchReads(opened.cache, types, lambda *_: now)

        found = reads.whole(LI, "MedicationRequest")

    assert found is not None and [one["id"] for one in found] == ["fresh"]


def test_late_answers_are_forgotten_after_a_month(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.remote_answers.attach("i-1", {"d1": ORDER}, NOW)
        opened.remote_answers.keep_late(late())
        opened.remote_answers.attach("i-2", {"d1": OTHER}, NOW + timedelta(days=31))
        opened.remote_answers.keep_late(late("i-2", hours=31 * 24))

        assert opened.remote_answers.late_of(ORDER) == ()
        assert len(opened.remote_answers.late_of(OTHER)) == 1
