from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.results import Acknowledged, ResultRow
from app.domain.terms import PatientId
from localdb.reads.chart import OVERVIEW_RESULTS, SqlChartReads
from tests.localdb.projections.kit import NOW, Shelf
from tests.support import builders as b
from tests.support import order_builders as o

PATIENT = PatientId("li-ming")
WEEK = NOW - timedelta(days=7)


def _reads(shelf: Shelf) -> SqlChartReads:
    return SqlChartReads(shelf)


def _result(shelf: Shelf, key: str) -> ResultRow:
    return next(row for row in _reads(shelf).results(PATIENT) if row.observed.id == key)


def test_results_know_panel_and_previous_value(shelf: Shelf) -> None:
    shelf.put(
        b.an_observation("k1", value="3.9", at="2026-03-01T07:00:00Z"),
        b.an_observation("k0", value="9.9", at="2026-02-28T07:00:00Z", status="entered-in-error"),
        b.an_observation("k2", value="6.60", at="2026-03-02T07:00:00Z", flag="HH"),
        b.an_observation("na", code="2951-2", value="140", at="2026-03-01T08:00:00Z"),
        b.a_report(results=("k2",)),
        b.a_vital(),
    )

    rows = _reads(shelf).results(PATIENT)

    assert [row.observed.id for row in rows] == ["k2", "na", "k1", "k0"]
    newest = rows[0]
    assert newest.panel is not None and newest.panel.text == "电解质"
    assert newest.previous is not None and newest.previous.value.number == Decimal("3.9")
    assert newest.needs_acknowledgement
    assert [row.previous for row in rows[1:]] == [None, None, None]
    assert not any(row.needs_acknowledgement for row in rows[1:])


def test_the_overview_knows_the_same_previous_values(shelf: Shelf) -> None:
    shelf.put(b.a_patient())
    for n in range(OVERVIEW_RESULTS + 30):
        at = (NOW - timedelta(hours=n)).isoformat()
        shelf.put(b.an_observation(f"lab-{n}", code=f"c{n % 7}", value=str(n), at=at))

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert overview is not None
    assert overview.results == _reads(shelf).results(PATIENT)[:OVERVIEW_RESULTS]
    assert all(row.previous for row in overview.results)


def test_a_critical_result_stays_on_the_first_page_until_somebody_took_note(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), b.an_observation("old", flag="LL", at="2020-01-01T08:00:00Z"))
    for n in range(OVERVIEW_RESULTS):
        shelf.put(b.an_observation(f"lab-{n}"))
    before = _reads(shelf).overview(PATIENT, WEEK)
    shelf.put(o.a_task("t", code="acknowledge-result", focus="Observation/old", status="completed"))
    after = _reads(shelf).overview(PATIENT, WEEK)

    assert before is not None and after is not None
    assert "old" in [row.observed.id for row in before.results]
    assert "old" not in [row.observed.id for row in after.results]


def test_who_took_note_of_a_result_and_when(shelf: Shelf) -> None:
    asked = o.a_task("t", code="acknowledge-result", focus="Observation/lab-1", role="resident")
    done = o.a_task(
        "t",
        code="acknowledge-result",
        focus="Observation/lab-1",
        owner="dr-wang",
        status="completed",
        lastModified="2026-03-02T09:30:00Z",
    )
    shelf.put(b.an_observation(flag="HH"), b.a_practitioner(), asked)
    waiting = _result(shelf, "lab-1")
    shelf.put(done, unsent="saved")
    local = _result(shelf, "lab-1")
    shelf.put(done)
    known = _result(shelf, "lab-1")

    assert waiting.needs_acknowledgement and waiting.acknowledged is None
    assert waiting.task == "Task/t" and not waiting.unsent
    assert not local.needs_acknowledgement and local.unsent
    assert local.acknowledged == Acknowledged("王医生", datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    assert not known.unsent


def test_a_note_taken_of_the_report_counts_for_its_results(shelf: Shelf) -> None:
    task = o.a_task("t", code="acknowledge-result", focus="DiagnosticReport/report-1")
    shelf.put(b.an_observation(flag="HH"), b.a_report(), task)
    assert _result(shelf, "lab-1").needs_acknowledgement

    del task["for"]
    shelf.put(task | {"status": "completed"})

    assert not _result(shelf, "lab-1").needs_acknowledgement


def test_a_series_is_every_value_oldest_first_without_errors(shelf: Shelf) -> None:
    shelf.put(
        b.an_observation("b", value="4.0", at="2026-03-02T07:00:00Z"),
        b.an_observation("a", value="3.5", at="2026-03-01T07:00:00Z"),
        b.an_observation("x", value="99", at="2026-03-03T07:00:00Z", status="entered-in-error"),
        b.an_observation("other", "somebody-else"),
    )

    series = _reads(shelf).series(PATIENT, "2823-3")

    assert series is not None
    assert [str(point.value.number) for point in series.points] == ["3.5", "4.0"]
    assert _reads(shelf).series(PATIENT, "unknown") is None


def test_blood_pressure_is_two_series(shelf: Shelf) -> None:
    shelf.put(b.a_blood_pressure(), b.a_vital())

    vitals = {series.term.code: series for series in _reads(shelf).vitals(PATIENT, WEEK)}

    assert set(vitals) == {"8480-6", "8462-4", "8867-4"}
    assert vitals["8480-6"].points[0].value.number == Decimal(120)
    assert vitals["8462-4"].points[0].component == "8462-4"


def test_vitals_before_the_window_are_left_out(shelf: Shelf) -> None:
    shelf.put(b.a_vital("old", at="2026-01-01T07:00:00Z"), b.a_vital("new"))

    (pulse,) = _reads(shelf).vitals(PATIENT, WEEK)

    assert [point.id for point in pulse.points] == ["new"]


def test_scores_are_charted_at_the_bedside_and_are_no_results(shelf: Shelf) -> None:
    shelf.put(b.an_observation("braden", code="38227-5", category="survey"))

    assert _reads(shelf).results(PATIENT) == ()
    assert len(_reads(shelf).vitals(PATIENT, WEEK)) == 1


def test_a_result_of_no_known_category_is_a_result(shelf: Shelf) -> None:
    shelf.put(b.an_observation("odd", category="made-up"))

    assert [row.observed.id for row in _reads(shelf).results(PATIENT)] == ["odd"]


def test_a_value_of_the_same_moment_is_not_the_previous_one(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        b.an_observation("older", value="3.9", at="2026-03-01T07:00:00Z"),
        b.an_observation("twin-a", value="4.1", at="2026-03-02T07:00:00Z"),
        b.an_observation("twin-b", value="4.2", at="2026-03-02T07:00:00Z"),
    )

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert overview is not None
    for rows in (_reads(shelf).results(PATIENT), overview.results):
        before = {row.observed.id: row.previous and row.previous.id for row in rows}
        assert before == {"older": None, "twin-a": "older", "twin-b": "older"}
