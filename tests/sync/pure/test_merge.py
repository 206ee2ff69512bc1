"""Merging by example: what a clinician would expect to happen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.terms import Ref
from app.fhir.document import Document, Json
from sync.merge import (
    ConflictKind,
    Current,
    Held,
    Merged,
    NeedsClinician,
    Rebased,
    check_read_set,
    merge,
    rebase,
)
from sync.merge_rules import SafetyClass
from sync.merge_tree import same
from tests.sync.pure.cases import RULES

ENCOUNTER: Document = {
    "resourceType": "Encounter",
    "id": "e-1",
    "meta": {"versionId": "3", "lastUpdated": "2026-03-02T12:00:00Z"},
    "status": "in-progress",
    "subject": {"reference": "Patient/p"},
    "period": {"start": "2026-03-01"},
    "participant": [{"individual": {"reference": "Practitioner/1"}}],
    "telecom": [
        {"system": "phone", "value": "home", "use": "home"},
        {"system": "phone", "value": "work"},
        {"system": "email", "value": "mail"},
    ],
}
NEWER: Document = {"versionId": "4", "lastUpdated": "2026-03-02T12:05:00Z"}


def _ours(**changes: Json) -> Document:
    return ENCOUNTER | changes


def _theirs(**changes: Json) -> Document:
    return ENCOUNTER | {"meta": NEWER} | changes


def _merged(local: Document | None, remote: Document | None, base: Document = ENCOUNTER) -> Merged:
    result = merge(base, local, remote, RULES)
    assert isinstance(result, Merged), result
    return result


def _conflict(
    local: Document | None, remote: Document | None, base: Document | None = ENCOUNTER
) -> NeedsClinician:
    result = merge(base, local, remote, RULES)
    assert isinstance(result, NeedsClinician), result
    assert (result.base, result.ours, result.theirs) == (base, local, remote)
    return result


def _document(result: Merged) -> Document:
    assert result.document is not None
    return result.document


def test_changes_of_different_elements_are_combined() -> None:
    result = _merged(_ours(priority={"text": "urgent"}), _theirs(reasonCode=[{"text": "fall"}]))

    document = _document(result)
    assert document["priority"] == {"text": "urgent"}
    assert document["reasonCode"] == [{"text": "fall"}]
    assert document["meta"] == NEWER
    assert (result.taken_local, result.taken_remote) == (("priority",), ("reasonCode",))


def test_the_same_element_changed_twice_needs_a_clinician() -> None:
    conflict = _conflict(_ours(priority={"text": "1"}), _theirs(priority={"text": "2"}))

    assert conflict.kind is ConflictKind.UPDATE_UPDATE
    assert conflict.paths == ("priority",)
    assert conflict.message.code == "sync.conflict.update-update"


def test_the_same_change_made_twice_is_no_conflict() -> None:
    both: Json = {"text": "urgent"}

    assert _merged(_ours(priority=both), _theirs(priority=both)).document == _theirs(priority=both)


def test_a_coupled_group_is_not_mixed_from_two_hands() -> None:
    conflict = _conflict(_ours(status="onleave"), _theirs(period={"start": "2026-02-28"}))

    assert conflict.paths == ("period", "status")


def test_a_new_server_version_without_a_change_leaves_ours_and_takes_its_marks() -> None:
    result = _merged(_ours(status="onleave"), _theirs())

    assert result.document == _ours(status="onleave") | {"meta": NEWER}
    assert (result.taken_local, result.taken_remote) == (("status",), ())


def test_a_tag_added_there_is_kept_beside_ours() -> None:
    tag: Json = [{"system": "s", "code": "t"}]
    ours = _ours(meta={"versionId": "3", "security": tag})

    document = _document(_merged(ours, _theirs(meta=NEWER | {"tag": tag})))

    assert document["meta"] == {"security": tag, "tag": tag} | NEWER


def test_a_tag_of_ours_alone_is_kept_when_the_server_only_moved_on() -> None:
    ours = _ours(meta={"versionId": "3", "tag": [{"code": "t"}]})

    assert _document(_merged(ours, _theirs()))["meta"] == {"tag": [{"code": "t"}]} | NEWER


def test_a_server_that_sends_no_version_marks_adds_none() -> None:
    tagged: Json = {"tag": [{"code": "t"}]}
    bare = {name: value for name, value in ENCOUNTER.items() if name != "meta"}

    result = merge(bare, bare | {"class": "x"}, bare | {"meta": tagged, "serviceType": "y"}, RULES)

    assert isinstance(result, Merged)
    assert _document(result) == bare | {"class": "x", "meta": tagged, "serviceType": "y"}


def test_equal_values_written_differently_are_equal() -> None:
    base = ENCOUNTER | {"length": {"value": Decimal("72.5")}}
    ours = ENCOUNTER | {"length": {"value": Decimal("72.50")}}
    theirs = ENCOUNTER | {"length": {"value": Decimal(80)}}

    assert _merged(ours, theirs, base).document == theirs


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (Decimal("72.5"), Decimal("72.50"), True),
        (72, Decimal("72.0"), True),
        (1, True, False),
        (True, 1, False),
        (False, 0, False),
        (True, True, True),
        (1, "1", False),
        (None, None, True),
        (None, [], False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_equality_is_of_values(one: Json, other: Json, *, equal: bool) -> None:
    assert same(one, other) is equal


# --- lists


def test_items_are_recognised_by_what_they_are_and_not_by_where_they_stand() -> None:
    """android-fhir#1096: an index-based patch edits the wrong telephone number."""
    home, work, mail = ENCOUNTER["telecom"]
    ours = _ours(telecom=[home, work | {"use": "work"}, mail])
    theirs = _theirs(telecom=[work, mail])

    assert _document(_merged(ours, theirs))["telecom"] == [work | {"use": "work"}, mail]


