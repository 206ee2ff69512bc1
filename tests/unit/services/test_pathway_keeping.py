"""Enrolling, ticking, explaining, and taking back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.pathway_grid import State
from app.domain.pathways import EnrolmentId, FactKind, Row
from app.domain.patients import Stay
from app.domain.terms import EncounterId, PatientId, Ref
from app.fhir.pathway_facts import write_pathway_fact
from app.kernel.faults import AppError, FaultKind
from app.services.pathway_keeping import ElementAt, Explanation
from tests.support.pathway_kit import (
    ENROLLED,
    NOW,
    PLAN,
    STAY,
    WHOM,
    a_fact,
)
from tests.unit.services.pathways_room import (
    BLOOD_AT,
    HERE,
    HISTORY,
    NURSE,
    PHYSICIAN,
    TEACH,
    TRAINEE,
    Room,
    refusal,
)

REFUSES = Explanation("refuses")
TOLD = frozenset({"pathway"})
OPERATED_PLAN = replace(ENROLLED, origin="operated|1")


def state_of(room: Room, at: ElementAt) -> State:
    seen = room.reading.view(PHYSICIAN, WHOM).grid
    assert seen is not None
    column = seen.column(at.stage)
    assert column is not None
    cell = column.cell(at.element)
    assert cell is not None
    return cell.state


# --- enrolling


def test_a_stay_is_enrolled_in_the_version_of_today() -> None:
    room = Room()

    made = room.keeping.enrol(PHYSICIAN, WHOM, "path")

    assert room.enrolments() == (made,)
    assert (made.origin, made.encounter, made.status) == ("path|1", STAY, "active")
    assert (made.began_at, made.by_name) == (NOW, "王奕")
    (act,) = room.bench.acts.committed
    assert (act.kind, act.kinds, act.patient) == ("pathway.enrol", TOLD, WHOM)


def test_a_second_pathway_in_one_stay_is_refused_and_the_first_is_named() -> None:
    room = Room().enrolled()

    with pytest.raises(AppError) as refused:
        room.keeping.enrol(PHYSICIAN, WHOM, "operated")

    fault = refused.value.fault
    assert (fault.kind, fault.message.code) == (FaultKind.REFUSED, "pathways.already-enrolled")
    assert dict(fault.message.parameters) == {"name": "某路径", "english": "Some pathway"}
    assert room.bench.acts.committed == []


def test_a_pathway_without_an_english_name_is_named_all_the_same() -> None:
    named = replace(ENROLLED, title=replace(ENROLLED.title, display=""))

    with pytest.raises(AppError) as refused:
        Room().enrolled(named).keeping.enrol(PHYSICIAN, WHOM, "path")

    assert dict(refused.value.fault.message.parameters)["english"] == "某路径"


@pytest.mark.parametrize(
    "before",
    [
        replace(ENROLLED, status="completed", ended_at=NOW),
        replace(ENROLLED, status="revoked", ended_at=NOW),
        replace(ENROLLED, encounter=EncounterId("an earlier stay")),
    ],
)
def test_what_has_ended_or_was_of_another_stay_stands_in_nobodys_way(before: object) -> None:
    room = Room().enrolled(before)  # type: ignore[arg-type]  # enrolments all

    made = room.keeping.enrol(PHYSICIAN, WHOM, "path")

    assert room.enrolments() == (made, before)


@pytest.mark.parametrize(
    ("stays", "code", "why"),
    [
        ((), "path", "pathways.no-stay"),
        ((replace(HERE, status="finished"),), "path", "pathways.no-stay"),
        ((HERE,), "no such pathway", "pathways.not-offered"),
    ],
)
def test_nobody_is_enrolled_without_a_stay_or_a_pathway(
    stays: tuple[Stay, ...], code: str, why: str
) -> None:
    assert refusal(lambda: Room(stays).keeping.enrol(PHYSICIAN, WHOM, code)) == why


# --- ticking


def test_a_tick_is_a_fact_of_its_own() -> None:
    room = Room().enrolled()

    fact = room.keeping.tick(PHYSICIAN, WHOM, HISTORY)

    assert state_of(room, HISTORY) is State.DONE
    assert (fact.kind, fact.stage, fact.element, fact.by_name) == (
        *(FactKind.DONE, "first", "history", "王奕"),
    )
    (act,) = room.bench.acts.committed
    assert (act.kind, act.kinds, act.read_set) == ("pathway.done", TOLD, ())


@pytest.mark.parametrize(
    ("row", "physician", "nurse", "trainee"),
    [
        (Row.PHYSICIAN, True, False, True),
        (Row.NURSING, False, True, False),
        (Row.LEAVING, True, True, True),
        (Row.LONG_TERM, False, False, False),
        (Row.TEMPORARY, False, False, False),
    ],
)
def test_each_ticks_the_work_of_their_own(
    row: Row, *, physician: bool, nurse: bool, trainee: bool
) -> None:
    keeping = Room().keeping

    assert keeping.may_tick(PHYSICIAN, row) is physician
    assert keeping.may_tick(NURSE, row) is nurse
    assert keeping.may_tick(TRAINEE, row) is trainee


def test_a_nurse_ticks_nursing_work_and_no_physicians_work() -> None:
    room = Room().enrolled()

    room.keeping.tick(NURSE, WHOM, TEACH)

    assert state_of(room, TEACH) is State.DONE
    assert refusal(lambda: room.keeping.tick(NURSE, WHOM, HISTORY)) == "pathways.not-your-row"


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (BLOOD_AT, "pathways.met-by-orders"),
        (ElementAt(PLAN, "then", "better"), "pathways.stage-not-begun"),
        (ElementAt(PLAN, "first", "no such"), "pathways.not-known"),
        (ElementAt(PLAN, "no such", "history"), "pathways.not-known"),
        (ElementAt(EnrolmentId("no such"), "first", "history"), "pathways.not-here"),
    ],
)
def test_what_cannot_be_ticked(at: ElementAt, why: str) -> None:
    room = Room().enrolled()

    assert refusal(lambda: room.keeping.tick(PHYSICIAN, WHOM, at)) == why
    assert room.bench.acts.committed == []


def test_a_stage_nobody_dated_cannot_be_ticked_until_it_is_dated() -> None:
    room = Room().enrolled(OPERATED_PLAN)
    operate = ElementAt(PLAN, "theatre", "operate")
    assert refusal(lambda: room.keeping.tick(PHYSICIAN, WHOM, operate)) == (
        "pathways.stage-not-begun"
    )

    told = room.keeping.date_operation(PHYSICIAN, WHOM, PLAN, date(2026, 11, 24))
    room.keeping.tick(PHYSICIAN, WHOM, operate)

    assert (told.kind, told.day) == (FactKind.OPERATION_DAY, date(2026, 11, 24))
    assert state_of(room, operate) is State.DONE


@pytest.mark.parametrize("origin", ["path|1", "unknown|1"])
def test_a_pathway_without_an_operation_is_given_no_day_of_one(origin: str) -> None:
    keeping = Room().enrolled(replace(ENROLLED, origin=origin)).keeping
    day = date(2026, 11, 24)

    assert refusal(lambda: keeping.date_operation(PHYSICIAN, WHOM, PLAN, day)) == (
        "pathways.no-operation"
    )


# --- explaining


def test_an_element_of_anybody_and_of_any_day_can_be_explained() -> None:
    room = Room().enrolled()

    for at in (HISTORY, BLOOD_AT, ElementAt(PLAN, "then", "better")):
        fact = room.keeping.explain(NURSE, WHOM, at, Explanation("other", " 家中已做 "))
        assert state_of(room, at) is State.VARIANCE
        assert (fact.text, fact.reason and fact.reason.text) == ("家中已做", "其他")

    assert {act.kind for act in room.bench.acts.committed} == {"pathway.variance"}
    assert {act.reason for act in room.bench.acts.committed} == {"家中已做"}


def test_a_variance_may_belong_to_no_element() -> None:
    room = Room().enrolled()

    fact = room.keeping.note_variance(NURSE, WHOM, PLAN, REFUSES)

    seen = room.reading.view(PHYSICIAN, WHOM).grid
    assert seen is not None
    assert seen.extras == (fact,)
    assert (fact.kind, fact.element) == (FactKind.EXTRA, "")


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Explanation(""), "pathways.reason-missing"),
        (Explanation("worse"), "pathways.reason-missing"),
        (Explanation("other", "  "), "pathways.say-more"),
    ],
)
def test_a_variance_needs_a_reason_of_the_pack(why: Explanation, code: str) -> None:
    room = Room().enrolled()

    assert refusal(lambda: room.keeping.explain(NURSE, WHOM, HISTORY, why)) == code
    assert refusal(lambda: room.keeping.note_variance(NURSE, WHOM, PLAN, why)) == code
    assert room.bench.acts.committed == []


# --- taking back


def test_a_fact_is_taken_back_and_said_anew() -> None:
    room = Room().enrolled()
    wrong = room.keeping.tick(PHYSICIAN, WHOM, HISTORY)

    room.keeping.take_back(NURSE, WHOM, wrong.ref, " 点错了 ")
    assert state_of(room, HISTORY) is State.OPEN
    assert room.bench.acts.committed[-1].reason == "点错了"
    room.keeping.explain(PHYSICIAN, WHOM, HISTORY, REFUSES)

    seen = room.reading.view(PHYSICIAN, WHOM).grid
    assert seen is not None
    cell = seen.columns[0].cells[0]
    assert (cell.state, cell.taken_back) == (State.VARIANCE, (replace(wrong, void=True),))


def test_taking_back_needs_a_reason_and_something_that_stands() -> None:
    room = Room().enrolled()
    fact = room.keeping.tick(PHYSICIAN, WHOM, HISTORY)
    others = a_fact(key="of another", patient=PatientId("another"))
    room.bench.acts.download(write_pathway_fact(others))
    weight = Ref("Observation/weight")
    room.bench.acts.download({"resourceType": "Observation", "id": "weight", "status": "final"})

    def refused(ref: Ref, why: str = "错") -> str:
        return refusal(lambda: room.keeping.take_back(NURSE, WHOM, ref, why))

    assert refused(fact.ref, " ") == "pathways.why-taken-back"
    for ref in (Ref("Observation/none"), weight, others.ref):
        assert refused(ref) == "pathways.nothing-to-take-back"
    room.keeping.take_back(NURSE, WHOM, fact.ref, "错")
    assert refused(fact.ref) == "pathways.nothing-to-take-back"
