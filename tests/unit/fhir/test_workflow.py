from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.document import Document, Json
from app.fhir.valuesets import RECIPIENT_ROLE, ROLE, TASK
from app.fhir.workflow import (
    read_communication,
    read_task,
    write_acknowledge_task,
    write_message,
    write_received,
    write_task,
    write_task_status,
)
from app.kernel.faults import AppError
from tests.unit.fhir import samples
from tests.unit.fhir.validity import problems

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 2, tzinfo=UTC)
DOCTOR, NURSE = PractitionerId("d"), PractitionerId("n")
PATIENT = PatientId("p")
STRANGE = st.dictionaries(samples.text().map(lambda key: f"x-{key}"), samples.json_values())


def task() -> Document:
    return write_task(
        task_id="t",
        code="countersign",
        patient=PATIENT,
        focus=Ref("DocumentReference/x"),
        requester=DOCTOR,
        requester_name="李医生",
        authored=AT_NOON,
        owner_role="attending",
        due=LATER,
        urgent=True,
        description="请审签",
    )


def test_a_task_reads_back_as_it_was_written() -> None:
    read = read_task(task())
    assert (read.id, read.kind, read.code, read.title) == (
        "t",
        "task",
        "countersign",
        "countersign",
    )
    assert (read.status, read.open, read.urgent) == ("requested", True, True)
    assert (read.patient, read.focus) == ("p", "DocumentReference/x")
    assert (read.from_name, read.owner, read.owner_role) == ("李医生", None, "attending")
    assert (read.authored_at, read.due_at, read.changed_at) == (AT_NOON, LATER, AT_NOON)
    assert read.body == "请审签"
    assert problems(task()) == []


def test_a_task_may_be_somebodys_own_and_say_little() -> None:
    written = write_task(
        task_id="t",
        code="review",
        patient=None,
        focus=None,
        requester=DOCTOR,
        authored=AT_NOON,
        owner=NURSE,
    )
    read = read_task(written)
    assert (read.owner, read.owner_role, read.patient, read.focus) == ("n", "", None, None)
    assert (read.urgent, read.due_at, read.body) == (False, None, "")
    assert problems(written) == []


@given(STRANGE)
def test_a_task_moves_on_and_keeps_what_else_it_says(more: Document) -> None:
    onto = {**more, **task()}
    done = write_task_status(onto, "completed", by=NURSE, by_name="护士", at=LATER)
    read = read_task(done)
    assert (read.status, read.open) == ("completed", False)
    assert (read.owner, read.owner_name, read.changed_at) == ("n", "护士", LATER)
    assert {key: done[key] for key in more} == more
    assert write_task_status(done, "completed", by=NURSE, by_name="护士", at=LATER) == done


def test_a_result_taken_note_of_is_a_completed_task() -> None:
    done = write_acknowledge_task(
        task_id="t",
        focus=Ref("Observation/o"),
        patient=PATIENT,
        by=DOCTOR,
        by_name="李医生",
        at=AT_NOON,
    )
    read = read_task(done)
    assert (read.code, read.status, read.focus) == (
        "acknowledge-result",
        "completed",
        "Observation/o",
    )
    assert (read.owner, read.owner_name, read.changed_at) == ("d", "李医生", AT_NOON)
    assert problems(done) == []


def test_only_a_task_moves_on() -> None:
    with pytest.raises(AppError):
        write_task_status({"resourceType": "Flag", "id": "1"}, "completed", by=DOCTOR, at=AT_NOON)


@pytest.mark.parametrize(
    ("elements", "title", "body", "code"),
    [
        ({"description": "do it"}, "do it", "", ""),
        ({"code": {"text": "Lipids"}, "description": "do it"}, "Lipids", "do it", ""),
        ({"code": {"coding": [{"system": "x", "code": "y"}]}}, "y", "", "y"),
        (
            {"code": {"coding": [{"code": "y"}, {"system": TASK, "code": "review"}]}},
            "review",
            "",
            "review",
        ),
        ({"description": "d", "note": [{"text": "n"}]}, "d", "n", ""),
        ({}, "", "", ""),
    ],
)
def test_a_foreign_task_is_titled_by_what_it_says(
    elements: Document, title: str, body: str, code: str
) -> None:
    read = read_task({"resourceType": "Task", **elements})
    assert (read.title, read.body, read.code, read.status) == (title, body, code, "unknown")


