"""The scores that ship, and answers written short: `breaths="22 /min"`, `oxygen="air"`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from app.decision.scores.results import Answer, Incomplete, NotApplicable, Result, Scored
from app.decision.scores.scoring import score
from app.decision.scores.tables import Answering, Score
from app.domain.quantities import Quantity
from app.services.score_pack import read_scores
from resources.reading import path

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AN_HOUR_AGO = NOW - timedelta(hours=1)

Values = Mapping[str, str]


@cache
def scores() -> Mapping[str, Score]:
    return read_scores(path("packs/scores"), None, date(2026, 11, 24))


def answer(text: str, at: datetime = AN_HOUR_AGO) -> Answer:
    number, _, unit = text.partition(" ")
    return Answer(Quantity(Decimal(number), unit) if unit else text, at)


def answers(values: Values, at: datetime = AN_HOUR_AGO) -> dict[str, Answer]:
    """Answers by item; `creatinine="88 umol/L"` and `oxygen="air"`."""
    return {item: answer(text, at) for item, text in values.items()}


def result(code: str, values: Values) -> Result:
    return score(scores()[code], answers(values), NOW)


def scored(code: str, values: Values) -> Scored:
    found = result(code, values)
    assert isinstance(found, Scored), found
    return found


def total(code: str, values: Values) -> Decimal:
    return scored(code, values).total


def incomplete(code: str, values: Values) -> Incomplete:
    found = result(code, values)
    assert isinstance(found, Incomplete), found
    return found


def refused(code: str, values: Values) -> NotApplicable:
    found = result(code, values)
    assert isinstance(found, NotApplicable), found
    return found


def no_flags(code: str) -> dict[str, str]:
    """Every flag of a score answered with no."""
    flags = (use.item for use in scores()[code].uses if use.item.answering is Answering.FLAG)
    return {item.code: "no" for item in flags}


def grade_of(found: Scored) -> str:
    """Code of what the total means."""
    assert found.band is not None
    return found.band.code


def points(found: Scored | Incomplete, part: str) -> Decimal | None:
    return next((one.points for one in found.subscores if one.part == part), None)


NEWS2 = {
    "age": "70 a",
    "pregnant": "no",
    "saturation-scale": "1",
    "breaths": "22 /min",
    "saturation": "93 %",
    "oxygen": "oxygen",
    "systolic": "104 mm[Hg]",
    "pulse": "112 /min",
    "consciousness": "A",
    "temperature": "38.4 Cel",
}
"""The example of a patient on oxygen: 10 by scale 1, 9 by scale 2."""

WELL = NEWS2 | {
    "breaths": "16 /min",
    "saturation": "97 %",
    "oxygen": "air",
    "systolic": "120 mm[Hg]",
    "pulse": "70 /min",
    "temperature": "36.8 Cel",
}
SOFA = {
    "age": "60 a",
    "po2": "90 mm[Hg]",
    "fio2": "0.6 1",
    "ventilation": "yes",
    "platelets": "90 10*9/L",
    "bilirubin": "40 umol/L",
    "systolic": "90 mm[Hg]",
    "diastolic": "48 mm[Hg]",
    "dopamine-rate": "0 ug/kg/min",
    "dobutamine-rate": "0 ug/kg/min",
    "norepinephrine-rate": "0.1 ug/kg/min",
    "epinephrine-rate": "0 ug/kg/min",
    "gcs": "13 {score}",
    "creatinine": "180 umol/L",
}
"""3 + 2 + 2 + 3 + 1 + 2."""

LIVER = {
    "age": "55 a",
    "bilirubin": "3 mg/dL",
    "inr": "1.8 1",
    "creatinine": "1.5 mg/dL",
    "dialysis": "no",
    "sodium": "128 mmol/L",
    "albumin": "2.8 g/dL",
    "sex": "male",
}
KIDNEY = {
    "age": "60 a",
    "creatinine": "100 umol/L",
    "creatinine-baseline": "100 umol/L",
    "baseline-rule": "admission",
    "creatinine-lowest-48h": "100 umol/L",
    "renal-replacement": "no",
}
