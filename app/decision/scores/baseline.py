"""The creatinine that acute kidney injury is measured against, and which rule gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from app.decision.scores.results import Answer
from app.decision.scores.spans import rounded
from app.decision.scores.tables import Score, in_unit
from app.domain.quantities import Quantity

LOWEST, ADMISSION, BACK_CALCULATED = "lowest-7-365-days", "admission", "back-calculated"
CREATININE = "creatinine"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline as the score takes it.

    Attributes:
        rule: Answer to the item `baseline-rule`.
        at: When it was measured; None for one that is back-calculated.
    """

    value: Quantity
    rule: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Value:
    plain: Fraction
    told: Quantity
    at: datetime


def measured(
    kdigo: Score, past: Sequence[Answer], admitted: datetime, now: datetime
) -> Baseline | None:
    """The lowest value of the window before `now`, else the first since admission.

    None when there is neither. Values that are no plausible creatinine are passed over.
    """
    known = [found for one in past if (found := _plain(kdigo, one)) is not None]
    newest = now - timedelta(days=int(kdigo.constant("baseline-from-days")))
    oldest = now - timedelta(days=int(kdigo.constant("baseline-to-days")))
    window = [one for one in known if oldest <= one.at <= newest]
    if window:
        lowest = min(window, key=lambda one: one.plain)
        return Baseline(lowest.told, LOWEST, lowest.at)
    stay = [one for one in known if admitted <= one.at <= now]
    if not stay:
        return None
    first = min(stay, key=lambda one: one.at)
    return Baseline(first.told, ADMISSION, first.at)


def back_calculated(kdigo: Score, ckd_epi: Score, sex: str, years: int) -> Baseline:
    """The creatinine, in mg/dL to two places, at which CKD-EPI 2021 gives the assumed rate."""
    factor = ckd_epi.number("factor") * ckd_epi.number("per-year") ** years
    if sex == "female":
        factor *= ckd_epi.number("female")
    share = kdigo.number("baseline-rate") / factor
    # The two branches of the formula meet where creatinine is kappa: there the rate is `factor`.
    power = ckd_epi.number("power") if share < 1 else ckd_epi.number(f"alpha-{sex}")
    value = ckd_epi.number(f"kappa-{sex}") * float(share ** (1 / power))
    near = rounded(Fraction(value), Fraction(1, 100), down=False)
    amount = Decimal(near.numerator) / Decimal(near.denominator)
    return Baseline(Quantity(amount, "mg/dL"), BACK_CALCULATED)


def _plain(kdigo: Score, one: Answer) -> _Value | None:
    item = next(use.item for use in kdigo.uses if use.item.code == CREATININE)
    if isinstance(one.value, str):
        return None
    value = in_unit(one.value, item.unit, item.loinc, kdigo.conversions)
    if value is None or not item.plausible.holds(value):
        return None
    return _Value(value, one.value, one.at)
