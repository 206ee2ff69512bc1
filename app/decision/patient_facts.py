"""The facts of a patient at one moment: readings, age, kidneys, problems; or why unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from app.decision.expressions import Fact, Unknown
from app.decision.findings import Evidence, Saying
from app.decision.knowledge.kidneys import ADULT
from app.decision.knowledge.rules import FactKind, FactKnowledge
from app.decision.line_doses import quantity
from app.decision.situation import Reading, Situation, Truth
from app.domain.quantities import Quantity, ratio
from app.domain.terms import Named

FERTILE = (Decimal(12), Decimal(56))
"""Years of age, the last one out, in which a woman of whom nothing is said may be pregnant."""
NO_LIVER_DISEASE = "none"
YES, NO = "yes", "no"
SAID = {YES: Named("是", "yes"), NO: Named("否", "no")}
Known = dict[tuple[str, timedelta | None], Fact | Unknown]
"""What was read once in this situation, by name and age."""
FALL_WITHIN = timedelta(days=14)
"""How long before the last platelets the most of them is looked for."""
_GLUCOSE = ("glu", "poct-glu")
_PLATELETS = "plt"
_LIVER = frozenset({"liver-disease", "liver-disease-active", "cirrhosis", "hepatic-failure"})
_TRUTHS = {Truth.YES: YES, Truth.NO: NO}


@dataclass(frozen=True)
class PatientFacts:
    """What is known of the patient.

    A reading without a time is what whoever asks says is so now.
    """

    situation: Situation
    knowledge: FactKnowledge
    _known: Known = field(init=False, repr=False, compare=False, default_factory=dict)

    def fact(self, name: str, oldest: timedelta | None) -> Fact | Unknown:
        """What is known of `name`; where `oldest` says nothing, as fresh as the pack asks for.

        Raises:
            LookupError: There is no such fact.
        """
        told = self._known.get((name, oldest))
        if told is None:
            kind = self.knowledge.kinds[name]
            read, span = self.READERS.get(name), oldest or kind.fresh
            told = self.reading(name, kind, span) if read is None else read(self, kind, span)
            self._known[name, oldest] = told
        return told

    def reading(self, name: str, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        found = self._fresh(name, kind, oldest)
        if isinstance(found, Unknown):
            return found
        return Fact(found.quantity, (Evidence(kind.name, found.quantity, found.at),))

    def _fresh(self, name: str, kind: FactKind, oldest: timedelta | None) -> Reading | Unknown:
        now = self.situation.now
        readings = self.situation.subject.readings.get(name, ())
        found = next((one for one in readings if one.at is None or one.at <= now), None)
        if found is None:
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        if oldest is not None and found.at is not None and now - found.at > oldest:
            return Unknown(Saying.of("rules.why.old", what=kind.name, span=span_text(oldest)))
        return found

    def _age(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        age = self.situation.subject.age
        if age is None:
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        told = Quantity(age, "a")
        return Fact(told, (Evidence(kind.name, told),))

    def _age_days(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        age = self.situation.subject.age
        if age is None:
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        days = quantity(Fraction(age) * Fraction(1461, 4), "d")
        return Fact(days, (Evidence(kind.name, Quantity(age, "a")),))

    def _sex(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return word(kind, self.situation.subject.sex)

    def _egfr(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        measured = self.reading("egfr", kind, oldest)
        if isinstance(measured, Fact):
            return measured
        found = self._creatinine(oldest)
        if isinstance(found, Unknown):
            return found
        level, age, sex = found
        computed = self.knowledge.kidneys.filtration(level.quantity, age, sex)
        return self._computed(kind, computed, level)

    def _crcl(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        measured = self.reading("crcl", kind, oldest)
        if isinstance(measured, Fact):
            return measured
        found = self._creatinine(oldest)
        if isinstance(found, Unknown):
            return found
        weight = self.kilograms(None)
        if isinstance(weight, Unknown):
            return weight
        level, age, sex = found
        computed = self.knowledge.kidneys.clearance(level.quantity, age, sex, weight)
        return self._computed(kind, computed, level)

    def _creatinine(self, oldest: timedelta | None) -> tuple[Reading, Decimal, str] | Unknown:
        """What both estimates are made of."""
        kinds, subject = self.knowledge.kinds, self.situation.subject
        level = self._fresh("crea", kinds["crea"], oldest)
        if isinstance(level, Unknown):
            return level
        if subject.age is None:
            return Unknown(Saying.of("rules.why.none", what=kinds["age"].name))
        if subject.age < ADULT:
            return Unknown(Saying.of("rules.why.renal-child"))
        if subject.sex not in ("male", "female"):
            return Unknown(Saying.of("rules.why.none", what=kinds["sex"].name))
        return level, subject.age, subject.sex

    def _computed(self, kind: FactKind, told: Quantity | None, level: Reading) -> Fact | Unknown:
        name = self.knowledge.kinds["crea"].name
        if told is None:
            return Unknown(Saying.of("rules.why.unreadable", what=name))
        origin = Evidence(name, level.quantity, level.at)
        return Fact(told, (Evidence(kind.name, told, level.at), origin))

    def kilograms(self, oldest: timedelta | None) -> Decimal | Unknown:
        kind = self.knowledge.kinds["weight"]
        found = self._fresh("weight", kind, oldest or kind.fresh)
        if isinstance(found, Unknown):
            return found
        if found.quantity.unit != "kg" or found.quantity.value <= 0:
            return Unknown(Saying.of("rules.why.unreadable", what=kind.name))
        return found.quantity.value

    def _child_pugh(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        """The class; `none` where the problems are known and no liver disease is among them."""
        told = self.situation.subject.child_pugh
        if told:
            return Fact(told, (Evidence(kind.name, told),))
        codes = self.problem_codes
        if codes is None or codes & _LIVER:
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        return Fact(NO_LIVER_DISEASE)

    def _pregnant(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return self._of_women(kind, self.situation.subject.pregnant)

    def _lactating(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return self._of_women(kind, self.situation.subject.lactating)

    def _of_women(self, kind: FactKind, truth: Truth) -> Fact | Unknown:
        """Unknown of a woman at an age at which it may be; of others it is not so."""
        subject = self.situation.subject
        told = _TRUTHS.get(truth)
        if told is None:
            young, old = FERTILE
            beyond = subject.age is not None and not young <= subject.age < old
            if subject.sex == "male" or beyond:
                return Fact(NO)
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        return Fact(told, (Evidence(kind.name, SAID[told]),))

    def _problems(self, _: FactKind, __: timedelta | None) -> Fact | Unknown:
        codes = self.problem_codes
        if codes is None:
            return Unknown(Saying.of("rules.why.no-problems"))
        return Fact(codes)

    @cached_property
    def replaced(self) -> frozenset[str]:
        """Keys of the lines that new ones take the place of."""
        return frozenset(one.replaces for one in self.situation.new)

    @cached_property
    def problem_codes(self) -> frozenset[str] | None:
        problems = self.situation.subject.problems
        if problems is None:
            return None
        known = self.knowledge.conditions
        found = (known.in_text(one.text) | known.coded(one.code) for one in problems)
        return frozenset(code for each in found for code in each)

    def _glucose(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        """The newer of the laboratory and the bedside; one without a time is now."""
        told = [self.reading(name, kind, oldest) for name in _GLUCOSE]
        known = [one for one in told if isinstance(one, Fact)]
        now = self.situation.now
        return max(known, key=lambda one: one.evidence[0].at or now, default=told[0])

    def _platelet_fall(self, kind: FactKind, oldest: timedelta | None) -> Fact | Unknown:
        """From the most of the days before (the 4T score of HIT asks for the same, Lo 2006)."""
        now, platelets = self.situation.now, self.knowledge.kinds[_PLATELETS]
        last = self._fresh(_PLATELETS, platelets, oldest)
        if isinstance(last, Unknown):
            return last
        until = last.at or now
        before = [
            one
            for one in self.situation.subject.readings[_PLATELETS]
            if one.at is not None and until - FALL_WITHIN <= one.at < until
        ]
        shares = [ratio(last.quantity, one.quantity) for one in before]
        known = [share for share in shares if share is not None]
        if not known:
            return Unknown(Saying.of("rules.why.none", what=kind.name))
        told = quantity((1 - min(known)) * 100, "%")
        return Fact(told, (Evidence(platelets.name, last.quantity, last.at),))

    def _emergency(self, kind: FactKind, _: timedelta | None) -> Fact | Unknown:
        return word(kind, YES if self.situation.subject.emergency else NO)

    READERS: ClassVar[
        Mapping[str, Callable[[PatientFacts, FactKind, timedelta | None], Fact | Unknown]]
    ] = {
        "age": _age,
        "age-days": _age_days,
        "sex": _sex,
        "egfr": _egfr,
        "crcl": _crcl,
        "child_pugh": _child_pugh,
        "pregnant": _pregnant,
        "lactating": _lactating,
        "problems": _problems,
        "emergency": _emergency,
        "glu": _glucose,
        "plt.fall": _platelet_fall,
    }


def word(kind: FactKind, told: str) -> Fact | Unknown:
    """A word of the chart or the order; "" is none."""
    if not told:
        return Unknown(Saying.of("rules.why.none", what=kind.name))
    return Fact(told, (Evidence(kind.name, SAID.get(told, told)),))


def span_text(span: timedelta) -> str:
    """`72 h`, `7 d`: in hours up to four days."""
    hours = int(span.total_seconds() // 3600)
    return f"{hours} h" if hours <= 96 else f"{hours // 24} d"
