"""Searches as SQL; every value is bound, never written into the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sync.cdr.clauses import (
    Clause,
    Compare,
    IdIn,
    InRange,
    Leaf,
    LinksTo,
    Present,
    SortKey,
    TextIs,
    TextMatch,
    TokenIs,
    Updated,
)
from sync.cdr.indexing import IMPLIED

Value = str | int | float
Sql = tuple[str, list[Value]]

_COMPARE = {
    Compare.EQ: "({l} >= ? AND {h} <= ?)",
    Compare.NE: "NOT ({l} >= ? AND {h} <= ?)",
    Compare.GT: "{h} > ?",
    Compare.LT: "{l} < ?",
    Compare.GE: "({h} > ? OR ({l} >= ? AND {h} <= ?))",
    Compare.LE: "({l} < ? OR ({l} >= ? AND {h} <= ?))",
    Compare.SA: "{l} > ?",
    Compare.EB: "{h} < ?",
}
_AFTER = "\U0010ffff"
_COLUMN = {"token": "token_row code", "string": "text_row folded", "uri": "text_row folded"}


@dataclass(frozen=True, slots=True)
class Names:
    """Numbers of the parameters of one type; an unknown one is 0 and matches nothing."""

    type: str
    find: Callable[[str, str], int]

    def number(self, parameter: str) -> int:
        return self.find(self.type, parameter)


def search_sql(clauses: Sequence[Clause], names: Names) -> Sql:
    """` AND …` for every clause."""
    text, values = "", list[Value]()
    for clause in clauses:
        pieces = [_leaf(leaf, names) for leaf in clause.any_of]
        joined = " OR ".join(piece for piece, _ in pieces) or "0"
        text += f" AND {'NOT ' if clause.negated else ''}({joined})"
        values += [value for _, found in pieces for value in found]
    return text, values


def order_sql(sort: Sequence[SortKey], names: Names) -> tuple[str, str, list[Value]]:
    """Joins for sort values, the ORDER BY list, and the joins' values."""
    joins, order, values = "", list[str](), list[Value]()
    for n, key in enumerate(sort):
        way = "DESC" if key.descending else "ASC"
        if key.parameter == "_id":
            order.append(f"r.id {way}")
        elif key.parameter == "_lastUpdated":
            order.append(f"r.updated {way}")
        else:
            joins += _sort_join(n, key)
            values.append(names.number(key.parameter))
            order.append(f"s{n}.v {way} NULLS LAST")
    return joins, ", ".join([*order, "r.id"] if sort else ["r.key"]), values


def _sort_join(n: int, key: SortKey) -> str:
    default = "range_row high" if key.descending else "range_row low"
    if key.kind == "reference":
        default = "link_row target"
    table, column = _COLUMN.get(key.kind, default).split()
    pick = "max" if key.descending else "min"
    return (
        f" LEFT JOIN (SELECT key, {pick}({column}) AS v FROM {table} WHERE parameter = ? "  # noqa: S608 - names are ours
        f"GROUP BY key) s{n} ON s{n}.key = r.key"
    )


def _leaf(leaf: Leaf, names: Names) -> Sql:
    match leaf:
        case IdIn(ids):
            sql = "r.id IN (SELECT value FROM json_each(?))", list[Value]([json.dumps(ids)])
        case Updated():
            sql = _updated(leaf)
        case Present():
            table = _COLUMN.get(leaf.kind, "range_row low").split()[0]
            table = "link_row" if leaf.kind == "reference" else table
            sql = _keys(table, "1", [], names.number(leaf.parameter))
        case TokenIs():
            sql = _token(leaf, names.number(leaf.parameter))
        case TextIs():
            sql = _text(leaf, names.number(leaf.parameter))
        case LinksTo():
            sql = _keys(
                "link_row",
                "target IN (SELECT value FROM json_each(?))",
                [json.dumps(leaf.targets)],
                names.number(leaf.parameter),
            )
        case InRange():
            sql = _range(leaf, names.number(leaf.parameter))
    return sql


def _updated(leaf: Updated) -> Sql:
    """Compared in whole milliseconds, as it is stored, so that its index serves."""
    first, last = -(-int(leaf.low) // 1000), int(leaf.high) // 1000
    if leaf.compare is Compare.GE:
        return "r.updated >= ?", [first]
    return _compare(leaf.compare, "r.updated", "r.updated", replace(leaf, low=first, high=last))


def _keys(table: str, where: str, values: list[Value], parameter: int) -> Sql:
    return (
        f"r.key IN (SELECT key FROM {table} WHERE parameter = ? AND {where})",  # noqa: S608 - names are ours
        [parameter, *values],
    )


def _token(leaf: TokenIs, parameter: int) -> Sql:
    where, values = ["1"], list[Value]()
    if leaf.code:
        where.append("code = ?")
        values.append(leaf.code)
    if leaf.system is not None:
        where.append("system IN (?, ?)")
        values += [leaf.system, IMPLIED]
    return _keys("token_row", " AND ".join(where), values, parameter)


def _text(leaf: TextIs, parameter: int) -> Sql:
    match leaf.match:
        case TextMatch.STARTS:
            where, values = "folded >= ? AND folded < ?", [leaf.text, leaf.text + _AFTER]
        case TextMatch.CONTAINS:
            where, values = "instr(folded, ?) > 0", [leaf.text]
        case TextMatch.EXACT:
            where, values = "exact = ?", [leaf.text]
    return _keys("text_row", where, list[Value](values), parameter)


def _range(leaf: InRange, parameter: int) -> Sql:
    where, values = _compare(leaf.compare, "low", "high", leaf)
    for column, wanted in (("system", leaf.system), ("code", leaf.code)):
        if wanted is not None:
            where += f" AND {column} = ?"
            values.append(wanted)
    return _keys("range_row", where, values, parameter)


def _compare(compare: Compare, low: str, high: str, leaf: InRange | Updated) -> Sql:
    text = _COMPARE[compare].format(l=low, h=high)
    first, last = leaf.low, leaf.high
    values: dict[Compare, list[Value]] = {
        Compare.EQ: [first, last],
        Compare.NE: [first, last],
        Compare.GT: [last],
        Compare.LT: [first],
        Compare.GE: [last, first, last],
        Compare.LE: [first, first, last],
        Compare.SA: [last],
        Compare.EB: [first],
    }
    return text, values[compare]
