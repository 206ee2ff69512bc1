"""Repositories that nobody here wrote, started once for every test that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cdr.contract.peer import Peer
from tests.journeys.stations import Stations
from tests.peers.gateway import Gateway
from tests.peers.hapi_server import hapi
from tests.peers.postgres_server import postgres
from tests.peers.small_hospital import load_ward

DATABASES = ("h2", "postgresql")
WARD = "cardiology"
BEDS = 3


@pytest.fixture(scope="session", params=DATABASES)
def hapi_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """HAPI FHIR JPA over each database."""
    folder = tmp_path_factory.mktemp("hapi")
    with ExitStack() as stack:
        jdbc = stack.enter_context(postgres()) if request.param == "postgresql" else ""
        yield stack.enter_context(hapi(folder, jdbc, "peer" if jdbc else ""))


@pytest.fixture(scope="session")
def hapi_peer(hapi_url: str) -> Iterator[Peer]:
    peer = Peer(hapi_url)
    yield peer
    peer.http.close()


@pytest.fixture(scope="session")
def gateway(hapi_url: str, hapi_peer: Peer) -> Iterator[Gateway]:
    """A ward of three beds in that repository, and the hospital's sign-in before it."""
    load_ward(hapi_peer, WARD, BEDS, datetime.now(UTC))
    with Gateway(hapi_url) as opened:
        yield opened


@pytest.fixture
def stations(gateway: Gateway, tmp_path: Path) -> Iterator[Stations]:
    opened = Stations(gateway, tmp_path)
    yield opened
    opened.close()
