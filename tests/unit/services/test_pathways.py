"""Reading pathways: what suggests itself, how a patient stands, orders of a stage, figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.order_sets import Chosen
from app.domain.orders import OrderKind
from app.domain.pathway_statistics import Rate
from app.domain.pathways import Enrolment, EnrolmentId, FactKind, is_entry
from app.domain.terms import EncounterId
from app.fhir.pathway_facts import write_pathway_fact
from tests.support.builders import a_condition
from tests.support.pathway_kit import (
    BLOOD,
    BOOK,
    DAY,
    DRUG,
    ENROLLED,
    NOW,
    OPERATED,
    PATH,
    PLAN,
    STAY,
    WHOM,
    a_fact,
    an_order,
)
from tests.unit.services.kit import ELSEWHERE, WARD
from tests.unit.services.pathways_room import HERE, NURSE, PHYSICIAN, Room, refusal


def with_problem(room: Room, code: str, **more: str) -> Room:
    key = f"problem-{len(room.bench.acts.documents('Condition'))}"
    room.bench.acts.download(a_condition(key, WHOM, code=code, text="肺炎", **more))
    return room


# --- what suggests itself


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        *(("J18", True), ("J18.9", True), ("J18.900", True), ("J181", False), ("J1", False)),
        *(("K80.1", True), ("K80.100", True), ("K80", False), ("K80.2", False), ("", False)),
    ],
)
def test_an_entry_code_takes_what_stands_below_it(code: str, *, entry: bool) -> None:
    assert is_entry(PATH, code) is entry


def test_a_coded_diagnosis_brings_its_pathways_up() -> None:
    room = with_problem(with_problem(Room(), "J18.9"), "J18.0")

    first, second = room.reading.suggest(PHYSICIAN, WHOM)

    assert (first.pathway, first.diagnosis.code) == (replace(PATH), "J18.9")
    assert second.pathway == OPERATED


def test_what_is_over_or_not_coded_in_icd_10_brings_none_up() -> None:
    room = with_problem(Room(), "J18.9", status="resolved")
    snomed = a_condition("s", WHOM, code="J18.9")
    snomed["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "J18.9"}]}
    room.bench.acts.download(snomed)
    assert room.reading.suggest(PHYSICIAN, WHOM) == ()

    assert with_problem(room, "J18.9").reading.suggest(PHYSICIAN, WHOM) != ()


def test_nothing_suggests_itself_without_a_stay_or_to_who_is_enrolled() -> None:
    assert with_problem(Room(()), "J18.9").reading.suggest(PHYSICIAN, WHOM) == ()
    assert with_problem(Room(), "J18.9").enrolled().reading.suggest(PHYSICIAN, WHOM) == ()


def test_the_highest_version_that_is_valid_is_offered_and_older_ones_stay_known() -> None:
    gone = replace(PATH, version="2", valid_to=NOW.date() - DAY)
    newer = replace(PATH, version="1.10")
    room = Room(book=replace(BOOK, pathways=(PATH, newer, gone)))

    book = room.reading.book()

    assert book.offered == (newer,)
    assert [book.by_origin(one) for one in ("path|1", "path|2", "path|3")] == [PATH, gone, None]


def test_a_book_is_read_once_a_day_of_the_ward() -> None:
    room = Room()
    room.reading.book()
    room.reading.book()
    room.later(1 / 3)  # midnight in Shanghai
    room.reading.book()

    assert room.asked == [date(2026, 11, 24), date(2026, 11, 25)]


# --- how a patient stands


def test_a_patient_in_no_pathway_has_no_grid() -> None:
    view = Room().reading.view(NURSE, WHOM)

    assert (view.grid, view.enrolments, view.rivals) == (None, (), ())
    assert view.stay is not None


def test_the_active_enrolment_of_the_stay_comes_first_then_the_newest() -> None:
    ended = replace(
        ENROLLED, id=EnrolmentId("newer"), began_at=NOW, status="completed", ended_at=NOW
    )
    both = Room().enrolled().enrolled(ended)
    assert _shown(both) == PLAN
    assert _shown(both, ended.id) == ended.id

    assert _shown(Room().enrolled(ended)) == ended.id
    assert _shown(Room(()).enrolled()) == PLAN


def _shown(room: Room, wanted: EnrolmentId | None = None) -> EnrolmentId | None:
    seen = room.reading.view(PHYSICIAN, WHOM, wanted).grid
    return None if seen is None else seen.enrolment.id


def test_two_who_enrolled_at_once_are_both_shown_and_the_first_stands() -> None:
    second = replace(ENROLLED, id=EnrolmentId("second"), began_at=NOW)

    view = Room().enrolled(second).enrolled().reading.view(PHYSICIAN, WHOM)

    assert view.grid is not None
    assert (view.grid.enrolment, view.rivals) == (ENROLLED, (second,))
    other = Room().enrolled(second).enrolled().reading.view(PHYSICIAN, WHOM, second.id)
    assert other.rivals == (ENROLLED,)


def test_an_ended_enrolment_has_no_rival() -> None:
    ended = replace(ENROLLED, id=EnrolmentId("ended"), status="completed", ended_at=NOW)

    view = Room().enrolled().enrolled(ended).reading.view(PHYSICIAN, WHOM, ended.id)

    assert view.rivals == ()


def test_an_enrolment_that_is_not_here_is_refused() -> None:
    reading = Room().enrolled().reading

    assert refusal(lambda: reading.view(PHYSICIAN, WHOM, EnrolmentId("x"))) == "pathways.not-here"


def test_a_chart_that_is_shut_shows_no_pathway() -> None:
    room = Room().enrolled()
    room.charts.shut = True

    assert refusal(lambda: room.reading.view(PHYSICIAN, WHOM)) == "access.not-granted"
    assert refusal(lambda: room.reading.suggest(PHYSICIAN, WHOM)) == "access.not-granted"


# --- orders of a stage


def test_the_orders_of_a_stage_are_offered_as_an_order_set() -> None:
    room = Room().enrolled()

    offered = room.reading.offer(PHYSICIAN, WHOM, PLAN, "first")
    chosen = Chosen(offered.preselected)
    made = room.reading.drafts(PHYSICIAN, WHOM, offered, chosen, "zh_CN")

    assert [draft.item and draft.item.code for draft in made] == ["cbc", "ceftriaxone"]
    assert {(draft.encounter, draft.origin) for draft in made} == {(STAY, "path.first.1|1")}


def test_what_an_order_meets_already_is_offered_and_not_preselected() -> None:
    room = Room().enrolled()
    room.reads.lines = (an_order(BLOOD),)
    offered = room.reading.offer(PHYSICIAN, WHOM, PLAN, "first")
    assert offered.preselected == {"drug/nursing"}
    assert len(offered.lines) == 2

    why = a_fact(FactKind.VARIANCE, ("first", "drug"), reason="refuses")
    room.bench.acts.download(write_pathway_fact(why))
    assert room.reading.offer(PHYSICIAN, WHOM, PLAN, "first").preselected == frozenset()


@pytest.mark.parametrize(
    ("enrolment", "stage", "why"),
    [
        (ENROLLED, "no such", "pathways.not-known"),
        (ENROLLED, "then", "order_sets.no-such-set"),
        (replace(ENROLLED, origin="path|9"), "first", "pathways.not-known"),
        (replace(ENROLLED, status="revoked"), "first", "pathways.not-active"),
    ],
)
def test_what_has_no_orders_to_offer(enrolment: Enrolment, stage: str, why: str) -> None:
    reading = Room().enrolled(enrolment).reading

    assert refusal(lambda: reading.offer(PHYSICIAN, WHOM, PLAN, stage)) == why


# --- a ward now


def test_a_ward_shows_who_lies_there_and_is_in_a_pathway() -> None:
    room = Room().enrolled()
    room.reads.stays = (replace(HERE, bed="12"),)

    found = room.reading.ward(NURSE, WARD)

    (one,) = found.patients
    assert (one.patient, one.name.name, one.bed, one.whole) == (WHOM, "李明", "12", False)
    assert (one.grid.enrolment, found.partial, found.as_of) == (ENROLLED, 1, None)
    room.reads.as_of = NOW
    again = room.reading.ward(NURSE, WARD)
    assert (again.patients[0].whole, again.partial, again.as_of) == (True, 0, NOW)
    assert room.reading.ward(NURSE, ELSEWHERE).patients == ()


@pytest.mark.parametrize(
    "enrolment",
    [
        replace(ENROLLED, status="completed", ended_at=NOW),
        replace(ENROLLED, encounter=EncounterId("an earlier stay")),
    ],
)
def test_a_ward_shows_no_pathway_that_is_over_or_of_another_stay(enrolment: Enrolment) -> None:
    assert Room().enrolled(enrolment).reading.ward(NURSE, WARD).patients == ()


# --- figures


def test_figures_of_a_ward_are_of_what_began_in_the_period() -> None:
    room = Room().enrolled()
    room.reads.lines = (an_order(BLOOD), an_order(DRUG, OrderKind.LONG_TERM))
    why = a_fact(FactKind.VARIANCE, reason="refuses")
    room.bench.acts.download(write_pathway_fact(why))

    found = room.reading.statistics(NURSE, WARD, NOW - DAY, NOW)

    (figures,) = found.pathways
    assert (figures.pathway, figures.enrolled, figures.varied) == (PATH, 1, Rate(1, 1))
    assert (found.ward, found.since, found.until, found.partial) == (WARD, NOW - DAY, NOW, 1)
    assert room.reading.statistics(NURSE, WARD, NOW, NOW + DAY).pathways == ()
    assert room.reading.statistics(NURSE, ELSEWHERE, NOW - DAY, NOW).pathways == ()


def test_figures_say_until_when_the_ward_is_known() -> None:
    room = Room().enrolled()
    room.reads.as_of = NOW - timedelta(minutes=5)

    found = room.reading.statistics(NURSE, WARD, NOW - DAY, NOW)

    assert (found.as_of, found.partial, found.name.name) == (room.reads.as_of, 0, "心内科")
