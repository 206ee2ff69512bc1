"""What is written down of any server, and exactly expected of ours."""

from __future__ import annotations

import pytest

from tests.cdr.contract.conftest import EMBEDDED
from tests.cdr.contract.peer import Peer
from tests.cdr.contract.recorded import OURS, Case


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.__name__)
def test_recorded(
    peer: Peer, case: Case, report: dict[str, str], request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["peer"] in EMBEDDED:
        report[case.__name__] = case(peer)
        assert report[case.__name__] == OURS[case]
        return
    try:
        report[case.__name__] = case(peer)
    except (KeyError, IndexError, ValueError) as error:
        report[case.__name__] = f"an answer of another form ({type(error).__name__})"
