from __future__ import annotations

import pytest

from app.domain.people import Privilege
from app.kernel.changes import Changed
from app.kernel.faults import AppError
from tests.support.desk_kit import (
    PatientRunner,
    a_session,
)
from tests.unit.ui.inbox.bench import FULL, ZHOU, Bench
from ui.inbox.state import Part


def test_urgent_stands_first_then_what_is_due_then_what_has_waited() -> None:
    assert [item.id for item in Bench().state.listed] == ["ack", "sign", "verify", "mail"]


@pytest.mark.parametrize(
    ("part", "keys"), [(Part.TASKS, ["ack", "sign", "verify"]), (Part.MESSAGES, ["mail"])]
)
def test_tasks_and_messages_can_be_listed_apart(part: Part, keys: list[str]) -> None:
    bench = Bench()

    bench.presenter.list_part(part)

    assert [item.id for item in bench.state.listed] == keys


@pytest.mark.parametrize(("key", "act"), [("ack", "task.complete"), ("mail", "message.read")])
def test_a_task_is_completed_and_a_message_marked_as_read(key: str, act: str) -> None:
    bench = Bench()
    bench.presenter.select(key)

    bench.presenter.complete()

    assert bench.room.done() == [act]


def test_nothing_selected_completes_nothing() -> None:
    bench = Bench()

    bench.presenter.complete()

    assert bench.room.done() == []


def test_a_second_press_does_not_complete_twice() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    runner.go_on()
    bench.presenter.select("ack")

    bench.presenter.complete()
    assert not bench.state.can_complete
    bench.presenter.complete()
    runner.go_on()

    assert bench.room.done() == ["task.complete"]


def test_a_completion_that_fails_is_said_and_can_be_tried_again() -> None:
    bench = Bench()
    bench.room.acts.refusing = AppError(FULL)
    bench.presenter.select("ack")

    bench.presenter.complete()

    assert bench.screen.faults == [FULL]
    assert bench.state.can_complete


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("ack", ("li-ming", "results", "Observation/k-1")),
        ("sign", ("ouyang", "notes", "DocumentReference/note-1")),
        ("mail", ("li-ming", "overview", "")),
    ],
)
def test_the_chart_opens_where_the_item_points(key: str, where: tuple[str, str, str]) -> None:
    bench = Bench()
    bench.presenter.select(key)

    bench.presenter.open_patient()

    assert bench.diary.patients == [where]


def test_an_item_without_a_patient_opens_nothing() -> None:
    bench = Bench()
    bench.presenter.select("verify")

    bench.presenter.open_patient()

    assert bench.diary.patients == []


def test_a_message_is_to_nobody_and_about_nobody_until_its_writer_says_so() -> None:
    bench = Bench()
    bench.presenter.select("mail")

    bench.presenter.write()

    assert bench.letter.about == ("li-ming", "李明")
    assert bench.letter.patient is None
    assert bench.letter.to is None
    assert not bench.letter.can_send
    assert [person for person, _ in bench.state.people] == ["dr-zhou", "nurse-zhao"]


def test_a_message_is_sent_when_it_has_a_recipient_and_a_text() -> None:
    bench = Bench()
    bench.presenter.write()
    bench.typed(to=ZHOU, text="请会诊", urgent=True)

    bench.presenter.send()

    assert bench.room.done() == ["message.send"]
    document = bench.room.acts.committed[0].changes[0].document
    assert document["priority"] == "urgent"
    assert bench.state.letter is None
    assert bench.screen.sent == 1


@pytest.mark.parametrize("what", [{"to": ZHOU, "text": "  "}, {"text": "请会诊"}])
def test_a_message_without_text_or_recipient_is_not_sent(what: dict[str, object]) -> None:
    bench = Bench()
    bench.presenter.write()
    bench.typed(**what)

    bench.presenter.send()

    assert bench.room.done() == []
    assert bench.state.letter is not None


def test_a_message_that_cannot_be_saved_keeps_what_was_typed() -> None:
    bench = Bench()
    bench.presenter.write()
    bench.typed(to=ZHOU, text="请会诊")
    bench.room.acts.refusing = AppError(FULL)

    bench.presenter.send()

    assert bench.letter.text == "请会诊"
    assert bench.letter.fault == FULL
    assert bench.letter.can_send
    assert bench.screen.sent == 0


def test_what_is_on_its_way_is_neither_edited_nor_discarded_nor_sent_twice() -> None:
    runner = PatientRunner()
    bench = Bench(runner)
    runner.go_on()
    bench.presenter.write()
    runner.go_on()
    bench.typed(to=ZHOU, text="请会诊")
    bench.presenter.send()

    bench.typed(text="changed")
    bench.presenter.discard()
    bench.presenter.send()
    runner.go_on()

    assert bench.room.done() == ["message.send"]


def test_the_patient_of_the_item_is_put_on_a_message_and_taken_off_by_its_writer() -> None:
    bench = Bench()
    bench.presenter.select("mail")
    bench.presenter.write()

    bench.presenter.concern_patient(concerns=True)
    assert bench.letter.patient == "li-ming"
    bench.presenter.concern_patient(concerns=False)

    assert bench.letter.patient is None


def test_whoever_may_not_send_is_not_offered_it() -> None:
    bench = Bench(session=a_session(lacks=frozenset({Privilege.SEND_MESSAGE})))

    bench.presenter.write()

    assert bench.state.letter is None
    assert not bench.state.may_send


def test_news_keeps_the_letter_that_is_being_written() -> None:
    bench = Bench()
    bench.presenter.write()
    bench.typed(to=ZHOU, text="请会诊")
    bench.room.reads.held = []

    bench.feed.publish(Changed(frozenset({"task"})))

    assert bench.state.listed == ()
    assert bench.letter.text == "请会诊"


def test_a_reading_that_fails_keeps_the_list() -> None:
    bench = Bench()
    bench.room.reads.fault = FULL

    bench.presenter.reload()

    assert bench.state.fault == FULL
    assert len(bench.state.listed) == 4
