from __future__ import annotations

import base64
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from resources.demo import knowledge
from resources.demo.document import Resource
from resources.demo.hospital import generate
from tests.demo.conftest import AS_OF
from tests.demo.feed import Feed, at, category, code, text


def words(note: Resource) -> str:
    return base64.b64decode(text(note, "content", 0, "attachment", "data")).decode()


def kind(note: Resource) -> str:
    return code(note["type"], "urn:wardone:note-kind")


def test_every_kind_of_note_is_there(hospital: Feed) -> None:
    kinds = Counter(kind(n) for n in hospital.of("DocumentReference"))

    assert set(kinds) == {
        "admission", "first-progress", "progress", "senior-round", "nursing", "handover",
        "operation", "discharge",
    }  # fmt: skip
    assert kinds["progress"] > 100


def test_no_template_mark_is_left_in_a_text(hospital: Feed) -> None:
    for note in hospital.of("DocumentReference"):
        told = words(note)
        assert len(told) > 30
        assert "{" not in told and "None" not in told
        assert "。。" not in told and ".." not in told and "，，" not in told


def test_notes_are_not_one_sentence_repeated(hospital: Feed) -> None:
    told = [words(n) for n in hospital.of("DocumentReference")]

    assert len(set(told)) > 0.98 * len(told)


def test_who_speaks_english_has_english_notes_and_the_others_chinese(hospital: Feed) -> None:
    english = {
        f"Patient/{p['id']}"
        for p in hospital.of("Patient")
        if code(at(p, "communication", 0, "language")) == "en"
    }

    assert len(english) >= 7
    for note in hospital.of("DocumentReference"):
        own = words(note)
        hanzi = sum("\u4e00" <= c <= "\u9fff" for c in own) / len(own)
        if text(note, "subject", "reference") in english:
            assert hanzi < 0.05, note["id"]
        else:
            assert hanzi > 0.12, note["id"]


def test_the_whole_hospital_can_be_written_in_english() -> None:
    notes = [r for r in generate(7, AS_OF, "en") if r["resourceType"] == "DocumentReference"]

    assert all(sum("\u4e00" <= c <= "\u9fff" for c in words(n)) < 12 for n in notes)


def test_admission_notes_keep_their_deadline_but_for_the_one_that_is_late(hospital: Feed) -> None:
    written = defaultdict(set)
    for note in hospital.of("DocumentReference"):
        written[text(note, "context", "encounter", 0, "reference")].add(kind(note))
        started = hospital.by_reference[text(note, "context", "encounter", 0, "reference")]
        limit = {"first-progress": 8, "admission": 24}.get(kind(note))
        if limit:
            came = datetime.fromisoformat(text(started, "location", 0, "period", "start"))
            assert datetime.fromisoformat(text(note, "date")) <= came + timedelta(hours=limit)
    late = [
        e
        for e in hospital.in_bed()
        if "admission" not in written[f"Encounter/{e['id']}"]
        and datetime.fromisoformat(text(e, "period", "start"))
        < hospital.as_of - timedelta(hours=24)
    ]

    assert [text(e, "subject", "display") for e in late] == ["诸葛明辉"]


def test_a_trainees_note_waits_for_its_countersignature(hospital: Feed) -> None:
    waiting = {
        f"DocumentReference/{n['id']}"
        for n in hospital.of("DocumentReference")
        if n["docStatus"] == "preliminary"
    }
    trainees = {
        text(r, "practitioner", "reference")
        for r in hospital.of("PractitionerRole")
        if code(at(r, "code", 0)) == "trainee"
    }
    asked = {
        text(t, "focus", "reference")
        for t in hospital.of("Task")
        if code(t["code"]) == "countersign"
    }

    assert len(waiting) >= 4
    assert asked == waiting
    for note in hospital.of("DocumentReference"):
        by_trainee = text(note, "author", 0, "reference") in trainees
        assert by_trainee == ("authenticator" not in note)


def test_a_note_before_the_operation_does_not_speak_of_after(hospital: Feed) -> None:
    ended = {
        text(p, "encounter", "reference"): text(p, "performedPeriod", "end")
        for p in hospital.of("Procedure")
    }
    checked = 0
    for note in hospital.of("DocumentReference"):
        encounter = text(note, "context", "encounter", 0, "reference")
        case = next(
            (c for c in knowledge.cases().values() if c.operation and c.operation.day >= 1
             and f"{c.icd}" == condition(hospital, encounter)),
            None,
        )  # fmt: skip
        if case and text(note, "date") < ended.get(encounter, "9"):
            checked += 1
            assert "术后第" not in words(note) and "引流管" not in words(note)
    assert checked > 10


def condition(feed: Feed, encounter: str) -> str:
    found = feed.by_reference.get(f"Condition/dx-{encounter.removeprefix('Encounter/enc-')}-1")
    return code(found["code"]) if found else ""


def test_the_inbox_of_every_doctor_has_work_of_each_kind(hospital: Feed) -> None:
    tasks = Counter(code(t["code"]) for t in hospital.of("Task") if t["status"] == "requested")
    owners = {text(t, "owner", "reference") for t in hospital.of("Task")}

    assert set(tasks) == {"acknowledge-result", "countersign", "verify-orders", "review"}
    assert "Practitioner/wang-yi" in owners
    for task in hospital.of("Task"):
        assert ("owner" in task) or ("performerType" in task)
        assert at(task, "restriction", "period", "end")


def test_messages_go_from_one_colleague_to_another(hospital: Feed) -> None:
    messages = [c for c in hospital.of("Communication") if str(c["id"]).startswith("msg")]
    calls = [c for c in hospital.of("Communication") if str(c["id"]).startswith("call")]

    assert len(messages) >= 12
    assert len(calls) >= 6
    assert any("received" not in m for m in messages)
    for message in messages:
        assert text(message, "sender", "reference") != text(message, "recipient", 0, "reference")
        assert text(message, "payload", 0, "contentString")


def test_at_least_eighteen_illnesses_lie_in_bed(feed: Feed) -> None:
    names = {
        text(feed.by_reference[text(e, "diagnosis", 0, "condition", "reference")], "code", "text")
        for e in feed.in_bed()
    }
    assert len(names) >= 18


def test_operations_have_a_request_a_procedure_and_a_note(hospital: Feed) -> None:
    notes = {
        text(n, "context", "encounter", 0, "reference")
        for n in hospital.of("DocumentReference")
        if kind(n) == "operation"
    }
    old = [
        p
        for p in hospital.of("Procedure")
        if datetime.fromisoformat(text(p, "performedPeriod", "end"))
        < hospital.as_of - timedelta(hours=3)
    ]

    assert len(old) >= 10
    for procedure in old:
        request = hospital.by_reference[text(procedure, "basedOn", 0, "reference")]
        assert category(request, "urn:wardone:order-class") == "treatment"
        encounter = text(procedure, "encounter", "reference")
        elsewhere = text(procedure, "performer", 0, "actor", "reference").startswith("Org")
        if not elsewhere:
            assert encounter in notes
