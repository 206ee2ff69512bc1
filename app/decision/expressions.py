"""Conditions of rules, as data: small JSON expressions with three truths.

    ["<", "egfr", "30 mL/min/{1.73_m2}"]        a fact and a literal with its unit
    [">=", "k", "5.5 mmol/L", "72 h"]           ... no older than that; an older one is not known
    ["is", "pregnant", "yes"]                   a word
    ["in", "route", "iv", "ivgtt", "pump"]      one of some words
    ["has", "problems", "asthma", "J45"]        a list holds one of these
    ["known", "weight"]                         whether it is known at all
    ["and", …] ["or", …] ["not", x] ["always"]

What is not known makes a comparison unknown, and `and`, `or`, `not` follow Kleene: `false and
unknown` is false. Who asks learns which facts were missing, and only where that decided.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from app.decision.findings import Evidence, Saying
from app.decision.situation import Truth
from app.domain.quantities import Quantity, is_usable, measure


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a fact is not known."""

    why: Saying


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the chart or of the order.

    Attributes:
        value: An amount, a word, or the words of a list.
    """

    value: Quantity | str | frozenset[str]
    evidence: tuple[Evidence, ...] = ()


class Facts(Protocol):
    """What expressions read."""

    def fact(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        """The fact; unknown also when it is older than `oldest`.

        Raises:
            LookupError: When there is no fact of that name at all: the rule is wrong.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What an expression comes to.

    Attributes:
        missing: Why it is UNKNOWN; () of anything else.
        evidence: The facts a YES rests on.
    """

    truth: Truth
    missing: tuple[Unknown, ...] = ()
    evidence: tuple[Evidence, ...] = ()


YES = Judged(Truth.YES)
NO = Judged(Truth.NO)

Expression = Callable[[Facts], Judged]

_COMPARING: Mapping[str, Callable[[Fraction, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)(?: (\S+))?")
_SPAN = re.compile(r"(\d+) (h|d)")


def expression(text: str) -> Expression:
    """Read a condition of a pack.

    Raises:
        ValueError: When it is none; the message says which part, for whoever keeps the pack.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {text}") from error
    return _compiled(told)


def amount(text: str) -> Quantity:
    """Read a literal: `4 g`, `15 mg/kg`, `4.5` (without a unit).

    Raises:
        ValueError: When it is none.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"not an amount: {text}")
    return Quantity(Decimal(found[1]), found[2] or "1")


def names_in(text: str) -> frozenset[str]:
    """The facts an expression names, for the checker of packs."""
    return frozenset(_named(json.loads(text)))


def _named(told: object) -> Iterable[str]:
    if not isinstance(told, list) or not told:
        return
    if told[0] in ("and", "or", "not"):
        for one in told[1:]:
            yield from _named(one)
    elif len(told) > 1:
        yield str(told[1])


def _compiled(told: object) -> Expression:
    match told:
        case [str(head), *rest] if head in _READING:
            found = _READING[head](rest)
        case [str(sign), str(name), str(literal), *span] if sign in _COMPARING and len(span) < 2:
            found = _compared(sign, name, amount(literal), _span(span[0]) if span else None)
        case _:
            found = None
    if found is None:
        raise ValueError(f"not a condition: {json.dumps(told)}")
    return found


def _read_always(rest: Sequence[object]) -> Expression | None:
    return None if rest else lambda _: YES


def _read_not(rest: Sequence[object]) -> Expression | None:
    return _negated(_compiled(rest[0])) if len(rest) == 1 else None


def _read_and(rest: Sequence[object]) -> Expression | None:
    return _joined(rest, Truth.NO) if len(rest) > 1 else None


def _read_or(rest: Sequence[object]) -> Expression | None:
    return _joined(rest, Truth.YES) if len(rest) > 1 else None


def _read_known(rest: Sequence[object]) -> Expression | None:
    if len(rest) != 1:
        return None
    name = str(rest[0])
    return lambda facts: YES if isinstance(facts.fact(name, None), Fact) else NO


def _read_words(rest: Sequence[object]) -> Expression | None:
    name, *words = (str(one) for one in rest) if rest else ("",)
    return _worded(name, frozenset(words)) if words else None


_READING: Mapping[str, Callable[[Sequence[object]], Expression | None]] = {
    "always": _read_always,
    "not": _read_not,
    "and": _read_and,
    "or": _read_or,
    "known": _read_known,
    "is": _read_words,
    "in": _read_words,
    "has": _read_words,
}


def _span(told: object) -> timedelta:
    found = _SPAN.fullmatch(str(told))
    if found is None:
        raise ValueError(f"not a span of time: {told}")
    count = int(found[1])
    return timedelta(hours=count) if found[2] == "h" else timedelta(days=count)


def _compared(sign: str, name: str, literal: Quantity, oldest: timedelta | None) -> Expression:
    holds = _COMPARING[sign]

    def judge(facts: Facts) -> Judged:
        fact = facts.fact(name, oldest)
        if isinstance(fact, Unknown):
            return Judged(Truth.UNKNOWN, (fact,))
        share = _difference(fact.value, literal)
        if share is None:
            return Judged(Truth.UNKNOWN, (Unknown(Saying.of("decision.why.unit", fact=name)),))
        return Judged(Truth.YES, evidence=fact.evidence) if holds(share, 0) else NO

    return judge


def _difference(value: Quantity | str | frozenset[str], literal: Quantity) -> Fraction | None:
    """Positive when `value` is more than `literal`; None when they cannot be compared."""
    if not isinstance(value, Quantity) or not is_usable(value.value):
        return None
    if value.unit == literal.unit:
        return Fraction(value.value) - Fraction(literal.value)
    told, wanted = measure(value), measure(literal)
    if told is None or wanted is None or told.dimension != wanted.dimension:
        return None
    return told.value - wanted.value


def _worded(name: str, words: frozenset[str]) -> Expression:
    def judge(facts: Facts) -> Judged:
        fact = facts.fact(name, None)
        if isinstance(fact, Unknown):
            return Judged(Truth.UNKNOWN, (fact,))
        told = fact.value if isinstance(fact.value, frozenset) else {fact.value}
        return Judged(Truth.YES, evidence=fact.evidence) if told & words else NO

    return judge


def _negated(inner: Expression) -> Expression:
    def judge(facts: Facts) -> Judged:
        found = inner(facts)
        if found.truth is Truth.UNKNOWN:
            return found
        return NO if found.truth is Truth.YES else YES

    return judge


def _joined(parts: Sequence[object], decisive: Truth) -> Expression:
    """`and` (a NO decides) and `or` (a YES decides); what comes after it is not asked."""
    inner = tuple(_compiled(one) for one in parts)

    def judge(facts: Facts) -> Judged:
        missing: list[Unknown] = []
        evidence: list[Evidence] = []
        for one in inner:
            found = one(facts)
            if found.truth is decisive:
                return found
            missing += found.missing
            evidence += found.evidence
        if missing:
            return Judged(Truth.UNKNOWN, tuple(missing))
        return NO if decisive is Truth.YES else Judged(Truth.YES, evidence=tuple(evidence))

    return judge
