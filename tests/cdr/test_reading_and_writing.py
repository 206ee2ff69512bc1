from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from sync.cdr.values import Policy
from tests.cdr.kit import Wire, a_patient, a_register, an_encounter, an_observation


def test_a_put_creates_the_resource_under_our_id(wire: Wire) -> None:
    made = wire.put(a_patient("our-id"))

    assert made.status == 201
    assert made.headers["ETag"] == 'W/"1"'
    assert made.headers["Location"] == "http://cdr.invalid/fhir/Patient/our-id/_history/1"
    assert wire.get("Patient/our-id").json["name"] == [{"family": "Quarzhollin"}]


def test_a_post_gives_its_own_id(wire: Wire) -> None:
    made = wire.post(a_patient("ignored"))

    assert made.status == 201
    assert made.json["id"] != "ignored"
    assert wire.get("Patient/ignored").status == 404


def test_every_change_makes_the_next_version_with_its_own_time(wire: Wire) -> None:
    wire.put(a_patient())
    wire.clock.move(seconds=1.25)

    changed = wire.put(a_patient(gender="female"))

    assert (changed.status, changed.version) == (200, "2")
    assert changed.json["meta"]["lastUpdated"] == "2026-03-01T08:00:01.250Z"
    assert "gender" not in wire.get("Patient/p-one/_history/1").json
    assert wire.get("Patient/p-one/_history/2").json["gender"] == "female"
    assert wire.get("Patient/p-one/_history/3").status == 404


def test_a_put_of_what_is_there_makes_no_version(wire: Wire) -> None:
    wire.put(a_patient())

    assert wire.put(a_patient()).version == "1"


def test_a_server_may_be_told_to_count_unchanged_puts(
    wire_with: Callable[[Policy], Wire],
) -> None:
    wire = wire_with(Policy(suppress_unchanged=False))
    wire.put(a_patient())

    assert wire.put(a_patient()).version == "2"


def test_decimals_come_back_digit_for_digit(wire: Wire) -> None:
    wire.put(a_patient())
    body = (
        b'{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},'
        b'"valueQuantity":{"value":72.50,"unit":"kg"}}'
    )

    wire.ask("PUT", "Observation/o", body)

    assert '"value":72.50,' in wire.get("Observation/o").text
    assert '"value":72.50,' in wire.get("Observation?_id=o").text


def test_a_change_of_the_digits_alone_is_a_change(wire: Wire) -> None:
    body = (
        b'{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},'
        b'"valueQuantity":{"value":72.5%s}}'
    )
    wire.ask("PUT", "Observation/o", body % b"")

    assert wire.ask("PUT", "Observation/o", body % b"0").version == "2"


@pytest.mark.parametrize("etag", ['W/"1"', '"1"', "1"])
def test_a_current_if_match_is_taken(wire: Wire, etag: str) -> None:
    wire.put(a_patient())

    assert wire.put(a_patient(gender="male"), if_match=etag).version == "2"


@pytest.mark.parametrize("etag", ['W/"2"', 'W/"0"', "nonsense"])
def test_a_stale_if_match_is_refused_and_changes_nothing(wire: Wire, etag: str) -> None:
    wire.put(a_patient())

    refused = wire.put(a_patient(gender="male"), if_match=etag)

    assert (refused.status, refused.code) == (412, "cdr.stale-version")
    assert wire.get("Patient/p-one").version == "1"


def test_an_if_match_on_what_never_was_is_stale(wire: Wire) -> None:
    assert wire.put(a_patient(), if_match='W/"1"').status == 412
    assert wire.get("Patient/p-one").status == 404


def test_a_stale_if_match_can_be_a_409_as_hapi_says(wire_with: Callable[[Policy], Wire]) -> None:
    wire = wire_with(Policy(stale_status=409))
    wire.put(a_patient())

    assert wire.put(a_patient(gender="male"), if_match='W/"9"').status == 409


def test_a_deleted_resource_is_gone_and_comes_back_by_put(wire: Wire) -> None:
    wire.put(a_patient())

    assert wire.delete("Patient/p-one").status == 204
    assert wire.get("Patient/p-one").status == 410
    assert wire.get("Patient/p-one/_history/2").status == 410
    assert wire.get("Patient/p-one/_history/1").status == 200
    assert wire.get("Patient?_id=p-one").ids == []
    again = wire.put(a_patient())
    assert (again.status, again.version) == (201, "3")


def test_deleting_twice_or_nothing_is_no_error(wire: Wire) -> None:
    wire.put(a_patient())
    wire.delete("Patient/p-one")

    assert wire.delete("Patient/p-one").status == 204
    assert wire.delete("Patient/never").status == 204
    assert len(wire.get("Patient/p-one/_history").json["entry"]) == 2


