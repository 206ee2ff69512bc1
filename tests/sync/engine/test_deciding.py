"""A conflict decided by a person: it leaves the workstation, or it is taken back (I2, I3, I11)."""

from __future__ import annotations

from app.domain.sending import GroupState
from app.domain.terms import Ref
from app.fhir.provenance import write_provenance
from app.kernel.clock import RandomIds
from app.ports.acts import Act
from app.ports.disputes import Decision
from tests.sync.engine.desk import DOCTOR, Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def in_conflict(hospital: Hospital, desk: Desk) -> tuple[Ref, int]:
    """An order stopped here and put on hold by a colleague at the same time."""
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    desk.later()
    (dispute,) = desk.opened.disputes.disputes()
    return order, dispute.id


def decided(hospital: Hospital) -> Decision:
    return Decision(DOCTOR, hospital.clock.now(), "seen with the patient")


def keep_mine(hospital: Hospital, desk: Desk, order: Ref, dispute: int) -> None:
    now = hospital.clock.now()
    provenance = write_provenance(
        provenance_id=RandomIds().new(),
        targets=(order,),
        author=DOCTOR,
        occurred=now,
        recorded=now,
        activity="conflict.keep-mine",
    )
    act = Act(
        group=desk.new_group(),
        kind="conflict.keep-mine",
        patient=hospital.patient(),
        author=DOCTOR,
        at=now,
        changes=(),
        provenance=provenance,
    )
    desk.opened.disputes.keep_mine(dispute, act, decided(hospital))


def test_my_version_is_sent_over_theirs_once_somebody_saw_both(
    hospital: Hospital, desk: Desk
) -> None:
    order, dispute = in_conflict(hospital, desk)

    keep_mine(hospital, desk, order, dispute)
    desk.later()

    assert hospital.content(order)["status"] == "stopped"
    assert hospital.versions(order) == 3
    assert_nothing_waits(desk)
    assert_same(desk)


def test_mine_meets_a_still_newer_one_and_is_asked_about_again(
    hospital: Hospital, desk: Desk
) -> None:
    order, dispute = in_conflict(hospital, desk)
    keep_mine(hospital, desk, order, dispute)
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
    order, _ = in_conflict(hospital, desk)
    group = next(iter(desk.states()))

    desk.opened.disputes.discard((group,), decided(hospital))
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
    (dispute,) = desk.opened.disputes.disputes()

    keep_mine(hospital, desk, order, dispute.id)
    desk.later()

    assert hospital.content(order)["status"] == "stopped"
    assert_nothing_waits(desk)
    assert_same(desk)
