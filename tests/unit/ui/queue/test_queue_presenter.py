from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.domain.people import Privilege, Session
from app.domain.sending import Connection, QueueItem, SendingStatus
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Fault, FaultKind, Message
from app.kernel.tasks import TaskRunner, TaskScope
from tests.support.desk_kit import (
    Diary,
    ImmediateRunner,
    PatientRunner,
    StillClock,
    a_session,
    a_visit,
)
from tests.support.queue_kit import Station
from ui.queue.presenter import QueuePresenter
from ui.queue.state import Part, QueueState

BROKEN = Fault(FaultKind.STORAGE, Message.of("storage.io"))
QUIET = SendingStatus(Connection.ONLINE, last_pass_complete=True)


@dataclass
class Screen:
    states: list[QueueState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    asked: list[QueueItem] = field(default_factory=list)
    exports: int = 0
    bundles: list[str] = field(default_factory=list)
    done: list[Message] = field(default_factory=list)

    def show_state(self, state: QueueState) -> None:
        self.states.append(state)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def ask_to_confirm(self, item: QueueItem) -> None:
        self.asked.append(item)

    def ask_to_export(self) -> None:
        self.exports += 1

    def show_bundle(self, text: str) -> None:
        self.bundles.append(text)

    def show_done(self, message: Message) -> None:
        self.done.append(message)


class Bench:
    def __init__(
        self,
        station: Station | None = None,
        runner: TaskRunner | None = None,
        session: Session | None = None,
    ) -> None:
        self.station = station or Station()
        self.screen, self.diary, self.feed = Screen(), Diary(), ChangeFeed()
        self.presenter = QueuePresenter(
            self.screen,
            TaskScope(runner or ImmediateRunner()),
            self.feed,
            a_visit(self.diary, session),
            self.station.services,
            StillClock(),
        )

    @property
    def state(self) -> QueueState:
        return self.screen.states[-1]

    @property
    def keys(self) -> list[str]:
        return [item.group for item in self.state.listed]


def test_what_needs_somebody_stands_first_then_the_oldest_then_what_was_sent() -> None:
    assert Bench().keys == [
        "rejected",
        "conflict",
        "held",
        "waiting",
        "saved",
        "packed",
        "sent",
        "confirmed",
    ]


@pytest.mark.parametrize(
    ("part", "keys"),
    [
        (Part.ATTENTION, ["rejected", "conflict", "held"]),
        (
            Part.UNSENT,
            ["rejected", "conflict", "held", "waiting", "saved", "packed", "sent"],
        ),
    ],
)
def test_a_part_of_the_queue_can_be_listed(part: Part, keys: list[str]) -> None:
    bench = Bench()

    bench.presenter.list_part(part)

    assert bench.keys == keys
    assert bench.state.count(part) == len(keys)


def test_everything_has_been_sent_only_when_it_is_true() -> None:
    station = Station(now_status=QUIET)
    station.reads.held = [item for item in station.reads.held if not item.state.unsent]

    assert Bench(station).state.headline == Message.of("queue.head.all_sent")


@pytest.mark.parametrize(
    "status",
    [
        replace(QUIET, last_pass_complete=False),
        replace(QUIET, connection=Connection.OFFLINE),
        replace(QUIET, connection=Connection.SIGNED_OUT),
    ],
)
def test_an_empty_queue_after_an_incomplete_round_is_not_called_sent(
    status: SendingStatus,
) -> None:
    station = Station(now_status=status)
    station.reads.held = []

    assert Bench(station).state.headline == Message.of("queue.head.not_sure")


def test_a_status_older_than_the_list_is_not_believed() -> None:
    """The act was saved after the last round said that nothing waits."""
    assert Bench(Station(now_status=QUIET)).state.headline == Message.of("queue.head.not_sure")


def test_waiting_and_attention_are_counted() -> None:
    waiting = Station(now_status=replace(QUIET, waiting=3))

    assert Bench(waiting).state.headline == Message.of("queue.head.waiting", count=3)
    assert Bench().state.headline == Message.of("queue.head.attention", count=3, waiting=4)


@pytest.mark.parametrize("key", ["rejected", "waiting"])
def test_a_refused_or_waiting_group_is_put_back_at_once(key: str) -> None:
    bench = Bench()
    bench.presenter.select(key)

    bench.presenter.retry()

    assert bench.station.released == [key]
    assert bench.screen.asked == []


def test_a_held_group_is_asked_about_first() -> None:
    bench = Bench()
    bench.presenter.select("held")

    bench.presenter.retry()
    assert bench.station.released == []
    assert [item.group for item in bench.screen.asked] == ["held"]

    bench.presenter.confirm("held")
    assert bench.station.released == ["held"]


def test_a_confirmation_for_another_group_sends_nothing() -> None:
    bench = Bench()
    bench.presenter.select("held")
    bench.presenter.retry()
    bench.presenter.select("rejected")

    bench.presenter.confirm("held")

    assert bench.station.released == []


@pytest.mark.parametrize("key", ["saved", "packed", "sent", "conflict", "confirmed", ""])
def test_other_groups_cannot_be_put_back(key: str) -> None:
    bench = Bench()
    bench.presenter.select(key)

    bench.presenter.retry()

    assert not bench.state.can_retry
    assert bench.station.released == []


def test_a_second_press_does_not_send_twice() -> None:
    runner = PatientRunner()
    bench = Bench(runner=runner)
    runner.go_on()
    bench.presenter.select("rejected")

    bench.presenter.retry()
    bench.presenter.retry()
    runner.go_on()

    assert bench.station.released == ["rejected"]


def test_a_retry_that_fails_is_said_and_the_list_is_read_again() -> None:
    bench = Bench()
    bench.station.fault = BROKEN
    bench.presenter.select("rejected")

    bench.presenter.retry()

    assert bench.screen.faults == [BROKEN]
    assert bench.state.can_retry


def test_a_reading_that_fails_keeps_the_list() -> None:
    bench = Bench()
    bench.station.reads.fault = BROKEN

    bench.presenter.reload()

    assert bench.state.fault == BROKEN
    assert len(bench.keys) == 8


def test_whoever_may_not_see_the_queue_sees_nothing() -> None:
    bench = Bench(session=a_session(lacks=frozenset({Privilege.SEE_QUEUE})))

    assert bench.state.items is None
    assert bench.state.fault is not None


def test_news_of_the_outbox_is_read_and_a_gone_group_is_no_longer_selected() -> None:
    bench = Bench()
    bench.presenter.select("packed")
    bench.station.reads.held = bench.station.reads.held[:1]

    bench.feed.publish(Changed(frozenset({"outbox"})))

    assert bench.keys == ["saved"]
    assert bench.state.selected is None


def test_other_news_is_not_read() -> None:
    bench = Bench()
    bench.station.reads.held = []

    bench.feed.publish(Changed(frozenset({"draft"})))

    assert len(bench.keys) == 8


def test_the_patient_of_a_group_is_opened_on_what_it_is_about() -> None:
    bench = Bench()
    bench.presenter.select("rejected")
    bench.presenter.open_patient()
    bench.presenter.select("sent")
    bench.presenter.open_patient()

    assert bench.diary.patients == [("li-ming", "overview", "DocumentReference/rejected")]


def test_a_closed_presenter_hears_no_news() -> None:
    bench = Bench()
    bench.presenter.close()
    before = len(bench.screen.states)

    bench.feed.publish(Changed(frozenset({"outbox"})))

    assert len(bench.screen.states) == before


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("rejected", [("disputes", "rejected")]),
        ("conflict", [("disputes", "conflict")]),
        ("held", [("disputes", "held")]),
        ("waiting", []),
        ("confirmed", []),
    ],
)
def test_what_needs_a_decision_leads_to_where_it_is_made(
    key: str, places: list[tuple[str, str]]
) -> None:
    bench = Bench()
    bench.presenter.select(key)

    bench.presenter.decide()

    assert bench.diary.places == places


