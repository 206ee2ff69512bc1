from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cdr.definitions import official
from sync.cdr.indexing import RangeRow, TokenRow, folded, index
from sync.cdr.periods import FOREVER, span
from sync.cdr.query_values import plain, split

NEEDED = {
    "Patient": "identifier name birthdate",
    "Encounter": "patient location status date class identifier",
    "Observation": "patient code category date encounter status value-quantity based-on",
    "MedicationRequest": "patient status authoredon encounter intent",
    "MedicationAdministration": "patient request effective-time status",
    "ServiceRequest": "patient status category authored encounter requester",
    "Task": "patient owner status code focus based-on modified",
    "DocumentReference": "patient type date encounter author status",
    "Condition": "patient category clinical-status",
    "AllergyIntolerance": "patient",
    "DiagnosticReport": "patient category date result",
    "ImagingStudy": "patient started",
    "Flag": "patient",
    "Communication": "recipient patient",
    "Provenance": "target patient recorded",
    "Basic": "code",
    "AuditEvent": "date patient",
    "PractitionerRole": "practitioner role organization",
    "Location": "partof",
}


@pytest.mark.parametrize(("type_", "names"), NEEDED.items())
def test_the_workstation_finds_its_parameters(type_: str, names: str) -> None:
    known = {parameter.name for parameter in official().parameters(type_)}

    assert set(names.split()) <= known


def test_every_row_of_the_data_is_of_a_known_type_and_leads_somewhere() -> None:
    definitions = official()

    for type_ in definitions.types:
        for parameter in definitions.parameters(type_):
            assert parameter.paths
            assert parameter.kind != "reference" or definitions.targets(parameter)
            assert all(definitions.knows(target) for target in definitions.targets(parameter))
    assert len(definitions.types) == 146


def test_the_choice_of_a_type_is_followed() -> None:
    document = {"resourceType": "Condition", "onsetAge": {"value": 5, "code": "a"}}

    assert index(document, "Condition", official()).ranges == {
        RangeRow("onset-age", 5.0, 5.0, "", "a")
    }


def test_a_resolved_type_narrows_a_reference() -> None:
    group = {"resourceType": "Observation", "subject": {"reference": "Group/g"}}

    names = {row.parameter for row in index(group, "Observation", official()).links}

    assert names == {"subject"}


def test_odd_content_gives_no_row_and_no_exception() -> None:
    odd = {
        "resourceType": "Observation",
        "code": [[None, 1], {"coding": [None, "x", {"code": 5}]}],
        "effectiveDateTime": "soon",
        "effectivePeriod": {"start": 7},
        "valueQuantity": {"value": "5"},
        "subject": {"reference": None},
        "identifier": {"value": ["a"]},
        "status": {"a": {"b": {}}},
        "component": [{"valueQuantity": {"value": 10**400}}],
    }

    assert index(odd, "Observation", official()).tokens == {
        TokenRow("code", "x", "*"),
        TokenRow("combo-code", "x", "*"),
    }


@pytest.mark.parametrize(
    ("text", "low", "width"),
    [
        ("1970", 0, 365 * 86_400_000_000),
        ("1970-01", 0, 31 * 86_400_000_000),
        ("1970-12-31", 364 * 86_400_000_000, 86_400_000_000),
        ("1970-01-01T08:00:00+08:00", 0, 1_000_000),
        ("1970-01-01T00:00Z", 0, 60_000_000),
        ("1970-01-01T00:00:00.5Z", 500_000, 100_000),
        ("1970-01-01T00:00:00.123456789Z", 123_456, 1),
    ],
)
def test_a_date_covers_what_its_precision_leaves_open(text: str, low: int, width: int) -> None:
    assert span(text) == (low, low + width - 1)


@pytest.mark.parametrize("text", ["", "0000", "2020-13", "2020-02-30", "20", "now", "2020-1-1"])
def test_what_is_no_date_has_no_span(text: str) -> None:
    assert span(text) is None


@given(st.datetimes(), st.sampled_from([4, 7, 10, 16, 19]))
def test_a_shorter_date_contains_the_longer_one(moment: datetime, cut: int) -> None:
    text = moment.isoformat(timespec="seconds")
    whole, part = span(text), span(text[:cut])

    if whole is None or part is None:
        assert text.startswith("9999") or cut == 16
        return
    assert part[0] <= whole[0] <= whole[1] <= part[1] < FOREVER


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"), [("Ångström", "angstrom"), ("ÇELİK", "çelik"), ("李明", "李明"), ("が", "が")]
)
def test_folding_drops_case_and_accents_only(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert folded("が") != folded("か")


@given(st.lists(st.text(alphabet="ab\\|,$", min_size=0), min_size=1))
def test_escaped_values_survive_being_split(values: list[str]) -> None:
    escaped = [v.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|") for v in values]

    assert [plain(part) for part in split(",".join(escaped), ",")] == values
