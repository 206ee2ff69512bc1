"""Interactions of every new line with every other: new, running, or stopped not long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.decision.findings import (
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Remedy,
    Saying,
    Suggestion,
)
from app.decision.knowledge.interactions import InteractionBook, Meeting, Severity, Side
from app.decision.situation import Line, Situation, Standing
from app.domain.terms import Named

STOPPED = Named("停用时间", "Stopped")

_SAID = {
    Severity.CONTRAINDICATED: "interactions.contraindicated",
    Severity.NOT_RECOMMENDED: "interactions.not-recommended",
    Severity.PRECAUTION: "interactions.precaution",
    Severity.CONSIDER: "interactions.consider",
}


@dataclass(frozen=True)
class InteractionCheck:
    """One finding for two lines that interact: what the loudest rule says."""

    book: InteractionBook

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        pairs = tuple(situation.pairs())
        findings = (self._between(one, other, situation.now) for one, other in pairs)
        found = tuple(one for one in findings if one is not None)
        gaps = tuple(_nameless(pairs)) if pairs else ()
        return (Answer(Check.INTERACTION, found, gaps, bool(pairs)),)

    def _between(self, one: Line, other: Line, now: datetime) -> Finding | None:
        meetings = list(self._meetings(one, other, now))
        if not meetings:
            return None
        met = min(meetings, key=lambda meeting: meeting.tier.rank)
        rule = met.rule
        return Finding(
            check=Check.INTERACTION,
            tier=met.tier,
            lines=(one.key, other.key),
            subjects=(one.named, other.named),
            origin=rule.origin,
            said=_said(met, one, other),
            advice=rule.advice,
            evidence=tuple(_stopped(other)),
            suggestions=tuple(_suggestions(met, one, other)),
        )

    def _meetings(self, one: Line, other: Line, now: datetime) -> Iterator[Meeting]:
        """The rules any ingredient of one meets with any of the other."""
        if one.drug is None or other.drug is None:
            return
        for first in one.drug.substances:
            for second in other.drug.substances:
                for met in self.book.between(first.code, second.code):
                    if (
                        self._reaches(first.code, one, met.one)
                        and self._reaches(second.code, other, met.other)
                        and _still_counts(other, met.other, now)
                    ):
                        yield met

    def _reaches(self, substance: str, line: Line, side: Side) -> bool:
        return side.local or not self.book.is_local(substance, line.route)


def _still_counts(line: Line, side: Side, now: datetime) -> bool:
    """What runs counts; what was stopped does within the washout, and when nobody knows when."""
    if line.standing is not Standing.STOPPED:
        return True
    if side.washout is None:
        return False
    return line.stopped_at is None or now - line.stopped_at < side.washout


def _said(met: Meeting, one: Line, other: Line) -> Saying:
    if other.standing is Standing.STOPPED and met.other.washout is not None:
        days = -(-met.other.washout // timedelta(days=1))
        return Saying.of("interactions.washout", one=one.named, other=other.named, days=days)
    return Saying.of(_SAID[met.rule.severity], one=one.named, other=other.named)


def _suggestions(met: Meeting, one: Line, other: Line) -> Iterator[Suggestion]:
    """What is new may be replaced where the rule names something better, or left away."""
    for line, side in ((one, met.one), (other, met.other)):
        if line.is_new and side.instead is not None:
            yield Suggestion(Remedy.REPLACE, line.key, side.instead.code, side.instead.name)
    if met.tier.interrupts:
        yield from (Suggestion(Remedy.REMOVE, line.key) for line in (one, other) if line.is_new)


def _stopped(line: Line) -> Iterator[Evidence]:
    if line.standing is Standing.STOPPED and line.stopped_at is not None:
        yield Evidence(STOPPED, line.named, line.stopped_at)


def _nameless(pairs: tuple[tuple[Line, Line], ...]) -> Iterator[Gap]:
    """A drug nobody knows interacts in ways nobody knows."""
    lines = {line.key: line for pair in pairs for line in pair}
    for line in lines.values():
        if line.drug is None:
            why = Saying.of("interactions.why.drug", drug=line.named)
            yield Gap(Check.INTERACTION, why, (line.key,))
