from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.people import Role
from app.domain.results import Acknowledged, Flag
from app.kernel.changes import Changed
from tests.support.chart_kit import NOW, PATIENT, SEEN, ChartHouse, Screen, a_result
from tests.support.desk_kit import a_desk
from ui.results.presenter import ResultsPresenter
from ui.results.state import Segment, key_of

CRITICAL = a_result("crit")
HIGH = a_result("high", "5.60", Flag.HIGH, hours=8)
NORMAL = a_result("norm", "4.10", Flag.NORMAL, hours=20)


@pytest.fixture
def at() -> ChartHouse:
    house = ChartHouse(a_desk())
    house.reads.result_list = (CRITICAL, HIGH, NORMAL)
    return house


def opened(at: ChartHouse, focus: str = "") -> ResultsPresenter:
    scope, feed = at.desk.scope(), at.desk.feed
    return ResultsPresenter(
        Screen(), at.visit(focus), PATIENT, at.charts, at.results, scope, feed, at.clock
    )


@pytest.mark.parametrize(
    ("segment", "keys"),
    [
        (Segment.ALL, ["crit", "high", "norm"]),
        (Segment.NEEDS, ["crit"]),
        (Segment.ABNORMAL, ["crit", "high"]),
    ],
)
def test_each_segment_shows_its_rows(at: ChartHouse, segment: Segment, keys: list[str]) -> None:
    page = opened(at)

    page.choose_segment(segment.value)

    assert [key_of(row) for row in page.state.shown] == keys
    assert page.state.count(segment) == len(keys)


def test_a_value_without_a_flag_is_not_called_abnormal(at: ChartHouse) -> None:
    at.reads.result_list = (a_result("plain", flag=None),)

    assert opened(at).state.count(Segment.ABNORMAL) == 0


def test_a_critical_result_is_acknowledged_with_what_was_seen(at: ChartHouse) -> None:
    page = opened(at)

    page.acknowledge()

    (act,) = at.acts.committed
    assert (act.kind, act.read_set) == ("result.acknowledge", SEEN)
    assert page.state.notice is not None


def test_a_normal_result_is_not_acknowledged(at: ChartHouse) -> None:
    page = opened(at)
    page.choose("norm")

    page.acknowledge()

    assert at.acts.committed == []


def test_who_may_not_acknowledge_cannot(at: ChartHouse) -> None:
    coder = ChartHouse(at.desk, at.reads, role=Role.QC)
    page = opened(coder)

    page.acknowledge()

    assert coder.acts.committed == []


def test_one_acknowledged_meanwhile_is_refused_and_said(at: ChartHouse) -> None:
    done = replace(CRITICAL, acknowledged=Acknowledged("李思齐", NOW))
    at.reads.result_list = (done,)
    page = opened(at)

    page.acknowledge()

    assert page.state.act_fault is not None


def test_the_trend_runs_oldest_first_in_one_unit(at: ChartHouse) -> None:
    other_unit = a_result("other", "10.2", Flag.NORMAL, hours=30, unit="mg/dL")
    at.reads.result_list = (CRITICAL, HIGH, NORMAL, other_unit)

    trend = opened(at).state.trend

    assert [key_of(row) for row in trend] == ["norm", "high", "crit"]


def test_a_focus_leads_to_the_newest_result_of_its_code(at: ChartHouse) -> None:
    assert opened(at, "Observation/high").state.current == "high"


def test_the_place_is_kept_when_news_comes(at: ChartHouse) -> None:
    page = opened(at)
    page.choose("high")
    at.reads.result_list = (a_result("newer", hours=0), CRITICAL, HIGH, NORMAL)

    at.desk.feed.publish(Changed(frozenset({"result"}), frozenset({PATIENT})))

    assert page.state.current == "high"
    assert len(page.state.rows) == 4


def test_now_is_where_the_clock_is_and_moves_with_it(at: ChartHouse) -> None:
    page = opened(at)
    read_at = page.state.now

    at.clock.at += timedelta(minutes=3)
    page.pass_time()

    assert (read_at, page.state.now) == (NOW, NOW + timedelta(minutes=3))