def test_items_added_on_both_sides_are_both_kept_where_they_were_put() -> None:
    home, work, mail = ENCOUNTER["telecom"]
    first, last = {"value": "0"}, {"value": "9"}

    both = _merged(
        _ours(telecom=[first, home, work, mail]), _theirs(telecom=[home, work, mail, last])
    )

    assert _document(both)["telecom"] == [first, home, work, mail, last]
    assert both.taken_local == both.taken_remote == ("telecom[new]",)


def test_an_item_removed_here_and_changed_there_needs_a_clinician() -> None:
    home, work, mail = ENCOUNTER["telecom"]

    conflict = _conflict(
        _ours(telecom=[work, mail]), _theirs(telecom=[home | {"use": "old"}, work, mail])
    )
    assert conflict.paths == ("telecom[0]",)
    conflict = _conflict(
        _ours(telecom=[home | {"use": "old"}, work, mail]), _theirs(telecom=[work, mail])
    )
    assert conflict.paths == ("telecom[0]",)


def test_one_item_corrected_twice_needs_a_clinician() -> None:
    home, work, mail = ENCOUNTER["telecom"]

    conflict = _conflict(
        _ours(telecom=[{"value": "home-1"}, work, mail]),
        _theirs(telecom=[{"value": "home-2"}, work, mail]),
    )

    assert conflict.paths == ("telecom",)


def test_the_order_of_the_side_that_moved_items_holds() -> None:
    home, work, mail = ENCOUNTER["telecom"]
    moved = [mail, home, work]

    result = _merged(_ours(telecom=moved), _theirs(telecom=[home, work, mail | {"use": "x"}]))
    assert _document(result)["telecom"] == [mail | {"use": "x"}, home, work]
    result = _merged(_ours(telecom=[home, work, mail | {"use": "x"}]), _theirs(telecom=moved))
    assert _document(result)["telecom"] == [mail | {"use": "x"}, home, work]


def test_items_moved_on_both_sides_differently_need_a_clinician() -> None:
    home, work, mail = ENCOUNTER["telecom"]

    assert _conflict(
        _ours(telecom=[mail, home, work]), _theirs(telecom=[work, home, mail])
    ).paths == ("telecom",)


