"""The engine: runs the checks of a moment and makes one verdict of what they say.

It is pure: the situation and what was answered before come in, a verdict goes out. A check that
fails is said to have failed; the others answer all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from app.decision.findings import ENGINE, Answer, Check, Finding, Gap, Moment, Saying, Tier
from app.decision.repeating import without_repeats
from app.decision.signatures import FINDINGS_OF_A_CARD, Signatures
from app.decision.situation import Situation, Standing
from app.decision.verdict import Card, Hidden, Hiding, Verdict
from app.kernel.faults import AppError

log = logging.getLogger(__name__)

ANSWERED_FOR = timedelta(hours=24)
"""How long an answer holds: the same rule, patient and order is told once in this time."""

Memory = Mapping[str, datetime]
"""Keys of the cards that were answered for this patient, and when."""


class Checking(Protocol):
    """A check, made with its knowledge."""

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        """One answer for every `Check` it answers for."""
        ...


@dataclass(frozen=True, slots=True)
class Seat:
    """A check and what it answers for, so that its silence is noticed when it fails."""

    answers: tuple[Check, ...]
    checking: Checking


@dataclass(frozen=True, slots=True)
class _Asking:
    """What a moment asks.

    Attributes:
        checks: The ones that are asked.
        loudest: Nothing is told louder than this.
        running: It is about what is running: that takes the place of what is new.
    """

    checks: frozenset[Check]
    loudest: Tier = Tier.HARD_STOP
    running: bool = False


_ALL = frozenset(Check)
_ALLERGIES = frozenset(
    {
        Check.ALLERGY,
        Check.ALLERGY_CLASS,
        Check.ALLERGY_CROSS,
        Check.ALLERGY_UNKNOWN,
        Check.ALLERGY_UNCODED,
    }
)
_MOMENTS: Mapping[Moment, _Asking] = {
    # A drug that is being chosen has no dose yet, and a choice is never interrupted.
    Moment.SELECT: _Asking(_ALL - {Check.DOSE_UNIT}, Tier.INLINE),
    Moment.SIGN: _Asking(_ALL),
    Moment.DISPATCH: _Asking(_ALL),
    Moment.ADMINISTER: _Asking(_ALLERGIES | {Check.SKIN_TEST, Check.COMPATIBILITY, Check.ROUTE}),
    Moment.RESULT: _Asking(frozenset({Check.LABORATORY, Check.RENAL}), running=True),
    Moment.OPEN: _Asking(
        frozenset({Check.LABORATORY, Check.RENAL, Check.ALLERGY_UNKNOWN, Check.ALLERGY_UNCODED}),
        Tier.DRAWER,
        running=True,
    ),
    Moment.DISCHARGE: _Asking(_ALL),
}
"""Which checks are asked when (decision support, §7 and §7.2 of the design)."""

_BUGS = (
    AppError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a check can fail with."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Every check with its knowledge.

    Attributes:
        seats: In any order; a check may answer from several seats.
        unsigned: Nobody answers for the packs: what they say informs and never interrupts.
    """

    seats: tuple[Seat, ...]
    unsigned: bool = False

    def judge(self, situation: Situation, memory: Memory | None = None) -> Verdict:
        """What speaks against the new lines, what could not be looked at, and what is told.

        Never raises for what a check does.
        """
        asking = _MOMENTS[situation.moment]
        asked = _in_place(situation) if asking.running else situation
        answers = tuple(_told(self._answers(asked, asking), asking, unsigned=self.unsigned))
        findings = [one for answer in answers for one in answer.findings]
        return _verdict(findings, answers, asked, memory or {})

    def _answers(self, situation: Situation, asking: _Asking) -> Iterable[Answer]:
        """One answer for every check that is asked and seated, in the order of `Check`."""
        found: dict[Check, list[Answer]] = {}
        for seat in self.seats:
            if asking.checks.isdisjoint(seat.answers):
                continue
            for answer in _asked(seat, situation):
                if answer.check in asking.checks:
                    found.setdefault(answer.check, []).append(answer)
        return (_joined(check, found[check]) for check in Check if check in found)


def _in_place(situation: Situation) -> Situation:
    """What is running stands where the new lines would."""
    lines = tuple(
        replace(one, standing=Standing.NEW)
        for one in situation.lines
        if one.standing is Standing.ACTIVE
    )
    others = tuple(one for one in situation.lines if one.standing is Standing.STOPPED)
    return replace(situation, lines=(*lines, *others))


