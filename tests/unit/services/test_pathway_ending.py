"""Completing and leaving a pathway, and what is refused before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.orders import OrderKind
from app.domain.people import Session
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.pathways import write_enrolment
from app.services.pathway_keeping import ElementAt, Explanation, PathwayKeeping
from tests.support.fake_acts import FakeActs
from tests.support.pathway_kit import (
    BLOOD,
    DRUG,
    ENROLLED,
    NOW,
    PATH,
    PLAN,
    WHOM,
    an_exit,
    an_order,
)
from tests.unit.services.pathways_room import (
    HISTORY,
    PHYSICIAN,
    Room,
    refusal,
    signed_in,
)

REFUSES = Explanation("refuses")
OPERATED_PLAN = replace(ENROLLED, origin="operated|1")


def test_completing_names_what_is_neither_done_nor_explained_and_changes_nothing() -> None:
    room = Room().enrolled()
    room.reads.lines = (an_order(BLOOD),)

    against = room.keeping.complete(PHYSICIAN, WHOM, PLAN)

    assert against
    assert [cell.element.key for cell in against.cells] == ["history", "drug"]
    assert room.enrolments() == (ENROLLED,)
    assert room.bench.acts.committed == []


def test_a_pathway_is_completed_once_everything_is_done_or_explained() -> None:
    room = Room().enrolled()
    room.reads.lines = (an_order(BLOOD),)
    room.keeping.tick(PHYSICIAN, WHOM, HISTORY)
    room.keeping.explain(PHYSICIAN, WHOM, ElementAt(PLAN, "first", "drug"), REFUSES)
    for element in ("drug", "better"):
        room.keeping.explain(PHYSICIAN, WHOM, ElementAt(PLAN, "then", element), REFUSES)

    assert not room.keeping.complete(PHYSICIAN, WHOM, PLAN)

    assert room.enrolments() == (replace(ENROLLED, status="completed", ended_at=NOW),)
    assert room.bench.acts.committed[-1].kind == "pathway.complete"


def test_a_pathway_with_stages_ahead_is_completed_only_if_somebody_said_why() -> None:
    room = Room().enrolled()
    room.reads.lines = (an_order(BLOOD), an_order(DRUG, OrderKind.LONG_TERM, ends_at=NOW))
    room.keeping.tick(PHYSICIAN, WHOM, HISTORY)
    assert refusal(lambda: room.keeping.complete(PHYSICIAN, WHOM, PLAN)) == "pathways.too-early"
    assert room.enrolments() == (ENROLLED,)

    room.keeping.note_variance(PHYSICIAN, WHOM, PLAN, Explanation("other", "提前出院"))
    assert not room.keeping.complete(PHYSICIAN, WHOM, PLAN)

    assert [one.status for one in room.enrolments()] == ["completed"]


def test_a_stage_nobody_dated_stands_against_completing() -> None:
    room = Room().enrolled(OPERATED_PLAN)
    room.keeping.tick(PHYSICIAN, WHOM, HISTORY)

    against = room.keeping.complete(PHYSICIAN, WHOM, PLAN)

    assert ([one.stage.key for one in against.undated], against.cells) == (["theatre"], ())


def test_a_version_that_is_not_known_here_is_left_and_never_completed() -> None:
    room = Room().enrolled(replace(ENROLLED, origin="path|9"))

    assert refusal(lambda: room.keeping.complete(PHYSICIAN, WHOM, PLAN)) == "pathways.not-known"
    assert refusal(lambda: room.keeping.tick(PHYSICIAN, WHOM, HISTORY)) == "pathways.not-known"
    room.keeping.leave(PHYSICIAN, WHOM, PLAN, Explanation("worse"))

    assert [one.status for one in room.enrolments()] == ["revoked"]


def test_a_pathway_is_left_for_a_reason() -> None:
    room = Room().enrolled()

    room.keeping.leave(PHYSICIAN, WHOM, PLAN, Explanation("worse", " 转入ICU "))

    assert room.enrolments() == (
        replace(
            ENROLLED, status="revoked", ended_at=NOW, exit_reason=an_exit(), exit_text="转入ICU"
        ),
    )
    act = room.bench.acts.committed[-1]
    assert (act.kind, act.reason) == ("pathway.leave", "转入ICU")


def test_a_pathway_is_not_left_without_a_reason() -> None:
    keeping = Room().enrolled().keeping

    assert refusal(lambda: keeping.leave(PHYSICIAN, WHOM, PLAN, REFUSES)) == (
        "pathways.reason-missing"
    )


def test_an_enrolment_that_went_away_meanwhile_is_not_ended() -> None:
    room = Room().enrolled()
    bench = room.bench
    keeping = PathwayKeeping(bench.acts, FakeActs(), bench.maker, bench.rules, room.standing)

    assert refusal(lambda: keeping.leave(PHYSICIAN, WHOM, PLAN, Explanation("worse"))) == (
        "pathways.not-here"
    )


ACTS: dict[str, Callable[[Room, Session], object]] = {
    "enrol": lambda room, who: room.keeping.enrol(who, WHOM, "path"),
    "tick": lambda room, who: room.keeping.tick(who, WHOM, HISTORY),
    "explain": lambda room, who: room.keeping.explain(who, WHOM, HISTORY, REFUSES),
    "note": lambda room, who: room.keeping.note_variance(who, WHOM, PLAN, REFUSES),
    "date": lambda room, who: room.keeping.date_operation(who, WHOM, PLAN, date(2026, 11, 24)),
    "take back": lambda room, who: room.keeping.take_back(who, WHOM, Ref("Observation/a"), "错"),
    "complete": lambda room, who: room.keeping.complete(who, WHOM, PLAN),
    "leave": lambda room, who: room.keeping.leave(who, WHOM, PLAN, Explanation("worse")),
}


@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_recorded_after_the_lease_or_of_a_chart_that_is_shut(name: str) -> None:
    late = replace(PHYSICIAN, lease_until=NOW - timedelta(minutes=1))
    room = Room().enrolled()
    assert refusal(lambda: ACTS[name](room, late)) == "authority.lease-ended"

    room.charts.shut = True
    assert refusal(lambda: ACTS[name](room, PHYSICIAN)) == "access.not-granted"
    assert room.bench.acts.committed == []


@pytest.mark.parametrize("name", ["tick", "explain", "note", "date", "complete", "leave"])
def test_nothing_is_recorded_of_a_pathway_that_has_ended(name: str) -> None:
    room = Room().enrolled(replace(ENROLLED, status="completed", ended_at=NOW))

    assert refusal(lambda: ACTS[name](room, PHYSICIAN)) == "pathways.not-active"


@pytest.mark.parametrize("name", ["tick", "explain", "note", "date", "complete", "leave"])
def test_nothing_is_recorded_of_an_enrolment_that_is_not_understood_whole(name: str) -> None:
    room = Room()
    odd: Document = {"modifierExtension": [{"url": "urn:elsewhere:reversed", "valueBoolean": True}]}
    room.bench.acts.download({**write_enrolment(ENROLLED, onto={}), **odd})

    assert refusal(lambda: ACTS[name](room, PHYSICIAN)) == "pathways.guarded"
    assert refusal(lambda: room.keeping.enrol(PHYSICIAN, WHOM, "path")) == (
        "pathways.already-enrolled"
    )


def test_what_was_done_late_can_still_be_ticked_and_says_so() -> None:
    room = Room().enrolled().later(1)
    room.reads.lines = (an_order(DRUG),)

    room.keeping.tick(signed_in(PHYSICIAN, room), WHOM, HISTORY)

    seen = room.reading.view(PHYSICIAN, WHOM).grid
    assert seen is not None
    assert (seen.pathway, seen.columns[0].cells[0].late) == (PATH, True)
