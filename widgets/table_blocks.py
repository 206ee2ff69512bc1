"""Rows that belong together, filtered and sorted as one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from widgets.table_values import Row, matches, order_of

Block = tuple[Row, ...]


def filtered(rows: tuple[Row, ...], query: str) -> tuple[Row, ...]:
    """The rows in which every word of `query` stands; a block whole when one of it is found."""
    found = (block for block in _blocks(rows) if any(matches(row, query) for row in block))
    return _rows(found)


def in_order(rows: tuple[Row, ...], column: int, *, descends: bool) -> tuple[Row, ...]:
    """The rows sorted by a column, a block where its first row stands and in its own order."""

    def rank(block: Block) -> tuple[int, float, str]:
        return order_of(block[0].cells[column])

    blocks = _blocks(rows)
    known = [block for block in blocks if rank(block)[0] < 2]
    unknown = [block for block in blocks if rank(block)[0] == 2]
    known.sort(key=rank, reverse=descends)
    return _rows([*known, *unknown])  # unknown stays at the end: it is neither small nor large


def _blocks(rows: tuple[Row, ...]) -> list[Block]:
    found: list[Block] = []
    for block, members in groupby(rows, key=lambda row: row.block):
        together = tuple(members)
        found += [together] if block else [(row,) for row in together]
    return found


def _rows(blocks: Iterable[Block]) -> tuple[Row, ...]:
    return tuple(row for block in blocks for row in block)
