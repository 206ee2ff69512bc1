"""Every fault of the network: what was signed waits, is seen to wait, and goes out once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from app.domain.terms import Ref
from resources.catalogue import LANGUAGES, Catalogue
from tests.netfaults.conftest import Site
from tests.netfaults.faults import FAULTS, SLOWED, NetworkFault
from tests.netfaults.measuring import Measured
from tests.netfaults.station import Told

pytestmark = pytest.mark.netfaults

_UNTIL_SEEN = 150.0
"""Seconds in which a fault must have shown itself: some rounds, each at its own time limit."""
_UNTIL_SAME = 30.0
_WAITING = frozenset({"saved", "packed", "sent"})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_or_sent_twice_and_the_status_is_true(
    fault: NetworkFault, open_site: Callable[[float], Site], measured: list[Measured]
) -> None:
    site = open_site(fault.timeout)
    lost, transactions = site.cable.lost, site.gate.transactions
    before = site.station.tell()
    site.break_down(fault.weather, fault.trick)
    site.station.work("mine", notes=fault.notes, size=fault.size)
    site.station.listen_anew()
    signed = time.monotonic()
    for number in range(3):
        site.ward.write_note(f"theirs-{number}", "b")
    site.ward.change(site.ward.order(0, "b"), note=[{"text": "第二次"}])

    broken = _while_it_lasts(site, fault, before) if fault.stops else before
    began = time.monotonic() if fault.stops else signed
    if fault.stops:
        site.mend()
    drained = site.station.until(
        lambda told: told.now.all_sent and not told.waiting, fault.within, "drained"
    )
    took = time.monotonic() - began
    _assert_once(site, fault)
    _assert_said_true(site, fault)
    _until_same(site)
    same = time.monotonic() - began

    site.mend()
    _until_same(site)
    lasted = broken if fault.stops else drained
    measured.append(
        Measured(
            fault=fault.name,
            stops=fault.stops,
            rounds=lasted.rounds - before.rounds,
            requests=lasted.requests - before.requests,
            unanswered=lasted.unanswered - before.unanswered,
            lost=site.cable.lost - lost,
            transactions=site.gate.transactions - transactions,
            drained=took,
            drained_rounds=drained.rounds - broken.rounds,
            drained_requests=drained.requests - broken.requests,
            same=same,
            within=fault.within,
        )
    )


def _while_it_lasts(site: Site, fault: NetworkFault, before: Told) -> Told:
    """The work waits and is seen to wait, and why is said in words that are true."""
    codes = {f"sync.verdict.{code}" for code in fault.told}
    told = site.station.until(
        lambda told: told.rounds >= before.rounds + fault.rounds and told.now.trouble in codes,
        _UNTIL_SEEN,
        f"said to be {sorted(codes)}",
    )
    assert site.cable.is_broken
    acts = fault.notes + 1
    assert len(told.waiting) == told.now.waiting == acts
    assert {one["state"] for one in told.waiting} <= _WAITING
    assert told.now.connection in ("offline", "syncing")
    assert not told.now.all_sent
    assert not [said for said in site.station.said if said.all_sent]
    for language in LANGUAGES:
        assert Catalogue.load(language).sentence(told.now.trouble)
    expected = [1 if fault.arrived else 0] * fault.notes
    assert [site.ward.versions(ref) for ref in _notes(site, fault)] == expected
    return told


def _assert_once(site: Site, fault: NetworkFault) -> None:
    """The server's own history has every act, and each of them once."""
    notes, task = _notes(site, fault), site.ward.task()
    assert [site.ward.versions(ref) for ref in notes] == [1] * fault.notes
    assert site.ward.versions(task) == 2
    assert [site.ward.provenances(ref) for ref in (*notes, task)] == [1] * (fault.notes + 1)
    assert site.ward.content(task)["description"] == "mine"


def _assert_said_true(site: Site, fault: NetworkFault) -> None:
    """Of all that was said since the signing, nothing was untrue (I24)."""
    said = site.station.said
    first = next((n for n, one in enumerate(said) if one.all_sent), len(said))
    assert {one.waiting for one in said[first:]} <= {0}
    assert {(one.conflicts, one.rejected, one.held) for one in said} == {(0, 0, 0)}
    true = {f"sync.verdict.{code}" for code in fault.told or SLOWED}
    for one in said:
        assert one.trouble in {"", *true}
        assert (one.connection == "offline") == bool(one.trouble), one


def _until_same(site: Site) -> None:
    """Workstation and server hold the same, what colleagues wrote meanwhile included (I22)."""
    end = time.monotonic() + _UNTIL_SAME
    while (here := site.station.copies()) != (there := dict(site.ward.copies())):
        differing = sorted(key for key in here | there if here.get(key) != there.get(key))
        assert time.monotonic() < end, f"still different: {differing}"
        site.station.tell()


def _notes(site: Site, fault: NetworkFault) -> list[Ref]:
    return [
        Ref(f"DocumentReference/{site.ward.note_id(f'mine-{number}')}")
        for number in range(fault.notes)
    ]