def _asked(seat: Seat, situation: Situation) -> tuple[Answer, ...]:
    try:
        return seat.checking(situation)
    except _BUGS as error:
        names = ", ".join(check.value for check in seat.answers)
        # The type alone: what an exception says may quote the chart.
        log.error("a check failed: %s (%s)", names, type(error).__name__)  # noqa: TRY400
        why = Saying.of("decision.why.failed")
        return tuple(Answer(check, gaps=(Gap(check, why),)) for check in seat.answers)


def _joined(check: Check, answers: Sequence[Answer]) -> Answer:
    """One answer of several seats; what could not be looked at is said once for every reason."""
    if len(answers) == 1 and not answers[0].gaps:
        return answers[0]
    gaps: dict[Saying, Gap] = {}
    for gap in (gap for answer in answers for gap in answer.gaps):
        before = gaps.get(gap.why)
        gaps[gap.why] = gap if before is None else replace(gap, lines=_lines_of(before, gap))
    return Answer(
        check,
        tuple(finding for answer in answers for finding in answer.findings),
        tuple(gaps.values()),
        any(answer.applies for answer in answers),
    )


def _lines_of(one: Gap, other: Gap) -> tuple[str, ...]:
    """() is all of them."""
    if not one.lines or not other.lines:
        return ()
    return tuple(dict.fromkeys((*one.lines, *other.lines)))


def _told(answers: Iterable[Answer], asking: _Asking, *, unsigned: bool) -> Iterable[Answer]:
    """The answers with every finding as loud as it may be, and each thing told once."""
    told = tuple(answers)
    kept = without_repeats(
        _capped(f, asking, unsigned=unsigned) for one in told for f in one.findings
    )
    return (Answer(one.check, kept.get(one.check, ()), one.gaps, one.applies) for one in told)


def _capped(finding: Finding, asking: _Asking, *, unsigned: bool) -> Finding:
    tier, origin = finding.tier, finding.origin
    if finding.check is Check.DOSE_UNIT:
        # Whatever the packs say: nobody gives a number without a unit.
        tier = Tier.HARD_STOP
    elif not origin.may_interrupt or (unsigned and origin.pack != ENGINE):
        tier = tier.at_most(Tier.INLINE)
    tier = tier.at_most(asking.loudest)
    return finding if tier is finding.tier else replace(finding, tier=tier)


def _verdict(
    findings: Sequence[Finding], answers: tuple[Answer, ...], situation: Situation, memory: Memory
) -> Verdict:
    signatures = Signatures(situation.lines)
    places = {line.key: place for place, line in enumerate(situation.lines)}
    answered = frozenset(_answered(memory, situation.now))
    shown: list[Card] = []
    hidden: list[Hidden] = []
    for card in sorted(_cards(findings, signatures), key=lambda card: _order(card, places)):
        why = _hiding(card, answered)
        if why is None:
            shown.append(card)
        else:
            hidden.append(Hidden(card, why))
    return Verdict(tuple(shown), answers, tuple(hidden))


def _cards(findings: Iterable[Finding], signatures: Signatures) -> Iterable[Card]:
    """Findings of one tier about the same lines are one card; they come in the order of `Check`."""
    grouped: dict[tuple[int, frozenset[str]], list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.tier.rank, frozenset(finding.lines)), []).append(finding)
    for group in grouped.values():
        keys = sorted({signatures.key(finding) for finding in group})
        yield Card(FINDINGS_OF_A_CARD.join(keys), group[0].tier, tuple(group))


def _order(card: Card, places: Mapping[str, int]) -> tuple[int, list[int], str]:
    """Worst first, then as the lines stand in the basket."""
    stand = sorted(places.get(line, len(places)) for line in card.lines)
    return card.tier.rank, stand, card.key


def _answered(memory: Memory, now: datetime) -> Iterable[str]:
    """Keys of the findings that were answered lately; a time to come is nobody's answer."""
    for key, at in memory.items():
        if timedelta(0) <= now - at < ANSWERED_FOR:
            yield from key.split(FINDINGS_OF_A_CARD)


def _hiding(card: Card, answered: frozenset[str]) -> Hiding | None:
    if card.tier is Tier.SILENT:
        return Hiding.SILENT
    if card.tier is Tier.HARD_STOP:
        return None
    if answered.issuperset(card.key.split(FINDINGS_OF_A_CARD)):
        return Hiding.ANSWERED
    return None
