from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.results import Flag, Range, Value
from app.domain.terms import Term
from app.fhir.administrations import read_administration
from app.fhir.document import Document, Json
from app.fhir.observations import read_observed
from app.fhir.procedures import read_procedure
from app.fhir.reports import read_imaging, read_report
from app.fhir.valuesets import LOINC, UCUM
from tests.unit.fhir.kit import (
    AT_NOON,
    NOON,
    TOKYO,
    V2_74,
    V3,
    amount,
    concept,
    observation,
)


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
