"""Wards and people that nobody enrolled here follows any more leave; unsent work never does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.terms import PractitionerId, Ref, WardId
from app.fhir.document import Document
from app.ports.sync_store import Piece
from sync.cdr.misbehaviour import Fault, Rule
from sync.parts import Follower
from sync.scopes import mine_scope
from tests.support.builders import a_bed, a_patient, a_ward, an_encounter
from tests.support.order_builders import a_medication_request
from tests.sync.engine.desk import DOCTOR, Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import on_the_workstation
from tests.sync.engine.test_leaving import charts, is_census

ZHAO = PractitionerId("nurse-zhao")


@pytest.fixture
def elsewhere(hospital: Hospital) -> WardId:
    """Another ward, with patient c in it."""
    ward = WardId(f"{hospital.ward}-east")
    key, bed = hospital.patient("c"), f"bed-c-{hospital.number}"
    hospital.put(a_ward(ward))
    hospital.put(a_bed(bed, "c", ward))
    hospital.put(a_patient(key))
    hospital.put(an_encounter(f"stay-{key}", key, bed))
    stay: Document = {"reference": f"Encounter/stay-{key}"}
    order = hospital.order(0, "c").partition("/")[2]
    hospital.put(a_medication_request(order, key, encounter=stay))
    hospital.clock.step(minutes=10)
    return ward


@pytest.fixture
def shared(hospital: Hospital, desk: Desk, elsewhere: WardId) -> Desk:
    """Dr Wang's ward is followed for Dr Wang, the other one for nurse Zhao."""
    desk.followers = [Follower(DOCTOR, (hospital.ward,)), Follower(ZHAO, (elsewhere,))]
    desk.engine.follow((elsewhere,), ZHAO)
    desk.later()
    desk.later()
    assert charts(desk) == {hospital.patient(one) for one in "abc"}
    return desk


def scopes(desk: Desk) -> set[str]:
    return {scope.id for scope in desk.store.scopes() if scope.kind in {"census", "mine"}}


def test_what_a_colleague_follows_stays_whoever_is_signed_in(
    hospital: Hospital, shared: Desk
) -> None:
    shared.engine.follow((hospital.ward,), DOCTOR)
    shared.later()
    shared.later(hours=30)

    assert charts(shared) == {hospital.patient(one) for one in "abc"}


def test_the_ward_and_the_work_of_somebody_who_left_go_at_once(
    hospital: Hospital, shared: Desk, elsewhere: WardId
) -> None:
    shared.followers.pop()
    shared.engine.follow((hospital.ward,), DOCTOR)
    shared.later()

    assert charts(shared) == {hospital.patient("a"), hospital.patient("b")}
    here = on_the_workstation(shared)
    assert hospital.order(0, "c") not in here
    assert hospital.order(0, "a") in here
    assert scopes(shared) == {
        f"census:{hospital.ward}",
        f"census:Practitioner/{DOCTOR}",
        f"mine:{DOCTOR}",
    }
    assert hospital.versions(hospital.order(0, "c")) == 1  # no DELETE went there
    assert f"census:{elsewhere}" not in scopes(shared)


def test_somebody_with_other_wards_now_keeps_none_of_the_former(
    hospital: Hospital, desk: Desk, elsewhere: WardId
) -> None:
    desk.engine.follow((elsewhere,), ZHAO)
    desk.later()
    desk.later()

    assert charts(desk) == {hospital.patient("c")}


def test_a_patient_who_lies_in_a_ward_of_ours_now_stays(hospital: Hospital, shared: Desk) -> None:
    stay = Ref(f"Encounter/stay-{hospital.patient('c')}")
    bed = {"location": {"reference": f"Location/bed-a-{hospital.number}"}, "status": "active"}
    hospital.change(stay, location=[bed])
    shared.followers.pop()
    shared.engine.follow((hospital.ward,), DOCTOR)

    shared.later()
    shared.later(hours=30)

    assert hospital.patient("c") in charts(shared)
    assert hospital.order(0, "c") in on_the_workstation(shared)


def test_nobody_goes_before_the_wards_that_stay_were_seen_whole(
    hospital: Hospital, shared: Desk
) -> None:
    shared.followers.pop()
    shared.engine.follow((hospital.ward, WardId("opened-today")), DOCTOR)
    hospital.put(a_ward("opened-today"))
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=is_census, times=1_000_000))
    shared.later()
    assert hospital.patient("c") in charts(shared)

    hospital.behave()
    shared.later()
    assert hospital.patient("c") not in charts(shared)


def test_unsent_work_holds_its_patient_until_it_was_sent(hospital: Hospital, shared: Desk) -> None:
    order = hospital.order(0, "c")
    stuck = shared.edit(order, status="stopped")
    hospital.change(order, status="on-hold")
    shared.followers.pop()
    shared.engine.follow((hospital.ward,), DOCTOR)
    shared.later()
    shared.later()
    assert shared.states() == {stuck: "conflict"}
    assert hospital.patient("c") in charts(shared)

    shared.keep_mine(order)
    for _ in range(4):
        shared.later()

    assert shared.states() == {}
    assert charts(shared) == {hospital.patient("a"), hospital.patient("b")}
    assert hospital.content(order)["status"] == "stopped"


def test_a_ward_that_is_followed_again_comes_whole(
    hospital: Hospital, shared: Desk, elsewhere: WardId
) -> None:
    shared.followers.pop()
    shared.engine.follow((hospital.ward,), DOCTOR)
    shared.later()
    assert hospital.patient("c") not in charts(shared)

    shared.engine.follow((hospital.ward, elsewhere), DOCTOR)
    shared.later()
    shared.later()

    assert hospital.order(0, "c") in on_the_workstation(shared)


def test_a_ward_that_is_still_leaving_is_followed_again_when_it_is_wanted(
    hospital: Hospital, shared: Desk, elsewhere: WardId
) -> None:
    leaving = next(one for one in shared.store.scopes() if one.target == elsewhere)
    shared.store.put_scopes((replace(leaving, state="leaving"),))

    shared.later()

    states = {scope.id: scope.state for scope in shared.store.scopes()}
    assert states[leaving.id] == "active"
    hospital.change(Ref(f"Encounter/stay-{hospital.patient('c')}"), status="finished")
    shared.later()
    shared.later(hours=25)
    assert hospital.patient("c") not in charts(shared)


def test_what_only_leaves_when_it_was_sent_is_tried_again_now_and_then(
    hospital: Hospital, shared: Desk
) -> None:
    """A task for nurse Zhao that was answered here holds the list of her work until it is sent."""
    task = hospital.task("a")
    mine = mine_scope(ZHAO)
    shared.store.apply(Piece(mine.id, "Task", 1, members=((task, "1"),)))
    for cohort in [one for one in shared.store.scopes() if one.kind == "cohort"]:
        shared.store.forget_members(cohort.id, (task,))
    stuck = shared.edit(task, status="completed")
    hospital.change(task, status="cancelled")
    shared.followers.pop()
    shared.engine.follow((hospital.ward,), DOCTOR)
    shared.later()
    states = {scope.id: scope.state for scope in shared.store.scopes()}
    assert (states.get(mine.id), shared.states()) == ("leaving", {stuck: "conflict"})

    shared.keep_mine(task)
    shared.later()
    shared.later()

    assert mine.id not in {scope.id for scope in shared.store.scopes()}
    assert hospital.content(task)["status"] == "completed"
