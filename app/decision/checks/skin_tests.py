"""The skin test (皮试) before a drug: at signing, and once more before it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.decision.findings import Answer, Check, Evidence, Finding, Gap, Moment, Saying, Tier
from app.decision.knowledge.skin_tests import SkinBook, SkinRule
from app.decision.situation import Line, Situation, SkinTest, Truth
from app.decision.substances import Drug
from app.domain.skin_tests import covers
from app.domain.terms import Named

EXEMPT = "exempt"
_TEST = Named("皮试", "skin test")
_READ = {
    Truth.YES: Named("阴性(-)", "negative (-)"),
    Truth.NO: Named("阳性(+)", "positive (+)"),
    Truth.UNKNOWN: Named("未判读", "not read"),
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the tests say to a drug; without `code` they let it pass.

    Attributes:
        is_told: The order itself says what becomes of the test; nobody has to be warned.
    """

    code: str = ""
    test: SkinTest | None = None
    is_positive: bool = False
    is_told: bool = False


class SkinTestCheck:
    """Compares the skin tests of the patient with the new lines."""

    def __init__(self, book: SkinBook) -> None:
        self._book = book

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        """The answer for the new lines."""
        findings: list[Finding] = []
        gaps: list[Gap] = []
        applies = False
        for line in situation.new:
            if line.drug is None:
                why = Saying.of("skin_rules.why.drug", drug=line.named)
                gaps.append(Gap(Check.SKIN_TEST, why, (line.key,)))
                continue
            for rule in self._asking(situation, line, line.drug):
                applies = True
                standing = self._standing(situation, line.drug, rule)
                if standing.code:
                    told = _said_of(line, standing, situation.moment)
                    findings.append(_finding(line, line.drug, rule, told))
                    break
        return (Answer(Check.SKIN_TEST, tuple(findings), tuple(gaps), applies or bool(gaps)),)

    def _asking(self, situation: Situation, line: Line, drug: Drug) -> Iterator[SkinRule]:
        for rule in self._book.rules:
            concerned = any(rule.concerns(one, line.route) for one in drug.substances)
            if concerned and _is_reason(rule, situation):
                yield rule

    def _standing(self, situation: Situation, drug: Drug, rule: SkinRule) -> _Standing:
        """A positive test counts however old it is; else the newest speaks."""
        now = situation.now
        tests = [
            one
            for one in situation.subject.skin_tests
            if rule.answered_by(one.drug) and (one.at is None or one.at <= now)
        ]
        positive = [one for one in tests if one.negative is Truth.NO]
        if positive:
            return _Standing("skin_rules.positive", positive[0], is_positive=True)
        dated = sorted((one for one in tests if one.at is not None), key=_age)
        newest = dated[-1] if dated else next(iter(tests), None)
        if newest is None:
            return _Standing("skin_rules.missing")
        if newest.negative is Truth.UNKNOWN:
            return _Standing("skin_rules.pending", newest)
        given = _given(situation, drug)
        if newest.at is None or not covers(newest.at, given, now, self._book.valid):
            return _Standing("skin_rules.expired", newest)
        return _Standing()


def _said_of(line: Line, standing: _Standing, moment: Moment) -> _Standing:
    """An order that asks for its test, or is exempt from it, says so itself; a positive test stays.

    Before the dose the test has to be there, whatever the order asked for.
    """
    if standing.is_positive or not line.skin_test:
        return standing
    if line.skin_test == EXEMPT:
        return replace(standing, code="skin_rules.exempt", is_told=True)
    if moment is Moment.ADMINISTER:
        return standing
    return replace(standing, code="skin_rules.ordered", is_told=True)


def _is_reason(rule: SkinRule, situation: Situation) -> bool:
    """Whether the patient gives reason to ask, where the rule wants one."""
    if not rule.severe:
        return True
    return any(
        one.severe is Truth.YES
        and (
            one.classes & rule.severe or (one.drug is not None and _classes(one.drug) & rule.severe)
        )
        for one in situation.subject.allergies
    )


def _classes(drug: Drug) -> frozenset[str]:
    return frozenset(name for one in drug.substances for name in one.classes)


def _given(situation: Situation, drug: Drug) -> list[datetime]:
    """When the patient had an ingredient of the drug without a reaction."""
    codes = {one.code for one in drug.substances}
    told = situation.subject.tolerated
    return sorted(one.at for one in told if one.substance in codes and one.at is not None)


def _age(test: SkinTest) -> float:
    return test.at.timestamp() if test.at is not None else 0.0


def _finding(line: Line, drug: Drug, rule: SkinRule, standing: _Standing) -> Finding:
    tier = rule.tier.at_most(Tier.DRAWER) if standing.is_told else rule.tier
    tier = Tier.HARD_STOP if standing.is_positive else tier
    test = standing.test
    evidence = () if test is None else (Evidence(_TEST, _READ[test.negative], test.at),)
    return Finding(
        check=Check.SKIN_TEST,
        tier=tier if rule.origin.may_interrupt else tier.at_most(Tier.INLINE),
        lines=(line.key,),
        subjects=(drug.name,),
        origin=rule.origin,
        said=Saying.of(standing.code, drug=drug.name),
        advice=rule.text,
        evidence=evidence,
    )
