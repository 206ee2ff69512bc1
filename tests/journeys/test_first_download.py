"""The first download of a ward, broken off at the worst moment."""

from __future__ import annotations

import pytest

from sync.cdr.misbehaviour import Fault, Misbehaviour, Rule
from sync.cdr.values import Request
from tests.journeys.stations import Station, Stations


def _asks_for_places(request: Request) -> bool:
    return request.path.startswith("Location")


def _free_and_taken(station: Station) -> tuple[int, int]:
    session = station.session
    rows = station.services.wards.board(session, session.clinician.wards[0]).rows
    taken = sum(row.patient is not None for row in rows)
    return len(rows) - taken, taken


@pytest.mark.parametrize("cut", [False, True])
def test_beds_are_not_called_free_because_the_places_came_late(
    stations: Stations, misbehaviour: Misbehaviour, *, cut: bool
) -> None:
    """Which beds a ward has is known before anybody is asked who lies in them."""
    station = stations.open("wang.yi")
    if cut:
        misbehaviour.add(Rule(Fault.DROP, when=_asks_for_places, times=3))
        assert not station.round().last_pass_complete
        misbehaviour.clear()

    station.round()

    assert _free_and_taken(station) == (3, 27)