def test_an_item_added_behind_a_removed_one_stays_in_its_place() -> None:
    home, work, mail = ENCOUNTER["telecom"]
    added = {"value": "between"}

    result = _merged(_ours(telecom=[home, work, added, mail]), _theirs(telecom=[home, mail]))
    assert _document(result)["telecom"] == [home, added, mail]
    result = _merged(_ours(telecom=[home, added, work, mail]), _theirs(telecom=[work, mail]))
    assert _document(result)["telecom"] == [added, work, mail]


def test_a_list_emptied_by_both_together_is_left_out() -> None:
    home, work, mail = ENCOUNTER["telecom"]

    document = _document(_merged(_ours(telecom=[home]), _theirs(telecom=[work, mail])))
    assert "telecom" not in document


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([{"use": "no key"}], []),
        ([{"value": "1"}, {"value": "1"}], []),
        (["text"], []),
        ("text", []),
        ([{"value": True}], []),
    ],
)
def test_a_list_without_unique_keys_is_one_piece(ours: Json, theirs: Json) -> None:
    assert _conflict(_ours(telecom=ours), _theirs(telecom=theirs)).paths == ("telecom",)


def test_a_list_that_no_rule_knows_is_one_piece() -> None:
    assert _conflict(_ours(other=["a"]), _theirs(other=["b"])).paths == ("other",)


def test_dosages_are_known_by_their_sequence() -> None:
    base = ENCOUNTER | {"dosage": [{"sequence": 1, "text": "a"}, {"sequence": 2, "text": "b"}]}
    ours = base | {"dosage": [{"sequence": 1, "text": "a2"}, {"sequence": 2, "text": "b"}]}
    theirs = base | {"dosage": [{"sequence": 1, "text": "a"}, {"sequence": 2, "text": "b2"}]}

    assert _document(_merged(ours, theirs, base))["dosage"] == [
        {"sequence": 1, "text": "a2"},
        {"sequence": 2, "text": "b2"},
    ]
    mixed = base | {"dosage": [{"sequence": 1, "text": "a", "route": {"text": "iv"}}]}
    assert _conflict(ours, mixed, base).paths == ("dosage[0].route", "dosage[0].text")


def test_a_contained_resource_is_taken_whole() -> None:
    held: Json = [{"resourceType": "Medication", "id": "m", "status": "active"}]
    base = ENCOUNTER | {"contained": held}
    ours = base | {"contained": [{**held[0], "form": {"text": "tablet"}}]}
    theirs = base | {"contained": [{**held[0], "status": "inactive"}]}

    assert _conflict(ours, theirs, base).paths == ("contained[0]",)


def test_a_reference_into_a_contained_resource_that_is_gone_needs_a_clinician() -> None:
    base = ENCOUNTER | {"contained": [{"resourceType": "Organization", "id": "o"}]}
    ours = base | {"serviceProvider": {"reference": "#o"}}
    theirs = {name: value for name, value in base.items() if name != "contained"} | {"meta": NEWER}

    assert _conflict(ours, theirs, base).paths == ("contained",)
    still = base | {"meta": NEWER, "class": {"code": "IMP"}}
    assert _document(_merged(ours, still, base))["serviceProvider"] == {"reference": "#o"}


# --- codings: one concept, said in several code systems


CODED: Document = {
    "resourceType": "Task",
    "id": "t-1",
    "meta": {"versionId": "3"},
    "code": {"coding": [{"system": "local", "code": "1"}], "text": "sample"},
}


def _code(*codings: Json, text: str = "sample") -> Document:
    return CODED | {"code": {"coding": list(codings), "text": text}}


LOCAL: Json = {"system": "local", "code": "1"}


def test_translations_added_on_both_sides_are_both_kept() -> None:
    snomed, loinc = {"system": "snomed", "code": "2"}, {"system": "loinc", "code": "3"}

    result = _merged(_code(LOCAL, snomed), _code(LOCAL, loinc), CODED)

    code = _document(result)["code"]
    assert isinstance(code, dict)
    assert code["coding"] == [LOCAL, loinc, snomed]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (_code({"system": "s", "code": "2"}, LOCAL), _code({"system": "s", "code": "3"}, LOCAL)),
        (_code({"system": "local", "code": "2"}), _code(LOCAL, {"system": "s", "code": "3"})),
        (_code(LOCAL, {"system": "s", "code": "3"}), _code({"system": "local", "code": "2"})),
        (_code(LOCAL, text="other"), _code(LOCAL, {"system": "s", "code": "3"})),
    ],
)
def test_two_meanings_are_never_put_in_one_concept(ours: Document, theirs: Document) -> None:
    assert _conflict(ours, theirs, CODED).paths


