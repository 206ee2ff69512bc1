"""The enrolment probe's cases as tests, against any server."""

from __future__ import annotations

import pytest

from tests.cdr.contract.peer import Peer
from tests.cdr.contract.required import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_required(
    peer: Peer, case: Case, report: dict[str, str], request: pytest.FixtureRequest
) -> None:
    finding = case(peer)
    report[case.__name__] = f"{'yes' if finding.good else 'NO'} ({finding.said})"

    if not request.config.getoption("--cdr-must-be-refused", default=False):
        assert finding.good, finding.said


def test_a_server_that_must_be_refused_is_refused(
    peer: Peer, request: pytest.FixtureRequest
) -> None:
    must_be_refused = request.config.getoption("--cdr-must-be-refused", default=False)
    failed = [case.__name__ for case in CASES if not case(peer).good]

    assert bool(failed) is must_be_refused, failed
