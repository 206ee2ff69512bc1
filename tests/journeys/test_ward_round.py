"""The main job: a round with the cable out, and a second workstation that sees it all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.sending import Connection
from sync.cdr.misbehaviour import Misbehaviour
from sync.cdr.serving import EmbeddedCdr
from tests.journeys.stations import Station, Stations, unplugged


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desks")


@pytest.fixture
def stations(hospital: EmbeddedCdr, desks: Path) -> Iterator[Stations]:
    """Two workstations that are started anew for each test; the ward comes to each only once."""
    opened = Stations(hospital, desks)
    yield opened
    opened.close()


def _unsent_orders(station: Station) -> list[str]:
    return [line.order.item.code for line in station.orders() if line.unsent]


def test_a_note_and_an_order_written_without_a_network_reach_the_colleague(
    stations: Stations, misbehaviour: Misbehaviour
) -> None:
    mine, other = stations.open("wang.yi"), stations.open("chen.guodong")
    mine.settle()
    with unplugged(misbehaviour):
        mine.sign_note("患者一般情况可，继续当前治疗。")
        mine.place_order()
        offline = mine.round()

    assert offline.connection is Connection.OFFLINE
    assert offline.waiting == 2
    assert not offline.all_sent
    assert _unsent_orders(mine) == ["aspirin"]

    online = mine.round()
    assert (online.waiting, online.all_sent) == (0, True)
    assert _unsent_orders(mine) == []

    other.round()
    patient, _ = other.first_patient()
    other.services.engine.look_at(patient)
    other.rounds_until(lambda: "患者一般情况可，继续当前治疗。" in other.notes())
    orders = other.services.charts.orders(other.session, patient)
    assert [o.order.requester_name for o in orders if o.order.item.code == "aspirin"] == ["王奕"]


def test_a_signed_order_is_held_when_the_chart_it_was_signed_on_has_changed(
    stations: Stations, misbehaviour: Misbehaviour
) -> None:
    mine, other = stations.open("wang.yi"), stations.open("chen.guodong")
    mine.settle()
    other.settle()
    with unplugged(misbehaviour):
        mine.place_order()
    patient, _ = other.first_patient()
    seen = other.services.charts.seen(other.session, patient)
    current = next(
        line.order
        for line in other.services.charts.orders(other.session, patient)
        if line.order.status == "active"
    )
    other.services.ordering.changing.stop(other.session, current, "已完成疗程", seen)
    assert other.round().all_sent

    mine.services.engine.look_at(patient)
    held = mine.round()
    assert (held.held, held.all_sent) == (1, False)

    item = next(i for i in mine.services.queue.items(mine.session) if i.state.value == "held")
    mine.services.queue.retry(mine.session, item.group)
    assert mine.round().all_sent


def test_nothing_is_held_when_nothing_has_changed(stations: Stations) -> None:
    mine = stations.open("wang.yi")
    mine.round()
    mine.place_order()
    mine.place_order()

    assert mine.round().all_sent


def test_all_sent_is_taken_back_the_moment_something_is_signed(stations: Stations) -> None:
    mine = stations.open("wang.yi")
    assert mine.round().all_sent

    mine.sign_note("夜间平稳。")

    before = mine.services.engine.status()
    assert (before.waiting, before.all_sent) == (1, False)
    assert mine.round().all_sent
