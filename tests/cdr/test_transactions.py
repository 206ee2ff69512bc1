from __future__ import annotations

import base64
import json

import pytest

from tests.cdr.kit import Wire, a_patient, a_register, an_encounter, an_observation, entry

URN = "urn:uuid:00000000-0000-4000-a000-00000000000a"


def everything(wire: Wire) -> list:
    return wire.get("_history?_count=1000").json["entry"]


def test_links_by_urn_are_exchanged_wherever_they_stand(wire: Wire) -> None:
    patient = {"resourceType": "Patient", "identifier": [{"value": URN}]}
    encounter = {k: v for k, v in an_encounter().items() if k != "id"}
    encounter["subject"] = {"reference": URN}

    done = wire.transaction(
        entry(encounter, "POST"),
        entry(patient, "POST", fullUrl=URN),
        prefer="return=representation",
    )

    assert done.status == 200
    stored, patient = (e["resource"] for e in done.json["entry"])
    assert stored["subject"] == {"reference": f"Patient/{patient['id']}"}
    assert patient["identifier"] == [{"value": URN}], "an identifier is no link"


def test_answers_come_in_the_order_asked_whatever_the_order_done(wire: Wire) -> None:
    wire.filled(a_patient("old"), a_patient("gone"))
    done = wire.transaction(
        {"request": {"method": "GET", "url": "Patient/new"}},
        entry(a_patient("new")),
        entry({"resourceType": "Patient"}, "POST"),
        {"request": {"method": "DELETE", "url": "Patient/gone"}},
        entry(a_patient("old", gender="male")),
    )

    statuses = [e["response"]["status"][:3] for e in done.json["entry"]]
    assert statuses == ["200", "201", "201", "204", "200"]
    assert done.json["entry"][0]["resource"]["id"] == "new", "a read comes after the writes"
    assert done.json["entry"][4]["response"]["location"] == "Patient/old/_history/2"


def test_all_entries_share_one_time(wire: Wire) -> None:
    wire.transaction(entry(a_patient()), entry(an_encounter()), entry(a_register()))

    assert len({e["resource"]["meta"]["lastUpdated"] for e in everything(wire)}) == 1


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (entry(a_register(seq=9), ifMatch='W/"7"'), 412),
        (entry(an_observation(status="wrong")), 422),
        (entry(an_observation(patient="nobody")), 400),
        (entry(an_observation(subject={"reference": URN})), 400),
        (entry(a_patient("two")), 400),
        (entry(an_observation(subject={"reference": "Patient?identifier=none"})), 412),
        ({"request": {"method": "DELETE", "url": "Patient/pointed-at"}}, 409),
        ({"request": {"method": "PATCH", "url": "Patient/kept"}, "resource": a_patient()}, 400),
        ({"request": {"method": "POST", "url": "Martian"}, "resource": a_patient()}, 400),
        ({"request": {"method": "PUT", "url": "Patient"}, "resource": a_patient()}, 400),
        ({"resource": a_patient()}, 400),
    ],
    ids=[
        "stale",
        "invalid",
        "dangling",
        "urn",
        "twice",
        "condition",
        "referenced",
        "patch",
        "type",
        "no-id",
        "no-request",
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["bad-first", "bad-last"])
def test_one_bad_entry_leaves_no_trace_of_the_others(
    wire: Wire, bad: dict, status: int, *, first: bool
) -> None:
    wire.filled(a_patient("kept"), a_patient("pointed-at"), an_encounter(patient="pointed-at"))
    wire.put(a_register())
    before = everything(wire)
    others = [entry(a_patient("two")), entry(a_patient("kept", gender="male"))]

    refused = wire.transaction(*([bad, *others] if first else [*others, bad]))

    assert refused.status == status
    assert everything(wire) == before
    assert wire.get("Patient?gender=male").ids == []
    assert wire.get("Patient/two").status == 404


def test_the_same_without_the_bad_entry_is_taken(wire: Wire) -> None:
    wire.filled(a_patient("kept"), an_encounter(patient="kept"), a_register())

    done = wire.transaction(
        entry(a_patient("two")),
        entry(a_patient("kept", gender="male")),
        entry(a_register(seq=9), ifMatch='W/"1"'),
    )

    assert done.status == 200
    assert wire.get("Patient?gender=male").ids == ["kept"]
    assert wire.get("Basic/ws-outbox").version == "2"


