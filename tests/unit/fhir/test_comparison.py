"""Three versions side by side: nothing that differs may look alike."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.disputes import ChangedBy
from app.fhir.comparison import agreements, author_of, differences, said_of
from app.fhir.document import Document, Json

BASE: Document = {
    "resourceType": "MedicationRequest",
    "id": "m-1",
    "meta": {"versionId": "1"},
    "status": "active",
    "medicationCodeableConcept": {"text": "阿司匹林"},
    "requester": {"reference": "Practitioner/wang", "display": "王奕"},
}


def test_each_difference_says_who_made_it() -> None:
    mine: Document = {**BASE, "status": "stopped", "priority": "urgent"}
    theirs: Document = {**BASE, "status": "on-hold", "meta": {"versionId": "2"}}

    found = {one.element: one for one in differences(BASE, mine, theirs)}

    assert set(found) == {"status", "priority"}
    assert found["status"].changed_by is ChangedBy.BOTH
    said = found["status"]
    assert (said.value, said.mine, said.theirs) == ("active", "stopped", "on-hold")
    assert found["priority"].changed_by is ChangedBy.MINE
    assert [one.changed_by for one in differences(BASE, BASE, theirs)] == [ChangedBy.THEIRS]


def test_what_was_deleted_there_differs_in_everything() -> None:
    found = differences(BASE, BASE, None)

    assert {one.theirs for one in found} == {""}
    assert {one.element for one in found} >= {"status", "requester"}


def test_what_all_agree_on_says_what_it_is_about() -> None:
    mine: Document = {**BASE, "status": "stopped"}

    assert agreements(BASE, mine, None) == (
        ("medicationCodeableConcept", "阿司匹林"),
        ("requester", "王奕"),
    )


def test_an_extension_is_an_element_of_its_own() -> None:
    told: Document = {
        "extension": [
            {"url": "urn:wardone:stop-reason", "valueString": "皮疹"},
            {"url": "urn:more", "valueInteger": 1},
            {"url": "urn:more", "valueInteger": 2},
            {"valueBoolean": True},
            "odd",
        ]
    }

    found = {one.element: one.mine for one in differences(BASE, {**BASE, **told}, BASE)}

    assert found == {
        "urn:wardone:stop-reason": "皮疹",
        "urn:more": "1; 2",
        "extension": "true; value odd",
    }
    single: Document = {**BASE, "extension": "odd"}
    assert differences(BASE, single, BASE)[0].mine == "value odd"


def test_one_text_in_two_types_is_not_shown_alike() -> None:
    def told(kind: str) -> Document:
        return {**BASE, "extension": [{"url": "urn:x", kind: "2026"}]}

    (found,) = differences(told("valueString"), told("valueString"), told("valueDate"))

    assert found.mine != found.theirs


def test_two_codes_under_one_text_are_not_shown_alike() -> None:
    def drug(code: str) -> Document:
        return {**BASE, "code": {"text": "肝素", "coding": [{"system": "s", "code": code}]}}

    (found,) = differences(drug("a"), drug("a"), drug("b"))

    assert found.mine != found.theirs
    assert '"b"' in found.theirs


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (Decimal("2.50"), "2.50"),
        ("active", "active"),
        ({"value": Decimal("2.5"), "unit": "mg"}, "2.5 mg"),
        ({"value": {"odd": "x"}}, "value odd x"),
        ({"reference": "Patient/p"}, "Patient/p"),
        ({"coding": [{"system": "s", "code": "c", "display": "Heparin"}]}, "Heparin"),
        ({"coding": []}, "coding"),
        ({"start": "2026-11-24", "end": "2026-11-25"}, "start 2026-11-24, end 2026-11-25"),
        ([{"text": "a"}, {"text": "b"}], "a; b"),
    ],
)
def test_values_are_said_as_a_reader_says_them(value: Json, said: str) -> None:
    assert said_of(value) == said


@pytest.mark.parametrize(
    ("elements", "author"),
    [
        ({"requester": {"display": "王奕"}}, "王奕"),
        ({"recorder": {"reference": "Practitioner/wang"}}, "Practitioner/wang"),
        ({"performer": [{"actor": {"display": "赵护士"}}]}, "赵护士"),
        ({"author": []}, ""),
        ({}, ""),
    ],
)
def test_the_maker_is_whoever_the_document_names(elements: Document, author: str) -> None:
    assert author_of(elements) == author


def test_nobody_made_what_is_not_there() -> None:
    assert author_of(None) == ""


_VALUES = st.recursive(
    st.text(max_size=4) | st.booleans() | st.integers(-9, 9),
    lambda inner: st.dictionaries(st.sampled_from(["text", "value", "x"]), inner, max_size=2),
    max_leaves=4,
)


@given(_VALUES, _VALUES)
def test_what_differs_is_shown_and_looks_different(one: Json, other: Json) -> None:
    left: Document = {"resourceType": "Basic", "id": "b", "x": one}
    right: Document = {"resourceType": "Basic", "id": "b", "x": other}

    found = differences(left, left, right)

    if found:
        assert found[0].mine != found[0].theirs
    assert differences(left, left, left) == ()
