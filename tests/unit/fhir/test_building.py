from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import PractitionerId, Term
from app.fhir import building as make
from app.fhir.document import Document, Json
from app.fhir.elements import code_of, concept_term, quantity
from app.kernel.faults import AppError, FaultKind
from tests.unit.fhir import samples

TERMS = st.builds(
    Term,
    samples.text(),
    st.just("urn:a"),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", "Pain", "Fever"]),
) | st.builds(Term, samples.text())


def test_a_document_is_begun_as_a_copy() -> None:
    onto: Document = {"resourceType": "Task", "id": "1", "note": [{"text": "x"}]}
    begun = make.begin(onto, "Task", "1")
    assert begun == onto
    begun["note"][0]["text"] = "changed"  # type: ignore[index,call-overload]  # known shape
    assert onto["note"] == [{"text": "x"}]


@pytest.mark.parametrize(
    "onto", [{"resourceType": "Flag", "id": "1"}, {"resourceType": "Task", "id": "2"}, {"id": 1}]
)
def test_nothing_is_written_onto_another_resource(onto: Document) -> None:
    with pytest.raises(AppError) as caught:
        make.begin(onto, "Task", "1")
    assert caught.value.fault.kind is FaultKind.BUG
    assert caught.value.fault.message.code == "fhir.wrong-target"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_empty_elements_are_not_written(empty: Json) -> None:
    document: Document = {"a": 1}
    make.put(document, "a", empty)
    assert document == {}
    make.put(document, "a", empty)
    assert document == {}


@pytest.mark.parametrize("value", [False, 0, Decimal(0), "x", [None]])
def test_zero_and_false_are_something(value: Json) -> None:
    document: Document = {}
    make.put(document, "a", value)
    assert document == {"a": value}


@given(TERMS, TERMS | st.none())
def test_a_concept_reads_back_whatever_stood_there(term: Term, before: Term | None) -> None:
    onto = None if before is None else make.codeable(before)
    made = make.codeable(term, onto)
    assert concept_term(made, term.system) == term
    assert make.codeable(term, made) == made


def test_translations_of_a_code_stay_while_the_code_stays() -> None:
    other: Document = {"system": "urn:b", "code": "9"}
    onto: Document = {"coding": [{"system": "urn:a", "code": "1", "x": 1}, other], "text": "old"}
    same = make.codeable(Term("new", "urn:a", "1", "New"), onto)
    assert same["coding"] == [
        {"system": "urn:a", "code": "1", "x": 1, "display": "New"},
        other,
    ]
    changed = make.codeable(Term("new", "urn:a", "2"), onto)
    assert changed["coding"] == [{"system": "urn:a", "code": "2"}]
    assert "coding" not in make.codeable(Term("free"), onto)


def test_one_code_of_a_system_is_set_and_the_others_stay() -> None:
    document: Document = {
        "category": [
            {"coding": [{"system": "x", "code": "1"}]},
            {"coding": [{"system": "k", "code": "a", "more": 1}, {"system": "k", "code": "b"}]},
        ]
    }
    make.set_code(document, "category", "k", "c")
    assert document["category"] == [
        {"coding": [{"system": "x", "code": "1"}]},
        {"coding": [{"system": "k", "code": "c", "more": 1}]},
    ]
    make.set_code(document, "category", "k", "")
    assert document["category"] == [{"coding": [{"system": "x", "code": "1"}]}]
    make.set_code(document, "category", "n", "7", beside="x")
    assert code_of(document["category"], "n") == "7"
    assert len(document["category"]) == 1  # type: ignore[arg-type]  # known shape
    make.set_code(document, "category", "m", "8", beside="absent")
    assert len(document["category"]) == 2  # type: ignore[arg-type]  # known shape


def test_a_reference_keeps_what_else_it_says_about_the_same_target() -> None:
    onto: Document = {"reference": "Patient/1", "type": "Patient", "display": "old"}
    assert make.reference("Patient", "1", "new", onto) == {
        "reference": "Patient/1",
        "type": "Patient",
        "display": "new",
    }
    assert make.reference("Patient", "2", onto=onto) == {"reference": "Patient/2"}


def test_a_person_is_named_by_id_or_by_name_or_not_at_all() -> None:
    assert make.person(PractitionerId("1"), "A") == {"reference": "Practitioner/1", "display": "A"}
    assert make.person(None, "A") == {"display": "A"}
    assert make.person(None) == {}


def test_a_quantity_reads_back_with_its_unit() -> None:
    made = make.quantity_of(Decimal("1.50"), "毫克", "mg", {"comparator": "<", "code": "g"})
    assert quantity(made) == (Decimal("1.50"), "毫克", "mg")
    assert made["comparator"] == "<"
    assert "system" not in make.quantity_of(Decimal(1), "片", "")


def test_one_extension_of_a_url_is_set_and_the_others_stay() -> None:
    document: Document = {"extension": [{"url": "a", "valueCode": "1"}, {"url": "b"}]}
    make.set_extension(document, "a", "valueCode", "2")
    assert document["extension"] == [{"url": "b"}, {"url": "a", "valueCode": "2"}]
    make.set_extension(document, "a", "valueCode", "")
    make.set_extension(document, "b", "valueCode", None)
    assert document == {}
