"""Situations of the decision engine: drugs, lines and patients as a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from app.decision.findings import Answer, Check, Finding, Moment, Origin, Saying, Tier
from app.decision.situation import Line, Situation, Standing, Subject
from app.decision.substances import Drug, Substance
from app.domain.quantities import Quantity
from app.domain.terms import Named

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SIGNED = Origin("r-1", "interactions@1", "a published list", "active", "a pharmacist")
DRAFT = Origin("r-2", "drug_rules@1", "a label", "draft")


def a_substance(code: str, *classes: str) -> Substance:
    return Substance(code, Named(code, code.capitalize()), frozenset(classes))


def a_drug(*codes: str) -> Drug:
    return Drug("+".join(codes), Named("/".join(codes)), tuple(map(a_substance, codes)))


def a_line(
    key: str,
    drug: str = "",
    standing: Standing = Standing.NEW,
    *,
    dose: str = "500 mg",
    route: str = "po",
) -> Line:
    """`dose` as `number unit`, or "" for not said; `drug` is the key where nothing is said."""
    number, _, unit = dose.partition(" ")
    return Line(
        key=key,
        drug=a_drug(*(drug or key).split("+")),
        named=Named(drug or key),
        standing=standing,
        dose=Quantity(Decimal(number), unit) if dose else None,
        route=route,
    )


def a_situation(*lines: Line, moment: Moment = Moment.SIGN, now: datetime = NOW) -> Situation:
    return Situation(now, Subject(), lines, moment)


def a_finding(
    check: Check,
    tier: Tier,
    *lines: str,
    origin: Origin = SIGNED,
    subjects: tuple[str, ...] | None = None,
) -> Finding:
    """About these lines, and the drugs of their names."""
    told = lines if subjects is None else subjects
    return Finding(check, tier, lines, tuple(map(Named, told)), origin, Saying("decision.why.unit"))


@dataclass(frozen=True)
class SaysAlways:
    """A check that gives the same answers whatever it is asked."""

    answers: tuple[Answer, ...]

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        del situation
        return self.answers


@dataclass(frozen=True)
class AsksLines:
    """A check whose answer depends on the new lines."""

    answer: Callable[[tuple[str, ...]], Answer]

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        return (self.answer(tuple(one.key for one in situation.new)),)


@dataclass(frozen=True)
class Breaks:
    """A check that fails."""

    error: Exception

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        del situation
        raise self.error
