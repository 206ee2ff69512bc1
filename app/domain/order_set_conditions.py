"""What an order set asks about the patient before it preselects a line: holds, fails, or unknown.

What cannot be evaluated is unknown, and what is unknown never preselects.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.patients import Allergy, AllergyState, Measured, Sex
from app.domain.terms import Named, Term

Agent = tuple[str, str]
"""(system, code) of something a patient may be allergic to."""


class Verdict(enum.Enum):
    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Question(enum.Enum):
    """What a condition looks at."""

    NO_ALLERGY = "no-allergy"
    WEIGHT = "weight"
    AGE_FROM = "age-from"
    AGE_BELOW = "age-below"
    SEX = "sex"
    NOT_PREGNANT = "not-pregnant"
    EGFR_FROM = "egfr-from"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold.

    Attributes:
        value: What it is compared with: a class of allergens, an age, a sex, an eGFR; of
            `not-pregnant` the age from which nobody is pregnant any more.
        within: How old a measurement may be; None where none is looked at.
        name: What must hold, for people.
    """

    code: str
    test: Question
    value: str
    within: timedelta | None
    name: Named


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a patient. None is not known.

    Attributes:
        egfr: As the laboratory sent it; never one of our own making.
        pregnant: Where somebody has said so.
    """

    now: datetime
    allergy_state: AllergyState = AllergyState.UNAVAILABLE
    allergies: tuple[Allergy, ...] = ()
    weight: Measured | None = None
    age_years: int | None = None
    sex: Sex | None = None
    pregnant: bool | None = None
    egfr: Measured | None = None


@dataclass(frozen=True, slots=True)
class Allergens:
    """Which agents belong to which class.

    Attributes:
        classes: Class and its agents.
        known: Every agent of which it is known where it belongs and where it does not.
    """

    classes: Mapping[str, frozenset[Agent]]
    known: frozenset[Agent]


def verdict(condition: Condition, facts: Facts, allergens: Allergens) -> Verdict:
    """Whether `condition` holds."""
    match condition.test:
        case Question.NO_ALLERGY:
            return _no_allergy(condition.value, facts, allergens)
        case Question.SEX:
            return _sex(condition, facts)
        case Question.NOT_PREGNANT:
            return _not_pregnant(condition, facts)
        case Question.AGE_FROM | Question.AGE_BELOW:
            return _age(condition, facts)
        case _:
            return _measured(condition, facts)


def weight_for(condition: Condition, facts: Facts) -> Measured | None:
    """The weight a dose may be worked out from: in kg, and as recent as the condition asks."""
    weight = _recent(facts.weight, condition, facts.now)
    return weight if weight is not None and weight.unit == "kg" and weight.value > 0 else None


def _no_allergy(kind: str, facts: Facts, allergens: Allergens) -> Verdict:
    """Nobody asked, or an agent that stands nowhere: unknown, however the rest reads."""
    agents = allergens.classes[kind]
    active = [a for a in facts.allergies if a.active and not a.none_known]
    if any(_agent(a.agent) in agents for a in active):
        return Verdict.FAILS
    if facts.allergy_state is AllergyState.NONE_KNOWN:
        return Verdict.HOLDS
    if facts.allergy_state is not AllergyState.KNOWN:
        return Verdict.UNKNOWN
    placed = all(a.checkable and _agent(a.agent) in allergens.known for a in active)
    return Verdict.HOLDS if placed else Verdict.UNKNOWN


def _agent(term: Term) -> Agent:
    return term.system, term.code


def _age(condition: Condition, facts: Facts) -> Verdict:
    if facts.age_years is None:
        return Verdict.UNKNOWN
    reached = facts.age_years >= _int(condition)
    return _of(reached if condition.test is Question.AGE_FROM else not reached)


def _measured(condition: Condition, facts: Facts) -> Verdict:
    """A weight must be there, and a filtration rate must be high enough."""
    if condition.test is Question.WEIGHT:
        return _of(None if weight_for(condition, facts) is None else True)
    egfr = _recent(facts.egfr, condition, facts.now)
    return _of(None if egfr is None else egfr.value >= Decimal(condition.value))


def _sex(condition: Condition, facts: Facts) -> Verdict:
    stated = facts.sex if facts.sex in (Sex.MALE, Sex.FEMALE) else None
    return _of(None if stated is None else stated is Sex(condition.value))


def _not_pregnant(condition: Condition, facts: Facts) -> Verdict:
    if facts.pregnant is not None:
        return _of(not facts.pregnant)
    past = facts.age_years is not None and facts.age_years >= _int(condition)
    return _of(True if facts.sex is Sex.MALE or past else None)


def _recent(value: Measured | None, condition: Condition, now: datetime) -> Measured | None:
    """The measurement while it is not older than the condition allows, nor from the future."""
    if value is None or condition.within is None:
        return value
    return value if timedelta() <= now - value.at <= condition.within else None


def _int(condition: Condition) -> int:
    return int(condition.value)


def _of(answer: bool | None) -> Verdict:  # noqa: FBT001 - the answer itself
    if answer is None:
        return Verdict.UNKNOWN
    return Verdict.HOLDS if answer else Verdict.FAILS
