from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.patients import AllergyState, allergy_state
from app.domain.results import Flag, Range, Value
from app.domain.terms import Term
from app.fhir.allergies import read_allergy
from app.fhir.conditions import read_problem
from app.fhir.document import Document, Json
from app.fhir.observations import read_observed
from app.fhir.valuesets import LOINC, SNOMED
from tests.unit.fhir.kit import (
    AT_NOON,
    NOON,
    V2_74,
    V3,
    amount,
    concept,
    observation,
)


def allergy(**elements: Json) -> Document:
    return {"resourceType": "AllergyIntolerance", "id": "a", **elements}


def test_an_allergy_is_read_whole() -> None:
    read = read_allergy(
        allergy(
            patient={"reference": "Patient/p"},
            code=concept("764146007", SNOMED, "青霉素"),
            clinicalStatus=concept("active"),
            verificationStatus=concept("confirmed"),
            criticality="high",
            recordedDate="2026-10-30",
            recorder={"reference": "Practitioner/d", "display": "王医生"},
            reaction=[
                {"manifestation": [{"text": "皮疹"}, {}], "severity": "mild"},
                {"description": "休克", "severity": "severe"},
                {"manifestation": [{"text": "皮疹"}]},
            ],
        )
    )
    assert (read.id, read.patient, read.criticality) == ("a", "p", "high")
    assert read.agent == Term("青霉素", SNOMED, "764146007")
    assert (read.checkable, read.active, read.none_known) == (True, True, False)
    assert (read.reactions, read.severity) == (("皮疹", "休克"), "severe")
    assert (read.recorded_at, read.recorded_text) == (None, "2026-10-30")
    assert (read.recorded_by, read.recorder) == ("王医生", "Practitioner/d")
    assert allergy_state((read,)) is AllergyState.KNOWN


def test_an_agent_in_words_cannot_be_checked() -> None:
    read = read_allergy(allergy(code={"text": "some herb"}))
    assert (read.agent, read.checkable) == (Term("some herb"), False)


def test_an_allergy_to_nobody_knows_what_still_stands() -> None:
    read = read_allergy(allergy())
    assert (read.agent.text, read.active, read.severity) == ("?", True, "")
    substance = read_allergy(allergy(reaction=[{"substance": {"text": "peanut"}}]))
    assert substance.agent == Term("peanut")


@pytest.mark.parametrize("clinical", ["active", "resolved", "inactive"])
def test_no_known_allergy_is_the_same_statement_whatever_its_status(clinical: str) -> None:
    read = read_allergy(
        allergy(code=concept("716186003", SNOMED), clinicalStatus=concept(clinical))
    )
    assert read.none_known
    assert allergy_state((read,)) is AllergyState.NONE_KNOWN


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_a_withdrawn_statement_of_no_allergy_says_nothing(verification: str) -> None:
    read = read_allergy(
        allergy(code=concept("716186003", SNOMED), verificationStatus=concept(verification))
    )
    assert allergy_state((read,)) is AllergyState.NOT_RECORDED


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "409137002"),
        (
            "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
            "no-known-food-allergies",
        ),
    ],
)
def test_no_known_drug_allergy_does_not_speak_of_other_allergies(system: str, code: str) -> None:
    read = read_allergy(allergy(code=concept(code, system)))
    assert (read.none_known, read.partial) == (True, True)
    assert allergy_state((read,)) is AllergyState.NOT_RECORDED


@pytest.mark.parametrize(
    ("clinical", "verification"),
    [("resolved", ""), ("inactive", ""), ("", "refuted"), ("active", "entered-in-error")],
)
def test_an_allergy_that_is_over_or_refuted_is_not_active(clinical: str, verification: str) -> None:
    read = read_allergy(
        allergy(clinicalStatus=concept(clinical), verificationStatus=concept(verification))
    )
    assert not read.active
    assert read_allergy(allergy(verificationStatus=concept("unconfirmed"))).active


def condition(**elements: Json) -> Document:
    return {"resourceType": "Condition", "id": "c", **elements}


