"""A chart with rounds of vital signs, read by the page of scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from app.domain.chart import Overview, Problem
from app.domain.patients import Banner, Sex
from app.domain.results import Observed, ResultRow, Series, Value
from app.domain.terms import PatientId, ResultId, Term
from app.kernel.clock import RandomIds
from app.services.act_making import ActMaker
from app.services.patient_scores import PatientScores
from app.services.publishing import PublishedActs
from app.services.score_filling import Knowledge
from app.services.score_pack import read_scores
from app.services.score_recording import ScoreRecording
from app.services.score_words import read_wording
from app.services.signing import SigningRules
from resources.reading import path
from tests.support.chart_kit import NOW, PATIENT, ChartHouse, FakeChartReads
from ui.scores.presenter import ScoreSources

CODES = {
    "breaths": ("9279-1", "/min", "呼吸"),
    "saturation": ("2708-6", "%", "血氧饱和度"),
    "systolic": ("8480-6", "mm[Hg]", "收缩压"),
    "diastolic": ("8462-4", "mm[Hg]", "舒张压"),
    "pulse": ("8867-4", "/min", "心率"),
    "temperature": ("8310-5", "Cel", "体温"),
    "oxygen": ("3151-8", "L/min", "吸氧流量"),
    "consciousness": ("80288-4", "", "意识水平(ACVPU)"),
    "crea": ("14682-9", "umol/L", "肌酐"),
    "weight": ("29463-7", "kg", "体重"),
    "height": ("8302-2", "cm", "身高"),
    "wbc": ("6690-2", "10*9/L", "白细胞计数"),
    "urea": ("22664-7", "mmol/L", "尿素"),
}
CALM = {
    "breaths": "16",
    "saturation": "97",
    "systolic": "124",
    "pulse": "76",
    "temperature": "36.8",
}
ILL = {
    "breaths": "22",
    "saturation": "93",
    "systolic": "104",
    "pulse": "112",
    "temperature": "38.4",
}


@cache
def known(today: date) -> Knowledge:
    pack = path("packs/scores")
    return Knowledge(read_scores(pack, None, today), read_wording(pack, None, today))


def seen(what: str, value: str, hours: float) -> Observed:
    """One measurement, so many hours ago."""
    code, unit, name = CODES[what]
    number = Decimal(value) if unit else None
    recorded = Value(number, unit, unit, "" if unit else value)
    at = NOW - timedelta(hours=hours)
    term = Term(name, "http://loinc.org", code)
    return Observed(ResultId(f"{what}-{hours}"), PATIENT, "vital-signs", term, recorded, at)


def a_round(hours: float, values: dict[str, str], acvpu: str = "清醒") -> Iterator[Series]:
    """Everything that is measured at one round."""
    told = values | {"consciousness": acvpu}
    for what, value in told.items():
        one = seen(what, value, hours)
        yield Series(one.term, (one,))


@dataclass
class ScoredReads(FakeChartReads):
    """A chart whose patient has an age and a sex."""

    sex: Sex | None = Sex.MALE
    born: date | None = date(1959, 3, 2)
    problem_list: tuple[Problem, ...] = ()

    def banner(self, patient: PatientId) -> Banner | None:
        found = super().banner(patient)
        if found is None:
            return None
        return replace(found, patient=replace(found.patient, sex=self.sex, birth_date=self.born))

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        found = super().overview(patient, since)
        return None if found is None else replace(found, problems=self.problem_list)


@dataclass
class ScoresRoom:
    """The scores of one chart: three rounds, the last one ill, on oxygen."""

    house: ChartHouse
    reads: ScoredReads = field(default_factory=ScoredReads)

    def __post_init__(self) -> None:
        self.reads.vital_list = (
            *a_round(17, CALM),
            *a_round(9, CALM | {"pulse": "96", "oxygen": "2"}),
            *a_round(1, ILL | {"oxygen": "2", "diastolic": "60"}),
            *(Series(one.term, (one,)) for one in (seen("weight", "68", 40),)),
        )
        results = (seen("crea", "150", 5), seen("crea", "82", 24 * 40), seen("wbc", "15.2", 5))
        self.reads.result_list = tuple(ResultRow(one) for one in results)
        term = Term("高血压", "http://hl7.org/fhir/sid/icd-10", "I10", "Hypertension")
        self.reads.problem_list = (Problem("p", PATIENT, term, active=True),)
        self.house = ChartHouse(self.house.desk, self.reads)
        house = self.house
        self.scores = PatientScores(known, house.charts, house.clock)
        maker, rules = ActMaker(house.clock, RandomIds()), SigningRules(house.clock, lambda: 0)
        told = PublishedActs(house.acts, house.desk.feed)
        self.recording = ScoreRecording(told, house.acts, maker, rules, self.scores)
        self.sources = ScoreSources(self.scores, self.recording, house.clock)
