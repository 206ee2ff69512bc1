"""Who has left the ward is kept for a while, then goes whole; unsent work never does (I17)."""

from __future__ import annotations

from app.domain.terms import Ref
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request
from tests.support.builders import a_patient, an_allergy, an_encounter
from tests.sync.engine.desk import DOCTOR, Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import on_the_workstation


def discharge(hospital: Hospital, name: str) -> None:
    hospital.change(Ref(f"Encounter/stay-{hospital.patient(name)}"), status="finished")


def charts(desk: Desk) -> set[str]:
    """The patients of whom anything is here."""
    here = on_the_workstation(desk)
    return {ref.partition("/")[2] for ref in here if ref.startswith("Patient/")}


def test_a_discharged_patient_is_kept_a_day_and_then_goes_whole(
    hospital: Hospital, desk: Desk
) -> None:
    a, b = hospital.patient("a"), hospital.patient("b")
    discharge(hospital, "b")

    desk.later()
    desk.later(hours=23)
    assert charts(desk) == {a, b}
    desk.later(hours=2)

    assert charts(desk) == {a}
    here = on_the_workstation(desk)
    assert not [ref for ref in here if "-b-" in ref and not ref.startswith("Location/")]
    assert hospital.order(0, "a") in here
    assert hospital.versions(hospital.order(0, "b")) == 1  # no DELETE went there


def test_a_patient_who_comes_back_in_time_stays(hospital: Hospital, desk: Desk) -> None:
    discharge(hospital, "b")
    desk.later()
    hospital.change(Ref(f"Encounter/stay-{hospital.patient('b')}"), status="in-progress")
    desk.later(hours=2)

    desk.later(hours=30)

    assert charts(desk) == {hospital.patient("a"), hospital.patient("b")}


def test_a_patient_who_comes_back_later_comes_whole(hospital: Hospital, desk: Desk) -> None:
    discharge(hospital, "b")
    desk.later()
    desk.later(hours=25)
    assert charts(desk) == {hospital.patient("a")}
    hospital.change(Ref(f"Encounter/stay-{hospital.patient('b')}"), status="in-progress")

    desk.later()
    desk.later()

    assert charts(desk) == {hospital.patient("a"), hospital.patient("b")}
    assert hospital.order(2, "b") in on_the_workstation(desk)


def test_the_patient_on_screen_and_the_marked_one_stay(hospital: Hospital, desk: Desk) -> None:
    discharge(hospital, "b")
    desk.engine.look_at(hospital.patient("b"))
    desk.later()
    desk.later(hours=30)
    assert hospital.patient("b") in charts(desk)

    desk.engine.look_at(None)
    desk.pinned.add(hospital.patient("b"))
    desk.later(hours=30)
    assert hospital.patient("b") in charts(desk)

    desk.pinned.clear()
    desk.later()
    desk.later(hours=30)
    assert charts(desk) == {hospital.patient("a")}


def test_a_patient_with_unsent_work_stays_until_it_was_sent(hospital: Hospital, desk: Desk) -> None:
    order = hospital.order(0, "b")
    discharge(hospital, "b")
    desk.later()
    stuck = desk.edit(order, status="stopped")
    hospital.change(order, status="on-hold")

    desk.later(hours=30)
    desk.later(hours=30)

    assert desk.states() == {stuck: "conflict"}
    assert hospital.patient("b") in charts(desk)


def test_nobody_leaves_on_a_census_that_was_not_seen_whole(hospital: Hospital, desk: Desk) -> None:
    discharge(hospital, "b")
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=is_census, times=1_000_000))

    desk.later()
    desk.later(hours=30)
    desk.later(hours=30)

    assert charts(desk) == {hospital.patient("a"), hospital.patient("b")}


def is_census(request: Request) -> bool:
    return request.path == "Encounter/_search" and b"location=" in request.body


def test_whom_i_look_after_comes_although_they_lie_in_no_ward(
    hospital: Hospital, desk: Desk
) -> None:
    key = hospital.patient("c")
    hospital.put(a_patient(key))
    hospital.put(an_encounter(f"stay-{key}", key, attending=DOCTOR))
    hospital.put(an_allergy(hospital.allergy("c").partition("/")[2], key))
    desk.later()
    assert key not in charts(desk)

    desk.engine.follow((hospital.ward,), DOCTOR)
    desk.later()

    assert key in charts(desk)
    assert hospital.allergy("c") in on_the_workstation(desk)
