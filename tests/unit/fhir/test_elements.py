from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Term
from app.fhir import elements as el
from app.fhir.document import Json
from tests.unit.fhir import samples

TOKYO = timezone(timedelta(hours=9))
WRONG: list[Json] = [None, True, 3, Decimal("1.5"), "text", [], {}, [[]], [3], {"a": 1}]


def test_a_path_leads_through_objects_and_arrays() -> None:
    value: Json = {"a": [{"b": "x"}]}
    assert el.at(value, "a", 0, "b") == "x"
    assert el.at(value) == value


@pytest.mark.parametrize("path", [("a", 1), ("a", "b"), (0,), ("a", 0, "b", "c"), ("z",)])
def test_a_path_that_leads_nowhere_is_nothing(path: tuple[str | int, ...]) -> None:
    assert el.at({"a": [{"b": "x"}]}, *path) is None


def test_accessors_give_what_is_there() -> None:
    value: Json = {"t": "x", "b": False, "d": {"k": 1}, "l": [{"k": 1}, 3], "i": 7}
    assert el.text_at(value, "t") == "x"
    assert el.bool_at(value, "b") is False
    assert el.dict_at(value, "d") == {"k": 1}
    assert el.list_at(value, "l") == [{"k": 1}, 3]
    assert el.dicts_at(value, "l") == [{"k": 1}]
    assert el.integer(el.at(value, "i")) == 7


@pytest.mark.parametrize("wrong", ["", "  ", "\n"])
def test_empty_words_count_as_absent(wrong: str) -> None:
    assert el.text_at({"t": wrong}, "t") == ""


@given(samples.json_values())
def test_nothing_in_json_makes_an_accessor_fail(value: Json) -> None:
    for read in (
        el.text_at, el.bool_at, el.dict_at, el.list_at, el.dicts_at, el.codings, el.concept_term,
        el.term_or_unnamed, el.when, el.whole_date, el.date_text, el.moment, el.sort_instant,
        el.decimal, el.integer, el.quantity, el.quantity_text, el.period, el.ref_at, el.refs_at,
        el.practitioner_at, el.display_at, el.note_texts,
    ):  # fmt: skip
        read(value)
    el.extension(value, "urn:x")
    el.span_text(value, value)


def test_a_concept_reads_as_the_author_wrote_it_with_the_english_of_its_code() -> None:
    concept: Json = {
        "coding": [{"system": "urn:a", "code": "1", "display": "Aspirin"}],
        "text": "阿司匹林",
    }
    assert el.concept_term(concept) == Term("阿司匹林", "urn:a", "1", "Aspirin")


@pytest.mark.parametrize(
    ("concept", "term"),
    [
        ({"coding": [{"system": "s", "code": "1", "display": "頭痛"}]}, Term("頭痛", "s", "1")),
        ({"coding": [{"code": "1"}]}, Term("1", "", "1")),
        ({"coding": [{"display": "Pain"}]}, Term("Pain", "", "", "Pain")),
        ({"coding": [{"system": "s", "display": "Pain"}]}, Term("Pain", "", "", "Pain")),
        ({"text": "free"}, Term("free")),
        ({"coding": [{"code": ""}], "text": ""}, None),
        ({"coding": []}, None),
        ({}, None),
        (None, None),
    ],
)
def test_what_a_concept_lacks_is_not_made_up(concept: Json, term: Term | None) -> None:
    assert el.concept_term(concept) == term


def test_the_preferred_system_goes_before_the_users_choice_before_the_first() -> None:
    rows: list[Json] = [
        {"system": "a", "code": "1"},
        {"system": "b", "code": "2", "userSelected": True},
        {"system": "c", "code": "3"},
    ]
    concept: Json = {"coding": rows, "text": "x"}
    assert el.concept_term(concept, "c") == Term("x", "c", "3")
    assert el.concept_term(concept, "z") == Term("x", "b", "2")
    assert el.concept_term({"coding": [rows[0], rows[2]], "text": "x"}) == Term("x", "a", "1")


def test_codings_are_found_in_concepts_in_arrays_of_them_and_alone() -> None:
    coding: Json = {"system": "s", "code": "1", "display": "d"}
    made = el.Coding("s", "1", "d")
    assert el.codings({"coding": [coding]}) == (made,)
    assert el.codings([{"coding": [coding]}, {"coding": [coding]}]) == (made, made)
    assert el.codings(coding) == (made,)
    assert el.codings({"text": "x"}) == ()
    assert el.code_of([{"coding": [coding]}], "s") == "1"
    assert el.code_of([{"coding": [coding]}], "other") == ""


@pytest.mark.parametrize("latin", ["Aspirin", "Müller", "Nguyễn", "", "12 +"])
def test_latin_is_told_from_other_scripts(latin: str) -> None:
    assert el.is_latin(latin)
    assert not el.is_latin(f"{latin}李")


