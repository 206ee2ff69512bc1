"""One server for a whole module, one ward and one workstation for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support.builders import a_practitioner
from tests.sync.engine.desk import Desk
from tests.sync.engine.dosing import TYPES, Nurse, Seat
from tests.sync.engine.hospital import Hospital

Open = Callable[..., Desk]


@pytest.fixture(scope="module")
def server() -> Iterator[Hospital]:
    hospital = Hospital()
    hospital.start()
    try:
        # Its threads start with the first request, and must not look like a test's own.
        requests.get(f"{hospital.base_url}/metadata", timeout=30).raise_for_status()
        yield hospital
    finally:
        hospital.cdr.stop()


@pytest.fixture
def hospital(server: Hospital) -> Iterator[Hospital]:
    server.begin_anew()
    yield server
    server.behave()


@pytest.fixture
def open_desk(hospital: Hospital, tmp_path: Path) -> Iterator[Open]:
    """Opens workstations by name and closes them all."""
    desks: list[Desk] = []

    def opened(name: str = "desk", **how: object) -> Desk:
        desks.append(Desk(tmp_path / name, hospital, **how))  # type: ignore[arg-type]  # passed on exactly as it came
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    """A workstation that is enrolled and up to date."""
    desk = open_desk()
    desk.enrol()
    desk.round()
    return desk


@pytest.fixture
def seat(hospital: Hospital, tmp_path: Path) -> Iterator[Seat]:
    """Seats people by name, each at a workstation that is enrolled and up to date."""
    nurses: list[Nurse] = []

    def seated(name: str, types: frozenset[str] = TYPES) -> Nurse:
        hospital.put(a_practitioner(name))
        nurse = Nurse(tmp_path / name, hospital, name, types)
        nurses.append(nurse)
        nurse.desk.enrol()
        nurse.round()
        return nurse

    yield seated
    for nurse in nurses:
        nurse.close()
