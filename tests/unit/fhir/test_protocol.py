from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.audit import write_audit_event
from app.fhir.bundles import Put, ReadEntry, read_bundle, transaction
from app.fhir.capability import read_capability
from app.fhir.document import Document, Json
from app.fhir.guards import unknown_modifiers
from app.fhir.outcome import Issue, read_outcome, summary
from app.fhir.provenance import write_provenance
from app.fhir.register import (
    Register,
    read_register,
    register_ref,
    write_probe,
    write_register,
)
from app.fhir.subject import patient_of
from app.fhir.versions import last_updated_of, version_of
from tests.unit.fhir.validity import problems

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
DOCTOR = PractitionerId("d")


def outcome(*issues: Json) -> Document:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def test_an_outcome_is_read_as_issues() -> None:
    document = outcome(
        {"severity": "error", "code": "conflict", "diagnostics": "v 3\n is  not 2"},
        {"severity": "warning", "details": {"text": "old"}, "expression": ["Patient.name", 3]},
        {},
        "nonsense",
    )
    issues = read_outcome(document)
    assert issues == (
        Issue("error", "conflict", "v 3 is not 2"),
        Issue("warning", "", "old", ("Patient.name",)),
        Issue("", "", ""),
    )
    assert summary(issues) == "error conflict: v 3 is not 2; warning: old; "[:-2] + ";"


def test_a_long_story_is_cut() -> None:
    (issue,) = read_outcome(outcome({"diagnostics": "x" * 5000}))
    assert len(issue.diagnostics) == 300
    assert issue.diagnostics.endswith("…")
    assert len(summary([issue] * 5)) == 300


def test_another_resource_has_no_issues() -> None:
    assert read_outcome({"resourceType": "Patient", "issue": [{"severity": "error"}]}) == ()
    assert summary(()) == ""


def test_a_page_is_read() -> None:
    page = read_bundle(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": 7,
            "link": [
                {"relation": "self", "url": "s"},
                {"relation": "next", "url": "https://cdr.example/next"},
            ],
            "entry": [
                {
                    "fullUrl": "https://cdr.example/Patient/p",
                    "resource": {"resourceType": "Patient"},
                    "search": {"mode": "include"},
                },
                {"resource": {"no": "type"}},
            ],
        }
    )
    assert (page.type, page.total, page.next_link) == ("searchset", 7, "https://cdr.example/next")
    assert page.entries == (
        ReadEntry({"resourceType": "Patient"}, "https://cdr.example/Patient/p", "include"),
        ReadEntry(),
    )


def test_an_answer_keeps_the_place_of_every_entry() -> None:
    refused = outcome({"severity": "error"})
    answer = read_bundle(
        {
            "type": "transaction-response",
            "entry": [
                {
                    "response": {
                        "status": "201 Created",
                        "location": "Task/t/_history/1",
                        "etag": 'W/"1"',
                        "lastModified": NOON,
                    }
                },
                None,
                {"response": {"status": "409", "outcome": refused}},
                {"request": {"method": "PUT", "url": "Task/t"}},
            ],
        }
    )
    assert answer.entries == (
        ReadEntry(
            status="201 Created",
            location="Task/t/_history/1",
            etag='W/"1"',
            last_modified=AT_NOON,
        ),
        ReadEntry(),
        ReadEntry(status="409", outcome=refused),
        ReadEntry(method="PUT", url="Task/t"),
    )
    assert answer.total is None
    assert read_bundle({"entry": "nonsense"}).entries == ()


def test_a_transaction_puts_in_order_against_the_versions_it_knows() -> None:
    task: Document = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    register = write_register("ws", 4, "batch")
    made = transaction(
        [Put(Ref("Task/t"), task), Put(register_ref("ws"), register, 'W/"3"')],
    )
    assert made == {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": task, "request": {"method": "PUT", "url": "Task/t"}},
            {
                "resource": register,
                "request": {"method": "PUT", "url": "Basic/ws-outbox", "ifMatch": 'W/"3"'},
            },
        ],
    }
    assert problems(made) == []


