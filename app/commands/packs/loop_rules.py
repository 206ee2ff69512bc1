"""Which orders a loop is for, and which acts stand for a step: rows that nothing can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from app.commands.packs.files import Line, PackFiles, Table
from app.commands.packs.findings import Finding
from app.domain.loop_matching import WEIGHTS, How
from app.domain.orders import OrderClass, OrderKind, Priority
from app.fhir.loop_documents import CRITICAL_LAB
from app.fhir.loop_statuses import statuses
from app.fhir.slots import GIVE_DOSE
from app.services.loop_pack import WITHDRAWN
from resources.catalogue import LANGUAGES, Catalogue
from resources.reading import rows

_EVENTS = frozenset({CRITICAL_LAB})


def check_rules(pack: PackFiles, loops: frozenset[str], steps: frozenset[str]) -> Iterator[Finding]:
    """What is wrong with the matching rules and the marks."""
    table = pack.table("matching")
    seen: dict[tuple[str, ...], str] = {}
    for line in table.lines:
        if line.row["loop"] not in loops:
            yield table.finding(line.number, "packs.loops.unknown-loop", loop=line.row["loop"])
        yield from _rule(table, line)
        yield from _shared(table, line, seen)
    yield from _unmatched(pack)
    marks = pack.table("marks")
    for line in marks.lines:
        yield from _mark(marks, line, steps)


def _rule(table: Table, line: Line) -> Iterator[Finding]:
    row = line.row
    told = {name: row[name].split("|") for name in WEIGHTS if row[name]}
    if row["how"] == How.ORDER.value:
        if not told:
            yield table.finding(line.number, "packs.loops.rule-empty")
        known = _known()
        for name, values in told.items():
            for value in values if name in known else ():
                if not _is_known(name, value, known[name]):
                    yield table.finding(
                        line.number, "packs.loops.rule-never", column=name, value=value
                    )
    elif told:
        yield table.finding(line.number, "packs.loops.rule-unread", how=row["how"])
    if row["how"] == How.EVENT.value and row["event"] not in _EVENTS:
        yield table.finding(line.number, "packs.loops.event", event=row["event"])


def _shared(table: Table, line: Line, seen: dict[tuple[str, ...], str]) -> Iterator[Finding]:
    """Two loops with one rule: no order could ever be given to one of them."""
    row = line.row
    if row["how"] == How.NAMED.value:
        return
    rule = (row["how"], row["event"], *(row[name] for name in WEIGHTS))
    before = seen.setdefault(rule, row["loop"])
    if before != row["loop"]:
        yield table.finding(line.number, "packs.loops.rule-shared", other=before)


def _unmatched(pack: PackFiles) -> Iterator[Finding]:
    """A loop without a rule is read by nothing; one that is described anew keeps its rule."""
    if pack.overlay or "matching" not in pack.tables:
        return
    table = pack.table("loops")
    matched = {line.row["loop"] for line in pack.rows("matching")}
    for line in table.lines:
        if line.row["code"] not in matched and line.row["status"] != WITHDRAWN:
            yield table.finding(line.number, "packs.loops.no-rule", loop=line.row["code"])


def _mark(table: Table, line: Line, steps: frozenset[str]) -> Iterator[Finding]:
    row = line.row
    if row["step"] not in steps:
        yield table.finding(line.number, "packs.loops.unknown-step", step=row["step"])
    if row["fhir_status"] not in statuses(row["resource"]):
        yield table.finding(
            line.number,
            "packs.loops.pair",
            resource=row["resource"],
            status=row["fhir_status"],
            known=", ".join(sorted(statuses(row["resource"]))),
        )
    known = _acts() if row["by"] == "act" else _codes(row["resource"])
    if row["code"] not in known:
        yield table.finding(line.number, "packs.loops.mark-never", value=row["code"])


@cache
def _known() -> Mapping[str, frozenset[str]]:
    """What an order can say, where that is listed anywhere."""
    return {
        "order_class": frozenset(one.value for one in OrderClass),
        "kind": frozenset(one.value for one in OrderKind),
        "priority": frozenset(one.value for one in Priority),
        "route": frozenset(row["code"] for row in rows("routes", "routes")),
        "drug_class": frozenset(row["class_zh"] for row in rows("formulary", "medicines")),
    }


def _is_known(name: str, value: str, known: frozenset[str]) -> bool:
    if name != "drug_class":
        return value in known
    return any(one == value or one.startswith(f"{value}/") for one in known)


@cache
def _acts() -> frozenset[str]:
    """Every act that this program signs has a name in the catalogue."""
    codes = Catalogue.load(LANGUAGES[0]).codes
    return frozenset(one.removeprefix("act.") for one in codes if one.startswith("act."))


@cache
def _codes(resource: str) -> frozenset[str]:
    if resource == "ServiceRequest":
        return frozenset(one.value for one in OrderClass)
    if resource != "Task":
        return frozenset()
    codes = Catalogue.load(LANGUAGES[0]).codes
    named = {one.removeprefix("inbox.task.") for one in codes if one.startswith("inbox.task.")}
    return frozenset(named | {GIVE_DOSE})
