"""The enrolment probe accepts HAPI FHIR, and says which case a lesser server fails."""

from __future__ import annotations

import pytest

from app.kernel.clock import RandomIds
from sync.probe import Probe
from sync.transport import HttpRemote

pytestmark = pytest.mark.peers


def test_the_probe_accepts_hapi(hapi_url: str) -> None:
    remote = HttpRemote(hapi_url, lambda: None, timeout=60)
    try:
        report = Probe(remote, RandomIds()).run()
    finally:
        remote.close()

    assert [f.case for f in report.findings if not f.passed] == []
    assert report.accepted
    assert (report.software, report.fhir_version) == ("HAPI FHIR Server 8.8.0", "4.0.1")