def test_what_is_referred_to_cannot_be_deleted(wire: Wire) -> None:
    wire.filled(a_patient(), an_encounter())

    refused = wire.delete("Patient/p-one")

    assert (refused.status, refused.code) == (409, "cdr.still-referenced")
    assert wire.get("Patient/p-one").status == 200
    assert wire.delete("Encounter/e-one").status == 204
    assert wire.delete("Patient/p-one").status == 204


def test_a_reference_to_nothing_is_refused(wire: Wire) -> None:
    refused = wire.put(an_encounter())

    assert (refused.status, refused.code) == (400, "cdr.missing-reference")
    assert wire.get("Encounter/e-one").status == 404
    wire.put(a_patient())
    assert wire.put(an_encounter()).status == 201


def test_a_reference_to_a_deleted_resource_is_refused(wire: Wire) -> None:
    wire.put(a_patient())
    wire.delete("Patient/p-one")

    assert wire.put(an_encounter()).status == 400


def test_referential_integrity_can_be_switched_off(wire_with: Callable[[Policy], Wire]) -> None:
    wire = wire_with(Policy(referential_integrity=False))

    assert wire.put(an_encounter()).status == 201


def test_a_reference_to_this_very_server_is_kept_as_a_relative_one(wire: Wire) -> None:
    wire.put(a_patient())

    wire.put(an_encounter(subject={"reference": "http://cdr.invalid/fhir/Patient/p-one"}))

    assert wire.get("Encounter/e-one").json["subject"] == {"reference": "Patient/p-one"}


def test_tags_survive_an_update_that_does_not_name_them(wire: Wire) -> None:
    tag = {"system": "urn:t", "code": "a"}
    wire.put(a_patient(meta={"tag": [tag]}))

    wire.put(a_patient(gender="male"))

    assert wire.get("Patient/p-one").json["meta"]["tag"] == [tag]


def test_a_basic_keeps_its_extensions(wire: Wire) -> None:
    wire.put(a_register(seq=7))

    assert wire.get("Basic/ws-outbox").json["extension"][0]["valueInteger"] == 7


@pytest.mark.parametrize(
    ("path", "document", "status", "code"),
    [
        ("Patient/other", a_patient("p-one"), 400, "cdr.other-id"),
        ("Encounter/p-one", a_patient("p-one"), 400, "cdr.other-type"),
        ("Patient/12345", {"resourceType": "Patient"}, 400, "cdr.bad-id"),
        ("Patient/a_b", {"resourceType": "Patient"}, 400, "cdr.bad-id"),
        ("Patient/p-one", {"resourceType": "Patient", "bogus": 1}, 422, "cdr.invalid"),
        ("Observation/o", {"resourceType": "Observation", "id": "o"}, 422, "cdr.invalid"),
        ("Observation/o-one", an_observation(status="not-a-status"), 422, "cdr.invalid"),
        ("Patient/p-one", b"{nope", 400, "cdr.not-json"),
        ("Patient/p-one", b'{"resourceType":"Patient","id":"\\ud800"}', 400, "cdr.not-json"),
        ("Patient/p-one", b"[" * 100_000, 400, "cdr.not-json"),
        ("Martian/m", {"resourceType": "Martian", "id": "m"}, 404, "cdr.no-such-place"),
        ("Subscription/s", {"resourceType": "Subscription", "id": "s"}, 405, "cdr.not-offered"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words(
    wire: Wire, path: str, document: dict | bytes, status: int, code: str
) -> None:
    refused = wire.ask("PUT", path, document)

    assert (refused.status, refused.code) == (status, code)
    assert wire.store.counts() == {}


def test_an_invalid_resource_is_told_every_place_but_no_content(wire: Wire) -> None:
    refused = wire.put(an_observation(status="Quarzhollin", bogus=1))

    places = [issue["expression"][0] for issue in refused.json["issue"]]
    assert places == ["Observation.bogus", "Observation.status"]
    assert "Quarzhollin" not in refused.text


def test_a_conditional_create_finds_what_is_there(wire: Wire) -> None:
    patient = a_patient(identifier=[{"system": "urn:mrn", "value": "1"}])
    first = wire.post(patient, if_none_exist="identifier=urn:mrn|1")

    again = wire.post(patient, if_none_exist="Patient?identifier=urn:mrn|1")

    assert (first.status, again.status) == (201, 200)
    assert again.json["id"] == first.json["id"]


def test_a_condition_that_fits_several_is_refused(wire: Wire) -> None:
    same = {"identifier": [{"system": "urn:mrn", "value": "1"}]}
    wire.filled(a_patient("a", **same), a_patient("b", **same))

    assert wire.post(a_patient(**same), if_none_exist="identifier=urn:mrn|1").status == 412


def test_a_condition_that_is_not_understood_never_fits_all(wire: Wire) -> None:
    wire.put(a_patient())

    refused = wire.ask("DELETE", "Patient?no-such=1")

    assert (refused.status, refused.code) == (412, "cdr.empty-condition")
    assert wire.get("Patient/p-one").status == 200


def test_a_conditional_update_updates_or_creates(wire: Wire) -> None:
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "1"}]}

    made = wire.ask("PUT", "Patient?identifier=urn:mrn|1", patient)
    changed = wire.ask("PUT", "Patient?identifier=urn:mrn|1", patient | {"gender": "male"})

    assert (made.status, changed.status) == (201, 200)
    assert changed.json["id"] == made.json["id"]


