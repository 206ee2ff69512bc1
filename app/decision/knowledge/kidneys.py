"""Renal function from creatinine: CKD-EPI 2021 and Cockcroft-Gault, by the tables of the scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.decision.scores.formulas import FORMULAS, Figures
from app.decision.scores.reading import Readings
from app.decision.scores.tables import Score, in_unit
from app.domain.quantities import Quantity, nearest

ADULT = 18
"""Years from which both formulas hold."""
_CREATININE = ("14682-9", "mg/dL")
_STEP = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Kidneys:
    """The two estimates.

    Attributes:
        egfr: The table of CKD-EPI 2021.
        crcl: The table of Cockcroft-Gault.
    """

    egfr: Score
    crcl: Score

    def filtration(self, creatinine: Quantity, age: Decimal, sex: str) -> Quantity | None:
        """The eGFR of an adult; None where the creatinine cannot be computed with."""
        return _estimate(self.egfr, creatinine, {"age": Fraction(age)}, sex)

    def clearance(
        self, creatinine: Quantity, age: Decimal, sex: str, kilograms: Decimal
    ) -> Quantity | None:
        """Creatinine clearance of an adult, by the weight as measured."""
        numbers = {"age": Fraction(age), "weight": Fraction(kilograms)}
        return _estimate(self.crcl, creatinine, numbers, sex)


def _estimate(
    score: Score, creatinine: Quantity, numbers: Mapping[str, Fraction], sex: str
) -> Quantity | None:
    loinc, unit = _CREATININE
    level = in_unit(creatinine, unit, loinc, score.conversions)
    if level is None or level <= 0:
        return None
    read = Readings(
        numbers={**numbers, "creatinine": level}, words={"sex": sex, "weight-kind": "actual"}
    )
    total = FORMULAS[score.formula].compute(Figures(score, read)).total
    return Quantity(nearest(max(total, Fraction(0)), _STEP), score.unit)