def test_a_problem_is_read_whole() -> None:
    read = read_problem(
        condition(
            subject={"reference": "Patient/p"},
            code=concept("J18.9", "icd", "肺炎"),
            clinicalStatus=concept("active"),
            verificationStatus=concept("provisional"),
            category=[{}, concept("problem-list-item")],
            onsetDateTime="2026-10",
            recordedDate=NOON,
        )
    )
    assert (read.id, read.patient, read.term) == ("c", "p", Term("肺炎", "icd", "J18.9"))
    assert (read.active, read.category) == (True, "problem-list-item")
    assert (read.verification, read.onset_text) == ("provisional", "2026-10")
    assert (read.recorded_at, read.recorded_text) == (AT_NOON, "")


@pytest.mark.parametrize(
    ("elements", "active"),
    [
        ({"clinicalStatus": concept("relapse")}, True),
        ({"clinicalStatus": concept("remission")}, False),
        ({"clinicalStatus": concept("active"), "verificationStatus": concept("refuted")}, False),
        ({"abatementDateTime": "2026"}, False),
        ({"clinicalStatus": concept("odd")}, None),
        ({}, None),
    ],
)
def test_a_problem_is_active_over_or_nobody_knows(
    elements: Document, *, active: bool | None
) -> None:
    assert read_problem(condition(**elements)).active is active


@pytest.mark.parametrize(
    ("elements", "onset"),
    [
        ({"onsetPeriod": {"start": "2020"}}, "2020"),
        ({"onsetString": "since childhood"}, "since childhood"),
        ({"onsetAge": {"value": 52, "unit": "years"}}, "52 years"),
        ({"onsetRange": {"low": {"value": 5}, "high": {"value": 6}}}, "5 – 6"),
        ({}, ""),
    ],
)
def test_an_onset_is_given_in_the_words_of_the_record(elements: Document, onset: str) -> None:
    assert read_problem(condition(**elements)).onset_text == onset


def test_a_laboratory_result_is_read_whole() -> None:
    (read,) = read_observed(
        observation(
            category=[concept("LAB", V2_74), concept("laboratory")],
            valueQuantity=amount(Decimal("6.80")) | {"comparator": ">"},
            referenceRange=[{"low": amount(Decimal("3.5")), "high": amount(Decimal("5.1"))}],
            interpretation=[concept("H", V3), concept("HH", V3)],
            issued="2026-11-01T13:00:00Z",
            performer=[{"reference": "Practitioner/d"}, {"display": "Lab"}],
            basedOn=[{"reference": "ServiceRequest/s"}],
            note=[{"text": "溶血"}],
        )
    )
    assert (read.id, read.patient, read.category) == ("o", "p", "laboratory")
    assert read.term == Term("钾", LOINC, "2823-3")
    assert read.value == Value(Decimal("6.80"), "mmol/L", "mmol/L", comparator=">")
    assert str(read.value.number) == "6.80"
    assert read.range == Range(Decimal("3.5"), Decimal("5.1"))
    assert read.flag is Flag.CRITICAL_HIGH
    assert read.at == AT_NOON
    assert read.issued == datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert (read.performer, read.performer_ref) == ("Lab", "Practitioner/d")
    assert (read.based_on, read.note, read.status) == ("ServiceRequest/s", "溶血", "final")


def test_a_blood_pressure_is_two_values() -> None:
    high, low = read_observed(
        observation(
            category=[concept("vital-signs")],
            component=[
                {"code": concept("8480-6", LOINC), "valueQuantity": amount(120, "mm[Hg]")},
                {"code": concept("8462-4", LOINC), "valueQuantity": amount(80, "mm[Hg]")},
            ],
        )
    )
    assert (high.component, low.component) == ("8480-6", "8462-4")
    assert (high.value.number, low.value.number) == (120, 80)
    assert high.id == low.id == "o"
    assert high.at == AT_NOON


def test_a_value_with_components_is_all_of_them() -> None:
    rows = read_observed(
        observation(
            valueInteger=9,
            component=[{"code": {"text": "colour"}, "valueString": "pink"}, {"valueInteger": 2}],
        )
    )
    assert [row.component for row in rows] == ["", "colour", "#2"]
    assert [row.value for row in rows] == [Value(Decimal(9)), Value(text="pink"), Value(Decimal(2))]
