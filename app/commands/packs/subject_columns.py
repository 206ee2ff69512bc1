"""Cells that name substances and classes, words out of a list, or routes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date

from app.commands.packs.drug_rules import refused
from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.services.knowledge_rows import words_of
from resources import reading


def unknown_subjects(
    pack: PackFiles, table: str, columns: Iterable[str], known: Collection[str]
) -> Iterator[Finding]:
    """Subjects that are nothing: a rule about them would be silent for ever."""
    read = pack.table(table)
    for line in read.lines:
        for column in columns:
            for one in words_of(line.row[column]):
                if one not in known:
                    yield read.finding(line.number, "packs.rules.subject", value=one)


def unknown_words(
    pack: PackFiles, table: str, column: str, known: Collection[str], *, several: bool = False
) -> Iterator[Finding]:
    """Words that are none of `known`."""
    read = pack.table(table)
    for line in read.lines:
        told = words_of(line.row[column]) if several else (line.row[column],)
        for one in told:
            if one not in known:
                listed = ", ".join(filter(None, known))
                yield read.finding(
                    line.number, "packs.unknown-word", column=column, value=one, known=listed
                )


def unknown_routes(pack: PackFiles, table: str, column: str) -> Iterator[Finding]:
    """Routes that are neither of the pack of routes nor in a group of the rules."""
    groups = (words_of(row["routes"]) for row in reading.rows("drug_rules", "route_groups"))
    known = {row["code"] for row in reading.rows("routes", "routes")}.union(*groups)
    read = pack.table(table)
    for line in read.lines:
        for one in words_of(line.row[column]):
            if one not in known:
                yield read.finding(line.number, "packs.rules.route", value=one)


def column_of(pack: PackFiles, table: str, column: str) -> tuple[str, ...]:
    """The cells of a column, with those that ship below an overlay."""
    ours = reading.rows(pack.kind, table) if pack.overlay else ()
    return (*(row[column] for row in ours), *(line.row[column] for line in pack.rows(table)))


def refused_as_it_is(pack: PackFiles, read: Callable[[date], object]) -> Iterator[Finding]:
    """What the loader says, on the day all rows of today hold."""
    days = [line.row["valid_from"] for table in pack.tables for line in pack.rows(table)]
    last = date.fromisoformat(max(days, default=date.min.isoformat()))
    yield from refused(lambda: read(last))
