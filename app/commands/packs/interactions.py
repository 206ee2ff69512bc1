"""The pack of interactions: every rule is about substances that are known, and can be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

from app.commands.packs.files import Laid, Line, PackFiles, Table, read_pack
from app.commands.packs.findings import Finding
from app.commands.packs.substances import lacking, shipped
from app.decision.findings import Tier
from app.decision.knowledge.interactions import ANY, Published, Severity
from app.decision.knowledge.names import Substances
from app.kernel.faults import AppError, Message
from app.services.interaction_pack import COLUMNS, LOCALS, TRUE, read_interactions
from app.services.substance_pack import read_substances
from resources.reading import path, rows

_WORDS: Mapping[str, tuple[str, ...]] = {
    "list": tuple(one.value for one in Published),
    "severity": tuple(one.value for one in Severity),
    "conditional": tuple(TRUE),
    "tier": ("", *(one.value for one in Tier)),
    "local": LOCALS,
}
_FAR = date(9999, 12, 31)


def check_interactions(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(lacking(pack, COLUMNS))
    if not found:
        laid = Laid(pack, shipped("interactions") if pack.overlay else None)
        found = [*_words(pack), *_subjects(laid), *_told(laid), *_routes(pack), *_levels(laid)]
    if not found and not pack.overlay:
        found = list(_refused(pack))
    yield from found


def _words(pack: PackFiles) -> Iterator[Finding]:
    for name in ("pairs", "severities"):
        table = pack.table(name)
        for line in table.lines:
            for column, known in _WORDS.items():
                told = line.row.get(column, "")
                if column in line.row and told not in known:
                    yield table.finding(
                        line.number,
                        "packs.unknown-word",
                        column=column,
                        value=told,
                        known=", ".join(filter(None, known)),
                    )


def _subjects(laid: Laid) -> Iterator[Finding]:
    known = _known(laid)
    groups = frozenset(f"group:{line.row['code']}" for line in laid.rows("groups"))
    used: set[str] = set()
    pairs = laid.pack.table("pairs")
    for line in pairs.lines:
        for column in ("a", "b"):
            used |= set(line.row[column].split("|"))
            yield from _unknown(pairs, line, column, known | groups)
        for column in ("instead_a", "instead_b"):
            yield from _unknown(pairs, line, column, known | {""})
    for line in laid.pack.rows("groups"):
        yield from _unknown(laid.pack.table("groups"), line, "members", known)
        if not laid.pack.overlay and f"group:{line.row['code']}" not in used:
            told = line.row["code"]
            yield laid.pack.table("groups").finding(line.number, "packs.unread-row", value=told)
    for line in laid.pack.rows("local_routes"):
        if line.row["but"]:
            yield from _unknown(laid.pack.table("local_routes"), line, "but", known)


def _known(laid: Laid) -> frozenset[str]:
    """What the pack of substances knows: the one beside this pack, and the one that ships."""
    beside = laid.pack.folder.parent / "substances"
    return _shipped_codes() | frozenset(_codes(beside)) | {ANY}


@cache
def _shipped_codes() -> frozenset[str]:
    return frozenset(_codes(path("packs/substances")))


@cache
def _shipped_substances(day: date) -> Substances:
    return read_substances(path("packs/substances"), None, day, rows("formulary", "medicines"))


def _codes(folder: Path) -> Iterator[str]:
    pack = read_pack(folder)[0]
    yield from (line.row["code"] for line in pack.rows("substances"))
    yield from (f"class:{line.row['code']}" for line in pack.rows("classes"))


def _unknown(table: Table, line: Line, column: str, known: Iterable[str]) -> Iterator[Finding]:
    for one in line.row[column].split("|"):
        if one not in known:
            yield table.finding(
                line.number, "packs.not-in-pack", column=column, value=one, pack="substances"
            )


def _told(laid: Laid) -> Iterator[Finding]:
    """Rules nobody answers for, and rules that no two substances can meet."""
    table = laid.pack.table("pairs")
    for line in table.lines:
        row = line.row
        if row["status"] == "active" and not row["signed_by"]:
            yield table.finding(line.number, "packs.empty", column="signed_by")
        if row["a"] == row["b"] and ":" not in row["a"] and "|" not in row["a"]:
            yield table.finding(line.number, "packs.interactions.itself", value=row["a"])
        for column in ("washout_a", "washout_b"):
            if row[column] and not row[column].isdecimal():
                yield table.finding(
                    line.number, "packs.not-a-number", column=column, value=row[column]
                )


def _routes(pack: PackFiles) -> Iterator[Finding]:
    known = {row["code"] for row in rows("routes", "routes")}
    table = pack.table("local_routes")
    for line in table.lines:
        if line.row["route"] not in known:
            yield table.finding(
                line.number,
                "packs.not-in-pack",
                column="route",
                value=line.row["route"],
                pack="routes",
            )


def _levels(laid: Laid) -> Iterator[Finding]:
    """Every severity says how loud it is, with and without a condition."""
    told = {(line.row["severity"], line.row["conditional"]) for line in laid.rows("severities")}
    for severity, conditional in product(Severity, TRUE):
        if (severity.value, conditional) not in told:
            yield laid.pack.table("severities").finding(
                0, "packs.interactions.level", severity=severity.value, conditional=conditional
            )


def _refused(pack: PackFiles) -> Iterator[Finding]:
    """What the loader says of the whole."""
    days = [date.fromisoformat(line.row["valid_from"]) for line in pack.rows("pairs")]
    day = max(days, default=_FAR)
    try:
        read_interactions(pack.folder, None, day, _shipped_substances(day))
    except AppError as error:
        place, _, number = error.fault.detail.partition(" line ")
        line = int(number.partition(":")[0]) if number else 0
        yield Finding(place, line, Message.of(error.fault.message.code))
