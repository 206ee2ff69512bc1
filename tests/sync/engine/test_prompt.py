"""What can be signed is asked for in every round; what is announced, before the rest."""

from __future__ import annotations

from app.domain.terms import Ref
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital


def searched(hospital: Hospital) -> list[str]:
    """The types asked for since the last time this was asked."""
    found = [at.partition("/")[0] for _, at in hospital.misbehaviour.seen if "_search" in at]
    hospital.misbehaviour.seen.clear()
    return found


def test_a_note_is_here_with_the_next_round_whoever_is_on_the_screen(
    hospital: Hospital, desk: Desk
) -> None:
    desk.later(seconds=15)
    hospital.write_note("theirs")

    desk.later(seconds=15)

    assert desk.opened.documents.held(Ref(f"DocumentReference/{hospital.note_id('theirs')}"))


def test_a_slow_type_keeps_its_own_pace(hospital: Hospital, desk: Desk) -> None:
    desk.later()
    searched(hospital)

    desk.later(seconds=15)
    soon = searched(hospital)
    desk.later(minutes=2)
    late = searched(hospital)

    assert "DocumentReference" in soon
    assert "Patient" not in soon
    assert "Patient" in late


def test_what_is_announced_is_asked_for_first_and_once(hospital: Hospital, desk: Desk) -> None:
    desk.later()
    searched(hospital)
    desk.later(seconds=15)
    usual = searched(hospital)

    desk.engine.look_first(frozenset({"DocumentReference"}))
    desk.later(seconds=15)
    announced = searched(hospital)
    desk.later(seconds=15)
    after = searched(hospital)

    assert usual.index("DocumentReference") > 0
    assert announced[0] == "DocumentReference"
    assert sorted(announced) == sorted(usual)
    assert after == usual


def test_what_is_announced_of_a_type_that_nobody_follows_changes_nothing(
    hospital: Hospital, desk: Desk
) -> None:
    desk.later()
    desk.later(seconds=15)
    searched(hospital)
    desk.later(seconds=15)
    usual = searched(hospital)

    desk.engine.look_first(frozenset({"Group"}))
    desk.later(seconds=15)

    assert searched(hospital) == usual
