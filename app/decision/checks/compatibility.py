"""What runs in one bag, in its diluent, or at one time into a vein; without data it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

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
from app.decision.knowledge.compatibility import CompatibilityBook, Pairing, Part
from app.decision.situation import Line, Situation, Standing

_CHECK = Check.COMPATIBILITY
Met = Finding | Gap


@dataclass(frozen=True, slots=True)
class _Bag:
    """Lines that are given as one.

    Attributes:
        running: All of them run into a vein.
    """

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    unknown: tuple[Gap, ...]
    running: bool

    @property
    def is_new(self) -> bool:
        return any(line.is_new for line in self.lines)

    @property
    def is_mixed(self) -> bool:
        return len(self.parts) + len(self.unknown) > 1


@dataclass(frozen=True)
class CompatibilityCheck:
    """Looks at every pair in a bag; of drugs in bags of their own only where a row says so."""

    book: CompatibilityBook

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        bags = tuple(self._bags(situation))
        new = [one for one in bags if one.is_new]
        beside = [
            one for one in bags if one.running and any(map(self.book.minds_others, one.parts))
        ]
        met: list[Met] = []
        for bag in new:
            if bag.is_mixed:
                met += [*bag.unknown, *self._within(bag, situation)]
        for one, other in combinations(beside, 2):
            if one.is_new or other.is_new:
                met += self._apart(one, other, situation)
        findings = tuple(one for one in met if isinstance(one, Finding))
        gaps = tuple(dict.fromkeys(one for one in met if isinstance(one, Gap)))
        applies = any(bag.is_mixed for bag in new) or bool(findings or gaps)
        return (Answer(_CHECK, findings, gaps, applies),)

    def _bags(self, situation: Situation) -> Iterator[_Bag]:
        grouped: dict[str, list[Line]] = {}
        for line in situation.lines:
            if line.standing is Standing.STOPPED or not self._is_mixed(line):
                continue
            grouped.setdefault(line.group or f"\0{line.key}", []).append(line)
        return (self._bag(lines) for lines in grouped.values())

    def _is_mixed(self, line: Line) -> bool:
        return not line.route or line.route in self.book.mixed

    def _bag(self, lines: Sequence[Line]) -> _Bag:
        parts: list[Part] = []
        unknown: list[Gap] = []
        for line in lines:
            if line.drug is None:
                why = Saying.of("compatibility.why.drug", drug=line.named)
                unknown.append(Gap(_CHECK, why, (line.key,)))
            else:
                parts.append(self.book.part(line.key, line.drug))
            if line.diluent is None and not line.diluent_text:
                continue
            solvent = self.book.diluent(line.key, line.diluent_text, line.diluent)
            if solvent is None:
                why = Saying.of("compatibility.why.diluent", diluent=line.diluent_text)
                unknown.append(Gap(_CHECK, why, (line.key,)))
            else:
                parts.append(solvent)
        running = all(line.route in self.book.running for line in lines)
        return _Bag(tuple(lines), tuple(parts), tuple(unknown), running)

    def _within(self, bag: _Bag, situation: Situation) -> Iterator[Met]:
        for one, other in combinations(bag.parts, 2):
            if _same(one, other) or (one.is_fluid and other.is_fluid):
                continue
            rows = self.book.known(one, other)
            if not rows:
                why = Saying.of("compatibility.why.no-data", drug=one.name, other=other.name)
                yield Gap(_CHECK, why, _lines(one, other))
                continue
            told = [(row, row.tier) for row in rows]
            yield from self._loudest(told, one, other, situation)

    def _apart(self, bag: _Bag, against: _Bag, situation: Situation) -> Iterator[Met]:
        for one, other in product(bag.parts, against.parts):
            told = [(row, row.apart) for row in self.book.apart(one, other)]
            yield from self._loudest(told, one, other, situation, together=False)

    def _loudest(
        self,
        told: Sequence[tuple[Pairing, Tier | None]],
        one: Part,
        other: Part,
        situation: Situation,
        *,
        together: bool = True,
    ) -> Iterator[Met]:
        """One thing about two parts: the loudest that is known, and what hangs on the age."""
        age = situation.subject.age
        found = []
        for row, tier in told:
            concerned = row.concerns(age)
            if tier is None or concerned is False:
                continue
            if concerned is None:
                why = Saying.of("compatibility.why.age", drug=one.name, other=other.name)
                yield Gap(_CHECK, why, _lines(one, other))
            else:
                found.append((tier, row))
        if found:
            tier, row = min(found, key=lambda pair: pair[0].rank)
            yield self._finding(tier, row, one, other, together=together)

    def _finding(
        self, tier: Tier, row: Pairing, one: Part, other: Part, *, together: bool
    ) -> Finding:
        if together:
            said = Saying.of("compatibility.not-together", drug=one.name, other=other.name)
        else:
            said = Saying.of("compatibility.not-one-line", drug=one.name, other=other.name)
        instead = self.book.named(row.instead) if row.instead and together else None
        suggestions = (
            (Suggestion(Remedy.DILUENT, one.line, row.instead, instead),)
            if instead is not None and other.is_fluid
            else ()
        )
        return Finding(
            check=_CHECK,
            tier=tier,
            lines=_lines(one, other),
            subjects=(one.name, other.name),
            origin=row.origin,
            said=said,
            advice=row.advice,
            evidence=(Evidence(one.name, other.name),),
            suggestions=suggestions,
        )


def _same(one: Part, other: Part) -> bool:
    return one.subjects == other.subjects


def _lines(one: Part, other: Part) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.line, other.line)))
