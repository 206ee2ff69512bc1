"""A conflict decided by a person: it leaves the workstation, or it is taken back (I2, I3, I11)."""

from __future__ import annotations

from app.domain.sending import GroupState
from app.domain.terms import Ref
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def in_conflict(hospital: Hospital, desk: Desk) -> Ref:
    """An order stopped here and put on hold by a colleague at the same time."""
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    desk.later()
    return order


def test_my_version_is_sent_over_theirs_once_somebody_saw_both(
    hospital: Hospital, desk: Desk
) -> None:
    order = in_conflict(hospital, desk)

    desk.keep_mine(order)
    desk.later()

    assert hospital.content(order)["status"] == "stopped"
    assert hospital.versions(order) == 3
    assert_nothing_waits(desk)
    assert_same(desk)


def test_mine_meets_a_still_newer_one_and_is_asked_about_again(
    hospital: Hospital, desk: Desk
) -> None:
    order = in_conflict(hospital, desk)
    desk.keep_mine(order)
    hospital.change(order, status="cancelled")

    desk.later()

    assert hospital.content(order)["status"] == "cancelled"
    (again,) = desk.opened.disputes.disputes()
    sides = desk.opened.disputes.sides(again.id)
    assert sides is not None
    assert sides.theirs is not None
    assert (sides.mine or {})["status"] == "stopped"
    assert sides.theirs["status"] == "cancelled"


def test_an_act_taken_back_leaves_the_hospitals_version(hospital: Hospital, desk: Desk) -> None:
    order = in_conflict(hospital, desk)
    group = next(iter(desk.states()))

    desk.opened.disputes.discard((group,), desk.decision())
    desk.later()

    assert desk.item(group).state is GroupState.DISCARDED
    assert hospital.versions(order) == 2
    assert_nothing_waits(desk)
    assert_same(desk)
    assert desk.edit(order, status="active")
    desk.later()
    assert hospital.content(order)["status"] == "active"


def test_mine_is_made_anew_where_it_was_deleted(hospital: Hospital, desk: Desk) -> None:
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.delete(order)
    desk.later()

    desk.keep_mine(order)
    desk.later()

    assert hospital.content(order)["status"] == "stopped"
    assert_nothing_waits(desk)
    assert_same(desk)
