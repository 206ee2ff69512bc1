from __future__ import annotations

from tests.cdr.contract.table import DOCUMENT
from tests.peers.facts_table import rewritten


def test_the_table_of_habits_says_what_the_tests_hold_hapi_to() -> None:
    document = DOCUMENT.read_text("utf-8")

    assert rewritten(document) == document, "run: python -m tests.peers.facts_table"
