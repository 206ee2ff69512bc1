"""A server model over each store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.cdr.store import Store
from sync.cdr.values import Policy
from tests.cdr.kit import UCUM, Wire, a_patient, an_encounter, an_observation, in_file, memory

Build = Callable[..., Wire]


@pytest.fixture(params=[memory, in_file], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture
def wire(store: Store) -> Wire:
    return Wire(store)


@pytest.fixture
def wire_with(store: Store) -> Callable[[Policy], Wire]:
    return lambda policy: Wire(store, policy)


HIGH = {"valueQuantity": {"value": 120, "unit": "beats/min", "system": UCUM, "code": "/min"}}


@pytest.fixture
def ward(wire: Wire) -> Wire:
    """Two patients, two beds on two wards, four observations."""
    place = {"resourceType": "Location", "id": "ward", "status": "active"}
    other = {"resourceType": "Location", "id": "other-ward"}
    bed = {"resourceType": "Location", "id": "bed", "partOf": {"reference": "Location/ward"}}
    li = a_patient(
        "li",
        gender="male",
        birthDate="1950-03-09",
        identifier=[{"system": "urn:mrn", "value": "7"}, {"value": "bare"}],
        name=[{"text": "李明", "family": "李", "given": ["明"]}, {"text": "LI Ming"}],
        telecom=[{"system": "phone", "value": "100"}, {"system": "email", "value": "li@x"}],
    )
    ayla = a_patient("ayla", gender="female", birthDate="1970", name=[{"family": "Şahin"}])
    wire.filled(place, other, bed, li, ayla)
    wire.filled(
        an_encounter("e-li", "li", location=[{"location": {"reference": "Location/bed"}}]),
        an_encounter(
            "e-ayla",
            "ayla",
            status="finished",
            location=[{"location": {"reference": "Location/other-ward"}}],
            period={"start": "2026-01-01", "end": "2026-01-05"},
        ),
    )
    at = "2026-02-0{}T10:00:00+08:00"
    wire.filled(
        an_observation("o-1", "li", effectiveDateTime=at.format(1), **HIGH),
        an_observation("o-2", "li", effectiveDateTime=at.format(2)),
        an_observation("o-3", "li", "8310-5", effectiveDateTime=at.format(3)),
        an_observation("o-4", "ayla", effectivePeriod={"start": at.format(4)}),
    )
    return wire
