"""The same ingredient twice, and two drugs of a class of which a patient has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.decision.findings import (
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Remedy,
    Saying,
    Suggestion,
    Tier,
)
from app.decision.knowledge.duplicates import DuplicateBook, DuplicateRule
from app.decision.situation import Line, Situation, Standing
from app.decision.substances import Drug, Substance
from app.domain.quantities import Quantity, ratio

_CHECKS = (Check.DUPLICATE, Check.DUPLICATE_CLASS)


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A line, and the drug it is known to be."""

    line: Line
    drug: Drug


@dataclass(frozen=True)
class DuplicateCheck:
    """Compares every new line with every other new or running one, ingredient by ingredient."""

    book: DuplicateBook

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        pairs = tuple(_side_by_side(situation))
        found = [one for pair in pairs for one in self._between(*pair)]
        return tuple(
            Answer(
                check,
                tuple(one for one in found if one.check is check),
                tuple(_nameless(check, pairs)),
                bool(pairs),
            )
            for check in _CHECKS
        )

    def _between(self, one: Line, other: Line) -> Iterator[Finding]:
        if one.drug is None or other.drug is None:
            return
        both = {part.code for part in one.drug.substances} & {
            part.code for part in other.drug.substances
        }
        if not both and self.book.strangers(one.drug, other.drug):
            return
        first, second = _Ordered(one, one.drug), _Ordered(other, other.drug)
        shared = [(part, part) for part in one.drug.substances if part.code in both]
        yield from self._loudest(Check.DUPLICATE, first, second, shared)
        apart = [
            (part, against)
            for part in one.drug.substances
            for against in other.drug.substances
            if part.code not in both and against.code not in both
        ]
        yield from self._loudest(Check.DUPLICATE_CLASS, first, second, apart)

    def _loudest(
        self,
        check: Check,
        one: _Ordered,
        other: _Ordered,
        pairs: Sequence[tuple[Substance, Substance]],
    ) -> Iterator[Finding]:
        """One finding for two lines, however many ingredients and rules speak."""
        met = sorted(
            (place, turn)
            for turn, (first, second) in enumerate(pairs)
            for place in self.book.about(first)[check] & self.book.about(second)[check]
        )
        told = ((self.book.rules[place], *pairs[turn]) for place, turn in met)
        found = [
            (self._tier(rule, one, other), rule, first)
            for rule, first, second in told
            if self.book.reaches(rule, one.line, other.line)
            and not self.book.is_meant(rule, (one.line, first), (other.line, second))
        ]
        if found:
            tier, rule, ingredient = min(found, key=lambda told: told[0].rank)
            yield _finding(tier, rule, ingredient, one, other)

    def _tier(self, rule: DuplicateRule, one: _Ordered, other: _Ordered) -> Tier:
        lesser = self._is_below(one) or self._is_below(other)
        return rule.quieter if lesser else rule.tier

    def _is_below(self, one: _Ordered) -> bool:
        """Whether it is known to be less than a full dose."""
        daily = _daily(one.line)
        return daily is not None and any(
            any(True for _ in one.drug.concerning(limit.subjects))
            and (not limit.routes or one.line.route in limit.routes)
            and (share := ratio(daily, limit.daily)) is not None
            and share <= 1
            for limit in self.book.limits
        )


def _side_by_side(situation: Situation) -> Iterator[tuple[Line, Line]]:
    """The pairs that would run together; what a new line takes the place of will not."""
    gone = {one.replaces for one in situation.new}
    for one, other in situation.pairs():
        if other.standing is not Standing.STOPPED and other.key not in gone:
            yield one, other


def _daily(line: Line) -> Quantity | None:
    """What is given in a day; None where nobody can say."""
    dose = line.substance_dose
    times = Fraction(1) if line.once else line.per_day
    if dose is None or times is None:
        return None
    return Quantity(dose.value * times.numerator / times.denominator, dose.unit)


def _finding(
    tier: Tier, rule: DuplicateRule, ingredient: Substance, one: _Ordered, other: _Ordered
) -> Finding:
    drug, running = one.drug.name, other.drug.name
    if rule.check is Check.DUPLICATE:
        name = ingredient.name
        said = Saying.of("duplicates.same", drug=drug, other=running, ingredient=name)
    else:
        said = Saying.of("duplicates.class", drug=drug, other=running)
    return Finding(
        check=rule.check,
        tier=tier,
        lines=(one.line.key, other.line.key),
        subjects=(drug, running),
        origin=rule.origin,
        said=said,
        advice=rule.advice,
        evidence=(Evidence(running, other.line.named, other.line.started_at),),
        suggestions=(Suggestion(Remedy.REMOVE, one.line.key),),
    )


def _nameless(check: Check, pairs: Sequence[tuple[Line, Line]]) -> Iterator[Gap]:
    lines = {line.key: line for pair in pairs for line in pair if line.drug is None}
    for line in lines.values():
        yield Gap(check, Saying.of("duplicates.why.drug", drug=line.named), (line.key,))