def test_nothing_selected_leads_nowhere() -> None:
    bench = Bench()
    bench.presenter.select("")

    bench.presenter.decide()

    assert bench.diary.places == []


def test_what_an_act_would_send_is_shown() -> None:
    bench = Bench()
    bench.presenter.select("rejected")

    bench.presenter.show_bundle()

    (text,) = bench.screen.bundles
    assert '"rejected"' in text


def test_an_act_is_taken_away_with_a_reason() -> None:
    bench = Bench()
    bench.presenter.select("rejected")
    bench.presenter.export()
    assert bench.screen.exports == 1

    bench.presenter.confirm_export("信息科要", "act.json")

    assert list(bench.station.written) == [Path("act.json")]
    assert [one.code for one in bench.screen.done] == ["export.done"]


def test_without_a_reason_no_act_is_taken_away() -> None:
    bench = Bench()
    bench.presenter.select("rejected")

    bench.presenter.confirm_export("", "act.json")

    assert bench.station.written == {}
    assert [one.message.code for one in bench.screen.faults] == ["dispute.reason-missing"]


def test_what_was_confirmed_is_neither_shown_nor_taken_away() -> None:
    bench = Bench()
    bench.presenter.select("confirmed")

    bench.presenter.export()
    bench.presenter.show_bundle()

    assert (bench.screen.exports, bench.screen.bundles) == (0, [])
