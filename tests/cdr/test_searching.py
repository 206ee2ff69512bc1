from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.cdr.kit import LOINC, UCUM, Wire, a_patient, an_observation


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("Patient?identifier=7", ["li"]),
        ("Patient?identifier=urn:mrn|7", ["li"]),
        ("Patient?identifier=|bare", ["li"]),
        ("Patient?identifier=|7", []),
        ("Patient?identifier=urn:mrn|", ["li"]),
        ("Patient?identifier=urn:other|7", []),
        ("Patient?gender=male,female", ["li", "ayla"]),
        ("Patient?gender=http://hl7.org/fhir/administrative-gender|male", ["li"]),
        ("Patient?gender:not=male", ["ayla"]),
        ("Patient?gender=male&identifier=7", ["li"]),
        ("Patient?gender=female&identifier=7", []),
        ("Patient?phone=100", ["li"]),
        ("Patient?email=100", []),
        ("Patient?telecom=100", ["li"]),
        ("Patient?deceased=true", []),
        ("Patient?_id=li,ayla,nobody", ["li", "ayla"]),
        ("Observation?code=8867-4&patient=li", ["o-1", "o-2"]),
        (f"Observation?code={LOINC}|8310-5", ["o-3"]),
        ("Observation?combo-code=8310-5", ["o-3"]),
        ("Encounter?class=IMP", ["e-li", "e-ayla"]),
    ],
)
def test_tokens(ward: Wire, query: str, ids: list[str]) -> None:
    assert ward.get(query).ids == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("Patient?name=李", ["li"]),
        ("Patient?name=明", ["li"]),
        ("Patient?name=li", ["li"]),
        ("Patient?name=ming", []),
        ("Patient?name:contains=ming", ["li"]),
        ("Patient?name:exact=LI Ming", ["li"]),
        ("Patient?name:exact=li ming", []),
        ("Patient?family=sahin", ["ayla"]),
        ("Patient?family=SAHİN", ["ayla"]),
        ("Patient?family:exact=Şahin", ["ayla"]),
        ("Patient?family:exact=Sahin", []),
        ("Patient?given=明", ["li"]),
        ("Patient?name=100%25", []),
    ],
)
def test_strings(ward: Wire, query: str, ids: list[str]) -> None:
    assert ward.get(query).ids == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("Observation?patient=li", ["o-1", "o-2", "o-3"]),
        ("Observation?patient=Patient/li", ["o-1", "o-2", "o-3"]),
        ("Observation?subject=li,ayla", ["o-1", "o-2", "o-3", "o-4"]),
        ("Observation?subject:Patient=ayla", ["o-4"]),
        ("Observation?subject:Group=ayla", []),
        ("Observation?subject=Group/ayla", []),
        ("Encounter?location=bed", ["e-li"]),
        ("Encounter?location:Location.partof=ward", ["e-li"]),
        ("Encounter?location.partof=Location/ward", ["e-li"]),
        ("Observation?subject:Patient.name=李", ["o-1", "o-2", "o-3"]),
        ("Observation?patient.identifier=urn:mrn|7&code=8310-5", ["o-3"]),
        ("Observation?patient._id=ayla", ["o-4"]),
        ("Patient?_has:Observation:patient:code=8310-5", ["li"]),
        ("Patient?_has:Observation:patient:code=0", []),
        ("Patient?_has:Encounter:patient:location.partof=ward", ["li"]),
        ("Observation?subject:missing=true", []),
        ("Patient?birthdate:missing=false", ["li", "ayla"]),
        ("Observation?date:missing=true", []),
        ("Observation?value-quantity:missing=true", ["o-2", "o-3", "o-4"]),
    ],
)
def test_references_and_chains(ward: Wire, query: str, ids: list[str]) -> None:
    assert ward.get(query).ids == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("birthdate=1950-03-09", ["li"]),
        ("birthdate=1950", ["li"]),
        ("birthdate=1970", ["ayla"]),
        ("birthdate=1970-01-01", []),
        ("birthdate=ne1950", ["ayla"]),
        ("birthdate=gt1950-03-09", ["ayla"]),
        ("birthdate=ge1950-03-09", ["li", "ayla"]),
        ("birthdate=lt1950-03-09", []),
        ("birthdate=le1950-03-09", ["li"]),
        ("birthdate=sa1969", ["ayla"]),
        ("birthdate=eb1951", ["li"]),
        ("birthdate=ap1950", ["li"]),
        ("birthdate=ge1940&birthdate=lt1960", ["li"]),
    ],
)
def test_dates(ward: Wire, query: str, ids: list[str]) -> None:
    assert ward.get("Patient?" + query).ids == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("date=2026-02-01", ["o-1"]),
        ("date=2026-02-01T02:00:00Z", ["o-1"]),
        ("date=2026-02-01T10:00:00%2B08:00", ["o-1"]),
        ("date=2026-02-01T10:00:00+08:00", ["o-1"]),
        ("date=ge2026-02-02&date=lt2026-02-03", ["o-2"]),
        ("date=gt2026-02-03", ["o-4"]),
        ("date=sa2027", []),
    ],
)
def test_times_and_open_periods(ward: Wire, query: str, ids: list[str]) -> None:
    assert ward.get("Observation?" + query).ids == ids


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("120", True),
        ("120.0", True),
        ("1.2e2", True),
        ("100", False),
        ("gt119", True),
        ("gt120", False),
        ("ge120", True),
        ("lt120", False),
        ("le120", True),
        ("ne120", False),
        ("ap110", True),
        ("ap100", False),
        (f"120|{UCUM}|/min", True),
        ("120||/min", True),
        ("120||beats/min", True),
        (f"120|{UCUM}|mg", False),
        ("120|urn:other|/min", False),
    ],
)
def test_quantities(ward: Wire, value: str, *, found: bool) -> None:
    answer = ward.get("Observation?value-quantity=" + quote(value))

    assert answer.ids == (["o-1"] if found else [])


