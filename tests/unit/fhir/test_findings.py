from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.domain.patients import AllergyState, allergy_state
from app.domain.results import Flag, Range, Value
from app.domain.terms import Term
from app.fhir.administrations import read_administration
from app.fhir.allergies import read_allergy
from app.fhir.conditions import read_problem
from app.fhir.document import Document, Json
from app.fhir.observations import read_observed
from app.fhir.procedures import read_procedure
from app.fhir.reports import read_imaging, read_report
from app.fhir.valuesets import LOINC, SNOMED, UCUM

TOKYO = timezone(timedelta(hours=9))
V3 = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
V2_74 = "http://terminology.hl7.org/CodeSystem/v2-0074"
NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def concept(code: str, system: str = "urn:x", text: str = "") -> Document:
    made: Document = {"coding": [{"system": system, "code": code}]}
    return {**made, "text": text} if text else made


def amount(value: Json, code: str = "mmol/L") -> Document:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


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


def observation(**elements: Json) -> Document:
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": concept("2823-3", LOINC, "钾"),
        "effectiveDateTime": NOON,
        **elements,
    }


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


def test_a_group_of_observations_is_no_value_of_its_own() -> None:
    member: Json = [{"reference": "Observation/x"}]
    assert read_observed(observation(hasMember=member)) == ()
    assert len(read_observed(observation(hasMember=member, valueString="x"))) == 1


def test_a_result_without_a_value_still_says_that_it_is_there() -> None:
    (absent,) = read_observed(observation(dataAbsentReason=concept("not-performed")))
    assert (absent.value, absent.absent) == (Value(), "not-performed")
    (words,) = read_observed(observation(dataAbsentReason={"text": "clotted"}))
    assert words.absent == "clotted"
    (empty,) = read_observed(observation())
    assert (empty.value, empty.absent) == (Value(), "")


@pytest.mark.parametrize(
    ("elements", "text"),
    [
        ({"valueCodeableConcept": {"text": "阳性"}}, "阳性"),
        ({"valueString": "clear"}, "clear"),
        ({"valueTime": "08:00:00"}, "08:00:00"),
        ({"valueDateTime": "2026-11"}, "2026-11"),
        ({"valueBoolean": True}, "true"),
        ({"valueBoolean": False}, "false"),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 2}}}, "1 – 2"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1 : 128"),
        ({"valuePeriod": {"start": "2026-01", "end": "2026-02"}}, "2026-01 – 2026-02"),
        ({"valueSampledData": {"data": "1 2"}}, ""),
    ],
)
def test_a_value_in_words_is_what_was_recorded(elements: Document, text: str) -> None:
    (read,) = read_observed(observation(**elements))
    assert read.value == Value(text=text)


def test_a_number_of_the_wrong_type_is_unknown_and_keeps_its_unit() -> None:
    (read,) = read_observed(observation(valueQuantity=amount("6.8")))
    assert read.value == Value(unit="mmol/L", unit_code="mmol/L")
    (nothing,) = read_observed(observation(valueInteger="9"))
    assert nothing.value == Value()


@pytest.mark.parametrize(
    ("rows", "flag"),
    [
        ([concept("N", V3)], Flag.NORMAL),
        ([concept("HU", V3)], Flag.HIGH),
        ([concept("N", V3), concept("A", V3)], Flag.ABNORMAL),
        ([concept("POS", V3)], None),
        ([concept("H", "urn:lab-of-their-own")], None),
        ([], None),
    ],
)
def test_a_flag_is_the_laboratorys_and_never_ours(rows: list[Json], flag: Flag | None) -> None:
    (read,) = read_observed(
        observation(
            valueQuantity=amount(99), interpretation=rows, referenceRange=[{"high": amount(5)}]
        )
    )
    assert read.flag is flag


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"low": amount(4)}, Range(Decimal(4))),
        ({"text": "negative"}, Range(text="negative")),
        ({"high": amount(5), "type": concept("normal")}, Range(high=Decimal(5))),
        ({"high": amount(5), "type": concept("therapeutic")}, None),
        ({"high": amount(90, "mg/dL")}, Range(text="≤ 90 mg/dL")),
        ({"high": {"value": 5}}, Range(high=Decimal(5))),
        ({"high": {"value": 5, "unit": "mmol/L"}}, Range(high=Decimal(5))),
        ({"high": {"value": 5, "unit": "mg"}, "text": "t"}, Range(text="t")),
        ({}, None),
    ],
)
def test_a_reference_range_is_in_the_unit_of_the_value(
    row: Document, expected: Range | None
) -> None:
    value = {"value": 4, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"}
    (read,) = read_observed(observation(valueQuantity=value, referenceRange=[row]))
    assert read.range == expected


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        ([concept("exam")], "exam"),
        ([concept("LAB", V2_74)], "laboratory"),
        ([concept("LP7839-6", LOINC)], "pathology"),
        ([concept("XYZ", V2_74)], "XYZ"),
        ([concept("own", "urn:own")], "own"),
        ([{"text": "only words"}], ""),
    ],
)
def test_a_category_is_one_of_r4_or_the_feeds_own(rows: list[Json], category: str) -> None:
    assert read_observed(observation(category=rows))[0].category == category


