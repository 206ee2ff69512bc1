"""The server under the contract: `--cdr-url`, or the embedded CDR over each store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cdr.serving import CdrSettings, EmbeddedCdr
from tests.cdr.contract.peer import Peer

EMBEDDED = ("embedded-memory", "embedded-sqlite")
REPORT = pytest.StashKey[dict[str, dict[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "the FHIR contract")
    group.addoption("--cdr-url", default="", help="base address of the server to examine")
    group.addoption("--cdr-token", default="", help="bearer token for it")
    group.addoption("--cdr-name", default="", help="its name in the report")
    group.addoption(
        "--cdr-must-be-refused",
        action="store_true",
        help="pass when the enrolment probe would refuse this server",
    )
    group.addoption("--contract-report", default="", help="write what was found to this JSON file")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REPORT] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "peer" in metafunc.fixturenames:
        url = metafunc.config.getoption("--cdr-url", "")
        names = [metafunc.config.getoption("--cdr-name", "") or url] if url else list(EMBEDDED)
        metafunc.parametrize("peer", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def peer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peer]:
    if url := request.config.getoption("--cdr-url", ""):
        given = Peer(url, request.config.getoption("--cdr-token", ""))
        yield given
        given.http.close()
        return
    folder = tmp_path_factory.mktemp("contract")
    database = folder / "cdr.db" if request.param == "embedded-sqlite" else None
    with EmbeddedCdr(CdrSettings(database=database, sign_in=False)) as cdr:
        embedded = Peer(cdr.base_url)
        yield embedded
        embedded.http.close()


@pytest.fixture
def report(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where a case writes what it found: name of the case → words."""
    name = request.node.callspec.params["peer"]
    return request.config.stash[REPORT].setdefault(name, {})


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--contract-report", "")
    found = session.config.stash.get(REPORT, {})
    if path and found:
        Path(path).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
