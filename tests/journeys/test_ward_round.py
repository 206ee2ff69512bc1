"""The main job: a round with the cable out, and a second workstation that sees it all."""

from __future__ import annotations

from decimal import Decimal

from app.domain.notes import NoteDraft
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.sending import Connection
from app.domain.terms import Term
from sync.cdr.misbehaviour import Misbehaviour
from tests.journeys.stations import Station, Stations, unplugged

_ASPIRIN = Term("阿司匹林", "urn:wardone:formulary", "aspirin", "Aspirin")
_ORAL = Term("口服", "urn:wardone:route", "po", "oral")
_DAILY = Term("每日一次", "urn:wardone:frequency", "qd", "once daily")


def _sign_a_note(station: Station, text: str) -> None:
    patient, encounter = station.first_patient()
    seen = station.services.charts.seen(station.session, patient)
    draft = NoteDraft(patient, encounter, title="查房", text=text)
    station.services.notes.sign(station.session, draft, seen)


def _place_an_order(station: Station) -> None:
    patient, encounter = station.first_patient()
    seen = station.services.charts.seen(station.session, patient)
    dosage = Dosage(Decimal(100), "mg", "mg", _ORAL, _DAILY, "阿司匹林 100 mg 口服 每日一次")
    draft = OrderDraft(
        patient, encounter, OrderClass.MEDICATION, OrderKind.LONG_TERM, _ASPIRIN, dosage
    )
    station.services.orders.sign(station.session, draft, seen)


def _notes(station: Station) -> list[str]:
    patient, _ = station.first_patient()
    return [note.text or "" for note in station.services.charts.notes(station.session, patient)]


def _unsent_orders(station: Station) -> list[str]:
    patient, _ = station.first_patient()
    lines = station.services.charts.orders(station.session, patient)
    return [line.order.item.code for line in lines if line.unsent]


def test_a_note_and_an_order_written_without_a_network_reach_the_colleague(
    stations: Stations, misbehaviour: Misbehaviour
) -> None:
    mine, other = stations.open("wang.yi"), stations.open("chen.guodong")
    mine.round()
    with unplugged(misbehaviour):
        _sign_a_note(mine, "患者一般情况可，继续当前治疗。")
        _place_an_order(mine)
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
    other.rounds_until(lambda: "患者一般情况可，继续当前治疗。" in _notes(other))
    orders = other.services.charts.orders(other.session, patient)
    assert [o.order.requester_name for o in orders if o.order.item.code == "aspirin"] == ["王奕"]


def test_a_signed_order_is_held_when_the_chart_it_was_signed_on_has_changed(
    stations: Stations, misbehaviour: Misbehaviour
) -> None:
    mine, other = stations.open("wang.yi"), stations.open("chen.guodong")
    mine.round()
    other.round()
    with unplugged(misbehaviour):
        _place_an_order(mine)
    patient, _ = other.first_patient()
    seen = other.services.charts.seen(other.session, patient)
    current = next(
        line.order
        for line in other.services.charts.orders(other.session, patient)
        if line.order.status == "active"
    )
    other.services.orders.stop(other.session, current, "已完成疗程", seen)
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
    _place_an_order(mine)
    _place_an_order(mine)

    assert mine.round().all_sent


def test_all_sent_is_taken_back_the_moment_something_is_signed(stations: Stations) -> None:
    mine = stations.open("wang.yi")
    assert mine.round().all_sent

    _sign_a_note(mine, "夜间平稳。")

    before = mine.services.engine.status()
    assert (before.waiting, before.all_sent) == (1, False)
    assert mine.round().all_sent