def test_histories_are_newest_first_and_know_since(wire: Wire) -> None:
    wire.put(a_patient())
    wire.clock.move(minutes=1)
    wire.put(a_patient(gender="male"))
    wire.put(a_patient("p-two"))
    wire.delete("Patient/p-two")

    whole = wire.get("_history").json["entry"]
    since = wire.get("Patient/_history?_since=2026-03-01T08:00:30Z").json["entry"]
    one = wire.get("Patient/p-one/_history").json["entry"]

    assert [e["response"]["etag"] for e in whole] == ['W/"2"', 'W/"1"', 'W/"2"', 'W/"1"']
    assert whole[0]["request"]["method"] == "DELETE"
    assert "resource" not in whole[0]
    assert len(since) == 3
    assert [e["resource"]["meta"]["versionId"] for e in one] == ["2", "1"]
    assert wire.get("Patient/never/_history").status == 404


def test_a_long_history_is_paged(wire: Wire) -> None:
    for n in range(5):
        wire.put(a_patient(birthDate=f"195{n}"))

    seen, address = [], "Patient/p-one/_history?_count=2"
    while address:
        page = wire.get(address)
        seen += [e["response"]["etag"] for e in page.json["entry"]]
        address = page.link("next") or ""

    assert seen == [f'W/"{n}"' for n in (5, 4, 3, 2, 1)]


def test_a_read_of_a_known_version_is_not_sent_again(wire: Wire) -> None:
    wire.put(a_patient())

    assert wire.get("Patient/p-one", if_none_match='W/"1"').status == 304
    assert wire.get("Patient/p-one", if_none_match='W/"2"').status == 200


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [("return=minimal", None), ("return=OperationOutcome", "OperationOutcome"), ("", "Patient")],
)
def test_the_answer_to_a_write_is_as_preferred(wire: Wire, wanted: str, kind: str | None) -> None:
    made = wire.put(a_patient(), prefer=wanted)

    assert made.json.get("resourceType") == kind
    assert made.headers["ETag"] == 'W/"1"'


def test_a_late_commit_keeps_the_stamp_of_its_start(wire: Wire) -> None:
    early = wire.model.begin()
    wire.clock.move(seconds=10)
    wire.put(a_patient("late"))

    wire.ask("PUT", "Patient/early", a_patient("early"), stamp=early)

    found = wire.get("Patient?_sort=_lastUpdated")
    assert found.ids == ["early", "late"]
    assert wire.get("_history").json["entry"][0]["resource"]["id"] == "early"


def test_the_capability_statement_says_it_is_not_for_patients(wire: Wire) -> None:
    said = wire.get("metadata").json

    assert "not for patients" in said["software"]["name"]
    types = {r["type"] for r in said["rest"][0]["resource"]}
    assert {"Patient", "Basic", "Provenance"} <= types
    assert "Subscription" not in types


def test_validate_answers_without_storing(wire: Wire) -> None:
    good = wire.ask("POST", "Patient/$validate", a_patient())
    bad = wire.ask("POST", "Patient/$validate", a_patient(bogus=1))

    assert good.json["issue"][0]["severity"] == "information"
    assert bad.json["issue"][0]["severity"] == "error"
    assert wire.store.counts() == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"accept": "application/fhir+xml"}, 406),
        ({"accept": "text/html,application/fhir+json;q=0.9"}, 200),
        ({"accept": "*/*"}, 200),
        ({}, 200),
    ],
)
def test_only_json_is_spoken(wire: Wire, headers: dict[str, str], status: int) -> None:
    assert wire.get("Patient", **headers).status == status


def test_a_body_of_another_kind_is_refused(wire: Wire) -> None:
    assert wire.put(a_patient(), content_type="application/fhir+xml").status == 415
    assert wire.put(a_patient(), content_type="application/fhir+json").status == 201


def test_every_answer_says_when_and_which_request(wire: Wire) -> None:
    wire.clock.move(seconds=timedelta(days=1).total_seconds())

    answer = wire.get("Patient/never", x_request_id="batch-7")

    assert answer.headers["Date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert answer.headers["X-Request-ID"] == "batch-7"
