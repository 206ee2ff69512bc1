"""A patient's chart as scores read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from app.domain.people import Privilege, Session
from app.domain.terms import EncounterId, PatientId
from app.kernel.clock import Clock
from app.services.authority import needs
from app.services.chart_reading import ChartReading
from app.services.score_filling import Knowledge, ScoreChart, by_code

_DAYS = 31
"""How far back vital signs are read: a weight counts for 30 days."""


@dataclass(frozen=True, slots=True)
class ScoreReading:
    """What one reading brought."""

    chart: ScoreChart
    known: Knowledge
    at: datetime
    encounter: EncounterId | None = None


class PatientScores:
    """Reads what scores need of one chart, by the tables that hold today."""

    def __init__(
        self, knowledge: Callable[[date], Knowledge], charts: ChartReading, clock: Clock
    ) -> None:
        self._knowledge = knowledge
        self._charts = charts
        self._clock = clock

    @needs(Privilege.OPEN_CHART)
    def read(self, session: Session, patient: PatientId) -> ScoreReading:
        """Bedside values of a month, every result, the problem list, and who the patient is.

        Raises:
            AppError: `REFUSED` when the chart may not be read; `STORAGE` when the tables cannot.
        """
        now = self._clock.now()
        overview = self._charts.overview(session, patient)
        bedside = self._charts.vitals(session, patient, _DAYS)
        results = self._charts.results(session, patient)
        points = (point for series in bedside for point in series.points)
        record, stay = overview.banner.patient, overview.banner.stay
        chart = ScoreChart(
            sex=record.sex,
            born=record.birth_date,
            admitted=stay.admitted_at if stay is not None else None,
            observed=by_code(chain(points, (row.observed for row in results))),
            problems=overview.problems,
        )
        encounter = stay.id if stay is not None else None
        return ScoreReading(chart, self._knowledge(now.date()), now, encounter)