@pytest.mark.parametrize(
    ("elements", "at", "text"),
    [
        ({"effectiveDateTime": "2026-11-01"}, None, "2026-11-01"),
        ({"effectiveInstant": NOON}, AT_NOON, ""),
        ({"effectivePeriod": {"start": NOON, "end": "2026-11-02"}}, AT_NOON, ""),
        ({"effectivePeriod": {"end": NOON}}, AT_NOON, ""),
        ({"effectiveTiming": {"event": [NOON]}}, AT_NOON, ""),
        ({}, None, ""),
    ],
)
def test_a_result_has_the_time_the_record_gives_it(
    elements: Document, at: datetime | None, text: str
) -> None:
    document = observation(valueInteger=1)
    del document["effectiveDateTime"]
    (read,) = read_observed({**document, **elements})
    assert (read.at, read.at_text) == (at, text)


def test_a_result_without_status_or_code_says_so() -> None:
    (read,) = read_observed({"resourceType": "Observation", "valueInteger": 1})
    assert (read.status, read.term.text, read.patient) == ("unknown", "?", "")


def report(**elements: Json) -> Document:
    return {"resourceType": "DiagnosticReport", "id": "r", "status": "final", **elements}


def test_a_report_is_read_whole() -> None:
    data = base64.b64encode("报告全文".encode()).decode()
    read = read_report(
        report(
            subject={"reference": "Patient/p"},
            category=[concept("x"), concept("RAD", V2_74)],
            code=concept("24627-2", LOINC, "胸部CT"),
            effectiveDateTime=NOON,
            issued="2026-11-01T13:00:00Z",
            conclusion="双肺炎症",
            result=[{"reference": "Observation/o"}],
            imagingStudy=[{"reference": "ImagingStudy/i"}],
            basedOn=[{"reference": "ServiceRequest/s"}],
            performer=[{"reference": "Practitioner/d", "display": "王医生"}],
            presentedForm=[
                {"contentType": "application/pdf", "data": "AA=="},
                {"contentType": "text/plain", "data": data},
            ],
        )
    )
    assert (read.id, read.patient, read.category) == ("r", "p", "imaging")
    assert read.term == Term("胸部CT", LOINC, "24627-2")
    assert (read.status, read.at, read.at_text) == ("final", AT_NOON, "")
    assert (read.conclusion, read.body) == ("双肺炎症", "报告全文")
    assert (read.results, read.studies) == (("Observation/o",), ("ImagingStudy/i",))
    assert read.based_on == ("ServiceRequest/s",)
    assert (read.performer, read.performer_ref) == ("王医生", "Practitioner/d")


def test_a_report_without_words_concludes_with_its_codes() -> None:
    read = read_report(
        report(
            conclusionCode=[{"text": "fracture"}, {}, {"text": "old"}],
            effectivePeriod={"start": "2026-11-01"},
            category=[concept("own")],
        )
    )
    assert read.conclusion == "fracture; old"
    assert (read.at, read.at_text, read.category) == (None, "2026-11-01", "own")
    bare = read_report({"resourceType": "DiagnosticReport"})
    assert (bare.status, bare.category, bare.body, bare.performer) == ("unknown", "", "", "")


def study(**elements: Json) -> Document:
    return {"resourceType": "ImagingStudy", "id": "i", "status": "available", **elements}


