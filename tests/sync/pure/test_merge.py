"""Merging by example: what a clinician would expect to happen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.fhir.document import Document, Json
from sync.merge import (
    ConflictKind,
    Merged,
    merge,
)
from sync.merge_tree import same
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


def test_changes_of_different_elements_are_combined() -> None:
    result = expect_merged(
        edited_here(priority={"text": "urgent"}), edited_there(reasonCode=[{"text": "fall"}])
    )

    document = document_of(result)
    assert document["priority"] == {"text": "urgent"}
    assert document["reasonCode"] == [{"text": "fall"}]
    assert document["meta"] == NEWER
    assert (result.taken_local, result.taken_remote) == (("priority",), ("reasonCode",))


def test_the_same_element_changed_twice_needs_a_clinician() -> None:
    conflict = expect_conflict(
        edited_here(priority={"text": "1"}), edited_there(priority={"text": "2"})
    )

    assert conflict.kind is ConflictKind.UPDATE_UPDATE
    assert conflict.paths == ("priority",)
    assert conflict.message.code == "sync.conflict.update-update"


def test_the_same_change_made_twice_is_no_conflict() -> None:
    both: Json = {"text": "urgent"}

    assert expect_merged(
        edited_here(priority=both), edited_there(priority=both)
    ).document == edited_there(priority=both)


def test_a_coupled_group_is_not_mixed_from_two_hands() -> None:
    conflict = expect_conflict(
        edited_here(status="onleave"), edited_there(period={"start": "2026-02-28"})
    )

    assert conflict.paths == ("period", "status")


def test_one_element_of_a_coupled_group_is_not_merged_inside_either() -> None:
    start: Document = {"period": {"start": "2026-03-01", "note": "a"}}
    base = ENCOUNTER | start

    found = expect_conflict(
        base | {"period": {"start": "2026-03-02", "note": "a"}},
        base | {"period": {"start": "2026-03-01", "note": "b"}},
        base,
    )

    assert found.paths == ("period",)


def test_a_new_server_version_without_a_change_leaves_ours_and_takes_its_marks() -> None:
    result = expect_merged(edited_here(status="onleave"), edited_there())

    assert result.document == edited_here(status="onleave") | {"meta": NEWER}
    assert (result.taken_local, result.taken_remote) == (("status",), ())


def test_a_tag_added_there_is_kept_beside_ours() -> None:
    tag: Json = [{"system": "s", "code": "t"}]
    ours = edited_here(meta={"versionId": "3", "security": tag})

    document = document_of(expect_merged(ours, edited_there(meta=NEWER | {"tag": tag})))

    assert document["meta"] == {"security": tag, "tag": tag} | NEWER


def test_a_tag_of_ours_alone_is_kept_when_the_server_only_moved_on() -> None:
    ours = edited_here(meta={"versionId": "3", "tag": [{"code": "t"}]})

    assert (
        document_of(expect_merged(ours, edited_there()))["meta"] == {"tag": [{"code": "t"}]} | NEWER
    )


def test_a_server_that_sends_no_version_marks_adds_none() -> None:
    tagged: Json = {"tag": [{"code": "t"}]}
    bare = {name: value for name, value in ENCOUNTER.items() if name != "meta"}

    result = merge(bare, bare | {"class": "x"}, bare | {"meta": tagged, "serviceType": "y"}, RULES)

    assert isinstance(result, Merged)
    assert document_of(result) == bare | {"class": "x", "meta": tagged, "serviceType": "y"}


def test_equal_values_written_differently_are_equal() -> None:
    base = ENCOUNTER | {"length": {"value": Decimal("72.5")}}
    ours = ENCOUNTER | {"length": {"value": Decimal("72.50")}}
    theirs = ENCOUNTER | {"length": {"value": Decimal(80)}}

    assert expect_merged(ours, theirs, base).document == theirs


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


# --- elements that are one


def test_a_primitive_and_its_extension_are_one_element() -> None:
    base = ENCOUNTER | {"language": "en"}

    conflict = expect_conflict(base | {"language": "zh"}, base | {"_language": {"id": "x"}}, base)

    assert conflict.paths == ("language",)


def test_two_forms_of_one_choice_never_stand_side_by_side() -> None:
    conflict = expect_conflict(edited_here(valueString="a"), edited_there(valueCode="b"))

    assert conflict.paths == ("value[x]",)


def test_an_element_removed_here_and_changed_there_needs_a_clinician() -> None:
    base = ENCOUNTER | {"priority": {"text": "a"}}

    assert expect_conflict(ENCOUNTER, base | {"priority": {"text": "b"}}, base).paths == (
        "priority",
    )


def test_an_object_made_by_both_differently_needs_a_clinician() -> None:
    assert expect_conflict(
        edited_here(length={"value": 1}), edited_there(length={"unit": "d"})
    ).paths == ("length",)


def test_inside_an_object_disjoint_changes_are_combined() -> None:
    base = ENCOUNTER | {"hospitalization": {"origin": "a", "diet": "b"}}
    ours = base | {"hospitalization": {"origin": "a2", "diet": "b"}}
    theirs = base | {"hospitalization": {"origin": "a", "diet": "b2", "extra": "c"}}

    result = expect_merged(ours, theirs, base)

    assert document_of(result)["hospitalization"] == {"origin": "a2", "diet": "b2", "extra": "c"}
    assert result.taken_local == ("hospitalization.origin",)


# --- narrative


def test_a_generated_narrative_is_no_change() -> None:
    text: Json = {"status": "generated", "div": "<div>server</div>"}

    assert expect_merged(edited_here(status="onleave"), edited_there(text=text)).taken_local == (
        "status",
    )
    assert expect_merged(
        edited_here(text=text), edited_there(status="onleave")
    ).document == edited_there(status="onleave")
    one = expect_merged(edited_here(status="onleave", text=text), edited_there(status="onleave"))
    assert one.document == edited_there(status="onleave")


def test_a_narrative_that_tells_one_side_only_is_left_out_of_a_combined_document() -> None:
    ours = edited_here(priority={"text": "1"}, text={"status": "generated", "div": "ours"})
    theirs = edited_there(reasonCode=[{"text": "fall"}])

    assert "text" not in document_of(expect_merged(ours, theirs))


def test_a_written_narrative_is_content() -> None:
    ours = edited_here(text={"status": "additional", "div": "ours"})

    assert document_of(expect_merged(ours, edited_there(status="onleave")))["text"] == ours["text"]
    theirs = edited_there(text={"status": "additional", "div": "theirs"})
    assert expect_conflict(ours, theirs).paths == ("text",)