def test_the_refusal_names_the_entry(wire: Wire) -> None:
    refused = wire.transaction(entry(a_patient()), entry(an_encounter(patient="nobody")))

    assert refused.json["issue"][0]["expression"] == ["Bundle.entry[1]"]


def test_resources_that_point_at_each_other_go_together(wire: Wire) -> None:
    a = a_patient("a", link=[{"other": {"reference": "Patient/b"}, "type": "seealso"}])
    b = a_patient("b", link=[{"other": {"reference": "Patient/a"}, "type": "seealso"}])

    assert wire.put(a).status == 400
    assert wire.transaction(entry(a), entry(b)).status == 200


def test_a_reference_to_what_the_same_transaction_deletes_is_refused(wire: Wire) -> None:
    wire.put(a_patient())

    refused = wire.transaction(
        entry(an_encounter()), {"request": {"method": "DELETE", "url": "Patient/p-one"}}
    )

    assert refused.status in (400, 409)
    assert wire.get("Patient/p-one").status == 200


def test_a_resource_and_what_refers_to_it_can_be_deleted_together(wire: Wire) -> None:
    wire.filled(a_patient(), an_encounter())

    done = wire.transaction(
        {"request": {"method": "DELETE", "url": "Patient/p-one"}},
        {"request": {"method": "DELETE", "url": "Encounter/e-one"}},
    )

    assert done.status == 200
    assert wire.store.counts() == {}


def test_a_conditional_create_in_a_transaction_is_found_again(wire: Wire) -> None:
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "1"}]}
    bundle = (
        entry(patient, "POST", fullUrl=URN, ifNoneExist="identifier=urn:mrn|1"),
        entry(an_encounter(subject={"reference": URN})),
    )
    wire.transaction(*bundle)

    again = wire.transaction(*bundle)

    assert again.json["entry"][0]["response"]["status"] == "200 OK"
    assert wire.store.counts() == {"Encounter": 1, "Patient": 1}


def test_a_conditional_reference_is_resolved(wire: Wire) -> None:
    wire.put(a_patient(identifier=[{"system": "urn:mrn", "value": "1"}]))

    wire.transaction(entry(an_encounter(subject={"reference": "Patient?identifier=urn:mrn|1"})))

    assert wire.get("Encounter/e-one").json["subject"] == {"reference": "Patient/p-one"}


def test_a_json_patch_travels_in_a_binary(wire: Wire) -> None:
    wire.put(a_patient())
    patch = json.dumps([{"op": "add", "path": "/gender", "value": "male"}]).encode()
    binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(patch).decode(),
    }
    request = {"method": "PATCH", "url": "Patient/p-one", "ifMatch": 'W/"1"'}

    assert wire.transaction({"request": request, "resource": binary}).status == 200
    assert wire.transaction({"request": request, "resource": binary}).status == 412
    assert wire.get("Patient/p-one").json["gender"] == "male"


def test_the_entries_of_a_batch_stand_alone(wire: Wire) -> None:
    done = wire.transaction(
        entry(an_encounter(patient="nobody")),
        entry(a_patient()),
        {"request": {"method": "GET", "url": "Patient/p-one"}},
        {"request": {"method": "GET", "url": "Patient?_id=p-one"}},
        {"request": {"method": "GET", "url": "Patient/never"}},
        kind="batch",
    )

    assert [e["response"]["status"][:3] for e in done.json["entry"]] == [
        "400",
        "201",
        "200",
        "200",
        "404",
    ]
    assert done.json["entry"][0]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert done.json["entry"][3]["resource"]["total"] == 1


@pytest.mark.parametrize("kind", ["collection", "searchset", None])
def test_only_transactions_and_batches_can_be_posted(wire: Wire, kind: str | None) -> None:
    assert wire.ask("POST", "", {"resourceType": "Bundle", "type": kind}).status == 400


def test_a_late_duplicate_is_stopped_by_the_register(wire: Wire) -> None:
    wire.put(a_register(seq=0))
    batch = (entry(a_patient()), entry(a_register(seq=1), ifMatch='W/"1"'))
    wire.transaction(*batch)
    wire.put(a_patient(gender="female"))

    late = wire.transaction(*batch)

    assert late.status == 412
    assert wire.get("Patient/p-one").json["gender"] == "female"
