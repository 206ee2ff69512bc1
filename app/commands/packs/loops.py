"""The loops pack: everything a hospital can get wrong in a catalogue of closed loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from app.commands.packs.files import Laid, Line, PackFiles, Table, read_pack, twice
from app.commands.packs.findings import Finding
from app.commands.packs.loop_limits import check_limits
from app.commands.packs.loop_rules import check_rules
from app.fhir.loop_statuses import statuses
from app.services.loop_pack import TABLES, WITHDRAWN
from resources.reading import path

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "groups": ("code", "name_en", "name_zh", "source", "status"),
    "actors": ("code", "name_en", "name_zh", "here", "source", "status"),
    "steps": ("code", "name_en", "name_zh", "source", "status"),
    "loops": ("code", "group", "name_en", "name_zh", "trigger", "source", "status"),
    "nodes": (
        *("loop", "place", "step", "actor", "resource", "fhir_status"),
        *("need", "flow", "undoes", "repeats", "source", "status"),
    ),
    "limits": (
        *("loop", "from_step", "to_step", "kind", "least", "strict", "most"),
        *("wording_en", "wording_zh", "action_en", "action_zh", "source", "confidence", "status"),
    ),
    "matching": (
        *("loop", "how", "event", "order_class", "kind", "priority"),
        *("drug_class", "route", "code", "source", "status"),
    ),
    "marks": ("by", "code", "resource", "fhir_status", "step", "source", "status"),
}
_FILLED = {
    "nodes": ("loop", "place", "step", "actor", "resource", "fhir_status"),
    "limits": ("loop", "from_step", "to_step", "kind", "action_en", "action_zh"),
    "matching": ("loop", "how"),
    "marks": ("by", "code", "resource", "fhir_status", "step"),
}
_WORDS = {
    ("actors", "here"): ("yes", "no"),
    ("nodes", "need"): ("mandatory", "optional"),
    ("nodes", "flow"): ("serial", "parallel"),
    ("nodes", "repeats"): ("yes", "no"),
    ("limits", "confidence"): ("high", "medium", "low"),
    ("matching", "how"): ("order", "event", "named"),
    ("marks", "by"): ("act", "code"),
}


class LoopTables(Laid):
    """The pack with what it may refer to: its own rows, and for an overlay those that ship."""

    def table(self, name: str) -> Table:
        return self.pack.table(name)

    def codes(self, table: str) -> frozenset[str]:
        """Every code of a dictionary that a row may name."""
        return frozenset(line.row["code"] for line in self.rows(table))

    @cached_property
    def nodes(self) -> Mapping[str, tuple[Line, ...]]:
        """Nodes by loop, in their order; a loop of the overlay has only its own."""
        found: dict[str, list[Line]] = {}
        for line in self.pack.rows("nodes"):
            found.setdefault(line.row["loop"], []).append(line)
        own = frozenset(found)
        for line in self.shipped.rows("nodes") if self.shipped is not None else ():
            if line.row["loop"] not in own:
                found.setdefault(line.row["loop"], []).append(line)
        return {loop: tuple(lines) for loop, lines in found.items()}

    def steps_of(self, loop: str) -> tuple[str, ...]:
        return tuple(line.row["step"] for line in self.nodes.get(loop, ()))


def check_loops(pack: PackFiles) -> Iterator[Finding]:
    """Everything that is wrong with `pack` as a catalogue of loops."""
    lacking = list(_columns(pack))
    yield from lacking
    if lacking:
        return  # what is not in the heading cannot be checked row by row
    shipped = read_pack(path("packs/loops"))[0] if pack.overlay else None
    tables = LoopTables(pack, shipped)
    yield from _words(pack)
    yield from _keys(pack)
    yield from _loops(tables)
    yield from _nodes(tables)
    yield from _unread(tables)
    yield from check_limits(pack, tables.steps_of, _repeating(tables))
    yield from check_rules(pack, tables.codes("loops"), tables.codes("steps"))


def _columns(pack: PackFiles) -> Iterator[Finding]:
    for name in TABLES:
        table = pack.table(name)
        if name not in pack.tables and not pack.overlay:
            yield table.finding(0, "packs.table-missing")
        for column in _COLUMNS[name]:
            if name in pack.tables and column not in table.columns:
                yield table.finding(1, "packs.no-column", column=column)
    for name in sorted(set(pack.tables) - set(TABLES)):
        yield pack.tables[name].finding(0, "packs.unread-table")


def _words(pack: PackFiles) -> Iterator[Finding]:
    """Cells that must be filled, and cells that hold one of a few words."""
    for name, table in pack.tables.items():
        filled = _FILLED.get(name, ("code", "name_en", "name_zh"))
        for line in table.lines:
            for column in filled:
                if not line.row[column].strip():
                    yield table.finding(line.number, "packs.empty", column=column)
            for (sheet, column), known in _WORDS.items():
                if sheet == name and line.row[column] not in known:
                    said = ", ".join(known)
                    yield table.finding(
                        line.number,
                        "packs.unknown-word",
                        column=column,
                        value=line.row[column],
                        known=said,
                    )


def _keys(pack: PackFiles) -> Iterator[Finding]:
    for name in ("groups", "actors", "steps", "loops"):
        yield from twice(pack.table(name), ("code",))
    for name in ("name_en", "name_zh"):
        yield from twice(pack.table("loops"), (name,))
    yield from twice(pack.table("nodes"), ("loop", "step"))
    yield from twice(pack.table("nodes"), ("loop", "place"))
    yield from twice(pack.table("limits"), ("loop", "from_step", "to_step"))
    yield from twice(pack.table("marks"), ("by", "code", "resource", "step"))


def _loops(tables: LoopTables) -> Iterator[Finding]:
    table = tables.table("loops")
    groups = tables.codes("groups")
    chains: dict[tuple[tuple[str, ...], ...], str] = {}
    for line in table.lines:
        code, nodes = line.row["code"], tables.nodes.get(line.row["code"], ())
        if line.row["status"] == WITHDRAWN:
            continue
        if line.row["group"] not in groups:
            yield table.finding(line.number, "packs.loops.group", group=line.row["group"])
        if not nodes:
            yield table.finding(line.number, "packs.loops.no-nodes", loop=code)
            continue
        chain = tuple(
            (n.row["step"], n.row["actor"], n.row["resource"], n.row["fhir_status"]) for n in nodes
        )
        before = chains.setdefault(chain, code)
        if before != code:
            yield table.finding(line.number, "packs.loops.same-chain", loop=code, other=before)


def _nodes(tables: LoopTables) -> Iterator[Finding]:
    table = tables.table("nodes")
    loops, steps, actors = (tables.codes(name) for name in ("loops", "steps", "actors"))
    last: dict[str, int] = {}
    for line in table.lines:
        row = line.row
        if row["loop"] not in loops:
            yield table.finding(line.number, "packs.loops.unknown-loop", loop=row["loop"])
        if row["step"] not in steps:
            yield table.finding(line.number, "packs.loops.unknown-step", step=row["step"])
        if row["actor"] not in actors:
            yield table.finding(line.number, "packs.loops.unknown-actor", actor=row["actor"])
        yield from _pair(table, line)
        place = int(row["place"]) if row["place"].isdecimal() else 0
        if place != last.get(row["loop"], 0) + 1:
            yield table.finding(line.number, "packs.loops.place", place=row["place"])
        last[row["loop"]] = place
        yield from _undoing(tables, table, line)


def _pair(table: Table, line: Line) -> Iterator[Finding]:
    resource, status = line.row["resource"], line.row["fhir_status"]
    known = statuses(resource)
    if not known:
        yield table.finding(line.number, "packs.loops.resource", resource=resource)
    elif status not in known:
        yield table.finding(
            line.number,
            "packs.loops.pair",
            resource=resource,
            status=status,
            known=", ".join(sorted(known)),
        )


def _undoing(tables: LoopTables, table: Table, line: Line) -> Iterator[Finding]:
    """A reverse node takes back an earlier node of its loop, and not one that takes back."""
    undone, row = line.row["undoes"], line.row
    if not undone:
        return
    nodes = {one.row["step"]: one.row for one in tables.nodes.get(row["loop"], ())}
    if undone not in nodes:
        yield table.finding(line.number, "packs.loops.undoes-nothing", step=undone)
        return
    seen = {row["step"]}
    while undone:
        if undone in seen:
            yield table.finding(line.number, "packs.loops.cycle", step=row["step"])
            return
        seen.add(undone)
        undone = nodes[undone]["undoes"] if undone in nodes else ""


def _unread(tables: LoopTables) -> Iterator[Finding]:
    """Words of a dictionary that no loop uses: no code path would ever read them."""
    used = {
        "groups": {line.row["group"] for line in tables.pack.rows("loops")},
        "actors": {n.row["actor"] for nodes in tables.nodes.values() for n in nodes},
        "steps": {n.row["step"] for nodes in tables.nodes.values() for n in nodes},
    }
    if tables.shipped is not None:
        used["groups"] |= {line.row["group"] for line in tables.shipped.rows("loops")}
    for name, words in used.items():
        table = tables.table(name)
        for line in table.lines:
            if line.row["code"] not in words:
                yield table.finding(line.number, "packs.unread-row", value=line.row["code"])


def _repeating(tables: LoopTables) -> frozenset[tuple[str, str]]:
    return frozenset(
        (loop, node.row["step"])
        for loop, nodes in tables.nodes.items()
        for node in nodes
        if node.row["repeats"] == "yes"
    )
