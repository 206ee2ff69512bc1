"""Laws that any store keeps, and that both keep alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir.document import Document
from sync.cdr.clauses import Compare, holds
from sync.cdr.definitions import official
from sync.cdr.memory import MemoryStore
from sync.cdr.sqlite import SqliteStore
from tests.cdr.kit import Wire, a_patient, an_observation, entry, in_file

IDS = st.sampled_from(["a", "b", "c"])
PATIENTS = st.builds(
    lambda id_, gender, day, family, mrn: a_patient(
        id_, family, gender=gender, birthDate=day, identifier=[{"system": "urn:m", "value": mrn}]
    ),
    IDS,
    st.sampled_from(["male", "female", "nonsense"]),
    st.sampled_from(["1950", "1950-03", "1950-03-09", "1970-01-01"]),
    st.sampled_from(["Li", "lí", "Löwe", "李"]),
    st.sampled_from(["1", "2"]),
)
OBSERVATIONS = st.builds(
    lambda id_, patient, code, value: an_observation(
        id_, patient, code, valueQuantity={"value": value, "unit": "mg"}
    ),
    IDS,
    IDS,
    st.sampled_from(["x", "y"]),
    st.integers(0, 3),
)
DOCUMENTS = PATIENTS | OBSERVATIONS
MATCHES = st.none() | st.sampled_from(['W/"1"', 'W/"2"'])
OPERATIONS = st.one_of(
    st.tuples(st.just("put"), DOCUMENTS, MATCHES),
    st.tuples(st.just("delete"), st.tuples(st.sampled_from(["Patient", "Observation"]), IDS)),
    st.tuples(st.just("transaction"), st.lists(st.tuples(DOCUMENTS, MATCHES), max_size=4)),
    st.tuples(st.just("move"), st.integers(0, 2000)),
)
SEARCHES = (
    "Patient",
    "Patient?gender=male",
    "Patient?gender:not=male",
    "Patient?family=li",
    "Patient?family:contains=w&_sort=-birthdate",
    "Patient?birthdate=lt1950-04&_sort=birthdate,_id",
    "Patient?birthdate=ne1950&_sort=-_lastUpdated,family",
    "Patient?identifier=urn:m|1&_sort=family",
    "Patient?_has:Observation:patient:code=x",
    "Patient?_lastUpdated=ge2026-03-01T08:00:01Z&_sort=_lastUpdated",
    "Observation?patient=a,b&_sort=-value-quantity",
    "Observation?patient.gender=female&_include=Observation:subject",
    "Observation?value-quantity=gt1&_sort=subject",
    "Observation?value-quantity:missing=true",
    "Patient?_revinclude=Observation:patient&_count=2",
    "_history?_count=1000",
    "Patient/_history?_since=2026-03-01T08:00:01Z",
    "Patient/a/$everything",
)


def do(wire: Wire, operation: tuple) -> tuple[int, str]:
    match operation:
        case ("put", document, if_match):
            answer = wire.put(document, **({"if_match": if_match} if if_match else {}))
        case ("delete", (type_, id_)):
            answer = wire.delete(f"{type_}/{id_}")
        case ("transaction", writes):
            entries = [entry(d, **({"ifMatch": m} if m else {})) for d, m in writes]
            answer = wire.transaction(*entries)
        case ("move", milliseconds):
            wire.clock.move(seconds=milliseconds / 1000)
            return 0, ""
        case _:
            raise AssertionError(operation)
    return answer.status, answer.text


def world(wire: Wire) -> list[str]:
    return [wire.get(search).text for search in SEARCHES]


def history(wire: Wire) -> list[dict]:
    return json.loads(wire.get("_history?_count=1000").text)["entry"]


@settings(max_examples=60)
@given(st.lists(OPERATIONS, max_size=14))
def test_both_stores_answer_alike_whatever_happens(operations: list[tuple]) -> None:
    one, other = Wire(MemoryStore()), Wire(SqliteStore(None, official()))

    for operation in operations:
        assert do(one, operation) == do(other, operation)

    assert world(one) == world(other)
    other.store.close()


@settings(max_examples=60)
@given(st.lists(OPERATIONS, max_size=14))
def test_versions_count_up_by_one_and_none_is_ever_lost(operations: list[tuple]) -> None:
    wire = Wire(MemoryStore())
    seen: dict[str, list[int]] = {}

    for operation in operations:
        before = history(wire)
        do(wire, operation)
        after = history(wire)
        assert after[len(after) - len(before) :] == before

    for made in reversed(history(wire)):
        number = int(made["response"]["etag"][3:-1])
        seen.setdefault(made["fullUrl"], []).append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in seen.values())


@settings(max_examples=60)
@given(
    st.lists(OPERATIONS, max_size=6),
    st.lists(DOCUMENTS, max_size=4),
    st.integers(0, 4),
    st.sampled_from([MemoryStore, lambda: SqliteStore(None, official())]),
)
def test_a_transaction_that_fails_leaves_no_trace(
    operations: list[tuple], others: list[Document], place: int, build: type[MemoryStore]
) -> None:
    wire = Wire(build())
    for operation in operations:
        do(wire, operation)
    before = world(wire)
    entries = [entry(document) for document in others]
    entries.insert(place, entry(a_patient("never"), ifMatch='W/"1"'))

    refused = wire.transaction(*entries)

    assert refused.status >= 400
    assert world(wire) == before
    wire.store.close()


@settings(max_examples=40)
@given(st.lists(OPERATIONS, max_size=10))
def test_every_reference_that_was_taken_leads_somewhere(operations: list[tuple]) -> None:
    wire = Wire(MemoryStore())

    for operation in operations:
        do(wire, operation)

    for observation in wire.get("Observation?_count=100").entries("match"):
        subject = observation["resource"]["subject"]["reference"]
        assert wire.get(subject).status == 200


@given(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted),
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted),
)
def test_the_prefixes_agree_with_each_other(row: list[int], asked: list[int]) -> None:
    fits = {c: holds(c, (row[0], row[1]), (asked[0], asked[1])) for c in Compare}

    assert fits[Compare.NE] is not fits[Compare.EQ]
    assert fits[Compare.GE] == (fits[Compare.GT] or fits[Compare.EQ])
    assert fits[Compare.LE] == (fits[Compare.LT] or fits[Compare.EQ])
    assert fits[Compare.GT] or not fits[Compare.SA]
    assert fits[Compare.LT] or not fits[Compare.EB]


def test_a_file_is_as_it_was_when_it_is_opened_again(tmp_path: Path) -> None:
    wire = Wire(in_file(tmp_path)).filled(a_patient("a", gender="male"), an_observation("b", "a"))
    before = world(wire)
    wire.store.close()

    again = Wire(in_file(tmp_path))

    assert world(again) == before
    again.store.close()


def test_two_processes_see_what_the_other_wrote(tmp_path: Path) -> None:
    one, other = Wire(in_file(tmp_path)), Wire(in_file(tmp_path))
    one.filled(a_patient("a", gender="male"))
    assert other.get("Patient?gender=male").ids == ["a"]

    other.filled(an_observation("b", "a"))

    assert one.get("Observation?code=8867-4").ids == ["b"]
    assert one.put(an_observation("c", "a")).status == 201
    one.store.close()
    other.store.close()


def test_a_file_that_another_process_writes_is_busy_and_free_again(tmp_path: Path) -> None:
    one, other = Wire(in_file(tmp_path)), Wire(in_file(tmp_path))
    store = other.store
    assert isinstance(store, SqliteStore)
    store._base.execute("PRAGMA busy_timeout = 1")

    with one.store.atomic():
        refused = other.put(a_patient("a"))

    assert (refused.status, refused.code) == (503, "cdr.busy")
    assert other.put(a_patient("a")).status == 201
    one.store.close()
    store.close()


def test_a_file_with_older_parameters_is_indexed_anew(tmp_path: Path) -> None:
    wire = Wire(in_file(tmp_path)).filled(a_patient("a", gender="male"))
    store = wire.store
    assert isinstance(store, SqliteStore)
    store._base.execute("UPDATE mark SET value = 'older'")
    store._base.execute("DELETE FROM token_row")
    store.close()

    again = Wire(in_file(tmp_path))

    assert again.get("Patient?gender=male").ids == ["a"]
    assert again.put(a_patient("a", gender="female")).status == 200
    assert again.get("Patient?gender=male").ids == []
    again.store.close()


@pytest.mark.parametrize("build", [MemoryStore, lambda: SqliteStore(None, official())])
def test_an_exception_of_any_kind_rolls_back(build: type[MemoryStore]) -> None:
    wire = Wire(build()).filled(a_patient("a"))
    version = wire.store.current("Patient", "a")
    assert version is not None

    def interrupted() -> None:
        with wire.store.atomic():
            wire.model.recorder.put(a_patient("a", gender="male"), 5, "PUT")
            wire.model.recorder.put(a_patient("b"), 5, "PUT")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert wire.store.current("Patient", "a") == version
    assert wire.store.current("Patient", "b") is None
    assert wire.get("Patient?gender=male").ids == []
    wire.store.close()
