from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sync.cdr.values import Policy
from tests.cdr.kit import Wire, a_patient


def test_last_updated_counts_in_milliseconds(wire: Wire) -> None:
    for n in range(3):
        wire.put(a_patient(f"p{n}"))
        wire.clock.move(seconds=0.001)
    middle = "2026-03-01T08:00:00.001Z"

    found = {
        prefix: wire.get(f"Patient?_lastUpdated={prefix}{middle}").ids
        for prefix in ("", "ge", "gt", "le", "lt", "ne", "sa", "eb")
    }

    assert found == {
        "": ["p1"],
        "ge": ["p1", "p2"],
        "gt": ["p2"],
        "le": ["p0", "p1"],
        "lt": ["p0"],
        "ne": ["p0", "p2"],
        "sa": ["p2"],
        "eb": ["p0"],
    }
    assert wire.get("Patient?_lastUpdated=ge2026-03-01T08:00:00.0005Z").ids == ["p1", "p2"]
    assert wire.get("Patient?_lastUpdated=2026-03-01").ids == ["p0", "p1", "p2"]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("_sort=-date", ["o-4", "o-3", "o-2", "o-1"]),
        ("_sort=date", ["o-1", "o-2", "o-3", "o-4"]),
        ("_sort=code,-date", ["o-3", "o-4", "o-2", "o-1"]),
        ("_sort=-_id", ["o-4", "o-3", "o-2", "o-1"]),
        ("_sort=_lastUpdated,-_id", ["o-4", "o-3", "o-2", "o-1"]),
        ("_sort=value-quantity", ["o-1", "o-2", "o-3", "o-4"]),
        ("_sort=-value-quantity,-date", ["o-1", "o-4", "o-3", "o-2"]),
        ("_sort=-subject,-_id", ["o-3", "o-2", "o-1", "o-4"]),
    ],
)
def test_sorting(ward: Wire, sort: str, ids: list[str]) -> None:
    assert ward.get("Observation?" + sort).ids == ids


def test_sorting_by_a_name(ward: Wire) -> None:
    assert ward.get("Patient?_sort=family").ids == ["ayla", "li"]
    assert ward.get("Patient?_sort=-family").ids == ["li", "ayla"]


@pytest.mark.parametrize(
    ("query", "included"),
    [
        ("Encounter?_id=e-li&_include=Encounter:patient", ["Patient/li"]),
        ("Encounter?_include=Encounter:subject:Patient", ["Patient/li", "Patient/ayla"]),
        ("Encounter?_include=Encounter:subject:Group", []),
        ("Observation?patient=li&_include=Observation:subject", ["Patient/li"]),
        ("Encounter?_id=e-li&_include=*", ["Location/bed", "Patient/li"]),
        ("Encounter?_id=e-li&_include=Encounter:location", ["Location/bed"]),
        (
            "Encounter?_id=e-li&_include=Encounter:location&_include:iterate=Location:partof",
            ["Location/bed", "Location/ward"],
        ),
        (
            "Location?_id=bed&_revinclude=Encounter:location&_revinclude:iterate=Encounter:part-of",
            ["Encounter/e-li"],
        ),
        ("Patient?_id=ayla&_revinclude=Observation:patient", ["Observation/o-4"]),
        ("Patient?_id=ayla&_revinclude=Observation:*", ["Observation/o-4"]),
        (
            "Location?_id=bed&_revinclude=Encounter:location&_include:iterate=Encounter:patient",
            ["Encounter/e-li", "Patient/li"],
        ),
    ],
)
def test_includes(ward: Wire, query: str, included: list[str]) -> None:
    assert ward.get(query).included == included


def test_what_matches_is_not_included_again(wire: Wire) -> None:
    whole = {"resourceType": "Location", "id": "whole"}
    part = {"resourceType": "Location", "id": "part", "partOf": {"reference": "Location/whole"}}
    wire.filled(whole, part)

    answer = wire.get("Location?_include=Location:partof")

    assert (answer.ids, answer.included) == (["whole", "part"], [])


def test_pages_are_a_snapshot_of_the_moment_of_the_search(wire: Wire) -> None:
    wire.filled(*(a_patient(f"p{n}") for n in range(5)))
    first = wire.get("Patient?_count=2&_sort=_id")
    wire.put(a_patient("p00"))
    wire.delete("Patient/p3")

    second = wire.get(first.link("next") or "")
    third = wire.get(second.link("next") or "")

    assert [first.ids, second.ids, third.ids] == [["p0", "p1"], ["p2"], ["p4"]]
    assert (first.json["total"], third.json["total"]) == (5, 5)
    assert third.link("next") is None
    assert wire.get(third.link("previous") or "").ids == second.ids


