"""Allergies: the ingredient itself, its class, what crosses, and what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.decision.findings import (
    ENGINE,
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Moment,
    Origin,
    Remedy,
    Saying,
    Suggestion,
    Tier,
)
from app.decision.knowledge.allergies import Against, AllergyBook, Degree, Tiers
from app.decision.situation import Allergy, AllergyStatus, Line, Situation, Tolerated
from app.decision.substances import CLASS, Substance
from app.domain.terms import Named

_COMPARED = (Check.ALLERGY, Check.ALLERGY_CLASS, Check.ALLERGY_CROSS)
_AS_RECORDED = "the patient's own record"

SAME = Origin("same-ingredient", ENGINE, _AS_RECORDED, "active")
"""What a person recorded, against that same ingredient: no knowledge is needed to say it."""
SAME_CLASS = Origin("recorded-class", ENGINE, _AS_RECORDED, "active")
"""A class that a person recorded, of which the pack says nothing of its own."""
UNCODED = Origin("recorded-text", ENGINE, _AS_RECORDED, "active")

_WITHOUT_A_ROW = Tiers(Tier.INLINE, Tier.INLINE, Tier.INLINE)


@dataclass(frozen=True, slots=True)
class _Match:
    """Why an allergy speaks against a drug.

    Attributes:
        substances: The ingredients it is about.
    """

    check: Check
    tier: Tier
    substances: tuple[Substance, ...]
    origin: Origin
    advice: Named | None = None


@dataclass(frozen=True)
class AllergyCheck:
    """Compares every new line with every recorded allergy; one finding for each, the closest."""

    book: AllergyBook

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        return (*self._compared(situation), _known(situation), self._uncoded(situation))

    def _compared(self, situation: Situation) -> Iterator[Answer]:
        subject, new = situation.subject, situation.new
        applies = bool(subject.allergies) and bool(new)
        found = list(self._findings(situation)) if applies else []
        for check in _COMPARED:
            findings = tuple(one for one in found if one.check is check)
            gaps = tuple(_nameless(check, new)) if applies else ()
            yield Answer(check, findings, gaps, applies)

    def _findings(self, situation: Situation) -> Iterator[Finding]:
        for line in situation.new:
            for allergy in situation.subject.allergies:
                match = self._closest(line, allergy)
                if match is not None:
                    yield self._told(line, allergy, match, situation)

    def _closest(self, line: Line, allergy: Allergy) -> _Match | None:
        if line.drug is None:
            return None
        against, substances = self.book.against(allergy), line.drug.substances
        same = _same(substances, allergy)
        if same:
            mild = against.degree is Degree.INTOLERANCE
            return _Match(Check.ALLERGY, Tier.INLINE if mild else Tier.INTERRUPTIVE, same, SAME)
        # Known not to cross, so that a wider rule does not speak either.
        apart = _any_of(substances, against.apart)
        left = tuple(one for one in substances if one not in apart)
        return _loudest(_of_class(left, against)) or _loudest(_crossing(left, against))

    def _told(self, line: Line, allergy: Allergy, match: _Match, situation: Situation) -> Finding:
        drug = line.drug.name if line.drug is not None else line.named
        tolerated = _tolerated(match.substances, allergy, situation)
        if tolerated is not None:
            tier = match.tier.at_most(Tier.DRAWER if tolerated.at is not None else Tier.INLINE)
            said = _tolerance(drug, allergy, tolerated)
        else:
            tier, said = match.tier, _saying(match.check, drug, allergy)
        return Finding(
            check=match.check,
            tier=tier,
            lines=(line.key,),
            subjects=(drug, allergy.text),
            origin=match.origin,
            said=said,
            advice=match.advice,
            evidence=(Evidence(allergy.text, allergy.reaction, allergy.recorded_at),),
            suggestions=(Suggestion(Remedy.REMOVE, line.key),),
        )

    def _uncoded(self, situation: Situation) -> Answer:
        """Texts that name nothing known: a person has to read them."""
        texts = [
            one.text for one in situation.subject.allergies if one.drug is None and not one.classes
        ]
        keys = tuple(line.key for line in situation.new)
        if not texts or not (keys or situation.moment is Moment.OPEN):
            return Answer(Check.ALLERGY_UNCODED, applies=False)
        findings = tuple(
            Finding(
                check=Check.ALLERGY_UNCODED,
                tier=Tier.DRAWER,
                lines=keys,
                subjects=(text,),
                origin=UNCODED,
                said=Saying.of("allergies.uncoded", allergen=text),
            )
            for text in texts
        )
        gaps = tuple(
            Gap(Check.ALLERGY_UNCODED, Saying.of("allergies.why.uncoded", allergen=text))
            for text in texts
        )
        return Answer(Check.ALLERGY_UNCODED, findings, gaps)


def _known(situation: Situation) -> Answer:
    """Whether anybody asked: that nothing is recorded does not say that there is nothing."""
    subject = situation.subject
    if not situation.new and situation.moment is not Moment.OPEN:
        return Answer(Check.ALLERGY_UNKNOWN, applies=False)
    if subject.allergies or subject.allergy_status is AllergyStatus.NONE_KNOWN:
        return Answer(Check.ALLERGY_UNKNOWN)
    why = {
        AllergyStatus.NOT_ASKED: "allergies.why.not-asked",
        AllergyStatus.RECORDED: "allergies.why.not-listed",
    }.get(subject.allergy_status, "allergies.why.unknown")
    return Answer(Check.ALLERGY_UNKNOWN, gaps=(Gap(Check.ALLERGY_UNKNOWN, Saying.of(why)),))


def _of_class(substances: Sequence[Substance], against: Against) -> Iterator[_Match]:
    for rule in against.classes:
        members = _any_of(substances, (f"{CLASS}{rule.code}",))
        if members:
            tier = rule.tiers.of(against.degree)
            yield _Match(Check.ALLERGY_CLASS, tier, members, rule.origin, rule.advice)
    for code in against.unruled:
        members = _any_of(substances, (f"{CLASS}{code}",))
        if members:
            tier = _WITHOUT_A_ROW.of(against.degree)
            yield _Match(Check.ALLERGY_CLASS, tier, members, SAME_CLASS)


def _crossing(substances: Sequence[Substance], against: Against) -> Iterator[_Match]:
    for rule, ordered in against.crosses:
        crossing = _any_of(substances, ordered)
        if crossing:
            tier = rule.tiers.of(against.degree)
            yield _Match(Check.ALLERGY_CROSS, tier, crossing, rule.origin, rule.advice)


def _same(substances: Iterable[Substance], allergy: Allergy) -> tuple[Substance, ...]:
    if allergy.drug is None:
        return ()
    recorded = {one.code for one in allergy.drug.substances}
    return tuple(one for one in substances if one.code in recorded)


def _any_of(substances: Iterable[Substance], subjects: Iterable[str]) -> tuple[Substance, ...]:
    wanted = tuple(subjects)
    return tuple(one for one in substances if any(map(one.belongs, wanted)))


def _loudest(matches: Iterable[_Match]) -> _Match | None:
    """Of equally loud ones the first, in the order of the pack."""
    return min(matches, key=lambda one: one.tier.rank, default=None)


def _tolerated(
    substances: Sequence[Substance], allergy: Allergy, situation: Situation
) -> Tolerated | None:
    """When all of the ingredients were had without a reaction, after the allergy was recorded.

    Where nobody knows when it was recorded, or when they were had, the tolerance counts.
    """
    found = []
    for one in substances:
        had = [
            told
            for told in situation.subject.tolerated
            if told.substance == one.code and _counts(told, allergy, situation)
        ]
        if not had:
            return None
        # One without a date says the least.
        found.append(max(had, key=lambda told: (told.at is not None, told.at or situation.now)))
    return min(found, key=lambda told: (told.at is not None, told.at or situation.now))


def _counts(told: Tolerated, allergy: Allergy, situation: Situation) -> bool:
    if told.at is None:
        return allergy.recorded_at is None
    if told.at > situation.now:
        return False
    return allergy.recorded_at is None or told.at > allergy.recorded_at


def _tolerance(drug: Named, allergy: Allergy, tolerated: Tolerated) -> Saying:
    if tolerated.at is None:
        return Saying.of("allergies.tolerated", drug=drug, allergen=allergy.text)
    date = tolerated.at.date().isoformat()
    return Saying.of("allergies.tolerated-on", drug=drug, allergen=allergy.text, date=date)


_SENTENCES = {
    Check.ALLERGY: ("allergies.same", "allergies.same-reaction"),
    Check.ALLERGY_CLASS: ("allergies.class", "allergies.class-reaction"),
    Check.ALLERGY_CROSS: ("allergies.cross", "allergies.cross-reaction"),
}


def _saying(check: Check, drug: Named, allergy: Allergy) -> Saying:
    alone, with_reaction = _SENTENCES[check]
    if not allergy.reaction:
        return Saying.of(alone, drug=drug, allergen=allergy.text)
    reaction = allergy.reaction
    return Saying.of(with_reaction, drug=drug, allergen=allergy.text, reaction=reaction)


def _nameless(check: Check, lines: Iterable[Line]) -> Iterator[Gap]:
    for line in lines:
        if line.drug is None:
            yield Gap(check, Saying.of("allergies.why.drug", drug=line.named), (line.key,))