@pytest.mark.parametrize(("seq", "batch"), [(0, ""), (7, "b-1")])
def test_a_register_reads_back(seq: int, batch: str) -> None:
    written = write_register("ws-1", seq, batch)
    assert read_register(written) == Register("ws-1", seq, batch)
    assert problems(written) == []


@pytest.mark.parametrize(
    "document", [{"resourceType": "Basic"}, write_probe("ws-outbox", 3), {"code": {"text": "x"}}]
)
def test_what_is_no_register_is_none(document: Document) -> None:
    assert read_register(document) is None


def test_a_register_that_lost_its_number_is_none() -> None:
    written = write_register("ws", 1, "b")
    assert read_register({**written, "extension": []}) is None


def test_a_probe_carries_its_number() -> None:
    assert write_probe("x", 1) != write_probe("x", 2)
    assert problems(write_probe("x", 1)) == []


def test_a_server_says_what_it_is() -> None:
    capability = read_capability(
        {
            "resourceType": "CapabilityStatement",
            "kind": "instance",
            "fhirVersion": "4.0.1",
            "software": {"name": "CDR", "version": "9"},
            "rest": [
                {"mode": "client", "resource": [{"type": "Group"}]},
                {
                    "mode": "server",
                    "interaction": [{"code": "transaction"}, {}],
                    "resource": [{"type": "Patient"}, {"type": "Task"}],
                },
            ],
        }
    )
    assert capability is not None
    assert (capability.fhir_version, capability.kind) == ("4.0.1", "instance")
    assert capability.software == "CDR 9"
    assert capability.interactions == {"transaction"}
    assert capability.types == {"Patient", "Task"}


def test_another_answer_is_no_server() -> None:
    assert read_capability({"resourceType": "Patient"}) is None
    silent = read_capability({"resourceType": "CapabilityStatement"})
    assert silent is not None
    assert (silent.fhir_version, silent.software, silent.types) == ("", "", frozenset())


def test_provenance_says_who_did_what_to_what_and_why() -> None:
    written = write_provenance(
        provenance_id="v",
        targets=(Ref("MedicationRequest/m"), Ref("Task/t")),
        author=DOCTOR,
        author_name="李医生",
        occurred=AT_NOON,
        recorded=AT_NOON,
        activity="order.stop",
        reason="皮疹",
        entities=(("revision", Ref("MedicationRequest/m")),),
    )
    assert written["target"] == [{"reference": "MedicationRequest/m"}, {"reference": "Task/t"}]
    assert written["occurredDateTime"] == written["recorded"] == NOON
    assert written["reason"] == [{"text": "皮疹"}]
    assert problems(written) == []
    plain = write_provenance(
        provenance_id="v",
        targets=(Ref("Task/t"),),
        author=DOCTOR,
        occurred=AT_NOON,
        recorded=AT_NOON,
        activity="task.complete",
    )
    assert not {"reason", "entity"} & set(plain)


@pytest.mark.parametrize(
    ("action", "patient", "kind", "letter", "result"),
    [
        ("sign-in", None, "110114", "E", "0"),
        ("sign-in-refused", None, "110114", "E", "8"),
        ("chart.open", "p", "110110", "R", "0"),
        ("chart.break-glass", "p", "110113", "R", "0"),
        ("order.place", "p", "110110", "C", "0"),
        ("order.stop", "p", "110110", "U", "0"),
        ("audit.read", None, "110100", "R", "0"),
        ("list.save", "p", "110106", "R", "0"),
        ("list.save-refused", None, "110106", "R", "8"),
        ("sheet.print", "p", "110106", "R", "0"),
        ("sheet.print-refused", "p", "110106", "R", "8"),
    ],
)
def test_an_audit_event_says_what_was_done(
    action: str, patient: str | None, kind: str, letter: str, result: str
) -> None:
    written = write_audit_event(
        event_id="a",
        action=action,
        recorded=AT_NOON,
        agent=DOCTOR,
        agent_name="李医生",
        patient=PatientId(patient) if patient else None,
        reason="急救" if action == "chart.break-glass" else "",
        digest="abc",
    )
    assert written["type"]["code"] == kind  # type: ignore[index,call-overload]  # known shape
    assert (written["action"], written["outcome"]) == (letter, result)
    assert patient_of(written) == patient
    assert ("purposeOfEvent" in written) is (action == "chart.break-glass")
    assert problems(written) == []


