"""HAPI FHIR does what docs/servers.md says it does."""

from __future__ import annotations

import pytest

from tests.cdr.contract.peer import Peer
from tests.peers.hapi_facts import FACTS, Fact

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_hapi_does_what_is_written_down(hapi_peer: Peer, fact: Fact) -> None:
    assert fact.case(hapi_peer) == fact.found
