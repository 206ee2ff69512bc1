"""`PathwayReads`: fake and cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.pathways import Enrolment, EnrolmentId
from app.domain.patients import Stay
from app.domain.terms import EncounterId, PatientId, WardId
from app.fhir.document import Document
from app.fhir.pathway_facts import take_back_fact, write_pathway_fact
from app.fhir.pathways import write_enrolment
from app.ports.pathways import PathwayReads
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.pathways import SqlPathwayReads
from tests.support.builders import a_bed, a_condition, a_patient, a_ward, an_encounter
from tests.support.cache_kit import NOW, PATIENT, a_cache, a_piece, enrol, incoming
from tests.support.fake_acts import FakeActs
from tests.support.fake_pathways import FakePathwayReads
from tests.support.order_builders import a_medication_request
from tests.support.pathway_kit import DAY, ENROLLED, a_fact

WARD = WardId("ward-7")
ENROLMENT = replace(ENROLLED, patient=PATIENT, began_at=NOW)
FACT = a_fact(patient=PATIENT, at=NOW)


@dataclass
class Grant:
    """The reads, and how documents come to them."""

    reads: PathwayReads
    put: Callable[[Document], None]


def _fake() -> Grant:
    acts = FakeActs()
    stay = Stay(EncounterId("stay-1"), PATIENT, "in-progress", admitted_at=NOW, ward=WARD, bed="12")
    return Grant(FakePathwayReads(acts, (stay,)), acts.download)


def _real(opened: OpenCache) -> Grant:
    versions = [0]

    def put(document: Document) -> None:
        versions[0] += 1
        opened.sync_store.apply(a_piece(incoming(document, str(versions[0]))))

    enrol(opened)
    for one in (
        a_ward("ward-7"),
        a_bed("bed-12", "12", "ward-7"),
        a_patient(),
        an_encounter(location="bed-12"),
    ):
        put(one)
    return Grant(SqlPathwayReads(opened.cache), put)


@pytest.fixture(params=["fake", "cache"])
def grant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grant]:
    if request.param == "fake":
        yield _fake()
        return
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        yield _real(opened)


def put_in(grant: Grant, *enrolments: Enrolment) -> None:
    for one in enrolments:
        grant.put(write_enrolment(one, onto={}))


def test_a_patient_is_read_with_everything_pathways_ask_for(grant: Grant) -> None:
    put_in(grant, ENROLMENT)
    grant.put(write_pathway_fact(FACT))
    grant.put(a_condition(code="J18.9"))
    grant.put(a_medication_request())

    record = grant.reads.patient(PATIENT)

    assert (record.enrolments, record.facts) == ((ENROLMENT,), (FACT,))
    assert [one.term.code for one in record.problems] == ["J18.9"]
    assert [one.order.id for one in record.orders] == ["med-1"]
    assert record.current is not None
    assert record.current.id == "stay-1"
    assert record.stay(EncounterId("stay-1")) == record.current
    assert (record.stay(None), record.as_of) == (None, None)


def test_who_is_not_here_has_nothing(grant: Grant) -> None:
    record = grant.reads.patient(PatientId("nobody"))

    assert (record.current, record.stays, record.enrolments, record.facts) == (None, (), (), ())


def test_enrolments_come_the_newest_first_and_without_those_in_error(grant: Grant) -> None:
    older = replace(ENROLMENT, id=EnrolmentId("older"), began_at=NOW - DAY)
    wrong = replace(ENROLMENT, id=EnrolmentId("wrong"), status="entered-in-error")
    put_in(grant, older, wrong, ENROLMENT)

    assert grant.reads.patient(PATIENT).enrolments == (ENROLMENT, older)


def test_a_care_plan_of_another_sort_is_no_enrolment(grant: Grant) -> None:
    grant.put(
        {
            "resourceType": "CarePlan",
            "id": "other",
            "status": "active",
            "intent": "plan",
            "subject": {"reference": f"Patient/{PATIENT}"},
        }
    )

    assert grant.reads.patient(PATIENT).enrolments == ()


def test_a_fact_that_was_taken_back_is_still_there(grant: Grant) -> None:
    grant.put(take_back_fact(write_pathway_fact(FACT)))

    assert grant.reads.patient(PATIENT).facts == (replace(FACT, void=True),)


def test_a_ward_has_what_began_in_the_period_of_stays_that_lie_there(grant: Grant) -> None:
    elsewhere = replace(ENROLMENT, id=EnrolmentId("x"), encounter=EncounterId("another"))
    later = replace(ENROLMENT, id=EnrolmentId("later"), began_at=NOW + DAY)
    put_in(grant, later, elsewhere, ENROLMENT)

    found = grant.reads.ward(WARD, NOW, NOW + DAY)
    both = grant.reads.ward(WARD, NOW, NOW + 2 * DAY)

    assert [(record.patient, one) for record, one in found.enrolled] == [(PATIENT, ENROLMENT)]
    assert [one for _, one in both.enrolled] == [ENROLMENT, later]
    assert (found.ward, found.partial) == (WARD, 1)
    assert grant.reads.ward(WardId("ward-9"), NOW, NOW + DAY).enrolled == ()


def test_a_ward_knows_who_lies_there_and_is_in_a_pathway(grant: Grant) -> None:
    put_in(grant, replace(ENROLMENT, status="completed", ended_at=NOW))
    assert grant.reads.lying(WARD).patients == ()

    put_in(grant, replace(ENROLMENT, id=EnrolmentId("second")))
    found = grant.reads.lying(WARD)

    (one,) = found.patients
    assert (one.record, one.bed) == (grant.reads.patient(PATIENT), "12")
    assert one.name.name
    assert (found.ward, found.as_of, found.partial) == (WARD, None, 1)
    assert grant.reads.lying(WardId("ward-9")).patients == ()
