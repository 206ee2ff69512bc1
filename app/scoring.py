"""The part of the composition root that introduces the scores to the chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from app.config import Settings
from app.kernel.clock import Clock
from app.ports.acts import Acts, Documents
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.patient_scores import PatientScores
from app.services.score_filling import Knowledge
from app.services.score_pack import read_scores
from app.services.score_recording import ScoreRecording
from app.services.score_words import read_wording
from app.services.signing import SigningRules
from resources.reading import path

Signing = tuple[ActMaker, SigningRules]
"""What makes an act, and when it may be signed."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """Reading the scores of a chart, and putting one into the record."""

    reading: PatientScores
    recording: ScoreRecording


def make_scoring(
    settings: Settings, charts: ChartReading, acts: Acts, documents: Documents, signing: Signing
) -> Scoring:
    """Both, over one chart."""
    maker, rules = signing
    reading = make_patient_scores(settings, charts, maker.clock)
    return Scoring(reading, ScoreRecording(acts, documents, maker, rules, reading))


def make_patient_scores(settings: Settings, charts: ChartReading, clock: Clock) -> PatientScores:
    """The scores that ship, under those of the hospital where it has any; read once a day."""
    told = settings.string("hospital_packs")
    overlay = Path(told) / "scores" if told else None

    @cache
    def knowledge(today: date) -> Knowledge:
        pack = path("packs/scores")
        return Knowledge(read_scores(pack, overlay, today), read_wording(pack, overlay, today))

    return PatientScores(knowledge, charts, clock)
