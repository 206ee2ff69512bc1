"""What the simulator found: a signer overtaken unseen, a conflict asked about again and again."""

from __future__ import annotations

from app.domain.terms import Ref
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def test_a_note_is_held_when_the_order_it_was_signed_on_is_in_conflict_here(
    hospital: Hospital, desk: Desk
) -> None:
    """Simulator seed 20: the conflict kept the old version, and the read-set looked at that."""
    order = hospital.order(1)
    note = desk.sign_note("seen", seen=desk.seen(order))
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")

    desk.later()

    assert desk.states()[note] == "held"
    assert hospital.current(Ref(f"DocumentReference/{hospital.note_id('seen')}")) is None


def test_a_note_confirmed_while_the_order_is_in_conflict_is_sent(
    hospital: Hospital, desk: Desk
) -> None:
    order = hospital.order(1)
    note = desk.sign_note("seen", seen=desk.seen(order))
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    desk.later()

    desk.engine.retry(note)
    desk.later()

    assert note not in desk.states()


def test_a_conflict_that_waits_stays_the_same_conflict(hospital: Hospital, desk: Desk) -> None:
    """Every poll made a new one of it: younger each time, and closed under the reader's hand."""
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    desk.later()
    (first,) = desk.opened.disputes.disputes()

    desk.later()
    desk.later()

    assert desk.opened.disputes.disputes() == (first,)


def test_a_conflict_with_a_still_newer_version_shows_that_version(
    hospital: Hospital, desk: Desk
) -> None:
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    desk.later()

    hospital.change(order, status="cancelled")
    desk.later()

    (dispute,) = desk.opened.disputes.disputes()
    sides = desk.opened.disputes.sides(dispute.id)
    assert sides is not None
    assert (sides.theirs or {})["status"] == "cancelled"


def test_two_who_keep_theirs_over_a_deletion_do_not_overwrite_each_other(
    hospital: Hospital, desk: Desk, open_desk: Open
) -> None:
    """Simulator seed 3052: the second one was written over the first without a version."""
    other = open_desk("other")
    other.enrol()
    other.round()
    order = hospital.order(1)
    desk.edit(order, note=[{"text": "from the first desk"}])
    other.edit(order, note=[{"text": "from the second desk"}])
    hospital.delete(order)
    desk.round()
    other.later()
    desk.keep_mine(order)
    other.keep_mine(order)

    desk.round()
    other.round()

    assert hospital.content(order)["note"] == [{"text": "from the first desk"}]
    assert len(other.opened.disputes.disputes()) == 1


def test_one_who_keeps_theirs_over_a_deletion_makes_it_anew(hospital: Hospital, desk: Desk) -> None:
    order = hospital.order(1)
    desk.edit(order, note=[{"text": "from the first desk"}])
    hospital.delete(order)
    desk.later()
    desk.keep_mine(order)

    desk.later()

    assert hospital.content(order)["note"] == [{"text": "from the first desk"}]
    assert_nothing_waits(desk)
    assert_same(desk)
