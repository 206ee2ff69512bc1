"""What may be merged at all: classes, identity, endings, deletions, creations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.fhir.document import Document, Json
from sync.merge import (
    ConflictKind,
    Merged,
    NeedsClinician,
    merge,
)
from tests.sync.pure.cases import RULES
from tests.sync.pure.merge_cases import (
    ENCOUNTER,
    NEWER,
    document_of,
    edited_here,
    edited_there,
    expect_conflict,
    expect_merged,
)

# --- classes


@pytest.mark.parametrize(
    ("rtype", "status"),
    [
        ("MedicationRequest", "active"),
        ("AllergyIntolerance", "active"),
        ("Observation", "preliminary"),
        ("DiagnosticReport", "final"),
        ("Whatever", "active"),
    ],
)
def test_what_is_dangerous_or_signed_is_never_merged_even_when_elements_differ(
    rtype: str, status: str
) -> None:
    base = ENCOUNTER | {"resourceType": rtype, "status": status}
    ours, theirs = base | {"elementOne": "x"}, base | {"elementTwo": "y", "meta": NEWER}

    assert expect_conflict(ours, theirs, base).paths == ("elementOne", "elementTwo")
    assert expect_merged(ours, base | {"elementOne": "x", "meta": NEWER}, base).taken_local == ()
    assert expect_merged(ours, base | {"meta": NEWER}, base).taken_local == ("elementOne",)


def test_a_draft_report_is_merged_and_a_report_signed_meanwhile_is_not() -> None:
    base = ENCOUNTER | {"resourceType": "DiagnosticReport", "status": "preliminary"}
    ours, theirs = base | {"conclusion": "x"}, base | {"imagingStudy": [{"reference": "a/1"}]}

    assert document_of(expect_merged(ours, theirs, base))["conclusion"] == "x"
    assert expect_conflict(ours, theirs | {"status": "final"}, base)


def test_the_servers_master_data_wins_and_what_was_ours_is_named() -> None:
    base = ENCOUNTER | {"resourceType": "Practitioner"}
    theirs = base | {"active": True, "meta": NEWER}

    result = expect_merged(base | {"gender": "other"}, theirs, base)

    assert result == Merged(theirs, (), ("active",), ("gender",))


PATIENT: Document = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "1960-01-01",
    "telecom": [],
    "address": [],
}


@pytest.mark.parametrize(
    "identity",
    [
        {"birthDate": "1961-01-01"},
        {"_birthDate": {"id": "x"}},
        {"deceasedBoolean": True},
        {"name": [{"family": "Test"}]},
        {"identifier": [{"value": "1"}]},
        {"gender": "female"},
        {"link": []},
    ],
)
def test_a_patients_identity_and_another_change_are_never_combined(identity: Document) -> None:
    changed = PATIENT | identity
    contact = PATIENT | {"telecom": [{"value": "1"}]}

    assert expect_conflict(changed, contact, PATIENT)
    assert expect_conflict(contact, changed, PATIENT)


def test_a_patients_contact_elements_are_combined() -> None:
    result = expect_merged(
        PATIENT | {"telecom": [{"value": "1"}]}, PATIENT | {"address": [{"city": "x"}]}, PATIENT
    )

    assert document_of(result)["telecom"] == [{"value": "1"}]
    assert document_of(result)["address"] == [{"city": "x"}]


def test_a_record_moved_to_another_patient_is_not_edited_along() -> None:
    assert expect_conflict(
        edited_here(priority={"text": "1"}), edited_there(subject={"reference": "Patient/q"})
    )


@pytest.mark.parametrize(
    "ending",
    [
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
    ],
)
def test_an_edit_of_a_record_that_was_ended_meanwhile_needs_a_clinician(ending: Document) -> None:
    assert expect_conflict(edited_here(priority={"text": "1"}), edited_there(**ending))
    ended = ENCOUNTER | ending
    assert expect_merged(ended | {"class": "x"}, ended | {"serviceType": "y"}, ended)


def test_a_modifier_extension_nobody_here_knows_forbids_merging() -> None:
    unknown: Json = {"url": "urn:unknown", "valueBoolean": True}
    for modifier in (unknown, True):
        base = ENCOUNTER | {"diagnosis": [{"modifierExtension": [modifier]}]}
        ours, theirs = base | {"class": "x"}, base | {"serviceType": "y"}

        assert expect_conflict(ours, theirs, base)
        assert expect_merged(ours, base, base)


def test_a_modifier_extension_that_we_understand_may_be_merged_around() -> None:
    base = ENCOUNTER | {"modifierExtension": [{"url": "urn:known", "valueBoolean": True}]}
    known = replace(RULES, modifiers=frozenset({"urn:known"}))
    sides = (base, base | {"class": "x"}, base | {"serviceType": "y"})

    assert isinstance(merge(*sides, known), Merged)
    assert isinstance(merge(*sides, RULES), NeedsClinician)


# --- deletion and creation


def test_deleted_there_and_edited_here_needs_a_clinician() -> None:
    assert expect_conflict(edited_here(status="onleave"), None).kind is ConflictKind.UPDATE_DELETE
    assert expect_merged(ENCOUNTER, None).document is None


def test_deleted_here_and_edited_there_needs_a_clinician() -> None:
    assert expect_conflict(None, edited_there(status="onleave")).kind is ConflictKind.DELETE_UPDATE
    assert expect_merged(None, edited_there()).document is None


def test_deleted_on_both_sides_is_deleted() -> None:
    assert expect_merged(None, None).document is None


def test_what_only_one_side_has_made_is_taken() -> None:
    assert merge(None, ENCOUNTER, None, RULES) == Merged(ENCOUNTER)
    assert merge(None, None, ENCOUNTER, RULES) == Merged(ENCOUNTER)


def test_a_slot_made_by_two_workstations_is_one_when_both_made_it_alike() -> None:
    slot: Document = {"resourceType": "Task", "id": "s", "status": "requested"}

    assert merge(None, slot, slot | {"meta": NEWER}, RULES) == Merged(slot | {"meta": NEWER})
    result = merge(None, slot | {"note": [{"text": "a"}]}, slot | {"owner": {"id": "x"}}, RULES)
    assert isinstance(result, Merged)
    assert document_of(result)["note"] == [{"text": "a"}]


def test_two_different_creations_of_one_id_need_a_clinician() -> None:
    slot: Document = {"resourceType": "Task", "id": "s", "status": "requested"}

    conflict = expect_conflict(slot, slot | {"status": "accepted"}, None)
    assert (conflict.kind, conflict.paths) == (ConflictKind.CREATE_CREATE, ("status",))
    order = slot | {"resourceType": "MedicationRequest"}
    conflict = expect_conflict(order, order | {"priority": "stat"}, None)
    assert conflict.kind is ConflictKind.CREATE_CREATE
    order = slot | {"for": {"reference": "Patient/p"}}
    other = slot | {"for": {"reference": "Patient/q"}}
    assert expect_conflict(order, other, None).kind is ConflictKind.CREATE_CREATE
    assert expect_conflict(slot, other, None).kind is ConflictKind.CREATE_CREATE


def test_values_of_a_patient_are_not_shown_by_a_result_in_a_log() -> None:
    conflict = expect_conflict(
        edited_here(priority={"text": "secret"}), edited_there(priority={"text": "2"})
    )

    assert "secret" not in repr(conflict)
    assert "secret" not in repr(
        expect_merged(edited_here(priority={"text": "secret"}), edited_there())
    )
