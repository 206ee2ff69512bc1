"""The pack of rules about one drug, read: rules, and what the facts they ask for are read with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from app.decision.checks.rule_checks import CHECKS
from app.decision.expressions import amount, expression, names_in
from app.decision.facts import NEEDED
from app.decision.findings import Check, Remedy, Tier
from app.decision.knowledge.conditions import Condition, Conditions
from app.decision.knowledge.kidneys import Kidneys
from app.decision.knowledge.rules import (
    LOCAL,
    Bound,
    FactKind,
    FactKnowledge,
    Rule,
    RuleBook,
    UnitStep,
)
from app.domain.terms import Named
from app.kernel.faults import FaultKind, app_error
from app.services.knowledge_rows import KnownRow, PackShelf, Row, subjects_of, text_of, words_of
from app.services.score_pack import read_scores
from resources import reading

UNREADABLE = "rules.pack-unreadable"
RULE_TABLES = ("dosing", "organs", "states", "laboratory", "diseases")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        RULE_TABLES,
        (
            *("rule", "check", "subjects", "but", "routes", "when", "tier"),
            *("text_zh", "text_en", "advice", "signed_by"),
        ),
    ),
    "facts": ("fact", "name_zh", "name_en", "unit", "words", "fresh"),
    "conditions": ("code", "name_zh", "name_en", "words_zh", "words_en", "icd"),
    "substance_units": ("rule", "substance", "unit", "into", "factor"),
    "route_groups": ("group", "routes"),
    "carriers": ("substance",),
}
"""Columns of every table, beside source, status and validity."""
KEYS = {"facts": "fact", "conditions": "code", "route_groups": "group", "carriers": "substance"}
"""What a row is called by where it is not `rule`."""

_EGFR, _CRCL = "CKD-EPI-2021", "Cockcroft-Gault"
_MORE = ">"
_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1)}

Routes = Mapping[str, frozenset[str]]


def read_drug_rules(
    shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
) -> RuleBook:
    """The pack in `shipped`, and the hospital's over it.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a rule that is
            understood only in part would pass over what its author asks for.
    """
    shelf = PackShelf(shipped, overlay, today, UNREADABLE, as_active)
    groups = {
        row.row["group"]: frozenset(row.read(lambda r: words_of(r["routes"])))
        for row in shelf.rows("route_groups", KEYS["route_groups"])
    }
    rules = [rule_of(one, groups) for name in RULE_TABLES for one in shelf.rows(name)]
    return RuleBook(rules, _knowledge(shelf, today, groups))


def _knowledge(shelf: PackShelf, today: date, groups: Routes) -> FactKnowledge:
    units: dict[str, list[UnitStep]] = {}
    for row in shelf.rows("substance_units"):
        units.setdefault(row.row["substance"], []).append(row.read(unit_of))
    conditions = shelf.rows("conditions", KEYS["conditions"])
    carriers = shelf.rows("carriers", KEYS["carriers"])
    scores = read_scores(reading.path("packs/scores"), None, today)
    kinds = {**laboratory(), **_kinds(shelf.rows("facts", KEYS["facts"]))}
    lacking = sorted((NEEDED - set(kinds)) | ({_EGFR, _CRCL} - set(scores)))
    if lacking:
        raise app_error(FaultKind.STORAGE, UNREADABLE, f"facts.tsv line 1: {', '.join(lacking)}")
    return FactKnowledge(
        kinds=kinds,
        conditions=Conditions(one.read(condition_of) for one in conditions),
        kidneys=Kidneys(egfr=scores[_EGFR], crcl=scores[_CRCL]),
        units={substance: tuple(steps) for substance, steps in units.items()},
        local=groups.get(LOCAL, frozenset()),
        carriers=frozenset(one.row["substance"] for one in carriers),
    )


def laboratory() -> dict[str, FactKind]:
    """Every laboratory value is a fact, by its key."""
    return {
        row["key"]: FactKind(Named(row["name_zh"], row["name_en"]), row["ucum"])
        for row in reading.rows("laboratory", "analytes")
    }


def _kinds(rows: Iterable[KnownRow]) -> dict[str, FactKind]:
    return {one.row["fact"]: one.read(kind_of) for one in rows}


def kind_of(row: Row) -> FactKind:
    """One row of `facts.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The span is none.
    """
    words = words_of(row["words"])
    return FactKind(
        Named(row["name_zh"], row["name_en"]), row["unit"], words, span_of(row["fresh"])
    )


def span_of(text: str) -> timedelta | None:
    """`72 h`, `7 d`; "" is no limit.

    Raises:
        ValueError: It is no such text.
        KeyError: Neither hours nor days.
    """
    if not text:
        return None
    count, unit = text.split(" ")
    return int(count) * _SPANS[unit]


def condition_of(row: Row) -> Condition:
    """One row of `conditions.tsv`."""
    words = (*words_of(row["words_zh"]), *words_of(row["words_en"]))
    return Condition(
        row["code"], Named(row["name_zh"], row["name_en"]), words, words_of(row["icd"])
    )


def unit_of(row: Row) -> UnitStep:
    """One row of `substance_units.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: The factor is no positive number.
    """
    factor = Fraction(row["factor"])
    if factor <= 0:
        raise ValueError(row["factor"])
    return UnitStep(row["unit"], row["into"], factor)


def rule_of(one: KnownRow, groups: Routes) -> Rule:
    """One row of a table of rules.

    Raises:
        AppError: `STORAGE` when it cannot be understood.
    """
    return one.read(lambda row: _rule(one, row, groups))


def _rule(one: KnownRow, row: Row, groups: Routes) -> Rule:
    check = Check(row["check"])
    if check not in CHECKS:
        raise ValueError(row["check"])
    when = row["when"]
    told = json.loads(when)
    return Rule(
        origin=one.origin,
        check=check,
        subjects=subjects_of(row["subjects"]),
        but=frozenset(words_of(row["but"])),
        routes=_routes(row["routes"], groups),
        when=expression(when),
        tier=Tier(row["tier"]),
        text=text_of(row),
        asked=names_in(when),
        words=frozenset(_listed(told)),
        bounds=tuple(_bounds(told)),
        advice=tuple(_advice(row["advice"])),
    )


def _routes(text: str, groups: Routes) -> frozenset[str]:
    """Codes of routes; a group stands for its routes."""
    found: set[str] = set()
    for word in words_of(text):
        found |= groups.get(word, frozenset({word}))
    return frozenset(found)


def _listed(told: object) -> Iterator[str]:
    """The words a condition looks for in lists."""
    match told:
        case ["has", str(), *words]:
            yield from map(str, words)
        case [str(), *parts]:
            for one in parts:
                yield from _listed(one)


def _bounds(told: object) -> Iterator[Bound]:
    """What may not be exceeded, of all that has to hold at once: where the rule holds, it was."""
    match told:
        case ["and", *parts]:
            for one in parts:
                yield from _bounds(one)
        case [str(sign), str(name), str(literal), *_] if sign == _MORE:
            yield Bound(name, amount(literal))


def _advice(text: str) -> Iterator[tuple[Remedy, str]]:
    """`dose:500 mg;frequency:q12h;remove`."""
    for one in filter(None, (part.strip() for part in text.split(";"))):
        remedy, _, value = one.partition(":")
        yield Remedy(remedy), value
