from __future__ import annotations

import copy
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir.administrations import read_administration
from app.fhir.allergies import read_allergy
from app.fhir.bundles import read_bundle
from app.fhir.capability import read_capability
from app.fhir.conditions import read_problem
from app.fhir.document import Document, Json, references
from app.fhir.encounters import is_inpatient, read_stay
from app.fhir.flags import read_flag
from app.fhir.guards import unknown_modifiers
from app.fhir.notes import read_note
from app.fhir.observations import read_observed
from app.fhir.orders import read_order, write_order
from app.fhir.outcome import read_outcome
from app.fhir.patients import read_patient
from app.fhir.people import read_practitioner, read_role
from app.fhir.places import read_location, read_organization
from app.fhir.procedures import read_procedure
from app.fhir.register import read_register
from app.fhir.reports import read_imaging, read_report
from app.fhir.subject import patient_of
from app.fhir.versions import last_updated_of, version_of
from app.fhir.workflow import read_communication, read_task
from tests.unit.fhir import samples

READERS: dict[str, Callable[[Document], object]] = {
    "AllergyIntolerance": read_allergy,
    "Basic": read_register,
    "Bundle": read_bundle,
    "CapabilityStatement": read_capability,
    "Communication": read_communication,
    "Composition": read_note,
    "Condition": read_problem,
    "DiagnosticReport": read_report,
    "DocumentReference": read_note,
    "Encounter": read_stay,
    "Flag": read_flag,
    "ImagingStudy": read_imaging,
    "Location": read_location,
    "MedicationAdministration": read_administration,
    "MedicationRequest": read_order,
    "Observation": read_observed,
    "OperationOutcome": read_outcome,
    "Organization": read_organization,
    "Patient": read_patient,
    "Practitioner": read_practitioner,
    "PractitionerRole": read_role,
    "Procedure": read_procedure,
    "ServiceRequest": read_order,
    "Task": read_task,
}
ALL = [*READERS.values(), is_inpatient, unknown_modifiers, patient_of, version_of, last_updated_of]
WRONG: list[Json] = [None, True, 0, -1, "", " ", "x", [], {}, [None], [[]], [""], {"": ""}, [{}]]


@pytest.mark.parametrize("kind", sorted(READERS))
def test_the_samples_hold_resources_of_the_type(kind: str) -> None:
    assert samples.of_type(kind)


def test_every_reader_bears_every_document_even_of_another_type() -> None:
    for document in samples.feed():
        for read in ALL:
            read(document)
        assert list(references(document)) is not None


def _damage(value: Json, draw: random.Random) -> Json:
    """The same value with some elements replaced by JSON of another type."""
    if draw.random() < 0.05:
        return draw.choice(WRONG)
    if isinstance(value, dict):
        return {key: _damage(inner, draw) for key, inner in value.items()}
    if isinstance(value, list):
        return [_damage(inner, draw) for inner in value]
    return value


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_no_damage_to_a_document_makes_a_reader_fail(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - damage, not a secret
    for document in samples.feed():
        broken = {key: _damage(value, draw) for key, value in document.items()}
        broken["resourceType"] = document["resourceType"]
        READERS.get(str(document["resourceType"]), version_of)(broken)
        unknown_modifiers(broken)
        patient_of(broken)


def test_reading_and_writing_leave_the_document_alone() -> None:
    for document in samples.feed():
        before = copy.deepcopy(document)
        read = READERS.get(str(document["resourceType"]), version_of)(document)
        if document["resourceType"] in ("MedicationRequest", "ServiceRequest") and read:
            write_order(read, document)  # type: ignore[arg-type]  # read_order made it
        assert document == before


def test_the_ward_of_the_japanese_feed_comes_out_as_it_is() -> None:
    stays = [read_stay(d) for d in samples.of_type("Encounter") if is_inpatient(d)]
    assert any(stay.location and stay.status == "in-progress" for stay in stays)
    allergies = [read_allergy(d) for d in samples.of_type("AllergyIntolerance")]
    assert any(allergy.none_known and not allergy.active for allergy in allergies)
    notes = [read_note(d) for d in samples.of_type("Composition", "DocumentReference")]
    assert all(note.kind_term.text for note in notes)
    assert sum(1 for note in notes if note.text) > len(notes) / 2
