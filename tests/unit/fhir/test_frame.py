"""What every resource has around its elements, and the values that are searched by."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.terms import Term
from app.fhir.bundles import is_searchset
from app.fhir.document import Document
from app.fhir.frame import (
    content,
    dangling,
    id_of,
    lasting_meta,
    meta_of,
    modifiers,
    own,
    stamped,
    states,
    type_of,
    unstamped,
    with_meta,
    without_empty_meta,
    without_text,
)
from app.fhir.medications import read_medication
from app.fhir.people import read_team
from app.fhir.read_sets import HOLDING_TYPES, holds_back
from app.fhir.search import Token, numbers_of, strings_of, tokens_of
from app.fhir.valuesets import FORMULARY
from app.fhir.workflow import read_sender

MARKS: Document = {"versionId": "3", "lastUpdated": "2026-11-24T06:00:00Z", "source": "#x"}
TAG: Document = {"tag": [{"code": "t"}]}


@pytest.mark.parametrize(
    ("document", "kind", "key"),
    [
        ({"resourceType": "Flag", "id": "f"}, "Flag", "f"),
        ({"resourceType": 7, "id": 7}, "", ""),
        ({}, "", ""),
    ],
)
def test_type_and_id_are_text_or_nothing(document: Document, kind: str, key: str) -> None:
    assert (type_of(document), id_of(document)) == (kind, key)


def test_what_only_a_server_writes_is_left_out() -> None:
    assert own({"id": "a", "meta": MARKS | TAG}) == {"id": "a", "meta": TAG}
    assert own({"id": "a", "meta": MARKS}) == {"id": "a"}
    assert own({"id": "a"}) == {"id": "a"}
    assert lasting_meta({"meta": "odd"}) is None
    assert meta_of({"meta": "odd"}) == "odd"
    assert unstamped({"id": "a", "meta": MARKS}) == {"id": "a", "meta": None}
    assert unstamped({"id": "a", "meta": MARKS | TAG}) == {"id": "a", "meta": TAG}


def test_tags_of_both_sides_meet_in_a_meta_that_goes_when_nothing_met() -> None:
    assert with_meta({"id": "a"}) == {"meta": {}, "id": "a"}
    assert without_empty_meta(with_meta({"id": "a"})) == {"id": "a"}
    assert without_empty_meta(with_meta({"meta": TAG})) == {"meta": TAG}


def test_a_narrative_made_of_the_elements_is_no_content() -> None:
    generated: Document = {"id": "a", "text": {"status": "generated"}}
    written: Document = {"id": "a", "text": {"status": "additional"}}
    assert content(generated) == {"id": "a"} == without_text(written)
    assert content(written) == written


def test_the_marks_of_the_server_are_taken_over_and_the_tags_stay() -> None:
    remote: Document = {"meta": {"versionId": "4"}}
    assert stamped({"id": "a", "meta": MARKS | TAG}, remote) == {
        "id": "a",
        "meta": TAG | {"versionId": "4"},
    }
    assert stamped({"id": "a"}, {}) == {"id": "a"}


@pytest.mark.parametrize(
    ("document", "lost"),
    [
        ({"x": {"reference": "#m"}, "contained": [{"id": "m"}]}, False),
        ({"x": {"reference": "#m"}, "contained": [{"id": "n"}]}, True),
        ({"x": {"reference": "#"}}, False),
        ({"x": [{"reference": "Patient/m"}, {"reference": 5}]}, False),
    ],
)
def test_a_contained_resource_that_is_referred_to_is_there(
    document: Document, *, lost: bool
) -> None:
    assert dangling(document) is lost


def test_modifier_extensions_are_found_at_any_depth() -> None:
    document: Document = {
        "modifierExtension": [{"url": "a"}, "odd"],
        "x": [{"modifierExtension": [{"url": "b"}]}, {"modifierExtension": "odd"}],
    }
    assert list(modifiers(document)) == ["a", "", "b"]


def test_a_document_says_how_far_it_is_as_a_code_or_a_concept() -> None:
    concept: Document = {"coding": [{"code": "refuted"}]}
    assert states({"status": "final", "verificationStatus": concept}) == ("final", "refuted")
    assert states({"status": 5}) == ()


def test_only_a_searchset_answers_a_search() -> None:
    assert is_searchset({"resourceType": "Bundle", "type": "searchset"})
    assert not is_searchset({"resourceType": "Bundle", "type": "batch-response"})
    assert not is_searchset({"resourceType": "OperationOutcome"})


def test_identifiers_and_types_are_tokens() -> None:
    document: Document = {
        "resourceType": "Encounter",
        "identifier": [{"value": "1", "system": "urn:x"}, {"value": 2}, "odd", {"value": "3"}],
        "type": [{"coding": [{"code": "c", "system": 5}, {"code": ""}]}],
    }
    assert list(tokens_of(document)) == [
        Token("Encounter.identifier", "1", "urn:x"),
        Token("Encounter.identifier", "3", ""),
        Token("Encounter.type", "c", ""),
    ]
    assert list(strings_of(document)) == []
    assert list(numbers_of(document)) == []


def test_names_are_strings_and_chances_are_numbers() -> None:
    patient: Document = {"resourceType": "Patient", "name": [{"family": "Li", "given": ["A", 5]}]}
    assert list(strings_of(patient)) == [("Patient.family", "Li"), ("Patient.given", "A")]
    assert list(tokens_of(patient)) == []
    chances: list[Document] = [{"probabilityDecimal": Decimal("0.5")}, {"probabilityDecimal": "x"}]
    risk: Document = {"resourceType": "RiskAssessment", "prediction": [*chances]}
    assert list(numbers_of(risk)) == [("RiskAssessment.probability", Decimal("0.5"))]


def test_a_team_at_work_looks_after_its_patient() -> None:
    members: list[Document] = [
        {"member": {"reference": "Practitioner/w"}},
        {"member": {"reference": "Organization/o"}},
        {"member": {"reference": "Practitioner/w"}},
    ]
    team: Document = {"status": "active", "participant": [*members]}
    assert read_team(team) == ("w",)
    assert read_team(team | {"status": "suspended"}) == ()


def test_a_medication_has_a_name_or_says_that_it_has_none() -> None:
    coded: Document = {"coding": [{"system": FORMULARY, "code": "asa"}], "text": "阿司匹林"}
    assert read_medication({"code": coded}) == Term("阿司匹林", FORMULARY, "asa")
    assert read_medication({}).text == read_medication({"code": {}}).text


def test_a_task_is_asked_for_and_a_message_is_sent_by_somebody() -> None:
    who: Document = {"reference": "Practitioner/w"}
    assert read_sender({"resourceType": "Task", "requester": who, "sender": {}}) == "w"
    assert read_sender({"resourceType": "Communication", "sender": who}) == "w"
    assert read_sender({"resourceType": "Communication", "requester": who}) is None


@pytest.mark.parametrize(
    ("document", "holds"),
    [
        ({"resourceType": "AllergyIntolerance"}, True),
        ({"resourceType": "Observation", "status": "final"}, False),
        ({"resourceType": "DocumentReference", "docStatus": "preliminary"}, False),
        ({"resourceType": "DocumentReference", "docStatus": "final"}, True),
        ({"resourceType": "DocumentReference"}, True),
        ({"resourceType": "DiagnosticReport", "status": "partial"}, False),
    ],
)
def test_what_was_signed_waits_for_what_was_decided_and_for_signed_papers(
    document: Document, *, holds: bool
) -> None:
    assert holds_back(document) is holds
    assert not holds or str(document["resourceType"]) in HOLDING_TYPES
