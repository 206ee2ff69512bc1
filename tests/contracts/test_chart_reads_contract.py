"""`ChartReads`: the fake of the page tests and the projections of the cache promise the same.

The fake is filled with what the real one says, out of order; every question is then put to both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.domain.patients import AllergyState
from app.domain.terms import NoteId, PatientId
from app.ports.reading import ChartReads
from localdb.reads.chart import SqlChartReads
from tests.localdb.projections.kit import NOW, Shelf
from tests.support import builders as b
from tests.support import order_builders as o
from tests.support.chart_kit import PATIENT, FakeChartReads

OTHER = PatientId("somebody-else")
WEEK = NOW - timedelta(days=7)


def _fake(real: SqlChartReads) -> FakeChartReads:
    banner = real.banner(PATIENT)
    assert banner is not None
    return FakeChartReads(
        allergy_state=banner.allergy_state,
        note_list=tuple(reversed(real.notes(PATIENT))),
        order_list=tuple(reversed(real.orders(PATIENT))),
        result_list=tuple(reversed(real.results(PATIENT))),
        report_list=real.reports(PATIENT),
        vital_list=real.vitals(PATIENT, NOW - timedelta(days=400)),
        unread=real.unreadable(PATIENT),
    )


@pytest.fixture(params=["fake", "projections"])
def reads(request: pytest.FixtureRequest) -> Iterator[ChartReads]:
    shelf = Shelf(
        b.a_patient(PATIENT, "李明"),
        b.an_encounter("stay-1", PATIENT, "bed-12"),
        b.an_observation("k1", value="3.9", at="2026-03-01T07:00:00Z"),
        b.an_observation("k2", value="6.60", at="2026-03-02T07:00:00Z", flag="HH"),
        b.an_observation("na", code="2951-2", value="140", at="2026-03-01T08:00:00Z"),
        b.a_vital("v-old", at="2026-01-01T08:00:00Z"),
        b.a_vital("v-new", at="2026-03-02T08:00:00Z"),
        b.a_report(results=("k2",)),
        o.a_note("n1", PATIENT, at="2026-03-01T09:00:00Z"),
        o.a_note("n2", PATIENT, at="2026-03-02T09:00:00Z"),
        o.a_medication_request("m1", PATIENT, at="2026-03-01T09:00:00Z"),
        o.a_medication_request("m2", PATIENT, at="2026-03-02T09:00:00Z", status="completed"),
        o.a_service_request("s1", PATIENT, at="2026-03-02T10:00:00Z"),
    )
    shelf.downloaded(f"patient:{PATIENT}")
    real = SqlChartReads(shelf)
    yield real if request.param == "projections" else _fake(real)
    shelf.close()


def test_somebody_who_is_not_here_has_neither_banner_nor_anything(reads: ChartReads) -> None:
    assert reads.banner(OTHER) is None
    assert reads.overview(OTHER, WEEK) is None
    assert reads.results(OTHER) == reads.reports(OTHER) == reads.notes(OTHER) == ()
    assert reads.orders(OTHER) == reads.vitals(OTHER, WEEK) == reads.unreadable(OTHER) == ()
    assert reads.series(OTHER, "2823-3") is None


def test_the_banner_says_that_nobody_asked_about_allergies(reads: ChartReads) -> None:
    banner = reads.banner(PATIENT)

    assert banner is not None
    assert banner.patient.id == PATIENT
    assert banner.allergy_state is AllergyState.NOT_RECORDED


def test_results_come_newest_first_with_the_critical_one_marked(reads: ChartReads) -> None:
    rows = reads.results(PATIENT)

    assert [row.observed.id for row in rows] == ["k2", "na", "k1"]
    assert [row.needs_acknowledgement for row in rows] == [True, False, False]


def test_a_series_is_of_one_code_and_oldest_first(reads: ChartReads) -> None:
    series = reads.series(PATIENT, "2823-3")

    assert series is not None
    assert [point.id for point in series.points] == ["k1", "k2"]
    assert reads.series(PATIENT, "no-such-code") is None


def test_vitals_are_those_since_a_moment(reads: ChartReads) -> None:
    recent = [p.id for series in reads.vitals(PATIENT, WEEK) for p in series.points]
    every = [p.id for s in reads.vitals(PATIENT, NOW - timedelta(days=90)) for p in s.points]

    assert recent == ["v-new"]
    assert every == ["v-old", "v-new"]


def test_notes_and_orders_come_newest_first(reads: ChartReads) -> None:
    assert [note.id for note in reads.notes(PATIENT)] == ["n2", "n1"]
    assert [line.order.id for line in reads.orders(PATIENT)] == ["s1", "m2", "m1"]


def test_a_note_is_found_by_its_id(reads: ChartReads) -> None:
    found = reads.note(NoteId("n1"))

    assert found is not None
    assert found.id == "n1"
    assert reads.note(NoteId("nowhere")) is None


def test_the_overview_holds_current_orders_apart_and_the_same_results(reads: ChartReads) -> None:
    overview = reads.overview(PATIENT, WEEK)

    assert overview is not None
    assert [line.order.id for line in overview.medications] == ["m1"]
    assert [line.order.id for line in overview.other_orders] == ["s1"]
    assert overview.results == reads.results(PATIENT)
    assert [p.id for series in overview.vitals for p in series.points] == ["v-new"]
    assert [note.id for note in overview.notes] == ["n2", "n1"]
