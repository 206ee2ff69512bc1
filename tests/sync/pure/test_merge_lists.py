"""Lists: items are recognised by what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.fhir.document import Document, Json
from sync.merge import (
    NeedsClinician,
    merge,
)
from tests.sync.pure.cases import RULES
from tests.sync.pure.merge_cases import (
    ENCOUNTER,
    HOME,
    MAIL,
    NEWER,
    WORK,
    document_of,
    edited_here,
    edited_there,
    expect_conflict,
    expect_merged,
)

# --- lists


def test_items_are_recognised_by_what_they_are_and_not_by_where_they_stand() -> None:
    """android-fhir#1096: an index-based patch edits the wrong telephone number."""
    ours = edited_here(telecom=[HOME, WORK | {"use": "work"}, MAIL])
    theirs = edited_there(telecom=[WORK, MAIL])

    assert document_of(expect_merged(ours, theirs))["telecom"] == [WORK | {"use": "work"}, MAIL]


def test_items_added_on_both_sides_are_both_kept_where_they_were_put() -> None:
    first: Document = {"value": "0"}
    last: Document = {"value": "9"}

    both = expect_merged(
        edited_here(telecom=[first, HOME, WORK, MAIL]),
        edited_there(telecom=[HOME, WORK, MAIL, last]),
    )

    assert document_of(both)["telecom"] == [first, HOME, WORK, MAIL, last]
    assert both.taken_local == both.taken_remote == ("telecom[new]",)


def test_an_item_removed_here_and_changed_there_needs_a_clinician() -> None:

    conflict = expect_conflict(
        edited_here(telecom=[WORK, MAIL]), edited_there(telecom=[HOME | {"use": "old"}, WORK, MAIL])
    )
    assert conflict.paths == ("telecom[0]",)
    conflict = expect_conflict(
        edited_here(telecom=[HOME | {"use": "old"}, WORK, MAIL]), edited_there(telecom=[WORK, MAIL])
    )
    assert conflict.paths == ("telecom[0]",)


def test_one_item_corrected_twice_needs_a_clinician() -> None:

    conflict = expect_conflict(
        edited_here(telecom=[{"value": "home-1"}, WORK, MAIL]),
        edited_there(telecom=[{"value": "home-2"}, WORK, MAIL]),
    )

    assert conflict.paths == ("telecom",)


def test_the_order_of_the_side_that_moved_items_holds() -> None:
    moved: Json = [MAIL, HOME, WORK]

    result = expect_merged(
        edited_here(telecom=moved), edited_there(telecom=[HOME, WORK, MAIL | {"use": "x"}])
    )
    assert document_of(result)["telecom"] == [MAIL | {"use": "x"}, HOME, WORK]
    result = expect_merged(
        edited_here(telecom=[HOME, WORK, MAIL | {"use": "x"}]), edited_there(telecom=moved)
    )
    assert document_of(result)["telecom"] == [MAIL | {"use": "x"}, HOME, WORK]


def test_items_moved_on_both_sides_differently_need_a_clinician() -> None:

    assert expect_conflict(
        edited_here(telecom=[MAIL, HOME, WORK]), edited_there(telecom=[WORK, HOME, MAIL])
    ).paths == ("telecom",)


def test_an_item_added_behind_a_removed_one_stays_in_its_place() -> None:
    added: Document = {"value": "between"}

    result = expect_merged(
        edited_here(telecom=[HOME, WORK, added, MAIL]), edited_there(telecom=[HOME, MAIL])
    )
    assert document_of(result)["telecom"] == [HOME, added, MAIL]
    result = expect_merged(
        edited_here(telecom=[HOME, added, WORK, MAIL]), edited_there(telecom=[WORK, MAIL])
    )
    assert document_of(result)["telecom"] == [added, WORK, MAIL]


def test_a_list_emptied_by_both_together_is_left_out() -> None:

    document = document_of(
        expect_merged(edited_here(telecom=[HOME]), edited_there(telecom=[WORK, MAIL]))
    )
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
    assert expect_conflict(edited_here(telecom=ours), edited_there(telecom=theirs)).paths == (
        "telecom",
    )


def test_without_any_rule_for_lists_each_is_one_piece() -> None:
    bare = replace(RULES, lists={})

    result = merge(ENCOUNTER, edited_here(telecom=[HOME]), edited_there(telecom=[HOME, WORK]), bare)

    assert isinstance(result, NeedsClinician)
    assert result.paths == ("telecom",)


def test_a_list_that_no_rule_knows_is_one_piece() -> None:
    assert expect_conflict(edited_here(other=["a"]), edited_there(other=["b"])).paths == ("other",)


def test_dosages_are_known_by_their_sequence() -> None:
    base = ENCOUNTER | {"dosage": [{"sequence": 1, "text": "a"}, {"sequence": 2, "text": "b"}]}
    ours = base | {"dosage": [{"sequence": 1, "text": "a2"}, {"sequence": 2, "text": "b"}]}
    theirs = base | {"dosage": [{"sequence": 1, "text": "a"}, {"sequence": 2, "text": "b2"}]}

    assert document_of(expect_merged(ours, theirs, base))["dosage"] == [
        {"sequence": 1, "text": "a2"},
        {"sequence": 2, "text": "b2"},
    ]
    mixed = base | {"dosage": [{"sequence": 1, "text": "a", "route": {"text": "iv"}}]}
    assert expect_conflict(ours, mixed, base).paths == ("dosage[0].route", "dosage[0].text")


def test_a_contained_resource_is_taken_whole() -> None:
    medication: Document = {"resourceType": "Medication", "id": "m", "status": "active"}
    tablet: Document = {"form": {"text": "tablet"}}
    base = ENCOUNTER | {"contained": [medication]}
    ours = base | {"contained": [medication | tablet]}
    theirs = base | {"contained": [medication | {"status": "inactive"}]}

    assert expect_conflict(ours, theirs, base).paths == ("contained[0]",)


def test_a_reference_into_a_contained_resource_that_is_gone_needs_a_clinician() -> None:
    base = ENCOUNTER | {"contained": [{"resourceType": "Organization", "id": "o"}]}
    ours = base | {"serviceProvider": {"reference": "#o"}}
    theirs = {name: value for name, value in base.items() if name != "contained"} | {"meta": NEWER}

    assert expect_conflict(ours, theirs, base).paths == ("contained",)
    still = base | {"meta": NEWER, "class": {"code": "IMP"}}
    assert document_of(expect_merged(ours, still, base))["serviceProvider"] == {"reference": "#o"}


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
    snomed: Json = {"system": "snomed", "code": "2"}
    loinc: Json = {"system": "loinc", "code": "3"}

    result = expect_merged(_code(LOCAL, snomed), _code(LOCAL, loinc), CODED)

    code = document_of(result)["code"]
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
    assert expect_conflict(ours, theirs, CODED).paths
