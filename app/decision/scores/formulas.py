"""Scores that are formulas. Their numbers stand in the pack; here is only how they are joined.

Logarithms and powers are computed in binary floating point; the total is rounded, halves up, to
the step the publication reports in. Where the publication rounds in between, so does this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.decision.scores.reading import Readings
from app.decision.scores.results import Subscore
from app.decision.scores.spans import rounded
from app.decision.scores.tables import YES, Score

FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a formula reads: answers that are all there, and numbers of the table."""

    score: Score
    readings: Readings

    def number(self, item: str) -> float:
        """An answer in the unit of its item."""
        return float(self.readings.numbers[item])

    def between(self, item: str, least: str, most: str) -> float:
        """An answer, no lower and no higher than two constants."""
        return min(max(self.number(item), self.constant(least)), self.constant(most))

    def years(self) -> float:
        """Age in full years."""
        return math.floor(self.number("age"))

    def constant(self, name: str) -> float:
        return self.score.number(name)

    def of_sex(self, name: str) -> float:
        """The constant for the sex: `kappa-female`, `kappa-male`."""
        return self.constant(f"{name}-{self.readings.words['sex']}")

    def is_female(self) -> bool:
        return self.readings.words["sex"] == FEMALE


@dataclass(frozen=True, slots=True)
class Outcome:
    """A total before its last rounding, and the steps worth showing."""

    total: Fraction
    steps: tuple[Subscore, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the names it reads: items of the table, and its constants."""

    compute: Callable[[Figures], Outcome]
    items: tuple[str, ...]
    constants: tuple[str, ...]


def ckd_epi_2021(figures: Figures) -> Outcome:
    """Rate in mL/min/1.73 m2 from creatinine in mg/dL (Inker, N Engl J Med 2021;385:1737)."""
    share = figures.number("creatinine") / figures.of_sex("kappa")
    rate = (
        figures.constant("factor")
        * min(share, 1.0) ** figures.of_sex("alpha")
        * max(share, 1.0) ** figures.constant("power")
        * figures.constant("per-year") ** figures.years()
    )
    return Outcome(Fraction(rate * figures.constant("female") if figures.is_female() else rate))


def cockcroft_gault(figures: Figures) -> Outcome:
    """Clearance in mL/min from creatinine in mg/dL (Nephron 1976;16:31), and the weight used."""
    weight = _dosing_weight(figures)
    years = figures.constant("years") - figures.years()
    rate = years * weight / (figures.constant("divisor") * figures.number("creatinine"))
    total = rate * figures.constant("female") if figures.is_female() else rate
    return Outcome(Fraction(total), (_step("weight-used", weight),))


def _dosing_weight(figures: Figures) -> float:
    """kg: as weighed, ideal (Devine 1974; no deduction below 60 inches), or between the two."""
    actual, kind = figures.number("weight"), figures.readings.words["weight-kind"]
    if kind == "actual":
        return actual
    inches = figures.number("height") / figures.constant("cm-per-inch")
    above = max(inches - figures.constant("ideal-inches"), 0.0)
    ideal = figures.of_sex("ideal") + figures.constant("ideal-per-inch") * above
    if kind == "ideal":
        return ideal
    return ideal + figures.constant("adjusted-share") * (actual - ideal)


def meld(figures: Figures) -> Outcome:
    """MELD as the OPTN allocates by: rounded to a tenth before it is multiplied by ten."""
    return Outcome(_meld(figures))


def meld_na(figures: Figures) -> Outcome:
    """MELD with sodium (OPTN 2016): above a border MELD gains by what sodium lacks."""
    plain = _meld(figures)
    first = Subscore("meld", Decimal(int(plain)))
    if plain <= figures.score.constant("from"):
        return Outcome(plain, (first,))
    lack = figures.constant("sodium-most") - figures.between(
        "sodium", "sodium-least", "sodium-most"
    )
    gain = figures.constant("sodium-factor") * lack
    total = float(plain) + gain - figures.constant("sodium-meld") * float(plain) * lack
    return Outcome(_within(figures, total), (first,))


def meld_3(figures: Figures) -> Outcome:
    """MELD 3.0 (Kim, Gastroenterology 2021;161:1887)."""
    bilirubin = math.log(max(figures.number("bilirubin"), figures.constant("floor")))
    inr = math.log(max(figures.number("inr"), figures.constant("floor")))
    creatinine = math.log(_creatinine(figures))
    sodium = figures.constant("sodium-most") - figures.between(
        "sodium", "sodium-least", "sodium-most"
    )
    albumin = figures.constant("albumin-most") - figures.between(
        "albumin", "albumin-least", "albumin-most"
    )
    total = (
        (figures.constant("female") if figures.is_female() else 0.0)
        + figures.constant("bilirubin") * bilirubin
        + figures.constant("sodium") * sodium
        + figures.constant("sodium-bilirubin") * sodium * bilirubin
        + figures.constant("inr") * inr
        + figures.constant("creatinine") * creatinine
        + figures.constant("albumin") * albumin
        + figures.constant("albumin-creatinine") * albumin * creatinine
        + figures.constant("intercept")
    )
    return Outcome(_within(figures, total))


def _meld(figures: Figures) -> Fraction:
    floor = figures.constant("floor")
    total = (
        figures.constant("creatinine") * math.log(_creatinine(figures))
        + figures.constant("bilirubin") * math.log(max(figures.number("bilirubin"), floor))
        + figures.constant("inr") * math.log(max(figures.number("inr"), floor))
        + figures.constant("intercept")
    )
    return _within(figures, 10 * total)


def _creatinine(figures: Figures) -> float:
    """mg/dL between floor and cap; at the cap with two dialyses in the week."""
    if figures.readings.words.get("dialysis") == YES:
        return figures.constant("creatinine-most")
    return figures.between("creatinine", "floor", "creatinine-most")


def _within(figures: Figures, total: float) -> Fraction:
    """Whole, and within the range the score is defined in."""
    whole = rounded(Fraction(total), Fraction(1), down=False)
    least, most = figures.score.constant("least"), figures.score.constant("most")
    return min(max(whole, least), most)


def _step(name: str, value: float) -> Subscore:
    return Subscore(name, Decimal(str(round(value, 1))))


_SODIUM = ("sodium-least", "sodium-most")
_RANGE = ("floor", "creatinine-most", "least", "most", "intercept")
_MELD = ("creatinine", "bilirubin", "inr", *_RANGE)

FORMULAS: Mapping[str, Formula] = {
    "ckd-epi-2021": Formula(
        ckd_epi_2021,
        ("age", "sex", "creatinine"),
        (
            *("factor", "power", "per-year", "female"),
            *("kappa-female", "kappa-male", "alpha-female", "alpha-male"),
        ),
    ),
    "cockcroft-gault": Formula(
        cockcroft_gault,
        ("age", "sex", "creatinine", "weight", "weight-kind", "height"),
        (
            *("years", "divisor", "female", "cm-per-inch", "adjusted-share"),
            *("ideal-female", "ideal-male", "ideal-inches", "ideal-per-inch"),
        ),
    ),
    "meld": Formula(meld, ("creatinine", "bilirubin", "inr", "dialysis"), _MELD),
    "meld-na": Formula(
        meld_na,
        ("creatinine", "bilirubin", "inr", "dialysis", "sodium"),
        (*_MELD, *_SODIUM, "from", "sodium-factor", "sodium-meld"),
    ),
    "meld-3": Formula(
        meld_3,
        ("creatinine", "bilirubin", "inr", "dialysis", "sodium", "albumin", "sex"),
        (
            *(*_MELD, *_SODIUM, "sodium", "sodium-bilirubin", "female"),
            *("albumin", "albumin-creatinine", "albumin-least", "albumin-most"),
        ),
    ),
}
"""By the name packs give."""
