"""The pack of rules about one drug: every rule can be understood, and can ever speak.

A rule that asks for a fact nobody keeps, compares milligrams with millimoles or names a class that
does not exist would be silent for ever, and its author would think that it watches.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.commands.packs.files import Line, PackFiles, Table
from app.commands.packs.findings import Finding
from app.commands.packs.rule_shadows import check_shadows
from app.commands.packs.subjects import known_subjects
from app.commands.packs.substances import lacking
from app.decision.checks.rule_checks import CHECKS
from app.decision.expressions import amount, expression
from app.decision.facts import is_fact
from app.decision.findings import Remedy, Tier
from app.decision.knowledge.rules import FactKind
from app.domain.quantities import Quantity, convertible, measure
from app.kernel.faults import AppError, Message
from app.services.drug_rule_pack import (
    COLUMNS,
    RULE_TABLES,
    kind_of,
    laboratory,
    read_drug_rules,
)
from app.services.knowledge_rows import words_of
from resources import reading

MOST_HARD_STOPS = 15
"""Whoever may stop everything stops nothing: design, decision support §7."""

_CHOSEN: Mapping[str, tuple[str, ...]] = {
    "check": tuple(one.value for one in CHECKS),
    "tier": tuple(one.value for one in Tier),
}
_LISTS = {"problems": "conditions", "indication": "conditions"}
_TIMES = frozenset({"s", "min", "h", "d", "wk"})
_SIGNS = frozenset({"<", "<=", ">", ">=", "=="})
_WORDED = frozenset({"is", "in", "has"})
_FAR = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What the rules of a pack may name, with what ships below an overlay."""

    kinds: Mapping[str, FactKind]
    conditions: frozenset[str]
    routes: frozenset[str]
    groups: frozenset[str]
    frequencies: frozenset[str]
    subjects: frozenset[str]

    def words(self, fact: str) -> frozenset[str] | None:
        """The words a fact may have; None of one that is no word."""
        if fact in _LISTS:
            return self.conditions
        if fact.startswith("lines") or fact == "same-bag":
            return self.subjects
        named = {"route": self.routes, "frequency": self.frequencies}.get(fact)
        if named is not None:
            return named
        kind = self.kinds[fact]
        return frozenset(kind.words) if not kind.unit else None