def test_an_audit_event_of_nobody_is_valid_too() -> None:
    written = write_audit_event(
        event_id="a", action="sign-in-refused", recorded=AT_NOON, agent=None, digest="abc"
    )
    assert problems(written) == []


def test_versions_are_what_the_server_gave() -> None:
    document: Document = {"meta": {"versionId": "3", "lastUpdated": NOON}}
    assert version_of(document) == "3"
    assert last_updated_of(document) == AT_NOON
    assert version_of({"meta": 3}) == ""
    assert last_updated_of({}) is None


@pytest.mark.parametrize(
    ("document", "patient"),
    [
        ({"resourceType": "Patient", "id": "p"}, "p"),
        ({"resourceType": "Patient"}, None),
        ({"resourceType": "Observation", "subject": {"reference": "Patient/p"}}, "p"),
        ({"resourceType": "Observation", "subject": {"reference": "Group/p"}}, None),
        ({"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p"}}, "p"),
        ({"resourceType": "Task", "for": {"reference": "Patient/p/_history/2"}}, "p"),
        ({"resourceType": "Coverage", "beneficiary": {"reference": "Patient/p"}}, "p"),
        (
            {
                "resourceType": "Provenance",
                "target": [{"reference": "Task/t"}, {"reference": "Patient/p"}],
            },
            "p",
        ),
        ({"resourceType": "Provenance", "target": [{"reference": "Task/t"}]}, None),
        (
            {
                "resourceType": "AuditEvent",
                "entity": [{"what": {}}, {"what": {"reference": "Patient/p"}}],
            },
            "p",
        ),
        ({"resourceType": "Location", "subject": "nonsense"}, None),
        ({"resourceType": 3, "subject": {"reference": "Patient/p"}}, "p"),
        ({"resourceType": "Flag", "subject": {"reference": "https://x.example/Patient/p"}}, None),
    ],
)
def test_a_document_belongs_to_the_patient_it_names(
    document: Document, patient: str | None
) -> None:
    assert patient_of(document) == patient


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"modifierExtension": [{"url": "urn:a"}, {"url": "urn:a"}]}, ("urn:a",)),
        ({"a": [{"b": {"modifierExtension": [{"url": "urn:deep"}]}}]}, ("urn:deep",)),
        ({"contained": [[{"modifierExtension": [{"url": "urn:in"}]}]]}, ("urn:in",)),
        ({"modifierExtension": [{"valueBoolean": True}]}, ("?",)),
        ({"modifierExtension": {"url": "urn:lone"}}, ("urn:lone",)),
        ({"modifierExtension": ["x"]}, ("?",)),
        ({"implicitRules": "urn:rules"}, ("urn:rules",)),
        ({"modifierExtension": []}, ()),
        ({"modifierExtension": None, "implicitRules": ""}, ()),
        ({"extension": [{"url": "urn:plain"}]}, ()),
    ],
)
def test_whatever_changes_the_meaning_is_found(document: Document, found: tuple[str, ...]) -> None:
    assert unknown_modifiers(document) == found


def test_a_modifier_that_is_understood_is_no_obstacle() -> None:
    document: Document = {"modifierExtension": [{"url": "urn:a"}, {"url": "urn:b"}]}
    assert unknown_modifiers(document, frozenset({"urn:a"})) == ("urn:b",)
