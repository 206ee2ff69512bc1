"""The loops pack, read: templates, dictionaries, and the rules that choose and recognise.

The pack of the hospital lies over the one that ships: a loop it describes is the hospital's whole
(its nodes, its limits, the rules that choose it), a word it has is the hospital's word, and a loop
it calls `withdrawn` is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.domain.loop_marks import MarkRule
from app.domain.loop_matching import WEIGHTS, How, MatchRule
from app.domain.loops import (
    ANCHORS,
    Actor,
    LimitKind,
    Loop,
    LoopBook,
    LoopLimit,
    LoopNode,
    duration,
)
from app.domain.terms import Named
from app.kernel.faults import FaultKind, app_error
from resources.reading import table_rows

Row = Mapping[str, str]
T = TypeVar("T")

TABLES = ("groups", "actors", "steps", "loops", "nodes", "limits", "matching", "marks")
WITHDRAWN = "withdrawn"
_KEYS: Mapping[str, tuple[str, ...]] = {
    "groups": ("code",),
    "actors": ("code",),
    "steps": ("code",),
    "loops": ("code",),
    "nodes": ("loop",),
    "limits": ("loop",),
    "matching": ("loop",),
    "marks": ("by", "code", "step"),
}
"""What a row of the hospital takes the place of: everything that has the same."""
_YES = {"yes": True, "no": False}
_NEED = {"mandatory": True, "optional": False}
_FLOW = {"parallel": True, "serial": False}


@dataclass(frozen=True, slots=True)
class LoopPack:
    """Everything the tracker works by."""

    book: LoopBook
    matching: tuple[MatchRule, ...]
    marks: tuple[MarkRule, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    where: str
    row: Row


def read_loops(shipped: Path, overlay: Path | None = None) -> LoopPack:
    """Read the pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a catalogue that is
            understood only in part would call steps missing that nobody has to take.
    """
    lines = {table: _table(table, shipped, overlay) for table in TABLES}
    gone = {line.row["code"] for line in lines["loops"] if line.row["status"] == WITHDRAWN}
    nodes = _grouped(lines["nodes"], _node)
    limits = _grouped(lines["limits"], _limit)
    loops = {
        line.row["code"]: _read(line, lambda row: _loop(row, nodes, limits))
        for line in lines["loops"]
        if line.row["code"] not in gone
    }
    book = LoopBook(
        loops=loops,
        steps=_named(lines["steps"]),
        actors={line.row["code"]: _read(line, _actor) for line in lines["actors"]},
        groups=_named(lines["groups"]),
    )
    matching = tuple(
        _read(line, match_rule) for line in lines["matching"] if line.row["loop"] not in gone
    )
    return LoopPack(book, matching, tuple(_read(line, _mark_rule) for line in lines["marks"]))


def match_rule(row: Row) -> MatchRule:
    """One row of `matching.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: It goes by nothing that is known.
    """
    wanted = tuple((name, frozenset(row[name].split("|"))) for name in WEIGHTS if row[name])
    return MatchRule(row["loop"], How(row["how"]), row["event"], wanted)


def _table(name: str, shipped: Path, overlay: Path | None) -> tuple[_Line, ...]:
    ours = _lines(shipped / f"{name}.tsv")
    file = None if overlay is None else overlay / f"{name}.tsv"
    if file is None or not file.exists():
        return ours
    theirs = _lines(file)
    taken = {_key(name, line) for line in theirs}
    return (*(line for line in ours if _key(name, line) not in taken), *theirs)


def _key(table: str, line: _Line) -> tuple[str, ...]:
    return tuple(line.row.get(column, "") for column in _KEYS[table])


def _lines(file: Path) -> tuple[_Line, ...]:
    try:
        rows: Sequence[Row] = table_rows(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        detail = f"{file.name}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "loops.pack-unreadable", detail) from error
    return tuple(_Line(f"{file.name} line {n}", row) for n, row in enumerate(rows, start=2))


def _read(line: _Line, read: Callable[[Row], T]) -> T:
    try:
        return read(line.row)
    except (KeyError, ValueError) as error:
        detail = f"{line.where}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "loops.pack-unreadable", detail) from error


def _grouped(lines: Sequence[_Line], read: Callable[[Row], T]) -> Mapping[str, tuple[T, ...]]:
    found: dict[str, list[T]] = {}
    for line in lines:
        found.setdefault(line.row.get("loop", ""), []).append(_read(line, read))
    return {loop: tuple(some) for loop, some in found.items()}


def _named(lines: Sequence[_Line]) -> Mapping[str, Named]:
    return dict(_read(line, lambda row: (row["code"], _name(row))) for line in lines)


def _name(row: Row, beginning: str = "name") -> Named:
    return Named(row[f"{beginning}_zh"], row[f"{beginning}_en"])


def _actor(row: Row) -> Actor:
    return Actor(row["code"], _name(row), _YES[row["here"]])


def _node(row: Row) -> LoopNode:
    return LoopNode(
        step=row["step"],
        actor=row["actor"],
        resource=row["resource"],
        status=row["fhir_status"],
        mandatory=_NEED[row["need"]],
        parallel=_FLOW[row["flow"]],
        undoes=row["undoes"],
        repeats=_YES[row["repeats"]],
    )


def _limit(row: Row) -> LoopLimit:
    least, strict, most = (
        duration(row[column]) if row[column] else None for column in ("least", "strict", "most")
    )
    return LoopLimit(
        origin=row["from_step"],
        target=row["to_step"],
        kind=LimitKind(row["kind"]),
        least=least,
        strict=strict,
        most=most,
        wording=_name(row, "wording"),
        action=_name(row, "action"),
    )


def _loop(
    row: Row,
    nodes: Mapping[str, tuple[LoopNode, ...]],
    limits: Mapping[str, tuple[LoopLimit, ...]],
) -> Loop:
    code = row["code"]
    loop = Loop(
        code=code,
        group=row["group"],
        name=_name(row),
        trigger=row["trigger"],
        nodes=nodes[code],
        limits=limits.get(code, ()),
        source=row["source"],
        status=row["status"],
    )
    for end in _loose_ends(loop):
        raise ValueError(end)
    return loop


def _loose_ends(loop: Loop) -> Iterator[str]:
    """Steps that a limit or a reverse node of the loop names, and the loop does not have."""
    ends = {end for limit in loop.limits for end in (limit.origin, limit.target)}
    undone = {node.undoes for node in loop.nodes if node.undoes}
    yield from sorted((ends - ANCHORS | undone) - loop.steps)


def _mark_rule(row: Row) -> MarkRule:
    return MarkRule(row["by"], row["code"], row["resource"], row["fhir_status"], row["step"])
