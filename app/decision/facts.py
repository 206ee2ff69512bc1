"""The facts one line has in a situation: what rules read, or why it is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from app.decision.bag_rates import is_flow, rate_in_bag
from app.decision.expressions import Fact, Unknown
from app.decision.findings import Evidence, Saying
from app.decision.knowledge.rules import FactKind, FactKnowledge, Rule
from app.decision.line_doses import Dosing, quantity
from app.decision.patient_facts import NO, SAID, YES, Known, PatientFacts, word
from app.decision.situation import Line, Situation, Standing
from app.decision.substances import CLASS, Substance
from app.domain.quantities import Quantity

_OTHER_LINES = re.compile(r"lines(?:-(\d+)(h|d))?")


def is_fact(name: str, kinds: Mapping[str, FactKind]) -> bool:
    """Whether a rule may ask for it."""
    return name in kinds or _OTHER_LINES.fullmatch(name) is not None


@dataclass(frozen=True)
class LineFacts:
    """The facts of one line and one ingredient of it (`app.decision.expressions.Facts`).

    Attributes:
        least: A sum is what is known of it; what is missing could only make it more.
        most: An ingredient among several is as much as all of them: it cannot be more.
        doubting: A list with something nobody knows is itself not known.
    """

    patient: PatientFacts
    line: Line
    substance: Substance
    least: bool = False
    most: bool = False
    doubting: bool = False
    _known: Known = field(init=False, repr=False, compare=False, default_factory=dict)

    def fact(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        """What is known of `name`.

        Raises:
            LookupError: There is no such fact.
        """
        told = self._known.get((name, oldest))
        if told is None:
            told = self._known[name, oldest] = self._read(name, oldest)
        return told

    def _read(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        read = self.READERS.get(name)
        if read is not None:
            return read(self, self.knowledge.kinds[name], oldest)
        others = _OTHER_LINES.fullmatch(name)
        return self.patient.fact(name, oldest) if others is None else self._lines(others)

    @property
    def knowledge(self) -> FactKnowledge:
        return self.patient.knowledge

    @property
    def situation(self) -> Situation:
        return self.patient.situation

    def behind(self, rule: Rule) -> Iterator[Evidence]:
        """The problems, the indication and the other lines that the words of a rule mean."""
        kinds, known = self.knowledge.kinds, self.knowledge.conditions
        if "problems" in rule.asked:
            for one in self.situation.subject.problems or ():
                if (known.in_text(one.text) | known.coded(one.code)) & rule.words:
                    yield Evidence(kinds["problems"].name, one.text or one.code)
        if "indication" in rule.asked and known.in_text(self.line.indication) & rule.words:
            yield Evidence(kinds["indication"].name, self.line.indication)
        for line in self._meant(rule):
            yield Evidence(kinds["lines"].name, line.named)

    def _meant(self, rule: Rule) -> Iterator[Line]:
        """Every other line that the words of a rule mean, once."""
        seen: set[str] = set()
        for name in sorted(rule.asked):
            lines = _OTHER_LINES.fullmatch(name)
            others = self._others(self._since(lines)) if lines is not None else iter(())
            for line in self._mates() if name == "same-bag" else others:
                codes = frozenset() if line.drug is None else _codes_of(line.drug.substances)
                if codes & rule.words and line.key not in seen:
                    seen.add(line.key)
                    yield line

    # --- the order ----------------------------------------------------------------------------

    def _indication(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        if not self.line.indication.strip():
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        return Fact(self.knowledge.conditions.in_text(self.line.indication))

    def _route(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return word(kind, self.line.route)

    def _frequency(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return word(kind, self.line.frequency)

    def _times(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        if self.line.once:
            return Fact(Quantity(Decimal(1), "1"))
        if self.line.per_day is None:
            return self._silent("rules.why.no-frequency")
        told = quantity(self.line.per_day, "1")
        return Fact(told, (Evidence(kind.name, self.line.frequency),))

    def _interval(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        if self.line.once or not self.line.per_day:
            return self._silent("rules.why.no-frequency")
        told = quantity(24 / self.line.per_day, "h")
        return Fact(told, (Evidence(kind.name, told),))

    def _silent(self, code: str) -> Unknown:
        drug = self.line.drug
        return Unknown(Saying.of(code, drug=self.line.named if drug is None else drug.name))

    def _diluted(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        """`no` is: the order names nothing to dissolve it in."""
        line = self.line
        mates = [one.drug for one in self._mates()]
        beside = () if line.drug is None else line.drug.substances
        inside = [one for one in beside if one != self.substance]
        inside += [one for drug in mates if drug is not None for one in drug.substances]
        carried = any(one.code in self.knowledge.carriers for one in inside)
        if line.diluent is not None or line.diluent_text.strip() or carried:
            told = YES
        elif None in mates:
            return self._silent("rules.why.unknown-mate")
        else:
            told = NO
        return Fact(told, (Evidence(kind.name, SAID[told]),))

    # --- doses --------------------------------------------------------------------------------

    def _dosing(self, oldest: timedelta | None) -> Dosing:
        weight = self.patient.kilograms(oldest)
        return Dosing(self.substance.code, self.knowledge, weight, whole=self.most)

    def _single(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        return _amount(kind, self._dosing(oldest).single(self.line))

    def _single_kg(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        return self._weighed(kind, self._dosing(oldest).single_per_kilogram(self.line), oldest)

    def _daily(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        return _amount(kind, self._dosing(oldest).of_all(self._same(), least=self.least))

    def _daily_kg(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        dosing = self._dosing(oldest)
        told = dosing.per_kilogram(dosing.of_all(self._same(), least=self.least))
        return self._weighed(kind, told, oldest)

    def _product(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        return _amount(kind, self._dosing(oldest).product(self.line))

    def _product_daily(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        dosing = self._dosing(oldest)
        return _amount(kind, dosing.in_a_day(self.line, dosing.product(self.line)))

    def _rate(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        return _amount(kind, self._running(self._dosing(oldest)))

    def _running(self, dosing: Dosing) -> Quantity | Unknown:
        """How fast the substance runs, also where only the flow of its bag is told."""
        told, at_once = dosing.rate(self.line), dosing.single(self.line)
        if isinstance(at_once, Unknown) or (isinstance(told, Quantity) and not is_flow(told.unit)):
            return told
        if is_flow(f"{at_once.unit}/h"):
            return told
        return rate_in_bag(self.line, tuple(self._mates()), at_once) or told

    def _rate_kg(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        dosing = self._dosing(oldest)
        return self._weighed(kind, dosing.per_kilogram(self._running(dosing)), oldest)

    def _weighed(
        self, kind: FactKind, told: Quantity | Unknown, oldest: timedelta | None
    ) -> Fact | Unknown:
        found = _amount(kind, told)
        weight = self.patient.fact("weight", oldest)
        if isinstance(found, Unknown) or isinstance(weight, Unknown):
            return found
        return Fact(found.value, (*found.evidence, *weight.evidence))

    def _same(self) -> Iterator[Line]:
        """This line, and the others of its ingredient that reach the body in the same way."""
        yield self.line
        is_local = self.line.route in self.knowledge.local
        for one in self._others():
            same = one.drug is not None and self.substance in one.drug.substances
            if same and (one.route in self.knowledge.local) is is_local:
                yield one

    # --- the other lines ----------------------------------------------------------------------

    def _others(self, since: datetime | None = None) -> Iterator[Line]:
        """What is new or running, and what ended after `since`; not what a new line replaces."""
        for one in self.situation.lines:
            if one.key == self.line.key or one.key in self.patient.replaced:
                continue
            if one.standing is not Standing.STOPPED or _ended_after(one, since):
                yield one

    def _lines(self, asked: re.Match[str]) -> Fact | Unknown:
        return self._codes(self._others(self._since(asked)))

    def _since(self, asked: re.Match[str]) -> datetime | None:
        """From when on what ended still counts."""
        if asked[1] is None:
            return None
        count = int(asked[1])
        span = timedelta(hours=count) if asked[2] == "h" else timedelta(days=count)
        return self.situation.now - span

    def _same_bag(self, _: FactKind, __: timedelta | None) -> Fact | Unknown:
        if self.line.diluent is None and self.line.diluent_text.strip() and self.doubting:
            return self._silent("rules.why.unknown-mate")
        diluent = self.line.diluent
        mine = _codes_of(diluent.substances) if diluent is not None else frozenset()
        return self._codes(self._mates(), mine)

    def _mates(self) -> Iterator[Line]:
        return (one for one in self._others() if self.line.group and one.group == self.line.group)

    def _codes(self, lines: Iterator[Line], mine: frozenset[str] = frozenset()) -> Fact | Unknown:
        found = set(mine)
        for one in lines:
            if one.drug is not None:
                found |= _codes_of(one.drug.substances)
            elif self.doubting:
                return Unknown(Saying.of("rules.why.drug", drug=one.named))
        return Fact(frozenset(found))

    READERS: ClassVar[
        Mapping[str, Callable[[LineFacts, FactKind, timedelta | None], Fact | Unknown]]
    ] = {
        "indication": _indication,
        "same-bag": _same_bag,
        "route": _route,
        "frequency": _frequency,
        "diluted": _diluted,
        "per-day": _times,
        "interval": _interval,
        "dose.single": _single,
        "dose.single/kg": _single_kg,
        "dose.daily": _daily,
        "dose.daily/kg": _daily_kg,
        "product.single": _product,
        "product.daily": _product_daily,
        "rate": _rate,
        "rate/kg": _rate_kg,
    }


NEEDED = frozenset(
    {*LineFacts.READERS, *PatientFacts.READERS, "crea", "weight", "lines", "same-bag"}
)
"""What a pack has to name for the facts to be read at all."""


def _amount(kind: FactKind, told: Quantity | Unknown) -> Fact | Unknown:
    return told if isinstance(told, Unknown) else Fact(told, (Evidence(kind.name, told),))


def _ended_after(line: Line, since: datetime | None) -> bool:
    """Whether a stopped line may still act; one that does not say when it ended may."""
    return since is not None and (line.stopped_at is None or line.stopped_at >= since)


def _codes_of(substances: tuple[Substance, ...]) -> frozenset[str]:
    codes = {one.code for one in substances}
    return frozenset(codes | {f"{CLASS}{name}" for one in substances for name in one.classes})
