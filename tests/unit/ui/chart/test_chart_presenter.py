from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.results import Acknowledged, Flag
from app.domain.terms import Ref
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from tests.support.chart_kit import NOW, PATIENT, ChartHouse, Screen, a_result
from tests.support.desk_kit import a_desk
from ui.chart.presenter import ChartPresenter
from ui.chart.state import latest


@pytest.fixture
def at() -> ChartHouse:
    return ChartHouse(a_desk())


def opened(at: ChartHouse) -> ChartPresenter:
    scope, feed = at.desk.scope(), at.desk.feed
    return ChartPresenter(Screen(), at.visit(), PATIENT, at.charts, scope, feed, at.clock)


def test_what_was_not_understood_is_counted(at: ChartHouse) -> None:
    at.reads.unread = ((Ref("Observation/odd"), "no code"),)

    assert opened(at).state.unreadable == 1


def test_only_news_of_this_patient_is_read(at: ChartHouse) -> None:
    opened(at)

    at.desk.feed.publish(Changed(frozenset({"vital"}), frozenset({"somebody-else"})))
    assert at.reads.readings == 1

    at.desk.feed.publish(Changed(frozenset({"vital"}), frozenset({PATIENT})))
    assert at.reads.readings == 2


def test_a_failed_reading_leaves_the_last_overview(at: ChartHouse) -> None:
    page = opened(at)
    at.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.failed"))

    page.load()

    assert page.state.overview is not None
    assert page.state.fault == at.reads.fault


@pytest.mark.parametrize(
    ("ref", "went"),
    [
        ("Observation/r1", [(PATIENT, "results", "Observation/r1")]),
        ("MedicationRequest/o1", [(PATIENT, "orders", "MedicationRequest/o1")]),
        ("DocumentReference/n1", [(PATIENT, "notes", "DocumentReference/n1")]),
        ("Encounter/e1", []),
    ],
)
def test_a_click_goes_to_the_workspace_that_shows_it(
    at: ChartHouse, ref: str, went: list[tuple[str, str, str]]
) -> None:
    opened(at).open_ref(ref)

    assert at.diary.patients == went


def test_each_test_stands_once_with_its_newest_value() -> None:
    newer = a_result("newer", "4.2", Flag.NORMAL, hours=1)
    older = a_result("older", "4.0", Flag.NORMAL, hours=9)

    assert latest((newer, older)) == (newer,)


def test_an_unacknowledged_critical_value_is_not_hidden_by_a_newer_one() -> None:
    newer = a_result("newer", "4.2", Flag.NORMAL, hours=1)
    critical = a_result("critical", hours=9)

    assert latest((newer, critical)) == (critical, newer)


def test_an_acknowledged_one_is() -> None:
    newer = a_result("newer", "4.2", Flag.NORMAL, hours=1)
    critical = replace(
        a_result("critical", hours=9),
        needs_acknowledgement=False,
        acknowledged=Acknowledged("李思齐", NOW),
    )

    assert latest((newer, critical)) == (newer,)


def test_now_is_where_the_clock_is_and_moves_with_it(at: ChartHouse) -> None:
    page = opened(at)
    read_at = page.state.now

    at.clock.at += timedelta(minutes=3)
    page.pass_time()

    assert read_at == NOW
    assert page.state.now == NOW + timedelta(minutes=3)
    assert at.reads.readings == 1
