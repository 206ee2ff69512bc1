"""The pathways pack: everything a hospital can get wrong in its clinical pathways."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from app.commands.packs.files import Laid, Line, PackFiles, Table, read_pack, twice
from app.commands.packs.findings import Finding
from app.commands.packs.order_sets import empty_cells, is_fine, lacking_columns, not_in
from app.commands.packs.pathway_orders import (
    LINE_COLUMNS,
    LINE_FILLED,
    line_findings,
    order_findings,
)
from app.domain.pathways import Anchor, Row
from app.services.order_set_pack import YES, version_key
from app.services.pathway_pack import (
    EXIT,
    GROUP,
    ROW,
    TABLES,
    VARIANCE,
    also_of,
    drugs_meant,
    operation_of,
)
from resources.reading import path

_ALWAYS = ("source", "status", "valid_from")
_NAMES = ("name_zh", "name_en")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "pathways": (
        *("code", "version", *_NAMES, "pinyin", "entry", "exclusion_zh", "exclusion_en"),
        *("least_days", "most_days", "operation", *_ALWAYS, "valid_to"),
    ),
    "stages": ("pathway", "stage", *_NAMES, "anchor", "first", "last", *_ALWAYS),
    "elements": (
        *("pathway", "stage", "element", "row", "mandatory", "most", "also", *_NAMES),
        *_ALWAYS,
    ),
    "orders": ("pathway", "stage", "element", "line", "preselected", "meets", *_ALWAYS),
    "lines": LINE_COLUMNS,
    "reasons": ("kind", "code", "group", *_NAMES, "asks_text", *_ALWAYS),
    "words": ("kind", "code", *_NAMES, *_ALWAYS),
}
_FILLED: Mapping[str, tuple[str, ...]] = {
    "pathways": (
        *("code", "version", *_NAMES, "pinyin", "entry", "exclusion_zh", "exclusion_en"),
        *("least_days", "most_days", "source"),
    ),
    "stages": ("pathway", "stage", *_NAMES, "anchor", "first", "last"),
    "elements": ("pathway", "stage", "element", "row", *_NAMES),
    "orders": ("pathway", "stage", "element", "line"),
    "lines": LINE_FILLED,
    "reasons": ("kind", "code", "group", *_NAMES),
    "words": ("kind", "code", *_NAMES),
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "pathways": ("code", "version"),
    "stages": ("pathway", "stage"),
    "elements": ("pathway", "stage", "element"),
    "orders": ("pathway", "stage", "element", "line"),
    "lines": ("line",),
    "reasons": ("code",),
    "words": ("kind", "code"),
}
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("stages", "anchor"): tuple(one.value for one in Anchor),
    ("elements", "row"): tuple(one.value for one in Row),
    ("elements", "mandatory"): tuple(YES),
    ("orders", "preselected"): tuple(YES),
    ("orders", "meets"): tuple(YES),
    ("reasons", "kind"): (VARIANCE, EXIT),
    ("reasons", "asks_text"): tuple(YES),
    ("words", "kind"): (ROW, GROUP),
}
_WHOLE: Mapping[str, tuple[str, ...]] = {
    "pathways": ("least_days", "most_days"),
    "stages": ("first", "last"),
    "elements": ("most",),
}
_ICD_10 = re.compile(r"[A-Z]\d\d(\.\d+)?")


class PathwayTables(Laid):
    """The pack, and for an overlay the words and lines that ship."""

    @cached_property
    def pathways(self) -> Mapping[str, Line]:
        """The pathways of the pack by `code|version`."""
        rows = self.pack.rows("pathways")
        return {f"{line.row['code']}|{line.row['version']}": line for line in rows}

    @cached_property
    def stages(self) -> Mapping[tuple[str, str], Line]:
        """Its stages by pathway and key."""
        rows = self.pack.rows("stages")
        return {(line.row["pathway"], line.row["stage"]): line for line in rows}


def check_pathways(pack: PackFiles) -> Iterator[Finding]:
    """Everything that is wrong with `pack` as a pack of clinical pathways."""
    lacking = list(lacking_columns(pack, TABLES, COLUMNS))
    yield from lacking
    if lacking:
        return  # what is not in the heading cannot be checked row by row
    shipped = read_pack(path("packs/pathways"))[0] if pack.overlay else None
    tables = PathwayTables(pack, shipped)
    wrong = [*_cells(pack), *_keys(pack)]
    yield from wrong
    yield from _pathways(tables)
    yield from _stages(tables)
    yield from _overlaps(tables)
    yield from _elements(tables)
    yield from _words(tables)
    yield from line_findings(pack)
    yield from order_findings(pack, tables.rows("lines"))


def _cells(pack: PackFiles) -> Iterator[Finding]:
    yield from empty_cells(pack, _FILLED)
    for (name, column), known in _WORDS.items():
        table = pack.table(name)
        for line in table.lines:
            if line.row[column] not in known:
                yield table.finding(
                    line.number,
                    "packs.unknown-word",
                    column=column,
                    value=line.row[column],
                    known=", ".join(known),
                )
    for name, columns in _WHOLE.items():
        table = pack.table(name)
        for line in table.lines:
            for column in (one for one in columns if not _is_whole(line.row[one])):
                value = line.row[column]
                yield table.finding(line.number, "packs.not-a-number", column=column, value=value)


def _keys(pack: PackFiles) -> Iterator[Finding]:
    for name, key in _KEYS.items():
        yield from twice(pack.table(name), key)


def _pathways(tables: PathwayTables) -> Iterator[Finding]:
    table = tables.pack.table("pathways")
    staged = {pathway for pathway, _ in tables.stages}
    for origin, line in tables.pathways.items():
        row = line.row
        yield from _codes(table, line)
        least, most = _whole(row["least_days"]), _whole(row["most_days"])
        if least is not None and most is not None and not 0 < least <= most:
            yield table.finding(line.number, "packs.pathways.stay")
        if origin not in staged:
            yield table.finding(line.number, "packs.pathways.no-stages", pathway=origin)
        elif row["operation"] and Anchor.OPERATION.value not in _anchors(tables, origin):
            yield table.finding(line.number, "packs.pathways.operation-unread", pathway=origin)


def _codes(table: Table, line: Line) -> Iterator[Finding]:
    row = line.row
    if not is_fine(partial(version_key, row["version"])):
        yield table.finding(line.number, "packs.pathways.version", value=row["version"])
    for code in row["entry"].split():
        if not _ICD_10.fullmatch(code):
            yield table.finding(line.number, "packs.pathways.entry", value=code)
    for code in row["operation"].split():
        if not is_fine(partial(operation_of, code)):
            yield not_in(table, line, "operation", "order_items", code)


def _anchors(tables: PathwayTables, origin: str) -> frozenset[str]:
    found = (line.row["anchor"] for (one, _), line in tables.stages.items() if one == origin)
    return frozenset(found)


def _stages(tables: PathwayTables) -> Iterator[Finding]:
    table = tables.pack.table("stages")
    must = {
        (line.row["pathway"], line.row["stage"])
        for line in tables.pack.rows("elements")
        if line.row["mandatory"] == "yes"
    }
    for (origin, stage), line in tables.stages.items():
        if origin not in tables.pathways:
            yield not_in(table, line, "pathway", "pathways")
            continue
        if (origin, stage) not in must:
            yield table.finding(
                line.number, "packs.pathways.no-mandatory", stage=stage, pathway=origin
            )
        yield from _days(table, line, tables.pathways[origin])


def _days(table: Table, line: Line, pathway: Line) -> Iterator[Finding]:
    first, last = _whole(line.row["first"]), _whole(line.row["last"])
    most = _whole(pathway.row["most_days"])
    if first is None or last is None or most is None:
        return
    operated = line.row["anchor"] == Anchor.OPERATION.value
    if last < first or (not operated and first < 1):
        yield table.finding(line.number, "packs.pathways.days", first=first, last=last)
    elif (max(last, -first) >= most) if operated else (last > most):
        yield table.finding(line.number, "packs.pathways.outside", days=most)
    if operated and not pathway.row["operation"]:
        yield table.finding(line.number, "packs.pathways.no-operation")


def _overlaps(tables: PathwayTables) -> Iterator[Finding]:
    """Two stages counted from the same day may not share one: which would an act belong to?"""
    table = tables.pack.table("stages")
    beside: defaultdict[tuple[str, str], list[tuple[int, int, Line]]] = defaultdict(list)
    for line in table.lines:
        first, last = _whole(line.row["first"]), _whole(line.row["last"])
        if first is None or last is None:
            continue
        among = beside[line.row["pathway"], line.row["anchor"]]
        for begins, ends, other in among:
            if first <= ends and begins <= last:
                told = {"stage": line.row["stage"], "other": other.row["stage"]}
                yield table.finding(line.number, "packs.pathways.overlap", **told)
        among.append((first, last, line))


def _elements(tables: PathwayTables) -> Iterator[Finding]:
    table = tables.pack.table("elements")
    for line in table.lines:
        row = line.row
        if row["pathway"] not in tables.pathways:
            yield not_in(table, line, "pathway", "pathways")
        elif (row["pathway"], row["stage"]) not in tables.stages:
            yield not_in(table, line, "stage", "stages")
        for code in also_of(row):
            if not is_fine(partial(drugs_meant, code)):
                yield not_in(table, line, "also", "formulary", code)


def _words(tables: PathwayTables) -> Iterator[Finding]:
    """Every row of the form and every group of reasons has a name, and no other has one."""
    named = [(line.row["kind"], line.row["code"]) for line in tables.rows("words")]
    groups = {line.row["group"] for line in tables.rows("reasons")}
    needed = [(ROW, row.value) for row in Row] + [(GROUP, one) for one in sorted(groups)]
    table = tables.pack.table("words")
    for kind, code in _lacking(needed, named):
        yield table.finding(0, "packs.pathways.word-missing", kind=kind, word=code)
    for line in table.lines:
        if (line.row["kind"], line.row["code"]) not in needed:
            yield table.finding(line.number, "packs.unread-row", value=line.row["code"])


def _lacking(
    needed: Sequence[tuple[str, str]], named: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    yield from (one for one in needed if one not in named)


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _is_whole(text: str) -> bool:
    return not text or _whole(text) is not None
