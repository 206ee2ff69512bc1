from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import fhirkit
import pytest

from resources import reading
from resources.demo.hospital import generate, line, write_ndjson
from tests.demo.conftest import AS_OF
from tests.demo.feed import Feed, instants, references

_DIGEST = (
    "import hashlib,sys;from datetime import datetime;"
    "from resources.demo.hospital import generate,line;"
    "h=hashlib.sha256();"
    "[h.update(line(r).encode()) for r in generate(7,datetime.fromisoformat(sys.argv[1]))];"
    "print(h.hexdigest())"
)


def digest(feed: Feed) -> str:
    return hashlib.sha256("".join(line(r) for r in feed.resources).encode()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process(hospital: Feed) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _DIGEST, AS_OF.isoformat()],
        cwd=reading.ROOT.parent,
        env={"PYTHONHASHSEED": "12345", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == digest(hospital)


def test_another_seed_gives_another_hospital(hospital: Feed) -> None:
    other = Feed(tuple(generate(8, AS_OF)), AS_OF)

    assert digest(other) != digest(hospital)


def test_the_size_is_that_of_a_small_hospital(feed: Feed) -> None:
    assert 12_000 <= len(feed.resources) <= 21_000


def test_no_two_resources_share_an_id(feed: Feed) -> None:
    assert len(feed.by_reference) == len(feed.resources)


def test_every_resource_is_valid_fhir_r4(feed: Feed) -> None:
    found = [(r["id"], str(i)) for r in feed.resources for i in fhirkit.validate(line(r))]
    assert found == []


def test_the_validator_would_notice_a_wrong_resource(hospital: Feed) -> None:
    broken = hospital.of("Encounter")[0] | {"status": 7}

    assert fhirkit.validate(line(broken))


def test_every_reference_points_to_something_told_before(feed: Feed) -> None:
    told: set[str] = set()
    forward: set[str] = set()
    for resource in feed.resources:
        for target in references(resource):
            assert target in feed.by_reference
            if target not in told:
                forward.add(f"{resource['resourceType']}>{target.split('/')[0]}")
        told.add(f"{resource['resourceType']}/{resource['id']}")
    assert forward == {"Encounter>Condition"}


def test_nothing_but_plans_lies_in_the_future(feed: Feed) -> None:
    ahead = {
        (str(resource["resourceType"]), key)
        for resource in feed.resources
        for key, moment in instants(resource)
        if moment > feed.as_of
    }
    assert ahead <= {
        ("Encounter", "start"),  # planned admissions
        ("ServiceRequest", "occurrenceDateTime"),  # operations and studies on the list
        ("Task", "end"),  # due dates
    }
    early = {
        str(e["status"])
        for e in feed.of("Encounter")
        for _, moment in instants(e)
        if moment > feed.as_of
    }
    assert early == {"planned"}


def test_nothing_is_charted_before_the_patient_came(feed: Feed) -> None:
    came = {str(e["id"]): min(m for _, m in instants(e)) for e in feed.of("Encounter")}
    for resource in feed.resources:
        for target in references(resource):
            kind, identifier = target.split("/")
            if kind == "Encounter":
                early = [k for k, m in instants(resource) if m < came[identifier]]
                assert early == [], (resource["id"], early)


def test_nothing_is_charted_after_the_patient_left(hospital: Feed) -> None:
    left = {
        f"Encounter/{e['id']}": max(m for _, m in instants(e))
        for e in hospital.of("Encounter")
        if e["status"] == "finished"
    }

    assert len(left) == 9
    for resource in hospital.resources:
        if resource["resourceType"] != "Task":
            for target in references(resource):
                late = [k for k, m in instants(resource) if target in left and m > left[target]]
                assert late == [], (resource["id"], late)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        next(generate(1, datetime(2026, 11, 24, 6, 30)))  # noqa: DTZ001 - the point of the test


def test_ndjson_keeps_every_resource_and_every_digit(tmp_path: Path, hospital: Feed) -> None:
    counts = write_ndjson(tmp_path, 7, AS_OF)

    assert sum(counts.values()) == len(hospital.resources)
    read = [
        json.loads(text, parse_float=Decimal)
        for text in (tmp_path / "Observation.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    assert [line(r) for r in read] == [line(r) for r in hospital.of("Observation")]
    assert all("E" not in str(r.get("valueQuantity", {}).get("value", "")) for r in read)