def test_equality_covers_the_rounding_of_the_digits_given(wire: Wire) -> None:
    wire.put(a_patient())
    for n, value in enumerate((b"99.4", b"99.5", b"100.4", b"100.5")):
        body = (
            b'{"resourceType":"Observation","id":"o%d","status":"final","code":{"text":"x"},'
            b'"valueQuantity":{"value":%s}}'
        )
        wire.ask("PUT", f"Observation/o{n}", body % (n, value))

    assert wire.get("Observation?value-quantity=100").ids == ["o1", "o2"]
    assert wire.get("Observation?value-quantity=100.5").ids == ["o3"]


def test_uris_and_tags(wire: Wire) -> None:
    tag = {"system": "urn:t", "code": "a"}
    wire.filled(a_patient("a", meta={"tag": [tag], "profile": ["http://x/one"]}), a_patient("b"))

    assert wire.get("Patient?_tag=urn:t|a").ids == ["a"]
    assert wire.get("Patient?_profile=http://x/one").ids == ["a"]
    assert wire.get("Patient?_profile:below=http://x").ids == ["a"]
    assert wire.get("Patient?_profile=http://x").ids == []


def test_a_logical_reference_is_found_by_its_identifier(wire: Wire) -> None:
    subject = {"identifier": {"system": "urn:mrn", "value": "7"}}
    wire.put(an_observation(subject=subject))

    assert wire.get("Observation?subject:identifier=urn:mrn|7").ids == ["o-one"]
    assert wire.get("Observation?subject:identifier=urn:mrn|8").ids == []


def test_the_index_follows_changes_and_deletions(wire: Wire) -> None:
    wire.put(a_patient(gender="male"))
    wire.put(a_patient(gender="female"))
    assert wire.get("Patient?gender=male").ids == []
    assert wire.get("Patient?gender=female").ids == ["p-one"]

    wire.delete("Patient/p-one")

    assert wire.get("Patient?gender=female").ids == []
