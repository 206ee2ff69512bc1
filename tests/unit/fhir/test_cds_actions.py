"""A suggestion changes a draft, or it is a thing for a person to do."""

from __future__ import annotations

import copy

import pytest

from app.domain.remote_cards import ChangeKind, DraftChange
from app.domain.terms import Term
from app.fhir.cds_actions import read_changes
from app.fhir.document import Document, Json
from tests.support.builders import coded, quantity
from tests.support.order_builders import a_medication_request, a_service_request

DRAFTS = {
    "d1": a_medication_request("d1", status="draft"),
    "d2": a_service_request("d2", status="draft"),
}
OTHER = coded("urn:wardone:formulary", "clopidogrel", "氯吡格雷")
CLOPIDOGREL = Term("氯吡格雷", "urn:wardone:formulary", "clopidogrel")


def changed(key: str = "d1", **more: Json) -> Document:
    return {**copy.deepcopy(DRAFTS[key]), **more}


def dosed(**more: Json) -> Document:
    """The draft with some of its only instruction changed."""
    document = changed()
    instructions = document["dosageInstruction"]
    assert isinstance(instructions, list) and isinstance(instructions[0], dict)
    instructions[0].update(more)
    return document


def told(*actions: Document) -> tuple[DraftChange, ...]:
    return read_changes(list(actions), DRAFTS)


def update(resource: Json) -> Document:
    return {"type": "update", "description": "d", "resource": resource}


def create(resource: Json) -> Document:
    return {"type": "create", "description": "d", "resource": resource}


def delete(reference: str) -> Document:
    return {"type": "delete", "description": "d", "resourceId": reference}


def test_a_draft_may_be_taken_away_whatever_it_is() -> None:
    assert told(delete("MedicationRequest/d1")) == (DraftChange(ChangeKind.REMOVE, "d1"),)
    assert told(delete("ServiceRequest/d2")) == (DraftChange(ChangeKind.REMOVE, "d2"),)


@pytest.mark.parametrize(
    "reference", ["MedicationRequest/signed", "ServiceRequest/d1", "d1", "", "MedicationRequest/"]
)
def test_what_is_no_draft_is_not_touched(reference: str) -> None:
    assert told(delete(reference)) == ()


def test_another_dose_route_and_frequency() -> None:
    resource = dosed(
        doseAndRate=[{"doseQuantity": quantity("50", "mg")}],
        route=coded("urn:wardone:route", "ng", "鼻饲"),
        timing={"code": coded("urn:wardone:frequency", "bid", "每日二次")},
        text="50 mg",
    )

    dose, route, frequency = told(update(resource))

    assert dose == DraftChange(ChangeKind.DOSE, "d1", "50 mg")
    assert (route.kind, route.value) == (ChangeKind.ROUTE, "ng")
    assert (frequency.kind, frequency.value) == (ChangeKind.FREQUENCY, "bid")


def test_another_drug() -> None:
    assert told(update(changed(medicationCodeableConcept=OTHER))) == (
        DraftChange(ChangeKind.REPLACE, "d1", term=CLOPIDOGREL),
    )


def test_a_medication_to_add() -> None:
    resource: Document = {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": OTHER,
    }
    assert told(create(resource)) == (DraftChange(ChangeKind.ADD, term=CLOPIDOGREL),)


@pytest.mark.parametrize(
    "resource",
    [
        changed(),  # nothing is changed
        changed(status="active"),  # nobody but a clinician signs
        changed(subject={"reference": "Patient/somebody-else"}),
        changed(priority="stat"),
        changed(medicationCodeableConcept={"text": "氯吡格雷"}),  # a name alone
        {
            **changed(),
            "medicationCodeableConcept": None,
            "medicationReference": {"reference": "M/1"},
        },
        changed(dosageInstruction=[]),
        changed(dosageInstruction=[{"text": "a"}, {"text": "b"}]),
        dosed(text="other words only"),
        dosed(asNeededBoolean=True),
        dosed(maxDosePerPeriod={"numerator": {"value": 1}}),
        dosed(doseAndRate=[{"doseQuantity": {"value": 50}}]),  # a number without a unit
        dosed(doseAndRate=[{"doseRange": {"low": quantity("1", "mg")}}]),
        dosed(doseAndRate=[]),
        dosed(route={"text": "somehow"}),
        dosed(timing={}),
        {**changed("d2"), "priority": "stat"},  # of a service nothing can be said
        {**changed(), "id": "signed"},
        "no resource",
    ],
)
def test_what_cannot_be_said_as_a_change_of_a_draft_is_done_by_hand(resource: Json) -> None:
    assert told(update(resource)) == ()


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "ServiceRequest", "code": OTHER},
        {"resourceType": "MedicationRequest", "medicationCodeableConcept": {"text": "aspirin"}},
        {"resourceType": "MedicationRequest", "medicationReference": {"reference": "M/1"}},
        None,
    ],
)
def test_what_cannot_be_told_for_certain_is_not_added(resource: Json) -> None:
    assert told(create(resource)) == ()


def test_half_of_a_suggestion_is_not_that_suggestion() -> None:
    assert told(delete("MedicationRequest/d1"), delete("MedicationRequest/signed")) == ()
    assert told(delete("MedicationRequest/d1"), {"type": "patch"}) == ()
    assert len(told(delete("MedicationRequest/d1"), delete("ServiceRequest/d2"))) == 2
    assert told() == ()
