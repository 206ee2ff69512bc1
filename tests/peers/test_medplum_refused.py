"""A server that leaks half of a transaction is refused at enrolment, and says so in words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.kernel.faults import AppError, FaultKind
from resources.catalogue import Catalogue
from tests.cdr.contract.peer import Peer
from tests.cdr.contract.table import RESULTS
from tests.journeys.stations import Stations
from tests.peers.gateway import Gateway
from tests.peers.medplum_server import VERSION, medplum
from tests.peers.small_hospital import load_ward

pytestmark = pytest.mark.peers

ROOT = Path(__file__).parents[2]
NAME = f"medplum-fhir-router-{VERSION}"
RECORD = RESULTS / "medplum.json"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture(scope="module")
def medplum_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with medplum(tmp_path_factory.mktemp("medplum")) as base_url:
        yield base_url


def test_the_contract_suite_finds_that_it_must_be_refused(medplum_url: str) -> None:
    report = ROOT / ".wardone" / "peers" / f"{NAME}.json"
    suite = [sys.executable, "-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider"]
    options = ["--cdr-url", medplum_url, "--cdr-name", NAME, "--contract-report", str(report)]

    run = subprocess.run(
        [*suite, "tests/cdr/contract", "--cdr-must-be-refused", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-3000:]
    found = json.loads(_UUID.sub("uuid", report.read_text("utf-8")))
    assert found == json.loads(RECORD.read_text("utf-8")), f"{report} says otherwise"


def test_nobody_enrols_a_workstation_there(medplum_url: str, tmp_path: Path) -> None:
    peer = Peer(medplum_url)
    load_ward(peer, "cardiology", 0, datetime.now(UTC), at_once=20)
    peer.http.close()
    with Gateway(medplum_url) as gateway:
        stations = Stations(gateway, tmp_path)
        with pytest.raises(AppError) as refused:
            stations.open("wang.yi")
        stations.close()

    fault = refused.value.fault
    assert (fault.kind, fault.message.code) == (FaultKind.REFUSED, "enrol.server-refused")
    words = Catalogue.load("en").render(fault.message)
    assert words == "This server cannot be used safely. It failed: rollback, response-order."