@pytest.mark.parametrize(
    "instant",
    ["2026-11-01T08:00:00+09:00", "2026-10-31T23:00:00Z", "2026-10-31T23:00:00.000000000Z"],
)
def test_an_instant_is_read_in_utc(instant: str) -> None:
    assert el.when(instant) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert el.instant(instant) == el.when(instant)
    assert el.moment(instant) == (datetime(2026, 10, 31, 23, tzinfo=UTC), "")


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "2026-11",
        "2026-11-01",
        "2026-11-01T08:00:00",
        "2026-11-01 08:00:00+09:00",
        "2026-13-01T08:00:00Z",
        "2026-11-01T25:00:00Z",
        "0001-01-01T00:00:00+09:00",
        "yesterday evening",
    ],
)
def test_no_time_is_made_up_for_what_has_none(text: str) -> None:
    assert el.when(text) is None
    assert el.moment(text) == (None, text)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_text_is_no_time(wrong: Json) -> None:
    assert el.when(wrong) is None
    assert el.whole_date(wrong) is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026-11-02", datetime(2026, 11, 1, 15, tzinfo=UTC)),
        ("2026-11", datetime(2026, 10, 31, 15, tzinfo=UTC)),
        ("2026", datetime(2025, 12, 31, 15, tzinfo=UTC)),
        ("2026-11-02T00:00:00Z", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-02-30", None),
        ("soon", None),
        ("0001-01-01", None),
    ],
)
def test_a_date_sorts_at_the_start_of_its_day_where_the_hospital_is(
    text: str, start: datetime | None
) -> None:
    assert el.sort_instant(text, TOKYO) == start


@pytest.mark.parametrize("text", ["2026-11-2", "20261102", "2026-02-30", "2026/11/02"])
def test_only_a_whole_date_is_a_date(text: str) -> None:
    assert el.whole_date(text) is None
    assert el.whole_date("2026-11-02") == date(2026, 11, 2)


@given(st.integers(-(2**51), 2**53).map(lambda n: datetime.fromtimestamp(n / 2**20, TOKYO)))
def test_an_instant_is_written_as_it_is_read(moment: datetime) -> None:
    assert el.when(el.instant_text(moment)) == moment
    assert el.instant_text(moment).endswith("Z")


@pytest.mark.parametrize("wrong", [None, True, "5", [5], {"value": 5}])
def test_only_a_number_is_a_number(wrong: Json) -> None:
    assert el.decimal(wrong) is None
    assert el.decimal(5) == 5
    assert str(el.decimal(Decimal("5.50"))) == "5.50"


def test_only_an_integer_is_an_integer() -> None:
    assert el.integer(True) is None
    assert el.integer(Decimal("5.0")) is None


def test_a_quantity_carries_its_unit_and_a_code_only_of_ucum() -> None:
    ucum = "http://unitsofmeasure.org"
    value: Json = {"value": Decimal("5.0"), "unit": "mg", "system": ucum, "code": "mg"}
    assert el.quantity(value) == (Decimal("5.0"), "mg", "mg")
    assert el.quantity({"value": 5, "system": ucum, "code": "mg"}) == (5, "mg", "mg")
    assert el.quantity({"value": 5, "unit": "Tabl.", "system": "urn:x", "code": "T"}) == (
        5,
        "Tabl.",
        "",
    )
    assert el.quantity_text(value | {"comparator": "<"}) == "< 5.0 mg"
    assert el.quantity_text({}) == ""


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ({"value": 1}, {"value": 2}, "1 – 2"),
        ({"value": 1}, None, "≥ 1"),
        (None, {"value": 2}, "≤ 2"),
        (None, None, ""),
    ],
)
def test_a_span_is_said_in_signs(low: Json, high: Json, words: str) -> None:
    assert el.span_text(low, high) == words


def test_references_are_relative_and_of_a_type() -> None:
    value: Json = {"who": {"reference": "Practitioner/1", "display": "Dr A"}, "all": [{}, 3]}
    assert el.ref_at(value, "who") == "Practitioner/1"
    assert el.practitioner_at(value, "who") == "1"
    assert el.id_at(value, "Patient", "who") == ""
    assert el.practitioner_at({"who": {"reference": "Patient/1"}}, "who") is None
    assert el.display_at(value, "who") == "Dr A"
    assert el.ref_at({"reference": "https://x.example/Patient/1"}) is None
    assert el.refs_at(value, "all") == ()
    assert el.refs_at([{"reference": "A/1"}, {"reference": "#x"}]) == ("A/1",)


def test_extensions_and_notes_are_found() -> None:
    value: Json = {
        "extension": [{"url": "a", "valueCode": "1"}, {"url": "b"}],
        "note": [{"text": "one"}, {}, {"text": "two"}],
    }
    assert el.extension(value, "a") == {"url": "a", "valueCode": "1"}
    assert el.extension(value, "z") == {}
    assert el.note_texts(value) == "one\ntwo"


def test_a_period_has_the_ends_that_are_instants() -> None:
    value: Json = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02"}
    assert el.period(value) == (datetime(2026, 11, 1, tzinfo=UTC), None)
