"""A message that is being written is kept, found again, and leaves with the act that sends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import PatientId, PractitionerId
from app.kernel.faults import AppError
from app.kernel.tasks import TaskRunner
from tests.support.desk_kit import (
    WANG,
    PatientRunner,
    a_session,
)
from tests.unit.ui.inbox.bench import FULL, ZHOU, Bench
from ui.inbox.state import Letter


def kept(bench: Bench) -> list[Letter | None]:
    drafts = bench.room.drafting.open(a_session())
    return [Letter.of(draft.body) for draft in drafts]


def typing(bench: Bench, **what: object) -> Letter:
    bench.presenter.write()
    letter = replace(bench.letter, **{"to": ZHOU, "text": "请会诊", "caret": 2} | what)  # type: ignore[arg-type]  # fields of a letter
    bench.presenter.settle(letter)
    return letter


def again(bench: Bench, runner: TaskRunner | None = None) -> Bench:
    """The page as it opens after a kill, over what was kept."""
    return Bench(runner, room=bench.room)


def test_what_is_typed_is_kept_under_one_draft() -> None:
    bench = Bench()
    letter = typing(bench)

    bench.presenter.settle(replace(letter, text="请会诊。", urgent=True, caret=4))

    assert kept(bench) == [replace(letter, text="请会诊。", urgent=True, caret=4)]


def test_after_a_kill_the_message_is_back_at_its_caret_with_its_time() -> None:
    bench = Bench()
    bench.presenter.select("mail")
    typing(bench, urgent=True)

    after = again(bench)

    assert after.letter == Letter(
        ZHOU,
        "请会诊",
        urgent=True,
        about=("li-ming", "李明"),
        caret=2,
        restored_at=bench.room.clock.now(),
    )
    assert after.state.writing
    assert [person for person, _ in after.state.people] == ["dr-zhou", "nurse-zhao"]


def test_a_restored_message_goes_on_under_its_own_draft_and_leaves_with_it() -> None:
    first = Bench()
    typing(first)
    after = again(first)
    after.presenter.settle(replace(after.letter, text="请今天会诊"))
    assert len(kept(after)) == 1

    after.presenter.send()

    assert after.room.acts.committed[0].draft is not None
    assert kept(after) == []


def test_a_message_that_could_not_be_sent_keeps_its_draft() -> None:
    bench = Bench()
    typing(bench)
    bench.room.acts.refusing = AppError(FULL)

    bench.presenter.send()

    assert len(kept(bench)) == 1


def test_nobody_finds_the_message_of_somebody_else() -> None:
    bench = Bench()
    typing(bench)
    other = replace(WANG, id=PractitionerId("dr-other"), username="other")

    assert Bench(session=a_session(other), room=bench.room).state.letter is None
    assert again(bench).state.letter is not None


def test_a_discarded_message_does_not_come_back() -> None:
    bench = Bench()
    typing(bench)

    bench.presenter.discard()

    assert bench.state.letter is None
    assert again(bench).state.letter is None


def test_a_message_that_could_not_be_discarded_says_so_and_stays() -> None:
    bench = Bench()
    typing(bench)
    bench.room.drafts.refusing = AppError(FULL)

    bench.presenter.discard()

    assert (bench.letter.fault, bench.letter.busy) == (FULL, False)


def test_an_emptied_message_leaves_no_draft() -> None:
    bench = Bench()
    letter = typing(bench)

    bench.presenter.settle(replace(letter, text=" "))

    assert kept(bench) == []


def test_a_message_is_put_aside_and_taken_up_again() -> None:
    bench = Bench()
    typing(bench)

    bench.presenter.put_aside()
    assert not bench.state.writing
    assert bench.letter.text == "请会诊"

    bench.presenter.write()
    assert bench.state.writing
    assert bench.letter.text == "请会诊"


def test_an_empty_message_is_not_put_aside() -> None:
    bench = Bench()
    bench.presenter.write()

    bench.presenter.put_aside()

    assert bench.state.letter is None


def test_a_message_that_cannot_be_kept_says_so_until_it_is() -> None:
    bench = Bench()
    bench.room.drafts.refusing = AppError(FULL)
    letter = typing(bench)
    assert bench.letter.fault == FULL

    bench.presenter.settle(replace(letter, text="请会诊！"))

    assert bench.letter.fault is None


@pytest.mark.parametrize("concerns", [True, False])
def test_whether_it_is_about_the_patient_is_kept_too(*, concerns: bool) -> None:
    bench = Bench()
    bench.presenter.select("mail")
    typing(bench)

    bench.presenter.concern_patient(concerns=True)
    bench.presenter.concern_patient(concerns=concerns)

    kept = again(bench).letter
    assert kept.about == ("li-ming", "李明")
    assert kept.concerns is concerns


def test_a_message_to_somebody_who_has_left_is_to_nobody() -> None:
    bench = Bench()
    typing(bench, to=PractitionerId("dr-gone"))

    after = again(bench)

    assert after.letter.to is None
    after.presenter.send()
    assert after.room.done() == []


def test_nothing_is_sent_before_it_is_known_to_whom() -> None:
    first = Bench()
    typing(first)
    runner = PatientRunner()
    after = again(first, runner)
    runner.go_on()

    after.presenter.send()
    runner.go_on()
    assert after.room.done() == []

    after.presenter.send()
    runner.go_on()
    assert after.room.done() == ["message.send"]


def test_nothing_is_begun_before_it_is_known_what_was_left() -> None:
    runner = PatientRunner()
    bench = Bench(runner)

    bench.presenter.write()
    assert bench.state.letter is None

    runner.go_on()
    bench.presenter.write()
    assert bench.state.letter is not None


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"to": null, "text": 5}'])
def test_a_draft_of_another_form_is_left_alone(body: str) -> None:
    bench = Bench()
    bench.room.drafting.keep(a_session(), "message", None, body)

    after = again(bench)

    assert after.state.letter is None
    typing(after)
    assert len(after.room.drafting.open(a_session())) == 2


@given(
    st.builds(
        Letter,
        st.none() | st.text().map(PractitionerId),
        st.text(),
        st.booleans(),
        st.none() | st.tuples(st.text().map(PatientId), st.text()),
        st.booleans(),
        st.integers(0, 10_000),
    )
)
def test_a_message_reads_back_as_it_was_kept(letter: Letter) -> None:
    assert Letter.of(letter.body) == letter
