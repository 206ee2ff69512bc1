"""A demo hospital that every journey of this run shares, and workstations enrolled at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from app.commands.repository import fill
from sync.cdr.misbehaviour import Misbehaviour
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World
from tests.journeys.stations import Stations


@pytest.fixture(scope="session")
def misbehaviour() -> Misbehaviour:
    return Misbehaviour()


@pytest.fixture(scope="session")
def hospital(
    tmp_path_factory: pytest.TempPathFactory, misbehaviour: Misbehaviour
) -> Iterator[EmbeddedCdr]:
    folder = tmp_path_factory.mktemp("hospital")
    settings = CdrSettings(database=folder / "cdr.sqlite3")
    cdr = EmbeddedCdr(settings, World(misbehaviour=misbehaviour))
    cdr.start()
    try:
        fill(cdr, datetime.now(UTC))
        # Its worker thread starts with the first request, and must not look like a test's own.
        requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
        yield cdr
    finally:
        cdr.stop()


@pytest.fixture
def stations(hospital: EmbeddedCdr, tmp_path: Path) -> Iterator[Stations]:
    opened = Stations(hospital, tmp_path)
    yield opened
    opened.close()