def test_a_page_expires_an_hour_after_its_last_use(wire: Wire) -> None:
    wire.filled(*(a_patient(f"p{n}") for n in range(5)))
    following = wire.get("Patient?_count=2").link("next") or ""
    wire.clock.move(minutes=59)
    assert wire.get(following).status == 200
    wire.clock.move(minutes=59)
    assert wire.get(following).status == 200

    wire.clock.move(minutes=61)

    assert (wire.get(following).status, wire.get(following).code) == (410, "cdr.page-expired")


def test_a_server_may_give_smaller_pages_than_asked(wire_with: Callable[[Policy], Wire]) -> None:
    wire = wire_with(Policy(max_page=2)).filled(*(a_patient(f"p{n}") for n in range(3)))

    answer = wire.get("Patient?_count=200")

    assert len(answer.ids) == 2
    assert answer.link("next")


def test_a_server_may_answer_with_the_list_of_a_moment_ago(
    wire_with: Callable[[Policy], Wire],
) -> None:
    wire = wire_with(Policy(reuse_searches=timedelta(seconds=60))).filled(a_patient("a"))
    wire.get("Patient?_count=9")
    wire.put(a_patient("b"))

    assert wire.get("Patient?_count=9").ids == ["a"]
    assert wire.get("Patient?_count=9", cache_control="no-cache").ids == ["a", "b"]
    wire.clock.move(seconds=61)
    assert wire.get("Patient?_count=9").ids == ["a", "b"]


def test_totals(ward: Wire) -> None:
    counted = ward.get("Observation?_summary=count")
    none = ward.get("Observation?_count=0")
    silent = ward.get("Observation?_total=none")

    assert (counted.json["total"], counted.ids) == (4, [])
    assert (none.json["total"], none.ids) == (4, [])
    assert "total" not in silent.json
    assert len(silent.ids) == 4


def test_a_subset_is_marked_as_one(ward: Wire) -> None:
    found = ward.get("Observation?_id=o-1&_elements=status").entries("match")[0]["resource"]

    assert set(found) == {"resourceType", "id", "meta", "status"}
    assert found["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert ward.get("Observation/o-1").json["code"]["coding"]


def test_ids_can_travel_in_the_body(ward: Wire) -> None:
    kind = "application/x-www-form-urlencoded"

    found = ward.ask(
        "POST", "Observation/_search?_count=9", b"patient=li&code=8310-5", content_type=kind
    )

    assert found.ids == ["o-3"]


def test_an_unknown_parameter_is_ignored_and_said_or_refused(ward: Wire) -> None:
    lenient = ward.get("Patient?no-such=1&gender=male")
    strict = ward.get("Patient?no-such=1&gender=male", prefer="handling=strict")

    assert lenient.ids == ["li"]
    assert len(lenient.entries("outcome")) == 1
    assert "no-such" not in (lenient.link("self") or "")
    assert (strict.status, strict.code) == (400, "cdr.unknown-parameter")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Patient?gender:text=x", "cdr.unknown-modifier"),
        ("Patient?name:above=x", "cdr.unknown-modifier"),
        ("Observation?subject:Martian=x", "cdr.unknown-modifier"),
        ("Patient?birthdate=yesterday", "cdr.bad-value"),
        ("Patient?birthdate=2020-13-01", "cdr.bad-value"),
        ("Patient?gender:missing=maybe", "cdr.bad-value"),
        ("Patient?_count=-1", "cdr.bad-value"),
        ("Patient?_lastUpdated=ge", "cdr.bad-value"),
        ("Observation?value-quantity=NaN", "cdr.bad-value"),
        ("Observation?value-quantity=1e999999999", "cdr.bad-value"),
        ("Observation?value-quantity=much", "cdr.bad-value"),
        ("Patient?_has:Observation=1", "cdr.bad-value"),
    ],
)
def test_what_cannot_be_understood_is_refused(wire: Wire, query: str, code: str) -> None:
    refused = wire.get(query)

    assert (refused.status, refused.code) == (400, code)


def test_everything_of_a_patient_and_nothing_of_another(ward: Wire) -> None:
    found = ward.get("Patient/li/$everything?_count=100").ids

    assert set(found) == {"li", "e-li", "o-1", "o-2", "o-3", "bed"}
    assert ward.get("Patient/nobody/$everything").status == 404


def test_a_comma_in_a_value_can_be_escaped(wire: Wire) -> None:
    wire.put(a_patient(identifier=[{"value": "a,b"}]))

    assert wire.get("Patient?identifier=a\\,b").ids == ["p-one"]
    assert wire.get("Patient?identifier=a,b").ids == []
