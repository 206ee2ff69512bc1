"""The whole contract suite against HAPI FHIR, and what it finds against what is written down."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cdr.contract.table import RESULTS
from tests.peers.hapi_server import VERSION

pytestmark = pytest.mark.peers

ROOT = Path(__file__).parents[2]
RECORD = RESULTS / "hapi.json"
FOUND = ROOT / ".wardone" / "peers"


def test_hapi_passes_the_contract_and_answers_as_written_down(
    hapi_url: str, request: pytest.FixtureRequest
) -> None:
    database = request.node.callspec.params["hapi_url"]
    name = f"hapi-fhir-{VERSION}-{database}"
    FOUND.mkdir(parents=True, exist_ok=True)
    report = FOUND / f"{name}.json"
    suite = [sys.executable, "-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider"]
    options = ["--cdr-url", hapi_url, "--cdr-name", name, "--contract-report", str(report)]

    run = subprocess.run(
        [*suite, "tests/cdr/contract", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-3000:]
    found = json.loads(report.read_text("utf-8"))[name]
    written = json.loads(RECORD.read_text("utf-8")).get(name)
    assert found == written, f"{report} says otherwise than {RECORD}"
