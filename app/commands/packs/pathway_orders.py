"""The orders of clinical pathways: lines as in an order set, and which element they meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from app.commands.packs.files import Line, PackFiles, read_pack
from app.commands.packs.findings import Finding
from app.commands.packs.order_sets import (
    SHARED,
    SetTables,
    is_amount,
    is_fine,
    not_in,
    senseless,
    unknown_codes,
    unknown_words,
)
from app.domain.orders import OrderKind
from app.domain.pathways import Row
from app.services.order_set_pack import line_of
from app.services.pathway_pack import also_of
from resources.reading import path

LINE_COLUMNS = (
    *("line", "order_class", "pack", "item", "kind", "dose", "unit", "per_kg", "most", "step"),
    *("route", "frequency", "rate", "rate_unit", "group", "hours", "priority", "skin_test"),
    *("conditions", "reason_zh", "reason_en", "note_zh", "note_en"),
    *("source", "status", "valid_from"),
)
LINE_FILLED = ("line", "order_class", "pack", "item", "kind")
_NUMBERS = ("dose", "most", "step", "rate", "hours")
_AS_A_SET = {"heading": "", "choice": "", "preselected": "no"}
_IN_ROW: Mapping[str, frozenset[OrderKind]] = {
    Row.LONG_TERM.value: frozenset({OrderKind.LONG_TERM, OrderKind.PRN}),
    Row.TEMPORARY.value: frozenset(OrderKind) - {OrderKind.LONG_TERM, OrderKind.PRN},
}
_SHARED = tuple(one for one in SHARED if one in LINE_COLUMNS)


def line_findings(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with the lines as lines of an order set."""
    table, sets = pack.table("lines"), _sets_beside(pack)
    conditions = sets.codes("conditions")
    used = {line.row["line"] for line in pack.rows("orders")}
    for line in table.lines:
        yield from unknown_words(table, line)
        for column in (one for one in _NUMBERS if not is_amount(line.row[one] or "0")):
            value = line.row[column]
            yield table.finding(line.number, "packs.not-a-number", column=column, value=value)
        for code in line.row["conditions"].split():
            if code not in conditions:
                yield not_in(table, line, "conditions", "order_sets", code)
        yield from unknown_codes(sets, table, line)
        row = {**line.row, **_AS_A_SET}
        if is_fine(partial(line_of, row, sets.items)):
            yield from senseless(sets, table, line, line_of(row, sets.items))
        if line.row["line"] not in used:
            yield table.finding(line.number, "packs.unread-row", value=line.row["line"])
    yield from _infusions(pack)


def order_findings(pack: PackFiles, lines: Sequence[Line]) -> Iterator[Finding]:
    """What is wrong with the orders of the elements; `lines` are all there are."""
    elements = {_key(line): line for line in pack.rows("elements")}
    by_code = {line.row["line"]: line for line in lines}
    offered: defaultdict[tuple[str, str, str], list[Line]] = defaultdict(list)
    table = pack.table("orders")
    for line in table.lines:
        element, used = elements.get(_key(line)), by_code.get(line.row["line"])
        if element is None:
            yield not_in(table, line, "element", "elements")
        if used is None:
            yield not_in(table, line, "line", "lines")
        if element is None or used is None:
            continue
        offered[_key(line)].append(line)
        yield from _in_row(pack, line, element, used)
    for key, element in elements.items():
        yield from _options(pack, element, offered.get(key, []), by_code)
    yield from _torn(pack, offered, by_code)


def _in_row(pack: PackFiles, order: Line, element: Line, used: Line) -> Iterator[Finding]:
    table, row, kind = pack.table("orders"), element.row["row"], used.row["kind"]
    if row in _WORK:
        yield table.finding(
            order.number, "packs.pathways.orders-of-work", element=element.row["element"]
        )
    elif row in _IN_ROW and kind in _KINDS and OrderKind(kind) not in _IN_ROW[row]:
        yield table.finding(order.number, "packs.pathways.kind", kind=kind, row=row)


def _options(
    pack: PackFiles, element: Line, orders: list[Line], lines: Mapping[str, Line]
) -> Iterator[Finding]:
    table, row = pack.table("elements"), element.row
    meeting = any(one.row["meets"] == "yes" for one in orders)
    if row["row"] in _IN_ROW and not meeting and not also_of(row):
        yield table.finding(element.number, "packs.pathways.no-orders", element=row["element"])
    most = int(row["most"]) if row["most"].isdecimal() else 1
    units = {_unit(lines[one.row["line"]]) for one in orders}
    wanted = {_unit(lines[one.row["line"]]) for one in orders if one.row["preselected"] == "yes"}
    if (row["most"] and not 1 < most <= len(units)) or len(wanted) > most:
        yield table.finding(
            element.number, "packs.pathways.choice", most=most, element=row["element"]
        )


def _torn(
    pack: PackFiles,
    offered: Mapping[tuple[str, str, str], list[Line]],
    lines: Mapping[str, Line],
) -> Iterator[Finding]:
    """An infusion goes whole into one element, and once into a stage."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for code, line in lines.items():
        whole[line.row["group"]].add(code)
    seen: set[tuple[str, str, str]] = set()
    table = pack.table("orders")
    for (pathway, stage, _), orders in offered.items():
        groups: defaultdict[str, list[Line]] = defaultdict(list)
        for one in orders:
            if group := lines[one.row["line"]].row["group"]:
                groups[group].append(one)
        for group, members in groups.items():
            here = (pathway, stage, group)
            if here in seen or {one.row["line"] for one in members} != whole[group]:
                yield table.finding(members[0].number, "packs.pathways.group", group=group)
            seen.add(here)


def _infusions(pack: PackFiles) -> Iterator[Finding]:
    """Members of an infusion share how it runs; one alone is none."""
    table = pack.table("lines")
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in table.lines:
        if line.row["group"]:
            found[line.row["group"]].append(line)
    for group, members in found.items():
        first = members[0]
        if len(members) == 1:
            yield table.finding(first.number, "packs.order_sets.group-of-one", group=group)
        for line in members:
            for column in (one for one in _SHARED if line.row[one] != first.row[one]):
                yield table.finding(line.number, "packs.order_sets.group-differs", column=column)


def _sets_beside(pack: PackFiles) -> SetTables:
    """The order sets that ship, under those of the hospital beside an overlay."""
    shipped = read_pack(path("packs/order_sets"))[0]
    theirs = pack.folder.parent / "order_sets"
    if pack.overlay and theirs.is_dir():
        return SetTables(read_pack(theirs)[0], shipped)
    return SetTables(shipped, None)


def _key(line: Line) -> tuple[str, str, str]:
    return line.row["pathway"], line.row["stage"], line.row["element"]


def _unit(line: Line) -> str:
    """What is chosen as one: the infusion, else the line."""
    return f"group {line.row['group']}" if line.row["group"] else line.row["line"]


_KINDS = frozenset(one.value for one in OrderKind)
_WORK = frozenset(row.value for row in Row if not row.ordered)