def check_drug_rules(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns and its languages."""
    missing = list(lacking(pack, COLUMNS))
    if missing:
        yield from missing
        return
    known = _vocabulary(pack)
    seen: dict[str, str] = {}
    hard: list[tuple[Table, Line]] = []
    found: list[Finding] = []
    for name in RULE_TABLES:
        table = pack.table(name)
        for line in table.lines:
            found += _rule(table, line, known)
            if line.row["rule"] in seen:
                before = seen[line.row["rule"]]
                said = {"value": line.row["rule"], "pack": before}
                found.append(table.finding(line.number, "packs.rules.twice", **said))
            seen.setdefault(line.row["rule"], table.file)
            if line.row["tier"] == Tier.HARD_STOP.value:
                hard.append((table, line))
        found += check_shadows(table)
    found += _carriers(pack, known)
    for table, line in hard[MOST_HARD_STOPS:]:
        found.append(table.finding(line.number, "packs.rules.hard-stops", most=MOST_HARD_STOPS))
    yield from found
    if not found and not pack.overlay:
        yield from refused(lambda: read_drug_rules(pack.folder, None, _latest(pack)))


def _vocabulary(pack: PackFiles) -> _Vocabulary:
    def column(table: str, key: str) -> frozenset[str]:
        ours = [row[key] for row in reading.rows("drug_rules", table)] if pack.overlay else []
        return frozenset((*ours, *(line.row[key] for line in pack.rows(table))))

    shipped = reading.rows("drug_rules", "facts") if pack.overlay else ()
    kinds = {row["fact"]: kind_of(row) for row in shipped}
    kinds |= {line.row["fact"]: kind_of(line.row) for line in pack.rows("facts")}
    groups = {line.row["group"]: words_of(line.row["routes"]) for line in pack.rows("route_groups")}
    if pack.overlay:
        theirs = reading.rows("drug_rules", "route_groups")
        groups = {row["group"]: words_of(row["routes"]) for row in theirs} | groups
    routes = {row["code"] for row in reading.rows("routes", "routes")}
    return _Vocabulary(
        kinds={**laboratory(), **kinds},
        conditions=column("conditions", "code"),
        routes=frozenset(routes.union(*groups.values())),
        groups=frozenset(groups),
        frequencies=frozenset(row["code"] for row in reading.rows("frequencies", "frequencies")),
        subjects=known_subjects(),
    )


def _carriers(pack: PackFiles, known: _Vocabulary) -> Iterator[Finding]:
    table = pack.table("carriers")
    for line in table.lines:
        told = line.row["substance"]
        if told not in known.subjects:
            yield table.finding(line.number, "packs.rules.subject", value=told)


def _rule(table: Table, line: Line, known: _Vocabulary) -> Iterator[Finding]:
    row, number = line.row, line.number
    yield from _chosen(table, line)
    told = (
        *(("subject", one) for column in ("subjects", "but") for one in words_of(row[column])),
        *(("route", one) for one in words_of(row["routes"])),
    )
    for kind, one in told:
        if kind == "subject" and one not in known.subjects:
            yield table.finding(number, "packs.rules.subject", value=one)
        elif kind == "route" and one not in known.routes | known.groups:
            yield table.finding(number, "packs.rules.route", value=one)
    for one in filter(None, (part.strip() for part in row["advice"].split(";"))):
        if not _is_advice(one):
            yield table.finding(number, "packs.rules.advice", value=one)
    yield from _when(table, line, known)


def _chosen(table: Table, line: Line) -> Iterator[Finding]:
    """Words out of a short list."""
    for column, words in _CHOSEN.items():
        told = line.row[column]
        if told not in words:
            known = ", ".join(words)
            yield table.finding(
                line.number, "packs.unknown-word", column=column, value=told, known=known
            )


def _is_advice(text: str) -> bool:
    remedy, _, value = text.partition(":")
    try:
        kind = Remedy(remedy)
        if kind is Remedy.DOSE:
            amount(value)
    except ValueError:
        return False
    return bool(value) or kind is Remedy.REMOVE


def _when(table: Table, line: Line, known: _Vocabulary) -> Iterator[Finding]:
    text = line.row["when"]
    try:
        expression(text)
    except ValueError:
        yield table.finding(line.number, "packs.rules.when", value=text)
        return
    for told in _leaves(json.loads(text)):
        yield from _leaf(table, line.number, told, known)


def _leaves(told: list[object]) -> Iterator[list[object]]:
    """Its comparisons and questions."""
    if told[0] in ("and", "or", "not"):
        for one in told[1:]:
            if isinstance(one, list):
                yield from _leaves(one)
    elif told[0] != "always":
        yield told


def _leaf(table: Table, number: int, told: list[object], known: _Vocabulary) -> Iterator[Finding]:
    sign, fact, *rest = (str(one) for one in told)
    if not is_fact(fact, known.kinds):
        yield table.finding(number, "packs.rules.fact", value=fact)
        return
    words = known.words(fact)
    if sign in _SIGNS:
        kind = known.kinds.get(fact)
        if words is not None or kind is None or not can_be(amount(rest[0]).unit, kind.unit):
            yield table.finding(number, "packs.rules.unit", fact=fact, value=rest[0])
    elif sign in _WORDED:
        for one in rest:
            if words is None or one not in words:
                yield table.finding(number, "packs.rules.word", fact=fact, value=one)


def can_be(unit: str, kind: str) -> bool:
    """Whether a fact of this kind can be compared with an amount in `unit`.

    `amount` in a kind is whatever a drug is ordered in: mass, volume, units, moles.
    """
    if not kind.startswith("amount"):
        return convertible(unit, kind)
    if measure(Quantity(Decimal(1), unit)) is None:
        return False
    head, *below = unit.split("/")
    wanted = kind.split("/")[1:]
    if head in _TIMES or head == "kg" or ("kg" in wanted) != ("kg" in below):
        return False
    timed = [one for one in below if one in _TIMES]
    return len(timed) == (1 if {"d", "h"} & set(wanted) else 0)


def refused(read: Callable[[], object]) -> Iterator[Finding]:
    """What the loader says of the whole."""
    try:
        read()
    except AppError as error:
        place = error.fault.detail
        file, _, number = place.partition(" line ")
        line = int(number.partition(":")[0]) if number else 0
        yield Finding(file, line, Message.of("packs.rules.refused", place=place))


def _latest(pack: PackFiles) -> date:
    """The day on which every row holds."""
    days = [
        date.fromisoformat(line.row["valid_from"])
        for name in COLUMNS
        for line in pack.rows(name)
        if line.row.get("valid_from")
    ]
    return max(days, default=_FAR - timedelta(days=1))
