"""A FHIR server that nobody here wrote: it meets our contract, and its scenarios meet ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
import venv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from sync.cdr.serving import CdrSettings, EmbeddedCdr
from tests.cdr.contract.peer import Peer
from tests.cdr.contract.required import CASES, Case

pytestmark = pytest.mark.peers

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".wardone" / "peers"
LOCK = ROOT / "installer" / "lock" / "peers.txt"
BIN = PLACE / ("Scripts" if sys.platform == "win32" else "bin")
PORT = 8719
LISTENS = f"base_url: http://127.0.0.1:{PORT}/fhir\nhost: 127.0.0.1\nport: {PORT}\ndata_dir: data\n"


@pytest.fixture(scope="module")
def sekmet() -> Path:
    """The program, in an environment of its own; installed from the lock when it is not there."""
    program = BIN / ("sekmet.exe" if sys.platform == "win32" else "sekmet")
    if not program.exists():
        venv.create(PLACE, with_pip=True, clear=True)
        python = str(BIN / "python")
        install = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip("sekmet-fhir 0.1.1 cannot be installed: no package registry is reached")
    return program


@pytest.fixture
def peer(sekmet: Path, tmp_path: Path) -> Iterator[Peer]:
    """Sekmet serving on 127.0.0.1; its default would listen everywhere."""
    (tmp_path / "settings.yaml").write_text(LISTENS, "utf-8")
    (tmp_path / "data").mkdir()
    with (tmp_path / "log.txt").open("wb") as log:
        command = [str(sekmet), "serve", "-c", "settings.yaml"]
        server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=clean())
        try:
            wait_for(f"http://127.0.0.1:{PORT}/fhir/metadata")
            found = Peer(f"http://127.0.0.1:{PORT}/fhir")
            yield found
            found.http.close()
        finally:
            server.terminate()
            server.wait(20)


def clean() -> dict[str, str]:
    """The environment without anything that would point the program elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SEKMET_")}


def wait_for(address: str) -> None:
    """Ask until something answers; there is no other sign that the program is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - a loopback address
        except (URLError, ConnectionError, TimeoutError):
            continue
        return
    pytest.fail("the peer did not start")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_sekmet_meets_the_required_contract(peer: Peer, case: Case) -> None:
    finding = case(peer)

    assert finding.good, finding.said


@pytest.mark.parametrize("in_file", [False, True], ids=["memory", "sqlite"])
def test_the_embedded_cdr_passes_the_scenarios_of_sekmet(
    sekmet: Path, tmp_path: Path, *, in_file: bool
) -> None:
    database = tmp_path / "cdr.db" if in_file else None
    with EmbeddedCdr(CdrSettings(database=database, sign_in=False)) as cdr:
        peers = f"peers:\n  cdr:\n    base_url: {cdr.base_url}\n"
        (tmp_path / "settings.yaml").write_text(LISTENS + peers, "utf-8")
        (tmp_path / "data").mkdir()
        command = [str(sekmet), "scenario", "run", "all", "--peer", "cdr", "-c", "settings.yaml"]
        run = subprocess.run(
            [*command, "--report-dir", "reports"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=clean(),
            timeout=300,
            check=False,
        )

    (report,) = (tmp_path / "reports").rglob("*.xml")
    suites = ET.parse(report).getroot()  # noqa: S314 - written by the program just run
    cases = list(suites.iter("testcase"))
    failed = [c.get("name") for c in cases if c.find("failure") is not None]
    ran = [c for c in cases if c.find("skipped") is None]
    assert "14/14 scenarios passed" in run.stdout, run.stdout[-3000:]
    assert not failed
    assert len(ran) >= 60, json.dumps([c.get("name") for c in ran])
