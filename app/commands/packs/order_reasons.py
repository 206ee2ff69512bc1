"""The pack of reasons: every deed has some, one of them open, none beyond the nine keys."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.domain.order_reasons import DEEDS, MOST_REASONS

_WORDS = {"deed": DEEDS, "needs_text": ("yes", "no")}


def check_order_reasons(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond empty cells and keys that stand twice."""
    table = pack.table("reasons")
    for line in table.lines:
        for column, words in _WORDS.items():
            told = line.row.get(column, "")
            if told not in words:
                known = ", ".join(words)
                yield table.finding(
                    line.number, "packs.unknown-word", column=column, value=told, known=known
                )
    for deed in DEEDS:
        lines = [line for line in table.lines if line.row.get("deed") == deed]
        if not any(line.row.get("needs_text") == "yes" for line in lines):
            yield table.finding(0, "packs.reason-not-open", deed=deed)
        for line in lines[MOST_REASONS:]:
            yield table.finding(line.number, "packs.reason-without-key", most=MOST_REASONS)
