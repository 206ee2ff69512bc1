"""Queries of a service that are answered from the cache, and those that are not."""

from __future__ import annotations

import pytest

from app.fhir.cds_prefetch import Shelf, resources_in, satisfied
from app.fhir.document import Document, Json
from tests.support.builders import coded, ref
from tests.support.order_builders import a_medication_request

LOINC = "http://loinc.org"
CONTEXT: dict[str, Json] = {
    "patientId": "li-ming",
    "userId": "Practitioner/dr-wang",
    "encounterId": "stay-1",
    "draftOrders": {},
}
SETS = {"http://x.example/creatinine": frozenset({f"{LOINC}|2160-0", f"{LOINC}|38483-4"})}


def observed(key: str, loinc: str, at: str | None, **more: Json) -> Document:
    told: Document = {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": coded(LOINC, loinc),
        "subject": ref("Patient", "li-ming"),
        "encounter": ref("Encounter", "stay-1"),
        **more,
    }
    return told if at is None else {**told, "effectiveDateTime": at}


WEEK: Json = {"start": "2026-02-20T08:00:00Z", "end": "2026-02-27T08:00:00Z"}
OBSERVATIONS = (
    observed("o1", "2160-0", "2026-03-01T08:00:00Z"),
    observed("o2", "2160-0", "2026-03-02T08:00:00+08:00", status="amended"),
    observed("o3", "2823-3", "2026-02-28"),
    observed("o4", "2823-3", None, effectivePeriod=WEEK, encounter=ref("Encounter", "stay-0")),
    observed("o5", "2823-3", None, meta={"lastUpdated": "2026-03-02T09:00:00Z"}),
    observed("o6", "2823-3", "2026"),
    observed("o7", "2823-3", None, effectivePeriod={"start": "2026-02-26T08:00:00Z"}),
    observed("o8", "2823-3", None, effectivePeriod={"end": "2026-01-01T08:00:00Z"}),
    observed("o9", "2823-3", None, effectivePeriod={}, code={"text": "potassium"}),
)
PATIENT: Document = {"resourceType": "Patient", "id": "li-ming"}
DOCTOR: Document = {"resourceType": "Practitioner", "id": "dr-wang"}
STAY: Document = {
    "resourceType": "Encounter",
    "id": "stay-1",
    "status": "in-progress",
    "class": {"system": "urn:class", "code": "IMP"},
    "period": {"start": "2026-02-28T08:00:00Z"},
}
HELD: dict[str, tuple[Document, ...]] = {
    "Patient": (PATIENT,),
    "Observation": OBSERVATIONS,
    "MedicationRequest": (a_medication_request("m1"), a_medication_request("m2", status="stopped")),
    "Encounter": (STAY,),
    "Condition": (),
}


def one(reference: str) -> Document | None:
    found = [*(doc for some in HELD.values() for doc in some), DOCTOR, {"resourceType": "Odd"}]
    kept = {f"{doc['resourceType']}/{doc.get('id', 'x')}": doc for doc in found}
    return kept.get(reference, kept["Odd/x"] if reference == "Patient/odd" else None)


SHELF = Shelf("li-ming", HELD.get, one, SETS)


def ask(template: str) -> Json:
    """What a template finds; "omitted" when it is not answered."""
    return satisfied({"key": template}, CONTEXT, SHELF).get("key", "omitted")


def ids(template: str) -> list[str]:
    bundle = ask(template)
    assert isinstance(bundle, dict), template
    entries = bundle.get("entry", [])
    assert isinstance(entries, list)
    return [str(entry["resource"]["id"]) for entry in entries if isinstance(entry, dict)]  # type: ignore[index,call-overload]


OBSERVATION = "Observation?patient={{context.patientId}}"


