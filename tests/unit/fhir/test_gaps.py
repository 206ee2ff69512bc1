"""What is shown and not understood entirely is said; what is merely missing is no gap."""

from __future__ import annotations

import base64
from decimal import Decimal

import pytest

from app.fhir.document import Document, Json
from app.fhir.gaps import (
    FOREIGN_DOSE,
    FOREIGN_STATUS,
    FOREIGN_VALUE,
    NO_CLASS,
    NO_NAME,
    NO_TEXT,
    gaps,
)

NAMED: Json = {"text": "Metoprolol 50 mg"}
NOTHING: Json = {"coding": [{"system": "http://loinc.org", "code": "", "display": ""}], "text": ""}
INPATIENT: Json = {"code": "IMP"}


def a(kind: str, **elements: Json) -> Document:
    return {"resourceType": kind, "id": "x", **elements}


def a_file(kind: str, **attachment: Json) -> Json:
    return [{"attachment": {"contentType": kind, **attachment}}]


TEXT = base64.b64encode(b"Slept well.").decode()


@pytest.mark.parametrize(
    "document",
    [
        a("Patient", name=[{"family": "Chalmers"}]),
        a("Observation", code=NAMED, valueQuantity={"value": Decimal("72.50")}),
        a("Observation", code=NAMED),
        a("Observation", code=NAMED, component=[{"code": NAMED, "valueString": "a"}]),
        a("Encounter", status="in-progress", **{"class": INPATIENT}),
        a("MedicationRequest", status="active", medicationCodeableConcept=NAMED),
        a("MedicationRequest", medicationReference={"reference": "Medication/m"}),
        a(
            "MedicationRequest",
            medicationCodeableConcept=NAMED,
            dosageInstruction=[{"text": "by mouth", "_text": {"id": "t"}, "doseAndRate": []}],
        ),
        a(
            "MedicationAdministration",
            status="completed",
            medicationCodeableConcept=NAMED,
            dosage={"dose": {"value": 1}, "rateQuantity": {"value": 2}},
        ),
        a("MedicationAdministration", status="not-done", medicationCodeableConcept=NAMED),
        a("ServiceRequest", status="revoked", code=NAMED),
        a("AllergyIntolerance", code=NAMED),
        a("AllergyIntolerance", code=NOTHING, reaction=[{"substance": NAMED}]),
        a("DocumentReference", content=a_file("text/plain", data=TEXT)),
        a("DocumentReference"),
        a("Composition", section=[{"title": "Plan"}]),
        a("Location"),
        a("Task", status="of-another-world"),
        {},
    ],
)
def test_what_is_understood_has_no_gap(document: Document) -> None:
    assert gaps(document) == ()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (a("Patient"), (NO_NAME,)),
        (a("Patient", name=[{"given": [""]}]), (NO_NAME,)),
        (a("Condition", code=NOTHING), (NO_NAME,)),
        (a("DiagnosticReport", code=NOTHING), (NO_NAME,)),
        (a("AllergyIntolerance", code=NOTHING), (NO_NAME,)),
        (a("MedicationRequest", status="active"), (NO_NAME,)),
        (
            a("MedicationRequest", status="ongoing", medicationCodeableConcept=NAMED),
            (FOREIGN_STATUS,),
        ),
        (a("Encounter", status="discharged", **{"class": INPATIENT}), (FOREIGN_STATUS,)),
        (a("Encounter", status="in-progress"), (NO_CLASS,)),
        (a("Encounter", status="in-progress", **{"class": {"code": ""}}), (NO_CLASS,)),
        (
            a("Observation", code=NAMED, valueSampledData={"data": "1 2 3"}),
            (FOREIGN_VALUE,),
        ),
        (
            a("Observation", code=NAMED, component=[{"code": NAMED, "valueAttachment": {}}]),
            (FOREIGN_VALUE,),
        ),
        (
            a(
                "MedicationAdministration",
                status="completed",
                medicationCodeableConcept=NAMED,
                dosage={"text": "iv", "doseAndRate": [{"rateQuantity": {"value": 10}}]},
            ),
            (FOREIGN_DOSE,),
        ),
        (
            a(
                "MedicationRequest",
                medicationCodeableConcept=NAMED,
                dosageInstruction=[{"text": "a"}, {"rate": {"value": 5}}],
            ),
            (FOREIGN_DOSE,),
        ),
        (a("DocumentReference", content=a_file("application/pdf", url="urn:a")), (NO_TEXT,)),
        (a("Composition", section=[{"entry": []}]), (NO_TEXT,)),
    ],
)
def test_what_is_not_understood_is_named(document: Document, expected: tuple[object, ...]) -> None:
    assert gaps(document) == expected
