"""What documents and Provenances say towards steps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.loop_marks import Mark, Signature, Standing
from app.domain.loops import BIRTH
from app.fhir.document import Document
from app.fhir.loop_documents import MARK_TYPES, links, read_mark, read_signatures
from app.fhir.loop_statuses import lie, status_element, statuses
from app.services.loop_pack import read_loops
from resources.reading import path
from tests.unit.fhir.kit import AT_NOON, NOON, V3, concept, observation

STEP, TASK = "urn:wardone:step", "urn:wardone:task"


def mark(kind: str, **elements: object) -> Mark:
    found = read_mark({"resourceType": kind, "id": "x", "status": "completed"} | elements)  # type: ignore[operator,arg-type]  # elements of a test
    assert found is not None
    return found


def test_an_order_says_who_signed_it_and_when() -> None:
    order = mark(
        "MedicationRequest",
        status="active",
        authoredOn=NOON,
        requester={"display": "王医生"},
        meta={"versionId": "3"},
    )

    assert (order.ref, order.resource, order.status, order.version) == (
        "MedicationRequest/x",
        "MedicationRequest",
        "active",
        "3",
    )
    assert (order.at, order.authored_at, order.by) == (AT_NOON, AT_NOON, "王医生")


def test_when_a_request_shall_happen_is_not_when_it_was_signed() -> None:
    assert mark("ServiceRequest", occurrenceDateTime=NOON).at is None
    assert mark("NutritionOrder", dateTime=NOON).at == AT_NOON


@pytest.mark.parametrize(
    ("kind", "elements"),
    [
        ("Observation", {"issued": NOON, "effectiveDateTime": "2026-11-01T10:00:00Z"}),
        ("Observation", {"effectiveDateTime": NOON}),
        (
            "MedicationAdministration",
            {"effectivePeriod": {"start": "2026-11-01T10:00:00Z", "end": NOON}},
        ),
        ("MedicationAdministration", {"effectivePeriod": {"start": NOON}}),
        ("Procedure", {"performedPeriod": {"end": NOON}}),
        ("Task", {"executionPeriod": {"end": NOON}, "lastModified": "2026-11-01T13:00:00Z"}),
        ("Task", {"lastModified": NOON}),
        ("Specimen", {"collection": {"collectedDateTime": NOON}}),
        ("MedicationDispense", {"whenHandedOver": NOON}),
        ("Communication", {"sent": NOON}),
        ("Composition", {"date": NOON}),
        ("Appointment", {"created": NOON, "start": "2026-11-05T12:00:00Z"}),
        ("SupplyRequest", {"authoredOn": NOON, "occurrenceDateTime": "2026-11-05T12:00:00Z"}),
        ("Task", {"authoredOn": NOON}),
    ],
)
def test_each_type_has_its_own_time(kind: str, elements: Document) -> None:
    linked = {"basedOn": [{"reference": "ServiceRequest/1"}]}

    assert mark(kind, **linked, **elements).at == AT_NOON


def test_a_day_is_no_time() -> None:
    assert mark("MedicationRequest", authoredOn="2026-11-01").at is None


def test_what_belongs_to_no_loop_leaves_no_mark() -> None:
    assert read_mark(observation()) is None
    assert read_mark({"resourceType": "Patient", "id": "p", "birthDate": "2026-11-01"}) is None


def test_a_document_names_its_steps_and_its_loop() -> None:
    task = mark("Task", businessStatus=concept("VERIFY", STEP), code=concept("verify-orders", TASK))
    score = mark("Observation", code=concept("EWS", STEP))
    plan = mark("ServiceRequest", instantiatesUri=["urn:other", "urn:wardone:loop:SUR-001"])
    lone = mark("Task", instantiatesUri="urn:wardone:loop:CRI-008")

    told = mark("Communication", category=[concept("TELL", STEP), concept("x")], about=[])
    form = mark("QuestionnaireResponse", meta={"tag": [{"system": STEP, "code": "ASSESS"}]})
    empty = mark("Task", businessStatus={"coding": [{"system": STEP}]}, focus={})

    assert (told.steps, form.steps, empty.steps) == (("TELL",), ("ASSESS",), ())
    assert (task.steps, task.codes) == (("VERIFY",), ("verify-orders",))
    assert (score.steps, score.codes) == (("EWS",), ())
    assert (plan.named, lone.named) == ("SUR-001", "CRI-008")
    assert mark("ServiceRequest", instantiatesUri=["urn:other", 3]).named == ""


def test_an_order_of_ours_tells_its_class() -> None:
    order = mark("ServiceRequest", category=[concept("diet", "urn:wardone:order-class")])

    assert order.codes == ("diet",)


def test_a_slot_is_its_own_instance_and_a_dose_says_which_slot_it_answers() -> None:
    slot = mark(
        "Task",
        code=concept("give-dose", TASK),
        focus={"reference": "MedicationRequest/1"},
        restriction={"period": {"end": NOON}},
    )
    dose = mark(
        "MedicationAdministration",
        request={"reference": "MedicationRequest/1"},
        supportingInformation=[{"reference": "Observation/1"}, {"reference": "Task/x"}],
    )
    other = mark("MedicationAdministration", request={"reference": "MedicationRequest/1"})

    assert (slot.instance, slot.due) == ("Task/x", AT_NOON)
    assert (dose.instance, other.instance) == ("Task/x", "")


def test_a_critical_laboratory_result_begins_a_loop() -> None:
    critical = [concept("HH", V3)]
    laboratory = [concept("laboratory")]

    found = read_mark(observation(interpretation=critical, category=laboratory))

    assert found is not None
    assert found.event == "critical-lab"
    for harmless in (
        observation(interpretation=[concept("H", V3)], category=laboratory),
        observation(interpretation=critical, category=[concept("vital-signs")]),
        observation(interpretation=[concept("HH", "urn:local")], category=laboratory),
    ):
        assert read_mark(harmless) is None


def test_the_time_of_birth_is_an_anchor() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
    told = {"extension": [{"url": url, "valueDateTime": NOON}]}

    found = read_mark({"resourceType": "Patient", "id": "p", "_birthDate": told})  # type: ignore[dict-item]  # elements of a test

    assert found is not None
    assert (found.steps, found.at) == ((BIRTH,), AT_NOON)


def test_states_lie_where_r4_keeps_them() -> None:
    coded = mark("Condition", clinicalStatus=concept("active"), basedOn=[])
    nothing = mark("Condition", clinicalStatus={}, basedOn=[])

    assert (coded.status, nothing.status) == ("active", "")
    assert status_element("AdverseEvent") == "actuality"


def test_links_are_followed_from_what_follows_to_what_it_follows() -> None:
    sample: Document = {
        "resourceType": "Specimen",
        "request": [{"reference": "ServiceRequest/1"}, {"reference": "ServiceRequest/1"}],
    }
    dose: Document = {
        "request": {"reference": "MedicationRequest/1/_history/2"},
        "supportingInformation": [{"reference": "Task/1"}, {"display": "?"}],
    }

    assert links(sample) == ("ServiceRequest/1",)
    assert links(dose) == ("MedicationRequest/1", "Task/1")
    assert links({"subject": {"reference": "Patient/1"}}) == ()


def test_a_provenance_signs_each_of_its_targets() -> None:
    document: Document = {
        "resourceType": "Provenance",
        "id": "p",
        "target": [
            {"reference": "MedicationRequest/1/_history/2"},
            {"reference": "Task/1"},
            {"display": "somewhere"},
        ],
        "recorded": NOON,
        "occurredDateTime": "2026-11-01T11:59:00Z",
        "activity": concept("order.place", "urn:wardone:act"),
        "agent": [{"who": {"reference": "Practitioner/wang", "display": "王医生"}}],
    }

    first, second = read_signatures(document)

    assert first == Signature(
        target="MedicationRequest/1",  # type: ignore[arg-type]  # a `Ref`
        version="2",
        act="order.place",
        at=AT_NOON,
        client_at=datetime(2026, 11, 1, 11, 59, tzinfo=UTC),
        by="王医生",
        who="Practitioner/wang",  # type: ignore[arg-type]  # a `Ref`
    )
    assert (second.target, second.version) == ("Task/1", "")


def test_a_provenance_may_name_the_step_and_a_period() -> None:
    document: Document = {
        "resourceType": "Provenance",
        "target": [{"reference": "Task/1"}],
        "occurredPeriod": {"end": NOON},
        "activity": concept("VERIFY", STEP),
    }

    (found,) = read_signatures(document)

    assert (found.steps, found.act, found.at, found.client_at) == (("VERIFY",), "", None, AT_NOON)


def test_a_provenance_of_something_else_signs_nothing() -> None:
    foreign: Document = {
        "resourceType": "Provenance",
        "target": [{"reference": "Task/1"}],
        "activity": concept("CREATE", "http://terminology.hl7.org/CodeSystem/v3-DataOperation"),
    }

    assert list(read_signatures(foreign)) == []


# --- states -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "now", "wanted", "standing"),
    [
        ("Task", "completed", "completed", Standing.AT),
        ("Task", "completed", "accepted", Standing.PAST),
        ("Task", "in-progress", "completed", Standing.BEFORE),
        ("Task", "requested", "completed", Standing.OFF),
        ("Task", "rejected", "completed", Standing.DECLINED),
        ("Task", "entered-in-error", "completed", Standing.OFF),
        ("MedicationRequest", "stopped", "active", Standing.PAST),
        ("MedicationRequest", "on-hold", "active", Standing.PAST),
        ("MedicationRequest", "active", "on-hold", Standing.OFF),
        ("MedicationRequest", "active", "stopped", Standing.OFF),
        ("MedicationRequest", "completed", "stopped", Standing.OFF),
        ("MedicationAdministration", "in-progress", "completed", Standing.BEFORE),
        ("MedicationAdministration", "not-done", "completed", Standing.DECLINED),
        ("DiagnosticReport", "corrected", "final", Standing.PAST),
        ("DiagnosticReport", "preliminary", "final", Standing.BEFORE),
        ("Observation", "final", "preliminary", Standing.PAST),
        ("Flag", "unheard-of", "active", Standing.OFF),
        ("Location", "suspended", "active", Standing.OFF),
    ],
)
def test_a_state_lies_before_or_behind_another(
    resource: str, now: str, wanted: str, standing: Standing
) -> None:
    assert lie(resource, now, wanted) is standing


def test_every_state_of_the_catalogue_is_one_of_r4_and_of_a_type_that_is_read() -> None:
    pack = read_loops(path("packs/loops"))
    nodes = {(n.resource, n.status) for loop in pack.book.loops.values() for n in loop.nodes}

    assert {pair for pair in nodes if pair[1] not in statuses(pair[0])} == set()
    assert {resource for resource, _ in nodes} <= MARK_TYPES
    assert statuses("Recipe") == frozenset()