@pytest.mark.parametrize(
    ("elements", "title"),
    [
        (
            {"description": "腹部CT", "modality": [{"system": "dcm", "code": "CT"}]},
            Term("腹部CT", "dcm", "CT"),
        ),
        ({"procedureCode": [{}, {"text": "XR wrist"}]}, Term("XR wrist")),
        ({"series": [{"modality": {"system": "dcm", "code": "MR"}}]}, Term("MR", "dcm", "MR")),
        ({}, Term("?")),
    ],
)
def test_an_imaging_study_is_an_event(elements: Document, title: Term) -> None:
    event = read_imaging(study(started=NOON, **elements))
    assert event is not None
    assert (event.kind, event.at, event.title) == ("imaging", AT_NOON, title)
    assert (event.ref, event.status, event.at_text) == ("ImagingStudy/i", "available", "")


def test_a_study_of_a_day_sorts_there_and_says_that_it_has_no_time() -> None:
    event = read_imaging(study(started="2026-11-01"), TOKYO)
    assert event is not None
    assert (event.at, event.at_text) == (datetime(2026, 10, 31, 15, tzinfo=UTC), "2026-11-01")
    assert read_imaging(study()) is None
    assert read_imaging(study(started="soon")) is None


def procedure(**elements: Json) -> Document:
    return {"resourceType": "Procedure", "id": "x", "status": "completed", **elements}


@pytest.mark.parametrize(
    ("elements", "at", "ends", "text"),
    [
        ({"performedDateTime": NOON}, AT_NOON, None, ""),
        (
            {"performedPeriod": {"start": NOON, "end": "2026-11-01T13:00:00Z"}},
            AT_NOON,
            datetime(2026, 11, 1, 13, tzinfo=UTC),
            "",
        ),
        ({"performedPeriod": {"end": NOON}}, AT_NOON, None, ""),
        ({"performedDateTime": "2026-11"}, datetime(2026, 11, 1, tzinfo=UTC), None, "2026-11"),
        ({"performedPeriod": {"start": "2026"}}, datetime(2026, 1, 1, tzinfo=UTC), None, "2026"),
    ],
)
def test_an_operation_is_an_event(
    elements: Document, at: datetime, ends: datetime | None, text: str
) -> None:
    event = read_procedure(procedure(code={"text": "阑尾切除"}, **elements))
    assert event is not None
    assert (event.kind, event.title.text) == ("operation", "阑尾切除")
    assert (event.ref, event.status) == ("Procedure/x", "completed")
    assert (event.at, event.ends_at, event.at_text) == (at, ends, text)


def test_an_operation_at_no_known_time_is_no_event() -> None:
    assert read_procedure(procedure(performedString="last spring")) is None


def given(**elements: Json) -> Document:
    return {"resourceType": "MedicationAdministration", "id": "m", **elements}


def test_a_dose_given_is_read_whole() -> None:
    read = read_administration(
        given(
            status="completed",
            subject={"reference": "Patient/p"},
            context={"reference": "Encounter/e"},
            request={"reference": "MedicationRequest/r"},
            medicationCodeableConcept={"text": "阿司匹林"},
            effectivePeriod={"start": NOON, "end": "2026-11-01T13:00:00Z"},
            dosage={
                "dose": amount(Decimal("2.50"), "mg"),
                "route": {"text": "口服"},
                "text": "2.5 mg 口服",
            },
            performer=[{"actor": {"reference": "Practitioner/n", "display": "护士"}}],
        )
    )
    assert (read.id, read.patient, read.encounter, read.order) == ("m", "p", "e", "r")
    assert (read.item, read.status) == (Term("阿司匹林"), "completed")
    assert (read.at, read.ends_at) == (AT_NOON, datetime(2026, 11, 1, 13, tzinfo=UTC))
    assert (str(read.dose), read.unit, read.unit_text) == ("2.50", "mg", "mg")
    assert (read.route, read.text) == (Term("口服"), "2.5 mg 口服")
    assert (read.performer, read.performer_ref) == ("护士", "Practitioner/n")


def test_a_dose_not_given_says_why() -> None:
    read = read_administration(
        given(
            status="not-done",
            statusReason=[{"text": "refused"}, {}],
            effectiveDateTime="2026-11-01",
            medicationReference={"reference": "Medication/x", "display": "Heparin"},
            dosage={"dose": {"value": 1, "system": "urn:x", "code": "T"}},
        )
    )
    assert (read.status, read.reason) == ("not-done", "refused")
    assert (read.at, read.at_text, read.unit) == (None, "2026-11-01", "")
    assert (read.item, read.medication) == (Term("Heparin"), "Medication/x")
    bare = read_administration(given())
    assert (bare.status, bare.order, bare.encounter, bare.dose) == ("unknown", None, None, None)