# --- elements that are one


def test_a_primitive_and_its_extension_are_one_element() -> None:
    base = ENCOUNTER | {"language": "en"}

    conflict = _conflict(base | {"language": "zh"}, base | {"_language": {"id": "x"}}, base)

    assert conflict.paths == ("language",)


def test_two_forms_of_one_choice_never_stand_side_by_side() -> None:
    conflict = _conflict(_ours(valueString="a"), _theirs(valueCode="b"))

    assert conflict.paths == ("value[x]",)


def test_an_element_removed_here_and_changed_there_needs_a_clinician() -> None:
    base = ENCOUNTER | {"priority": {"text": "a"}}

    assert _conflict(ENCOUNTER, base | {"priority": {"text": "b"}}, base).paths == ("priority",)


def test_an_object_made_by_both_differently_needs_a_clinician() -> None:
    assert _conflict(_ours(length={"value": 1}), _theirs(length={"unit": "d"})).paths == ("length",)


def test_inside_an_object_disjoint_changes_are_combined() -> None:
    base = ENCOUNTER | {"hospitalization": {"origin": "a", "diet": "b"}}
    ours = base | {"hospitalization": {"origin": "a2", "diet": "b"}}
    theirs = base | {"hospitalization": {"origin": "a", "diet": "b2", "extra": "c"}}

    result = _merged(ours, theirs, base)

    assert _document(result)["hospitalization"] == {"origin": "a2", "diet": "b2", "extra": "c"}
    assert result.taken_local == ("hospitalization.origin",)


# --- narrative


def test_a_generated_narrative_is_no_change() -> None:
    text: Json = {"status": "generated", "div": "<div>server</div>"}

    assert _merged(_ours(status="onleave"), _theirs(text=text)).taken_local == ("status",)
    assert _merged(_ours(text=text), _theirs(status="onleave")).document == _theirs(
        status="onleave"
    )
    one = _merged(_ours(status="onleave", text=text), _theirs(status="onleave"))
    assert one.document == _theirs(status="onleave")


def test_a_narrative_that_tells_one_side_only_is_left_out_of_a_combined_document() -> None:
    ours = _ours(priority={"text": "1"}, text={"status": "generated", "div": "ours"})
    theirs = _theirs(reasonCode=[{"text": "fall"}])

    assert "text" not in _document(_merged(ours, theirs))


def test_a_written_narrative_is_content() -> None:
    ours = _ours(text={"status": "additional", "div": "ours"})

    assert _document(_merged(ours, _theirs(status="onleave")))["text"] == ours["text"]
    theirs = _theirs(text={"status": "additional", "div": "theirs"})
    assert _conflict(ours, theirs).paths == ("text",)


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

    assert _conflict(ours, theirs, base).paths == ("elementOne", "elementTwo")
    assert _merged(ours, base | {"elementOne": "x", "meta": NEWER}, base).taken_local == ()
    assert _merged(ours, base | {"meta": NEWER}, base).taken_local == ("elementOne",)


def test_a_draft_report_is_merged_and_a_report_signed_meanwhile_is_not() -> None:
    base = ENCOUNTER | {"resourceType": "DiagnosticReport", "status": "preliminary"}
    ours, theirs = base | {"conclusion": "x"}, base | {"imagingStudy": [{"reference": "a/1"}]}

    assert _document(_merged(ours, theirs, base))["conclusion"] == "x"
    assert _conflict(ours, theirs | {"status": "final"}, base)


def test_the_servers_master_data_wins_and_what_was_ours_is_named() -> None:
    base = ENCOUNTER | {"resourceType": "Practitioner"}
    theirs = base | {"active": True, "meta": NEWER}

    result = _merged(base | {"gender": "other"}, theirs, base)

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

    assert _conflict(changed, contact, PATIENT)
    assert _conflict(contact, changed, PATIENT)


