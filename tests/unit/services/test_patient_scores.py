"""What one reading of the chart brings to the scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.chart import Overview
from app.domain.people import Privilege
from app.domain.terms import PatientId
from app.kernel.faults import AppError
from app.services.patient_scores import PatientScores
from tests.support.chart_kit import NOW, PATIENT, ChartHouse
from tests.support.desk_kit import a_desk, a_session
from tests.support.scores_kit import ScoredReads, ScoresRoom, known


@pytest.fixture
def room() -> ScoresRoom:
    return ScoresRoom(ChartHouse(a_desk()))


def test_a_reading_has_the_bedside_the_results_and_who_the_patient_is(room: ScoresRoom) -> None:
    found = room.scores.read(room.house.session(), PATIENT)

    assert found.at == NOW
    assert found.chart.sex is not None
    assert found.chart.born is not None
    assert len(found.chart.observed["9279-1"]) == 3
    assert len(found.chart.observed["14682-9"]) == 2
    assert [one.term.code for one in found.chart.problems] == ["I10"]
    assert found.known is known(NOW.date())


def test_a_patient_who_is_not_in_the_house_was_never_admitted(room: ScoresRoom) -> None:
    class Outpatient(ScoredReads):
        def overview(self, patient: PatientId, since: datetime) -> Overview | None:
            found = super().overview(patient, since)
            if found is None:
                return None
            return replace(found, banner=replace(found.banner, stay=None))

    house = ChartHouse(room.house.desk, Outpatient())
    scores = PatientScores(known, house.charts, house.clock)

    assert scores.read(house.session(), PATIENT).chart.admitted is None


def test_whoever_may_not_open_the_chart_sees_no_score(room: ScoresRoom) -> None:
    stranger = a_session(lacks=frozenset({Privilege.OPEN_CHART}))

    with pytest.raises(AppError):
        room.scores.read(stranger, PATIENT)
