"""Makes of a chart and of orders being written what the decision engine is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache

from app.decision import situation as engine
from app.decision.findings import Moment
from app.decision.situation import AllergyStatus, Line, Reading, Situation, Subject, Truth
from app.domain.chart import Problem
from app.domain.orders import OrderDraft, Priority
from app.domain.patients import Allergy, AllergyState
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import Named, OrderId, PatientId, Term
from app.fhir.valuesets import FORMULARY
from app.ports.deciding import Charted, ChartedReads, GivenDrug, Stated, Wanted
from app.services.decision_lines import DrugOf, charted_line, new_line
from app.services.decision_packs import Decision
from resources.reading import rows

Knowing = Callable[[], Decision]
"""The knowledge as it holds today."""

ENDED_WITHIN = timedelta(days=56)
"""Orders that ended longer ago are told to nobody: no washout in the packs is longer."""
PROVES_AFTER = timedelta(days=1)
"""A dose proves that a drug is tolerated when a day has passed."""

_BEDSIDE = {"29463-7": "weight", "8302-2": "height", "8636-3": "qtc", "2164-2": "crcl"}
"""LOINC codes of measurements that no laboratory pack has."""
_STATUS = {
    AllergyState.KNOWN: AllergyStatus.RECORDED,
    AllergyState.NONE_KNOWN: AllergyStatus.NONE_KNOWN,
    AllergyState.NOT_RECORDED: AllergyStatus.NOT_ASKED,
    AllergyState.UNAVAILABLE: AllergyStatus.UNKNOWN,
}
_YEAR = Decimal("365.2425")
_PREGNANT = {True: timedelta(weeks=42), False: timedelta(days=14)}
"""How long an answer is taken for true: a pregnancy ends, and another may have begun."""
_BREASTFEEDING = {True: timedelta(days=365), False: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine is asked about.

    Attributes:
        drafts: The new orders, by the keys that findings will name.
        moment: On what occasion.
        grade: Role of whose orders they are.
        judged: Orders on the chart that are among `drafts`.
    """

    patient: PatientId
    drafts: Mapping[str, OrderDraft]
    moment: Moment
    grade: str = ""
    judged: frozenset[OrderId] = frozenset()

    @property
    def followed(self) -> frozenset[OrderId]:
        """Orders of which a new one takes the place, or goes on where they end."""
        new = self.drafts.values()
        return frozenset(one.replaces for one in new if one.replaces and one.following is not None)


class SituationBuilding:
    """Builds situations. What the chart does not say stays unknown."""

    def __init__(self, reads: ChartedReads, knowing: Knowing, zone: tzinfo) -> None:
        self._reads = reads
        self._knowing = knowing
        self._zone = zone
        self._words: _Words | None = None

    def of(self, asked: Asked, now: datetime) -> Situation:
        """What is known of the patient, with `asked.drafts` as the new orders.

        An order that a new one takes the place of, or goes on with, is not beside it.
        """
        wanted = Wanted(tuple(_analytes()), now - ENDED_WITHIN, now - PROVES_AFTER)
        charted = self._reads.charted(asked.patient, wanted)
        words = self._words_of(self._knowing())
        drug_of = words.drug_of
        new = (new_line(key, one, drug_of) for key, one in asked.drafts.items())
        left = asked.followed | asked.judged
        running = (charted_line(one, drug_of, now) for one in charted.orders if one.id not in left)
        return Situation(
            now=now,
            subject=_subject(charted, asked, words, now.astimezone(self._zone)),
            lines=tuple(one for one in (*new, *running) if one is not None),
            moment=asked.moment,
        )

    def _words_of(self, knowledge: Decision) -> _Words:
        if self._words is None or self._words.knowledge is not knowledge:
            self._words = _Words(knowledge)
        return self._words


class _Words:
    """What the words of charts mean, remembered: the same few come again with every question."""

    def __init__(self, knowledge: Decision) -> None:
        self.knowledge = knowledge
        self.drug_of = lru_cache(maxsize=4096)(knowledge.substances.of_term)
        self.allergies_of = lru_cache(maxsize=1024)(self._allergies_of)

    def _allergies_of(
        self, agent: Term, reaction: str, severe: Truth, recorded_at: datetime | None
    ) -> tuple[engine.Allergy, ...]:
        """What an entry names; one with a code of the formulary is that drug."""
        text, known = Named(agent.text, agent.display), self.knowledge
        drug = self.drug_of(agent) if agent.system == FORMULARY else None
        if drug is not None:
            return (engine.Allergy(text, drug, frozenset(), reaction, severe, recorded_at),)
        named = known.allergies.recorded(text, reaction, known.substances.allergen, severe)
        return tuple(replace(one, recorded_at=recorded_at) for one in named)


