"""Doses by body weight or surface: both numbers with their unit, and what was rounded.

Nothing is rounded unless a step is asked for, and then the exact dose is said beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.domain.quantities import (
    Figure,
    Measure,
    Quantity,
    decimal_of,
    figure,
    is_positive,
    measure,
    nearest,
    number,
    spelled,
)
from app.kernel.faults import Message

_DAY = Measure(Fraction(86_400), (("s", 1),))


@dataclass(frozen=True, slots=True)
class BodyDose:
    """A dose that was computed from a body.

    Attributes:
        per_body: As ordered, `15 mg/kg`.
        body: The weight or surface it was computed with.
        exact: In `unit`, before rounding; `exact.exact` is False where it has no end.
        rounded: To the step that was asked for; None when none was.
        off: By how many percent of the exact dose the rounded one is larger.
        unit: UCUM code of both doses.
    """

    per_body: Quantity
    body: Quantity
    exact: Figure
    unit: str
    rounded: Quantity | None = None
    off: Figure | None = None

    @property
    def said(self) -> Message:
        """The sum as it was done, for the form."""
        plain = {
            "asked": self.per_body.text,
            "body": self.body.text,
            "exact": self.exact.equals,
            "unit": spelled(self.unit),
        }
        if self.rounded is None or self.off is None:
            return Message.of("arithmetic.by-body", **plain)
        sign = "" if self.off.value < 0 else "+"
        off = f"{'' if self.off.exact else '≈ '}{sign}{number(self.off.value)}"
        return Message.of("arithmetic.by-body-rounded", **plain, rounded=self.rounded.text, off=off)


def body_dose(
    per_body: Quantity,
    body: Quantity,
    unit: str,
    step: Quantity | None = None,
    doses_a_day: int | None = None,
) -> BodyDose | Message:
    """The dose for a body, or why it is none.

    Args:
        per_body: `15 mg/kg`, `75 mg/m2`, or a dose a day, `40 mg/kg/d`.
        body: Weight or surface, in whatever unit it was measured.
        unit: UCUM code of the dose that is wanted.
        step: Round to the nearest multiple of this.
        doses_a_day: Into how many doses a dose a day is parted; None for one that is for once.
    """
    if not is_positive(per_body):
        return Message.of("order.dose-not-positive")
    if not is_positive(body):
        return Message.of("arithmetic.body-not-positive")
    asked, size = measure(per_body), measure(body)
    dose = None if asked is None or size is None else asked * size
    if dose is not None and doses_a_day is not None:
        dose = dose * _DAY / Measure(Fraction(doses_a_day)) if doses_a_day > 0 else None
    share = None if dose is None else dose.into(unit)
    if share is None:
        return Message.of("arithmetic.not-by-body", asked=per_body.text, body=body.text, unit=unit)
    exact = figure(share)
    if step is None:
        return BodyDose(per_body, body, exact, unit)
    return _rounded(BodyDose(per_body, body, exact, unit), share, step)


def _rounded(dose: BodyDose, share: Fraction, step: Quantity) -> BodyDose | Message:
    size = measure(step) if is_positive(step) else None
    into = None if size is None else size.into(dose.unit)
    value = None if into is None or decimal_of(into) is None else nearest(share, into)
    if value is None:
        return Message.of("arithmetic.step-unusable", step=step.text, unit=dose.unit)
    if value == 0:
        return Message.of("arithmetic.rounded-to-nothing", exact=dose.exact.text, step=step.text)
    more = (Fraction(value) / share - 1) * 100
    part = figure(abs(more), 2)
    off = Figure(-part.value if more < 0 else part.value, part.exact)
    return BodyDose(
        dose.per_body, dose.body, dose.exact, dose.unit, Quantity(value, dose.unit), off
    )
