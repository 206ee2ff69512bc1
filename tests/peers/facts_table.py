"""Writes the table of HAPI's habits into docs/servers.md.

python -m tests.peers.facts_table            rewrites the table in place
"""

from __future__ import annotations

from tests.cdr.contract.table import DOCUMENT
from tests.peers.hapi_facts import FACTS

BEGIN, END = "<!-- hapi facts begin -->", "<!-- hapi facts end -->"


def table() -> str:
    """One line for each fact, in the order of the questions."""
    rows = [
        f"| {fact.question} | {fact.name.replace('_', ' ')} | {fact.found} | {fact.follows} |"
        for fact in FACTS
    ]
    return "\n".join(["| question | asked | found | for the client |", "|---|---|---|---|", *rows])


def rewritten(document: str) -> str:
    """The document with the table as the facts now give it."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text("utf-8")), "utf-8")
