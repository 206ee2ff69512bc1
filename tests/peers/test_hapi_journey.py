"""The main job against a repository that nobody here wrote: HAPI FHIR, over each database."""

from __future__ import annotations

import json

import pytest

from app.domain.orders import Order
from app.domain.sending import Connection, GroupState
from app.fhir.document import canonical_hash, parse
from tests.cdr.contract.peer import Peer
from tests.journeys.stations import Station, Stations
from tests.peers.conftest import BEDS
from tests.peers.gateway import Gateway

pytestmark = pytest.mark.peers


def _stop(station: Station, order: Order) -> None:
    patient, _ = station.first_patient()
    seen = station.services.charts.seen(station.session, patient)
    station.services.ordering.changing.stop(station.session, order, "已完成疗程", seen)


def _of_the_ward(station: Station) -> Order:
    """A current order that came with the ward, and that nobody else in these tests stops."""
    return next(
        line.order
        for line in station.orders()
        if line.order.status == "active" and line.order.item.code != "aspirin"
    )


def test_a_note_and_an_order_written_without_a_network_reach_the_colleague(
    stations: Stations, gateway: Gateway
) -> None:
    mine, other = stations.open("wang.yi"), stations.open("chen.guodong")
    first = mine.round()
    with gateway.unplugged():
        mine.sign_note("患者一般情况可，继续当前治疗。")
        mine.place_order("72.50")
        offline = mine.round()

    assert first.last_pass_complete
    board = mine.services.wards.board(mine.session, mine.session.clinician.wards[0])
    assert sum(row.patient is not None for row in board.rows) == BEDS
    assert (offline.connection, offline.waiting) == (Connection.OFFLINE, 2)
    assert not offline.all_sent

    online = mine.round()
    assert (online.waiting, online.all_sent) == (0, True)

    other.round()
    patient, _ = other.first_patient()
    other.services.engine.look_at(patient)
    other.rounds_until(lambda: "患者一般情况可，继续当前治疗。" in other.notes())
    aspirin = [line.order for line in other.orders() if line.order.item.code == "aspirin"]
    assert {order.requester_name for order in aspirin} == {"王奕"}


def test_what_was_signed_comes_back_as_it_was_signed(
    stations: Stations, gateway: Gateway, hapi_peer: Peer
) -> None:
    mine = stations.open("wang.yi")
    mine.round()
    gateway.sent.clear()
    mine.sign_note("夜间平稳。")
    mine.place_order("72.50")

    assert mine.round().all_sent

    entries = [entry for body in gateway.sent for entry in json.loads(body)["entry"]]
    kinds = {entry["resource"]["resourceType"] for entry in entries}
    assert kinds >= {"DocumentReference", "MedicationRequest", "Provenance", "Basic"}
    for entry in entries:
        kept = hapi_peer.ask("GET", entry["request"]["url"])
        signed = parse(json.dumps(entry["resource"]).encode())
        assert canonical_hash(parse(kept.content)) == canonical_hash(signed)


def test_a_colleague_who_comes_between_looking_and_sending_is_not_overwritten(
    stations: Stations, gateway: Gateway, hapi_peer: Peer
) -> None:
    mine = stations.open("wang.yi")
    mine.round()
    order = _of_the_ward(mine)
    ref = _ref_of(hapi_peer, order)

    def colleague() -> None:
        theirs = {**hapi_peer.ask("GET", ref).json(), "note": [{"text": "同事的补充"}]}
        hapi_peer.put(theirs).raise_for_status()

    _stop(mine, order)
    gateway.meanwhile = colleague
    after = mine.round()

    assert gateway.meanwhile is None
    assert (after.waiting, after.conflicts, after.all_sent) == (0, 1, False)
    assert after.connection is Connection.ATTENTION
    item = next(i for i in mine.services.queue.items(mine.session) if i.state.unsent)
    assert (item.act, item.state) == ("order.stop", GroupState.CONFLICT)
    kept = hapi_peer.ask("GET", ref, cache_control="no-cache").json()
    assert kept["note"] == [{"text": "同事的补充"}]
    assert kept["status"] == "active"


def test_a_workstation_whose_register_is_gone_sends_nothing(
    stations: Stations, gateway: Gateway, hapi_peer: Peer
) -> None:
    mine = stations.open("wang.yi")
    mine.round()
    gateway.sent.clear()
    mine.sign_note("登记丢失。")
    assert mine.round().all_sent
    arrived = [entry["request"]["url"] for entry in json.loads(gateway.sent[-1])["entry"]]
    register = next(url for url in arrived if url.startswith("Basic/"))
    arrived.remove(register)
    hapi_peer.ask("DELETE", register).raise_for_status()

    mine.sign_note("之后写下的。")
    after = mine.round()

    assert (after.waiting, after.all_sent) == (1, False)
    queue = mine.services.queue.items(mine.session)
    waiting = [ref for item in queue if item.state.unsent for ref in item.refs]
    assert waiting
    assert not any(hapi_peer.is_there(ref) for ref in waiting)
    assert all(hapi_peer.is_there(ref) for ref in arrived)


def _ref_of(peer: Peer, order: Order) -> str:
    refs = [f"{kind}/{order.id}" for kind in ("MedicationRequest", "ServiceRequest")]
    return next(ref for ref in refs if peer.is_there(ref))
