"""Checks that are rules about one drug, by the rows of a book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.decision.checks.rule_words import said
from app.decision.expressions import Fact, Judged, Unknown
from app.decision.facts import LineFacts
from app.decision.findings import Answer, Check, Evidence, Finding, Gap, Saying, Suggestion
from app.decision.knowledge.rules import Bound, Rule, RuleBook
from app.decision.patient_facts import PatientFacts
from app.decision.situation import VEIN, Line, Situation, Truth
from app.decision.substances import Substance

CHECKS = (
    Check.DOSE_SINGLE,
    Check.DOSE_DAILY,
    Check.DOSE_BODY,
    Check.DOSE_FREQUENCY,
    Check.ROUTE,
    Check.RATE,
    Check.RENAL,
    Check.HEPATIC,
    Check.PREGNANCY,
    Check.LACTATION,
    Check.AGE,
    Check.LABORATORY,
    Check.DISEASE,
)
"""What rules of this kind answer for."""

_OF_LISTS = ("lines", "same-bag")
_ORDERED = ("dose.", "product.", "rate", "per-day", "interval")
_INTO_A_VEIN = frozenset({"iv", "ivgtt", "pump"})
_RENAL = ("egfr", "crcl", "crea")


@dataclass(frozen=True, slots=True)
class _Told:
    """A rule about an ingredient of a line, judged."""

    rule: Rule
    substance: Substance
    facts: LineFacts
    judged: Judged

    @property
    def loudness(self) -> tuple[int, int, int]:
        """The loudest first, then what means this ingredient most closely."""
        rule = self.rule
        return rule.told_as.rank, rule.tier.rank, rule.breadth(self.substance)

    def goes_before(self, other: _Told) -> bool:
        """Of two borders of renal function that are as loud the later is told: they fall."""
        if self.loudness == other.loudness:
            return self.rule.check is Check.RENAL
        return self.loudness < other.loudness


_Line = tuple[Line, list[_Told]]


class RuleChecks:
    """The checks of this kind, in one pass: what one of them reads, the others need not.

    Of several rules that hold for one ingredient and say the same kind of thing, one is told.
    """

    def __init__(self, book: RuleBook, checks: Sequence[Check] = CHECKS) -> None:
        self._book = book
        self._checks = tuple(checks)

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        """One answer for every check, about the new lines."""
        patient = PatientFacts(situation, self._book.facts)
        lines = situation.new
        judged: dict[Check, list[_Line]] = {}
        for line in lines:
            for check, told in self._judged(patient, line).items():
                judged.setdefault(check, []).append((line, told))
        unknown = tuple(line for line in lines if line.drug is None)
        return tuple(
            _answer(check, patient, judged.get(check, ()), unknown) for check in self._checks
        )

    def _judged(self, patient: PatientFacts, line: Line) -> Mapping[Check, list[_Told]]:
        """The rules about the line by its route, judged."""
        found: dict[Check, list[_Told]] = {}
        for substance in line.drug.substances if line.drug is not None else ():
            facts = LineFacts(patient, line, substance)
            for check, rules in self._book.about(substance).items():
                if line.once and check is Check.DOSE_FREQUENCY:
                    continue
                for rule in rules:
                    if _may_go(rule, line):
                        one = _Told(rule, substance, facts, _judge(rule, facts))
                        found.setdefault(check, []).append(one)
        return found


def _answer(
    check: Check, patient: PatientFacts, judged: Sequence[_Line], unknown: Sequence[Line]
) -> Answer:
    """What a check says of the lines it has rules about, and of those nobody knows."""
    gaps: dict[Gap, None] = {}
    for line in unknown:
        why = Saying.of("rules.why.drug", drug=line.named)
        gaps[Gap(check, why, (line.key,))] = None
    for line, told in judged:
        gaps |= dict.fromkeys(_gaps(check, line, told))
    if check is Check.RENAL:
        gaps |= dict.fromkeys(_unknown_kidneys(patient, gaps))
    findings = tuple(one for line, told in judged for one in _findings(line, told))
    return Answer(check, findings, tuple(gaps), bool(judged or gaps))


def _findings(line: Line, told: Sequence[_Told]) -> Iterator[Finding]:
    held: dict[object, _Told] = {}
    for one in told:
        if one.judged.truth is Truth.YES:
            key = _kind(one.rule)
            before = held.get(key)
            if before is None or one.goes_before(before):
                held[key] = one
    return (_finding(line, one) for one in held.values())


def _gaps(check: Check, line: Line, told: Sequence[_Told]) -> Iterator[Gap]:
    """What no louder rule has settled."""
    held = [one.rule for one in told if one.judged.truth is Truth.YES]
    for one in told:
        if one.judged.truth is Truth.UNKNOWN and not _settled(one.rule, held):
            for missing in one.judged.missing:
                yield Gap(check, _why(missing, one.facts), (line.key,))


def _why(missing: Unknown, facts: LineFacts) -> Saying:
    """In words: a unit that cannot be compared is told by the name of its fact."""
    words = dict(missing.why.words)
    kind = facts.knowledge.kinds.get(str(words.get("fact", "")))
    return missing.why if kind is None else Saying.of(missing.why.code, fact=kind.name)


def _settled(rule: Rule, held: Iterable[Rule]) -> bool:
    return any(_kind(one) == _kind(rule) and one.tier.rank <= rule.tier.rank for one in held)


def _unknown_kidneys(patient: PatientFacts, gaps: Mapping[Gap, None]) -> Iterator[Gap]:
    """Without anything about the kidneys no systemic drug is checked, rule or none."""
    told = {key for gap in gaps for key in gap.lines}
    read = [patient.fact(name, None) for name in _RENAL]
    lacking = [one for one in read if isinstance(one, Unknown)]
    if len(lacking) < len(read):
        return
    for line in patient.situation.new:
        is_local = line.route in patient.knowledge.local
        if line.drug is not None and not is_local and line.key not in told:
            yield Gap(Check.RENAL, lacking[-1].why, (line.key,))


def _may_go(rule: Rule, line: Line) -> bool:
    """Whether the line goes, or may go, by a route the rule is about."""
    if not rule.routes or not line.route or line.route in rule.routes:
        return True
    return line.route == VEIN and bool(rule.routes & _INTO_A_VEIN)


def _judge(rule: Rule, facts: LineFacts) -> Judged:
    judged = rule.when(facts)
    if judged.truth is Truth.UNKNOWN and "dose.daily" in rule.asked:
        # What is missing of a sum could only make it more.
        known = rule.when(replace(facts, least=True))
        judged = known if known.truth is Truth.YES else judged
    if judged.truth is Truth.UNKNOWN and _may_not_exceed(rule):
        # An ingredient among several is at most the whole.
        whole = rule.when(replace(facts, most=True))
        judged = whole if whole.truth is Truth.NO else judged
    if judged.truth is Truth.NO and any(name.startswith(_OF_LISTS) for name in rule.asked):
        # What nobody knows in a list may be what is asked for.
        doubted = rule.when(replace(facts, doubting=True))
        judged = doubted if doubted.truth is Truth.UNKNOWN else judged
    if judged.truth is Truth.YES and rule.routes and facts.line.route not in rule.routes:
        name = facts.knowledge.kinds["route"].name
        return Judged(Truth.UNKNOWN, (Unknown(Saying.of("rules.why.none", what=name)),))
    return judged


def _may_not_exceed(rule: Rule) -> bool:
    """Whether all that it asks of a dose is that it be more than something."""
    doses = {name for name in rule.asked if name.startswith("dose.")}
    return bool(doses) and doses <= {bound.fact for bound in rule.bounds}


def _kind(rule: Rule) -> object:
    """What two rules share that say the same kind of thing: one of them is enough.

    Laboratory values and diseases speak for themselves, each of them; of two doses, or of two
    borders of renal function, the graver one is meant.
    """
    if rule.check is Check.LABORATORY:
        return rule.asked
    if rule.check is Check.DISEASE:
        return rule.words
    return rule.check


def _finding(line: Line, one: _Told) -> Finding:
    rule, facts = one.rule, one.facts
    evidence = tuple(dict.fromkeys((*facts.behind(rule), *one.judged.evidence)))
    name = line.named if line.drug is None else line.drug.name
    return Finding(
        check=rule.check,
        tier=rule.told_as,
        lines=(line.key,),
        subjects=(name,),
        origin=rule.origin,
        said=said(rule.check, name, _over(rule.bounds, facts), _first(evidence)),
        advice=rule.text,
        evidence=evidence,
        suggestions=tuple(Suggestion(how, line.key, value) for how, value in rule.advice),
    )


def _over(bounds: Iterable[Bound], facts: LineFacts) -> tuple[Bound, Fact] | None:
    """The first border of a dose, a rate or a rhythm, and what has crossed it."""
    crossed = (
        (bound, fact)
        for bound in bounds
        if bound.fact.startswith(_ORDERED)
        for seen in (facts, replace(facts, least=True))
        if isinstance(fact := seen.fact(bound.fact, None), Fact)
    )
    return next(crossed, None)


def _first(evidence: Sequence[Evidence]) -> Evidence | None:
    return evidence[0] if evidence else None
