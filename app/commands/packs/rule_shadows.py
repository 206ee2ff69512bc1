"""Rules that can never speak, because a louder one above them speaks in every such case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.commands.packs.files import Line, Table
from app.commands.packs.findings import Finding
from app.decision.expressions import amount
from app.decision.findings import Tier
from app.domain.quantities import Quantity, ratio
from app.services.knowledge_rows import words_of

_MORE, _LESS = (">", ">="), ("<", "<=")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A rule, its border taken out of the rest of what it asks."""

    line: Line
    rest: str
    fact: str
    sign: str
    border: Quantity | None


def check_shadows(table: Table) -> Iterator[Finding]:
    """The later of two rules, where the earlier holds whenever it does and is as loud."""
    seen: list[_Seen] = []
    for line in table.lines:
        this = _seen(line)
        if this is None:
            continue
        above = next((one for one in seen if _covers(one, this)), None)
        if above is not None:
            rule = above.line.row["rule"]
            yield table.finding(line.number, "packs.rules.shadowed", rule=rule)
        seen.append(this)


def _seen(line: Line) -> _Seen | None:
    try:
        told = json.loads(line.row["when"])
    except ValueError:
        return None
    parts = told[1:] if isinstance(told, list) and told[:1] == ["and"] else [told]
    borders = [one for one in parts if _border(one) is not None]
    if len(borders) != 1:
        return _Seen(line, json.dumps(told), "", "", None)
    rest = [one for one in parts if one is not borders[0]]
    sign, fact, *_ = borders[0]
    return _Seen(line, json.dumps(rest), fact, sign, _border(borders[0]))


def _border(told: object) -> Quantity | None:
    match told:
        case [str(sign), str(), str(literal), *_] if sign in (*_MORE, *_LESS):
            try:
                return amount(literal)
            except ValueError:
                return None
    return None


def _covers(one: _Seen, other: _Seen) -> bool:
    """Whether `one` speaks, as loudly, wherever `other` would."""
    first, second = one.line.row, other.line.row
    if first["check"] != second["check"] or first["but"]:
        return False
    if not set(words_of(second["subjects"])) <= set(words_of(first["subjects"])):
        return False
    if first["routes"] and not set(words_of(second["routes"] or "?")) <= set(
        words_of(first["routes"])
    ):
        return False
    return _is_loud(first["tier"], second["tier"]) and _is_wider(one, other)


def _is_loud(first: str, second: str) -> bool:
    ranks = {tier.value: tier.rank for tier in Tier}
    return ranks.get(first, len(ranks)) <= ranks.get(second, -1)


def _is_wider(one: _Seen, other: _Seen) -> bool:
    if (one.rest, one.fact, one.sign) != (other.rest, other.fact, other.sign):
        return False
    if one.border is None or other.border is None:
        return True
    share = ratio(one.border, other.border)
    if share is None:
        return False
    return share <= Fraction(1) if one.sign in _MORE else share >= Fraction(1)