def test_a_resource_is_read_by_its_id() -> None:
    assert ask("Patient/{{context.patientId}}") == PATIENT
    assert ask("Encounter/{{ context.encounterId }}") == STAY
    assert ask("Practitioner/{{userPractitionerId}}") == DOCTOR


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", "o1 o2 o3 o4 o5 o6 o7 o8 o9"),
        ("&status=final", "o1 o3 o4 o5 o6 o7 o8 o9"),
        ("&status=final,amended&code=2160-0", "o1 o2"),
        (f"&code={LOINC}|2160-0", "o1 o2"),
        (f"&code={LOINC}%7C2160-0", "o1 o2"),
        (f"&code={LOINC}|", "o1 o2 o3 o4 o5 o6 o7 o8"),
        ("&code=|2160-0", ""),
        ("&code=|", ""),
        ("&code=urn:other|2160-0", ""),
        ("&code:in=http://x.example/creatinine", "o1 o2"),
        ("&date=ge2026-03-01", "o1 o2 o7"),
        ("&date=gt2026-03-01", "o2 o7"),
        ("&date=ge2026-02-28", "o1 o2 o3 o7"),
        ("&date=lt2026-02-28", "o4 o7 o8"),
        ("&date=le2026-02-28", "o3 o4 o7 o8"),
        ("&date=2026-02-28", "o3"),
        ("&date=eq2026-02-28", "o3"),
        ("&date=ne2026-02-28", "o1 o2 o4 o7 o8"),
        ("&date=ge2026-03-01T12:00Z", "o2 o7"),
        ("&date=ge2026-03-01&date=lt2026-03-02", "o1 o7"),
        ("&date=ge2026-03-01T08:00:00%2B08:00&code=2160-0", "o1 o2"),
        ("&encounter=stay-0", "o4"),
        ("&encounter=Encounter/{{context.encounterId}}", "o1 o2 o3 o5 o6 o7 o8 o9"),
        ("&code=2160-0&_sort=-date", "o2 o1"),
        ("&code=2160-0&_sort=date", "o1 o2"),
        ("&_sort=-_lastUpdated&_count=1", "o5"),
        ("&_sort=-date&_count=2", "o2 o1"),
    ],
)
def test_a_search_finds_what_the_server_would(more: str, found: str) -> None:
    assert ids(OBSERVATION + more) == found.split()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("MedicationRequest?subject=Patient/{{context.patientId}}&status=active", "m1"),
        ("MedicationRequest?patient={{context.patientId}}&intent=order", "m1 m2"),
        ("Encounter?patient={{context.patientId}}&class=IMP&date=ge2026-03-01", "stay-1"),
        ("Patient?_id={{context.patientId}}", "li-ming"),
        ("Condition?patient={{context.patientId}}&clinical-status=active", ""),
    ],
)
def test_other_types_are_searched_alike(query: str, found: str) -> None:
    assert ids(query) == found.split()


def test_a_bundle_says_how_many_there_are_and_has_no_empty_list() -> None:
    bundle = ask(f"{OBSERVATION}&_count=1")
    assert isinstance(bundle, dict) and bundle["total"] == 9
    assert ask("Condition?patient={{context.patientId}}") == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
    }


@pytest.mark.parametrize(
    "template",
    [
        "Observation?code=2160-0",  # of everybody
        "Observation",
        "Observation?patient=somebody-else",
        "Observation?patient=li-ming,somebody-else",
        "Observation?patient=",
        f"{OBSERVATION}&_include=Observation:performer",
        f"{OBSERVATION}&code:text=potassium",
        f"{OBSERVATION}&code:in=http://unknown.example",
        f"{OBSERVATION}&code=a\\,b",
        f"{OBSERVATION}&status=urn:x|final",
        f"{OBSERVATION}&value-quantity=gt5",
        f"{OBSERVATION}&date=today",
        f"{OBSERVATION}&date=ge2026-13-41",
        f"{OBSERVATION}&date:missing=true",
        f"{OBSERVATION}&date=sa2026-01-01",
        f"{OBSERVATION}&_count=many",
        f"{OBSERVATION}&_count=99999",
        f"{OBSERVATION}&_sort=code",
        f"{OBSERVATION}&",
        f"{OBSERVATION}&patient.name=x",
        "AllergyIntolerance?patient={{context.patientId}}",  # not here completely
        "Patient/{{context.patientId}}?_format=xml",
        "Patient/{{context.patientId}}/$everything",
        "Patient/somebody-else",
        "Patient/odd",
        "Patient/{{context.draftOrders}}",
        "Patient/{{context.draftOrders.entry.first()}}",
        "Patient/{{context.nothing}}",
        "Patient/{{patientId}}",
        "{{context.patientId}}",
        "https://spy.example/Patient/{{context.patientId}}",
    ],
)
def test_what_is_not_understood_whole_is_omitted(template: str) -> None:
    assert ask(template) == "omitted"


def test_only_a_practitioner_has_the_id_of_one() -> None:
    context: dict[str, Json] = {**CONTEXT, "userId": "Patient/li-ming"}
    assert satisfied({"key": "Practitioner/{{userPractitionerId}}"}, context, SHELF) == {}


def test_what_can_be_answered_is_answered_beside_what_cannot() -> None:
    templates = {"a": "Patient/{{context.patientId}}", "b": "Observation"}
    assert satisfied(templates, CONTEXT, SHELF) == {"a": PATIENT}


def test_resources_are_taken_out_of_a_prefetch_once() -> None:
    prefetch: dict[str, Json] = {
        "patient": PATIENT,
        "again": {"resourceType": "Bundle", "entry": [{"resource": PATIENT}, {"resource": STAY}]},
        "none": None,
        "odd": {"entry": [{"resource": DOCTOR}]},
    }
    assert resources_in(prefetch) == (PATIENT, STAY)