def test_a_patients_contact_elements_are_combined() -> None:
    result = _merged(
        PATIENT | {"telecom": [{"value": "1"}]}, PATIENT | {"address": [{"city": "x"}]}, PATIENT
    )

    assert _document(result)["telecom"] == [{"value": "1"}]
    assert _document(result)["address"] == [{"city": "x"}]


def test_a_record_moved_to_another_patient_is_not_edited_along() -> None:
    assert _conflict(_ours(priority={"text": "1"}), _theirs(subject={"reference": "Patient/q"}))


@pytest.mark.parametrize(
    "ending",
    [
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
    ],
)
def test_an_edit_of_a_record_that_was_ended_meanwhile_needs_a_clinician(ending: Document) -> None:
    assert _conflict(_ours(priority={"text": "1"}), _theirs(**ending))
    ended = ENCOUNTER | ending
    assert _merged(ended | {"class": "x"}, ended | {"serviceType": "y"}, ended)


def test_a_modifier_extension_nobody_here_knows_forbids_merging() -> None:
    for modifier in ([{"url": "urn:unknown", "valueBoolean": True}], [True]):
        base = ENCOUNTER | {"diagnosis": [{"modifierExtension": modifier}]}
        ours, theirs = base | {"class": "x"}, base | {"serviceType": "y"}

        assert _conflict(ours, theirs, base)
        assert _merged(ours, base, base)
    known = ENCOUNTER | {"modifierExtension": []}
    assert _merged(known | {"class": "x"}, known | {"serviceType": "y"}, known)


# --- deletion and creation


def test_deleted_there_and_edited_here_needs_a_clinician() -> None:
    assert _conflict(_ours(status="onleave"), None).kind is ConflictKind.UPDATE_DELETE
    assert _merged(ENCOUNTER, None).document is None


def test_deleted_here_and_edited_there_needs_a_clinician() -> None:
    assert _conflict(None, _theirs(status="onleave")).kind is ConflictKind.DELETE_UPDATE
    assert _merged(None, _theirs()).document is None


def test_deleted_on_both_sides_is_deleted() -> None:
    assert _merged(None, None).document is None


def test_what_only_one_side_has_made_is_taken() -> None:
    assert merge(None, ENCOUNTER, None, RULES) == Merged(ENCOUNTER)
    assert merge(None, None, ENCOUNTER, RULES) == Merged(ENCOUNTER)


def test_a_slot_made_by_two_workstations_is_one_when_both_made_it_alike() -> None:
    slot: Document = {"resourceType": "Task", "id": "s", "status": "requested"}

    assert merge(None, slot, slot | {"meta": NEWER}, RULES) == Merged(slot | {"meta": NEWER})
    result = merge(None, slot | {"note": [{"text": "a"}]}, slot | {"owner": {"id": "x"}}, RULES)
    assert isinstance(result, Merged)
    assert _document(result)["note"] == [{"text": "a"}]


def test_two_different_creations_of_one_id_need_a_clinician() -> None:
    slot: Document = {"resourceType": "Task", "id": "s", "status": "requested"}

    conflict = _conflict(slot, slot | {"status": "accepted"}, None)
    assert (conflict.kind, conflict.paths) == (ConflictKind.CREATE_CREATE, ("status",))
    order = slot | {"resourceType": "MedicationRequest"}
    conflict = _conflict(order, order | {"priority": "stat"}, None)
    assert conflict.kind is ConflictKind.CREATE_CREATE
    order = slot | {"for": {"reference": "Patient/p"}}
    other = slot | {"for": {"reference": "Patient/q"}}
    assert _conflict(order, other, None).kind is ConflictKind.CREATE_CREATE
    assert _conflict(slot, other, None).kind is ConflictKind.CREATE_CREATE


# --- rebase