def _subject(charted: Charted, asked: Asked, words: _Words, now: datetime) -> Subject:
    patient, drug_of = charted.patient, words.drug_of
    recorded = tuple(one for one in charted.allergies if one.active and not one.none_known)
    allergies = tuple(
        said
        for one in recorded
        for said in words.allergies_of(
            one.agent, "; ".join(one.reactions), _severe(one), one.recorded_at
        )
    )
    status = _STATUS[charted.allergy_state]
    if status is AllergyStatus.RECORDED and not allergies:
        # Somebody wrote into the list, in words, that there is none.
        status = AllergyStatus.NONE_KNOWN
    born = patient.birth_date if patient is not None else None
    return Subject(
        age=None if born is None else _age(born, now.date()),
        sex=patient.sex.value if patient is not None and patient.sex is not None else "",
        readings=_readings(charted),
        pregnant=_still(charted.pregnancy, now, _PREGNANT),
        lactating=_still(charted.breastfeeding, now, _BREASTFEEDING),
        problems=_problems(charted),
        allergies=allergies,
        allergy_status=status,
        tolerated=tuple(_tolerated(charted.given, recorded, drug_of)),
        skin_tests=tuple(_skin_tests(charted.skin_tests, drug_of)),
        prescriber_grade=words.knowledge.grades.get(asked.grade, ""),
        emergency=_emergency(asked.drafts.values()),
    )


def _tolerated(
    given: Iterable[GivenDrug], allergies: tuple[Allergy, ...], drug_of: DrugOf
) -> Iterator[engine.Tolerated]:
    """What was given, for the check to hold against the time each allergy was recorded.

    Where one of them does not say when, no dose proves to have come after it.
    """
    if any(one.recorded_at is None for one in allergies):
        return
    for one in given:
        drug = drug_of(one.item)
        for substance in drug.substances if drug is not None else ():
            yield engine.Tolerated(substance.code, one.last)


def _skin_tests(results: Iterable[SkinResult], drug_of: DrugOf) -> Iterator[engine.SkinTest]:
    for one in results:
        drug = drug_of(one.drug)
        if drug is not None:
            yield engine.SkinTest(drug, Truth.of(one.reaction is Reaction.NEGATIVE), one.at)


def digest_of(situation: Situation) -> str:
    """The same for the same facts: what the journal keeps of what the engine was told."""
    subject = situation.subject
    told = [
        situation.moment.value,
        *sorted(_said(line) for line in situation.lines),
        f"{subject.age} {subject.sex} {subject.allergy_status.value} {subject.prescriber_grade}",
        *sorted(f"{one.text.name} {one.reaction}" for one in subject.allergies),
        *sorted(f"{one.code} {one.text}" for one in subject.problems or ()),
        *(
            f"{code} {reading.quantity.text} {reading.at}"
            for code in sorted(subject.readings)
            for reading in subject.readings[code]
        ),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _said(line: Line) -> str:
    dose = line.dose.text if line.dose is not None else line.dose_text
    return f"{line.standing.value} {line.named.name} {dose} {line.route} {line.frequency}"


def _age(born: date, today: date) -> Decimal | None:
    """In years with decimals; None of somebody who is not born yet."""
    days = (today - born).days
    return None if days < 0 else Decimal(days) / _YEAR


def _readings(charted: Charted) -> dict[str, tuple[Reading, ...]]:
    known = _analytes()
    return {
        known[loinc]: tuple(Reading(one.quantity, one.at) for one in measured)
        for loinc, measured in charted.measured.items()
        if loinc in known and measured
    }


def _still(stated: Stated | None, now: datetime, lasts: Mapping[bool, timedelta]) -> Truth:
    """What was answered, while it may still be true; an answer without a time says nothing."""
    if stated is None or stated.answer is None or stated.at is None:
        return Truth.UNKNOWN
    recent = timedelta(0) <= now - stated.at <= lasts[stated.answer]
    return Truth.of(stated.answer) if recent else Truth.UNKNOWN


def _problems(charted: Charted) -> tuple[engine.Problem, ...] | None:
    """Those that are not said to be over; None where the chart never came whole."""
    if charted.as_of is None:
        return None
    return tuple(
        engine.Problem(one.term.text, one.term.code) for one in charted.problems if _stands(one)
    )


def _stands(problem: Problem) -> bool:
    refuted = problem.verification in ("refuted", "entered-in-error")
    return problem.active is not False and not refuted


def _severe(one: Allergy) -> Truth:
    if one.severity == "severe" or one.criticality == "high":
        return Truth.YES
    return Truth.NO if one.severity in ("mild", "moderate") else Truth.UNKNOWN


def _emergency(drafts: Iterable[OrderDraft]) -> bool:
    """All of it is wanted at once, by the prescriber's word."""
    priorities = [one.priority for one in drafts]
    return bool(priorities) and all(one is Priority.STAT for one in priorities)


@cache
def _analytes() -> dict[str, str]:
    """LOINC code and the name under which the engine asks for it."""
    own = {row["loinc"]: row["key"] for row in rows("laboratory", "analytes")}
    return {**own, **_BEDSIDE}
