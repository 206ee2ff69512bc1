from __future__ import annotations

from tests.cdr.contract.table import DOCUMENT, rewritten


def test_the_table_of_servers_says_what_the_runs_said() -> None:
    document = DOCUMENT.read_text("utf-8")

    assert rewritten(document) == document, "run: python -m tests.cdr.contract.table"
