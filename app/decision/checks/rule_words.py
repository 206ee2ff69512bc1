"""The sentences in which rules about one drug are told."""

from __future__ import annotations

from collections.abc import Mapping

from app.decision.expressions import Fact
from app.decision.findings import Check, Evidence, Saying
from app.decision.knowledge.rules import Bound
from app.domain.quantities import Quantity, converted, number
from app.domain.terms import Named

_OVER: Mapping[Check, str] = {
    Check.DOSE_SINGLE: "rules.over.single",
    Check.DOSE_DAILY: "rules.over.daily",
    Check.DOSE_BODY: "rules.over.body",
    Check.DOSE_FREQUENCY: "rules.over.frequency",
    Check.RATE: "rules.over.rate",
}
"""What is told where a border was crossed: how much it is, and how much it may be."""
_SEEN: Mapping[Check, str] = {
    Check.RENAL: "rules.seen.renal",
    Check.HEPATIC: "rules.seen.hepatic",
    Check.PREGNANCY: "rules.seen.pregnancy",
    Check.LACTATION: "rules.seen.lactation",
    Check.AGE: "rules.seen.age",
    Check.LABORATORY: "rules.seen.laboratory",
    Check.DISEASE: "rules.seen.disease",
}
"""What is told where something of the chart speaks against the drug."""
_BARE: Mapping[Check, str] = {
    Check.DOSE_SINGLE: "rules.bare.single",
    Check.DOSE_DAILY: "rules.bare.daily",
    Check.DOSE_BODY: "rules.bare.body",
    Check.DOSE_FREQUENCY: "rules.bare.frequency",
    Check.ROUTE: "rules.bare.route",
    Check.RATE: "rules.bare.rate",
    Check.RENAL: "rules.bare.renal",
    Check.HEPATIC: "rules.bare.hepatic",
    Check.PREGNANCY: "rules.bare.pregnancy",
    Check.LACTATION: "rules.bare.lactation",
    Check.AGE: "rules.bare.age",
    Check.LABORATORY: "rules.bare.laboratory",
    Check.DISEASE: "rules.bare.disease",
}
"""What is told where nothing of it can be shown."""


def said(
    check: Check, drug: Named, over: tuple[Bound, Fact] | None, seen: Evidence | None
) -> Saying:
    """The sentence of a finding."""
    if over is not None and check in _OVER and isinstance(over[1].value, Quantity):
        told, most = alike(over[1].value, over[0].literal)
        if check is not Check.DOSE_FREQUENCY or most.value >= 1:
            return Saying.of(_OVER[check], drug=drug, told=_text(told), most=_text(most))
    if seen is not None and check in _SEEN:
        value = _text(seen.value) if isinstance(seen.value, Quantity) else seen.value
        return Saying.of(_SEEN[check], drug=drug, what=seen.what, value=value)
    return Saying.of(_BARE[check], drug=drug)


def alike(told: Quantity, most: Quantity) -> tuple[Quantity, Quantity]:
    """Both in the unit of the border, where what was told has an end in it."""
    return converted(told, most.unit) or told, most


def _text(told: Quantity) -> str:
    """A number without a unit is a count; thirty digits are nobody's dose."""
    short = Quantity(round(told.value, 3), told.unit)
    return number(short.value) if short.unit == "1" else short.text
