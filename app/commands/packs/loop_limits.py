"""Time limits of the loops pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from app.commands.packs.files import Line, PackFiles, Table
from app.commands.packs.findings import Finding
from app.domain.loops import ANCHORS, LimitKind, duration

_BOUNDS = ("least", "strict", "most")
_ASKED = {
    LimitKind.MAX: ("", "strict most"),
    LimitKind.MIN: ("least", ""),
    LimitKind.MIN_MAX: ("least", "strict most"),
    LimitKind.WINDOW: ("least", "strict most"),
    LimitKind.ORDER: ("", ""),
    LimitKind.INTERVAL: ("", "strict most"),
}
"""For each kind the lower bound it needs, and the upper bounds of which it needs one."""


def check_limits(
    pack: PackFiles,
    steps_of: Callable[[str], tuple[str, ...]],
    repeating: frozenset[tuple[str, str]],
) -> Iterator[Finding]:
    """What is wrong with the limits, one by one."""
    table = pack.table("limits")
    for line in table.lines:
        steps = steps_of(line.row["loop"])
        if not steps:
            yield table.finding(line.number, "packs.loops.unknown-loop", loop=line.row["loop"])
        else:
            yield from _ends(table, line, steps, repeating)
        yield from _bounds(table, line)


def _ends(
    table: Table, line: Line, steps: tuple[str, ...], repeating: frozenset[tuple[str, str]]
) -> Iterator[Finding]:
    row = line.row
    loop, origin, target = row["loop"], row["from_step"], row["to_step"]
    lacking = [s for s in (origin, target) if s not in steps and not (s == origin in ANCHORS)]
    for step in dict.fromkeys(lacking):
        yield table.finding(line.number, "packs.loops.limit-node", step=step, loop=loop)
    if lacking:
        return
    if row["kind"] == LimitKind.INTERVAL.value:
        if (loop, target) not in repeating:
            yield table.finding(line.number, "packs.loops.interval-once", step=target)
    elif origin not in ANCHORS and steps.index(origin) >= steps.index(target):
        yield table.finding(line.number, "packs.loops.limit-backwards", origin=origin, step=target)


def _bounds(table: Table, line: Line) -> Iterator[Finding]:
    row = line.row
    try:
        kind = LimitKind(row["kind"])
    except ValueError:
        known = ", ".join(one.value for one in LimitKind)
        yield table.finding(
            line.number, "packs.unknown-word", column="kind", value=row["kind"], known=known
        )
        return
    read: dict[str, timedelta] = {}
    for column in _BOUNDS:
        text = row[column]
        try:
            read |= {column: duration(text)} if text else {}
        except ValueError:
            code = "packs.loops.negative" if "-" in text else "packs.loops.duration"
            yield table.finding(line.number, code, column=column, value=text)
            return
    yield from _asked(table, line, kind, read)
    ordered = [read[column] for column in _BOUNDS if column in read]
    if kind is not LimitKind.WINDOW and ordered != sorted(ordered):
        yield table.finding(line.number, "packs.loops.bounds")


def _asked(
    table: Table, line: Line, kind: LimitKind, read: dict[str, timedelta]
) -> Iterator[Finding]:
    lower, upper = _ASKED[kind]
    allowed = {lower, *upper.split()}
    for column in _BOUNDS:
        if column in read and column not in allowed:
            yield table.finding(
                line.number, "packs.loops.bound-unread", column=column, kind=kind.value
            )
    if (lower and lower not in read) or (upper and not read.keys() & set(upper.split())):
        yield table.finding(line.number, "packs.loops.bound-lacks", kind=kind.value)
