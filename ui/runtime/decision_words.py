"""How what decision support says is worded, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.decision.findings import (
    Check,
    Evidence,
    Finding,
    Gap,
    Origin,
    Outcome,
    Remedy,
    Suggestion,
    Tier,
)
from app.decision.verdict import Card, Verdict
from app.domain.quantities import Quantity
from app.domain.terms import Named
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.runtime.amounts import amount_of
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH

TONES = {
    Tier.HARD_STOP: Tone.DANGER,
    Tier.INTERRUPTIVE: Tone.DANGER,
    Tier.INLINE: Tone.CAUTION,
}
"""What is told quieter claims nothing."""

_AGES = ("a", "mo", "wk", "d")
_FEW = 3
"""So many checks are named in a line; of more, only how many they are."""


def tone_of(tier: Tier) -> Tone:
    """What a finding of `tier` claims; the words say it too."""
    return TONES.get(tier, Tone.PLAIN)


def gaps_of(verdict: Verdict, line: str) -> tuple[Gap, ...]:
    """What could not be checked of one line."""
    return tuple(gap for gap in verdict.gaps if not gap.lines or line in gap.lines)


def cards_of(verdict: Verdict, line: str) -> tuple[Card, ...]:
    """What is told about one line, worst first."""
    return tuple(card for card in verdict.cards if line in card.lines)


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """Words of one desk; asks it for the language every time."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def name(self, named: Named) -> str:
        return named.shown(self.desk.languages.language)

    def check(self, check: Check) -> str:
        return self.text(f"cards.name.{check.value}")

    def tier(self, tier: Tier) -> str:
        """What a finding of `tier` asks for."""
        return self.text(f"cards.tier.{tier.value}")

    # -- one finding

    def said(self, finding: Finding) -> str:
        """Its sentence."""
        return self.desk.languages.render(finding.said.message(self.desk.languages.language))

    def subjects(self, finding: Finding) -> str:
        """What it is about, by name."""
        names = dict.fromkeys(map(self.name, finding.subjects))
        return self.text("cards.beside").join(names)

    def title(self, finding: Finding) -> str:
        """What kind of warning, about what."""
        check, drugs = self.check(finding.check), self.subjects(finding)
        return self.text("cards.title", check=check, drugs=drugs) if drugs else check

    def advice(self, finding: Finding) -> str:
        """What its rule advises; "" where it advises nothing."""
        return self.name(finding.advice) if finding.advice is not None else ""

    def evidence(self, one: Evidence) -> str:
        """A fact with its time; of what was measured, a time that is not known is said so."""
        what, value = self.name(one.what), self._value(one.value)
        if one.at is None:
            measured = isinstance(one.value, Quantity) and one.value.unit not in _AGES
            code = "cards.evidence.untimed" if measured else "cards.evidence"
            return self.text(code, what=what, value=value)
        at = self.desk.formats.moment(one.at)
        return self.text("cards.evidence.at", what=what, value=value, at=at)

    def source(self, origin: Origin) -> str:
        """The publication, and the version of the pack its rule stands in."""
        return self.text("cards.source", source=origin.source or DASH, pack=origin.pack)

    def standing(self, origin: Origin) -> str:
        """Whether anybody answers for the rule; "" where somebody does."""
        return "" if origin.may_interrupt else self.text("cards.draft")

    def badge(self, origin: Origin) -> str:
        """The same, as a badge."""
        return "" if origin.may_interrupt else self.text("cards.draft.short")

    def suggestion(self, one: Suggestion, line: str) -> str:
        """What a click does, to which order."""
        return self.text(f"cards.remedy.{one.remedy.value}", value=self._chosen(one), drug=line)

    # -- all of them

    def gap(self, gap: Gap) -> str:
        """A check that could not look, and why."""
        why = self.desk.languages.render(gap.why.message(self.desk.languages.language))
        return self.text("cards.gap", check=self.check(gap.check), why=why)

    def why(self, gap: Gap) -> str:
        """Why a check could not look."""
        return self.desk.languages.render(gap.why.message(self.desk.languages.language))

    def summary(self, verdict: Verdict) -> str:
        """`11 checks done · not checked: … · not applicable: …`."""
        done = len(verdict.checks(Outcome.CHECKED))
        parts = [self.text("cards.done", count=done)]
        gaps = tuple(dict.fromkeys(map(self.gap, verdict.gaps)))
        if gaps:
            parts.append(self.text("cards.not", which=self._listed(gaps)))
        parts.append(self._not_applicable(verdict))
        return self.text("cards.point").join(part for part in parts if part)

    def short(self, verdict: Verdict, line: str) -> str:
        """How many checks could not look at one line; "" where all could."""
        checks = {gap.check for gap in gaps_of(verdict, line)}
        return self.text("cards.not.count", count=len(checks)) if checks else ""

    def _not_applicable(self, verdict: Verdict) -> str:
        idle = verdict.checks(Outcome.NOT_APPLICABLE)
        if not idle:
            return ""
        if len(idle) > _FEW:
            return self.text("cards.idle.count", count=len(idle))
        return self.text("cards.idle", which=self._listed(map(self.check, idle)))

    def _listed(self, words: Iterable[str]) -> str:
        return self.text("cards.between").join(words)

    # -- values

    def _value(self, value: Quantity | Named | str) -> str:
        if isinstance(value, Quantity):
            return self.desk.formats.result(value.value, value.unit)
        return self.name(value) if isinstance(value, Named) else value

    def _chosen(self, one: Suggestion) -> str:
        amount = amount_of(one.value) if one.remedy is Remedy.DOSE else None
        if amount is not None:
            return self.desk.formats.dose(amount.value, amount.unit)
        return self.name(one.name) if one.name is not None else one.value