def test_a_rebased_document_rests_on_the_newer_version() -> None:
    theirs = _theirs(reasonCode=[{"text": "fall"}])

    result = rebase(ENCOUNTER, _ours(priority={"text": "1"}), theirs, "4", RULES)

    assert isinstance(result, Rebased)
    assert (result.base, result.if_match, result.dirty) == (theirs, "4", True)
    assert result.working == theirs | {"priority": {"text": "1"}}


def test_a_change_that_came_to_nothing_is_clean() -> None:
    result = rebase(ENCOUNTER, _ours(status="onleave"), _theirs(status="onleave"), "4", RULES)

    assert isinstance(result, Rebased)
    assert not result.dirty
    gone = rebase(ENCOUNTER, ENCOUNTER, None, "5", RULES)
    assert gone == Rebased(None, None, "", dirty=False, merged=Merged(None))


def test_a_conflict_is_not_rebased() -> None:
    result = rebase(ENCOUNTER, _ours(status="onleave"), _theirs(status="finished"), "4", RULES)

    assert isinstance(result, NeedsClinician)


def test_a_new_document_stays_to_be_sent() -> None:
    result = rebase(None, ENCOUNTER, None, "", RULES)

    assert isinstance(result, Rebased)
    assert (result.dirty, result.if_match) == (True, "")


# --- what the signer saw (I13)

ALLERGY, ORDER, NOTE = Ref("AllergyIntolerance/a"), Ref("MedicationRequest/m"), Ref("Condition/c")
SIGNED_ON = {ALLERGY: "1", ORDER: "3", NOTE: "2"}
UNCHANGED = {
    ALLERGY: Current("1", SafetyClass.A),
    ORDER: Current("3", SafetyClass.A),
    NOTE: Current("2", SafetyClass.B),
}
NEW = Ref("AllergyIntolerance/new")


def test_nothing_changed_means_nothing_is_held() -> None:
    assert check_read_set(SIGNED_ON, UNCHANGED, {}) is None


def test_a_dangerous_document_changed_since_signing_holds_the_act() -> None:
    now = UNCHANGED | {ALLERGY: Current("2", SafetyClass.A)}

    assert check_read_set(SIGNED_ON, now, {}) == Held((ALLERGY,), ())


def test_a_harmless_document_changed_since_signing_holds_nothing() -> None:
    assert check_read_set(SIGNED_ON, UNCHANGED | {NOTE: Current("9", SafetyClass.B)}, {}) is None


def test_a_document_that_is_gone_holds_the_act() -> None:
    now = {ref: one for ref, one in UNCHANGED.items() if ref != ORDER}

    assert check_read_set(SIGNED_ON, now, {}) == Held((ORDER,), ())


def test_our_own_confirmed_writes_are_no_news() -> None:
    now = UNCHANGED | {ORDER: Current("4", SafetyClass.A), NEW: Current("1", SafetyClass.A)}
    ours = {ORDER: {"4"}, NEW: {"1"}}

    assert check_read_set(SIGNED_ON, now, ours, {"AllergyIntolerance"}) is None


def test_an_unsent_document_of_ours_in_the_read_set_is_no_news() -> None:
    assert check_read_set({Ref("Task/unsent"): ""}, {}, {}) is None


def test_an_allergy_added_elsewhere_holds_the_act_though_nobody_could_have_read_it() -> None:
    now = UNCHANGED | {NEW: Current("1", SafetyClass.A)}

    assert check_read_set(SIGNED_ON, now, {}, {"AllergyIntolerance"}) == Held((), (NEW,))
    assert check_read_set({}, {NEW: now[NEW]}, {}, {"AllergyIntolerance"}) == Held((), (NEW,))
    assert check_read_set(SIGNED_ON, now, {}) is None
    harmless = UNCHANGED | {NEW: Current("1", SafetyClass.B)}
    assert check_read_set(SIGNED_ON, harmless, {}, {"AllergyIntolerance"}) is None


def test_values_of_a_patient_are_not_shown_by_a_result_in_a_log() -> None:
    conflict = _conflict(_ours(priority={"text": "secret"}), _theirs(priority={"text": "2"}))

    assert "secret" not in repr(conflict)
    assert "secret" not in repr(_merged(_ours(priority={"text": "secret"}), _theirs()))