@pytest.mark.parametrize(
    ("rows", "role"),
    [
        ([{"coding": [{"system": ROLE, "code": "nurse"}]}], "nurse"),
        ([{}, {"text": "Performer"}], "Performer"),
        ([], ""),
    ],
)
def test_a_task_of_a_role_names_it(rows: Json, role: str) -> None:
    assert read_task({"resourceType": "Task", "performerType": rows}).owner_role == role


def message(**more: str) -> Document:
    return write_message(
        message_id="m",
        sender=DOCTOR,
        sender_name="李医生",
        text="请复查血钾",
        sent=AT_NOON,
        recipient=NURSE,
        recipient_name="护士",
        patient=PATIENT,
        about=Ref("Observation/o"),
        urgent=True,
        **more,
    )


def test_a_message_reads_back_unread_as_it_was_written() -> None:
    read = read_communication(message())
    assert (read.id, read.kind, read.status, read.open) == ("m", "message", "unread", True)
    assert (read.title, read.body) == ("请复查血钾", "请复查血钾")
    assert (read.from_name, read.owner, read.owner_name) == ("李医生", "n", "护士")
    assert (read.patient, read.focus) == ("p", "Observation/o")
    assert (read.urgent, read.authored_at, read.changed_at) == (True, AT_NOON, None)
    assert problems(message()) == []


@given(STRANGE)
def test_a_message_that_was_received_is_read(more: Document) -> None:
    onto = {**more, **message()}
    received = write_received(onto, by=NURSE, at=LATER)
    read = read_communication(received)
    assert (read.status, read.open, read.changed_at) == ("completed", False, LATER)
    assert received == {**onto, "received": "2026-11-02T00:00:00Z"}
    assert write_received(received, by=NURSE, at=LATER) == received


def test_a_message_to_a_role_is_received_by_somebody() -> None:
    to_role = write_message(
        message_id="m", sender=DOCTOR, text="谁在？", sent=AT_NOON, recipient_role="nurse"
    )
    read = read_communication(to_role)
    assert (read.owner, read.owner_role, read.urgent) == (None, "nurse", False)
    assert to_role["extension"] == [{"url": RECIPIENT_ROLE, "valueCode": "nurse"}]
    received = write_received(to_role, by=NURSE, at=LATER)
    assert read_communication(received).owner == "n"
    assert problems(received) == []


@pytest.mark.parametrize(
    ("elements", "status"),
    [
        ({"status": "completed"}, "unread"),
        ({"status": "in-progress"}, "unread"),
        ({"status": "completed", "received": "2026-11"}, "completed"),
        ({"status": "entered-in-error"}, "entered-in-error"),
        ({"status": "preparation"}, "preparation"),
        ({}, "unknown"),
    ],
)
def test_only_what_was_sent_waits_to_be_read(elements: Document, status: str) -> None:
    assert read_communication({"resourceType": "Communication", **elements}).status == status


def test_a_foreign_message_is_titled_by_its_topic_or_its_first_line() -> None:
    payload: Json = [{"contentString": "one\ntwo"}, {"contentReference": {}}]
    base: Document = {"resourceType": "Communication", "payload": payload}
    assert read_communication(base).title == "one"
    assert read_communication({**base, "topic": {"text": "t"}}).title == "t"
    assert read_communication({**base, "reasonCode": [{}, {"text": "r"}]}).title == "r"
    assert read_communication(base).body == "one\ntwo"
    people: Json = [{"reference": "Patient/p"}, {"reference": "Practitioner/n", "display": "N"}]
    read = read_communication({**base, "recipient": people})
    assert (read.owner, read.owner_name) == ("n", "N")
