"""Enrolments as CarePlans and facts as Observations, both R4 and both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.pathways import Enrolment, EnrolmentId, FactKind, PathwayFact
from app.domain.terms import Ref, Term
from app.fhir.document import Document
from app.fhir.elements import UNNAMED
from app.fhir.observations import read_observed
from app.fhir.pathway_facts import (
    is_pathway_fact,
    read_pathway_fact,
    take_back_fact,
    write_pathway_fact,
)
from app.fhir.pathways import enrolment_ref, read_enrolment, write_enrolment
from app.kernel.faults import AppError
from tests.support.pathway_kit import DAY, ENROLLED, NOW, a_fact, an_exit
from tests.unit.fhir.validity import problems

LEFT = replace(
    ENROLLED, status="revoked", ended_at=NOW + DAY, exit_reason=an_exit(), exit_text="转入ICU"
)


@pytest.mark.parametrize(
    "enrolment",
    [
        ENROLLED,
        replace(ENROLLED, status="completed", ended_at=NOW + DAY),
        LEFT,
        replace(LEFT, exit_text=""),
        replace(ENROLLED, encounter=None, began_at=None, by=None, by_name=""),
    ],
)
def test_an_enrolment_reads_as_it_was_written_and_is_r4(enrolment: Enrolment) -> None:
    document = write_enrolment(enrolment, onto={})

    assert read_enrolment(document) == enrolment
    assert problems(document) == []
    assert enrolment_ref(enrolment.id) == "CarePlan/plan-1"


def test_what_others_wrote_into_it_survives_its_end() -> None:
    begun = write_enrolment(ENROLLED, onto={})
    theirs: Document = {
        **begun,
        "instantiatesUri": ["urn:elsewhere:1", "urn:wardone:pathway:path|1"],
        "category": [{"text": "their own"}],
        "note": [{"text": "a word of theirs"}],
        "goal": [{"reference": "Goal/1"}],
        "author": {"reference": "Practitioner/wang", "display": "王奕", "type": "Practitioner"},
    }

    ended = write_enrolment(LEFT, onto=theirs)
    again = write_enrolment(LEFT, onto=ended)

    assert again == ended
    assert ended["instantiatesUri"] == ["urn:wardone:pathway:path|1", "urn:elsewhere:1"]
    assert ended["note"] == [{"text": "转入ICU"}, {"text": "a word of theirs"}]
    assert (ended["goal"], ended["author"]) == (theirs["goal"], theirs["author"])
    assert {"text": "their own"} in ended["category"]  # type: ignore[operator]  # a list was written
    assert read_enrolment(ended) == LEFT


def test_an_enrolment_that_is_not_understood_whole_says_so() -> None:
    told: Document = {
        **write_enrolment(ENROLLED, onto={}),
        "modifierExtension": [{"url": "urn:elsewhere:reversed", "valueBoolean": True}],
    }

    assert read_enrolment(told) == replace(ENROLLED, guarded=True)


@pytest.mark.parametrize("uris", [None, [], ["urn:elsewhere:1"], [5], "urn:wardone:pathway:x|1"])
def test_a_care_plan_of_another_sort_is_no_enrolment(uris: object) -> None:
    plan: Document = {"resourceType": "CarePlan", "id": "a", "status": "active"}
    told: Document = {**plan, "instantiatesUri": uris}  # type: ignore[dict-item]  # as feeds send it

    assert read_enrolment(told) is None


def test_an_enrolment_of_another_hospital_is_called_what_it_says() -> None:
    plan: Document = {"resourceType": "CarePlan", "id": "a", "instantiatesUri": [
        "urn:wardone:pathway:other|3"
    ]}  # fmt: skip

    bare, titled = read_enrolment(plan), read_enrolment({**plan, "title": "某病路径"})

    assert bare is not None
    assert titled is not None
    assert (bare.title, bare.status, bare.origin) == (UNNAMED, "unknown", "other|3")
    assert titled.title == Term("某病路径")


@pytest.mark.parametrize(
    "fact",
    [
        a_fact(),
        a_fact(FactKind.VARIANCE, reason="refuses", text="怕痛"),
        a_fact(FactKind.EXTRA, None, reason="other", text="提前出院"),
        a_fact(FactKind.OPERATION_DAY, None, day=date(2026, 11, 25)),
        a_fact(encounter=None, at=None, by=None, by_name=""),
    ],
)
def test_a_fact_reads_as_it_was_written_and_is_r4(fact: PathwayFact) -> None:
    document = write_pathway_fact(fact)

    assert read_pathway_fact(document) == fact
    assert problems(document) == []
    assert is_pathway_fact(document)


def test_taken_back_it_says_what_it_said_and_counts_no_more() -> None:
    document = write_pathway_fact(a_fact(text="已问"))

    gone = take_back_fact(document)

    assert read_pathway_fact(gone) == a_fact(text="已问", void=True)
    assert problems(gone) == []


def test_a_fact_names_its_enrolment_by_what_it_is_based_on() -> None:
    document = write_pathway_fact(a_fact(enrolment=EnrolmentId("other")))

    assert document["basedOn"] == [{"reference": "CarePlan/other"}]
    assert Ref("CarePlan/other") == enrolment_ref(EnrolmentId("other"))


def test_another_observation_is_no_fact_of_a_pathway() -> None:
    weight: Document = {
        "resourceType": "Observation",
        "id": "w",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    }

    assert read_pathway_fact(weight) is None
    assert not is_pathway_fact(weight)
    assert len(read_observed(weight)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"basedOn": []},
        {"basedOn": [{"reference": "ServiceRequest/1"}]},
        {"code": {"coding": [{"system": "urn:wardone:pathway-fact", "code": "forgotten"}]}},
        {"valueDateTime": "2026-11-25"},
        {"modifierExtension": [{"url": "urn:elsewhere:not", "valueBoolean": True}]},
    ],
)
def test_a_fact_that_says_too_little_is_kept_as_not_understood(more: Document) -> None:
    with pytest.raises(AppError) as refused:
        read_pathway_fact({**write_pathway_fact(a_fact()), **more})

    assert refused.value.fault.message.code == "unread.pathway-fact"


def test_a_day_of_an_operation_must_be_a_whole_day() -> None:
    told = write_pathway_fact(a_fact(FactKind.OPERATION_DAY, None, day=date(2026, 11, 25)))

    with pytest.raises(AppError):
        read_pathway_fact({**told, "valueDateTime": "2026-11"})
