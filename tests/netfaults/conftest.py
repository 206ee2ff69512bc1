"""A ward and its hospital at the two ends of a cable, anew for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from installer.verbs import lacks_for_netfaults
from tests.netfaults.cable import FINE, HOSPITAL, Cable, Weather
from tests.netfaults.gate import HONEST, Gate, Trick
from tests.netfaults.hospital import FarWard, hospital_in
from tests.netfaults.measuring import FILE, Measured, keep, table
from tests.netfaults.namespaces import Namespace, sweep
from tests.netfaults.station import Station

_measured = pytest.StashKey[list[Measured]]()


@dataclass(frozen=True, slots=True)
class Site:
    """Everything of one test."""

    desk: Namespace
    hospital: Namespace
    cable: Cable
    gate: Gate
    ward: FarWard
    station: Station

    def break_down(self, weather: Weather, trick: Trick) -> None:
        self.cable.set(weather)
        self.gate.play(trick)

    def mend(self) -> None:
        self.cable.set(FINE)
        self.gate.play(HONEST)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_measured] = []


@pytest.fixture(scope="session", autouse=True)
def swept() -> None:
    """Nothing of an earlier run that was killed is in the way."""
    lacking = lacks_for_netfaults()
    if lacking:
        pytest.skip(f"network faults are made between network namespaces, and {lacking}")
    sweep()


@contextmanager
def two_ends() -> Iterator[tuple[Namespace, Namespace]]:
    """The namespace of the workstation and that of the hospital, which also knows the names."""
    names = {"resolv_conf": f"nameserver {HOSPITAL}\n", "hosts": "\n"}
    with Namespace("desk", **names) as desk, Namespace("hospital") as hospital:
        yield desk, hospital


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Callable[[float], Site]]:
    """Opens a site whose workstation has enrolled and fetched its ward."""
    with ExitStack() as stack:

        def opened(timeout: float) -> Site:
            desk, hospital = stack.enter_context(two_ends())
            cable = stack.enter_context(Cable(desk, hospital))
            ward = stack.enter_context(hospital_in(hospital, tmp_path))
            gate = stack.enter_context(Gate(hospital, ward.port))
            station = stack.enter_context(Station(desk, tmp_path / "desk", timeout))
            station.enrol()
            return Site(desk, hospital, cable, gate, ward, station)

        yield opened


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Iterator[list[Measured]]:
    """What the tests of this run have measured so far; written down after each."""
    rows = request.config.stash[_measured]
    yield rows
    keep(rows)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_measured, [])
    if rows:
        terminalreporter.section(f"network faults; also in {FILE.relative_to(FILE.parents[1])}")
        for line in table(rows):
            terminalreporter.line(line)
