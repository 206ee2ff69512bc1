"""What the server no longer has, no longer lists, or shows older than it was (I8, I9, I16)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.sending import Connection, GroupState
from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, parse, reference_to, to_bytes
from localdb.bodies import opened
from localdb.schema import conflict
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request, Response, Version
from tests.support.builders import a_patient
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

_LONG = {"hours": 7}
"""Longer than a scope goes without being compared."""


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A workstation whose scopes have all just been compared."""
    for _ in desk.store.scopes():
        desk.later(minutes=1)
    return desk


def reconciled(desk: Desk) -> None:
    """Rounds until every scope has been compared once more; one is compared each round."""
    desk.later(**_LONG)
    for _ in desk.store.scopes():
        desk.later(minutes=1)


def test_what_was_deleted_there_goes_here_once_the_server_confirms_it(
    hospital: Hospital, desk: Desk
) -> None:
    gone = hospital.order(1)
    hospital.delete(gone)

    desk.later()
    assert desk.opened.documents.held(gone) is not None  # a change feed says nothing of it
    reconciled(desk)

    assert desk.opened.documents.held(gone) is None
    assert desk.opened.documents.held(hospital.order(0)) is not None
    assert desk.store.known([gone])[gone].state == "tombstone"
    assert_same(desk)


def test_a_document_that_is_merely_not_listed_is_kept(hospital: Hospital, desk: Desk) -> None:
    """It moved to a patient nobody follows: the server still has it, so nothing is removed."""
    moved = hospital.order(1)
    hospital.put(a_patient("somebody-else"))
    hospital.change(moved, subject={"reference": "Patient/somebody-else"})

    reconciled(desk)

    here = desk.opened.documents.held(moved)
    assert here is not None
    assert here.document["subject"] == {"reference": "Patient/somebody-else"}
    assert all(moved not in desk.store.members(scope.id) for scope in desk.store.scopes())


def test_a_deleted_document_that_was_changed_here_waits_for_a_person(
    hospital: Hospital, desk: Desk
) -> None:
    order = hospital.order(1)
    group = desk.edit(order, status="stopped")
    hospital.delete(order)

    status = desk.later()

    assert desk.states() == {group: "conflict"}
    assert status.connection is Connection.ATTENTION
    assert (status.conflicts, status.all_sent) == (1, False)
    here = desk.opened.documents.held(order)
    assert here is not None
    assert here.document["status"] == "stopped"


def test_the_act_beside_a_deleted_document_is_not_held_up(hospital: Hospital, desk: Desk) -> None:
    order = hospital.order(1)
    stuck = desk.edit(order, status="stopped")
    hospital.delete(order)
    desk.sign_note("mine")

    desk.later()

    assert desk.states() == {stuck: "conflict"}
    assert hospital.versions(Ref(f"DocumentReference/{hospital.note_id('mine')}")) == 1


def test_an_update_that_no_cursor_could_see_is_found_by_comparing(
    hospital: Hospital, desk: Desk
) -> None:
    """Stamped two days ago and committed now: below every overlap."""
    desk.later()
    missed = hospital.allergy()
    hospital.clock.step(days=-2)
    hospital.change(missed, criticality="high")
    hospital.clock.step(days=2, minutes=20)
    desk.round()
    assert "criticality" not in held_document(desk, missed)

    reconciled(desk)

    assert held_document(desk, missed)["criticality"] == "high"
    assert_same(desk)
    assert_nothing_waits(desk)


def test_comparing_a_healthy_ward_changes_nothing(hospital: Hospital, desk: Desk) -> None:
    hospital.write_note("theirs")
    reconciled(desk)

    notes = [note for note in desk.store.diary() if note.kind == "reconciled"]

    assert {note.detail for note in notes} == {"cohort", "reference"}
    assert all(note.ok for note in notes)
    assert sum(note.counts["buried"] + note.counts["left"] for note in notes) == 0
    assert_same(desk)


def test_a_server_that_went_back_in_time_is_told_and_nothing_newer_is_lost(
    hospital: Hospital, desk: Desk
) -> None:
    allergy = hospital.allergy()
    before = hospital.current(allergy)
    assert before is not None
    hospital.change(allergy, criticality="high")
    desk.later()
    hospital.misbehaviour.add(showing(allergy, before))

    reconciled(desk)
    status = desk.round()

    assert held_document(desk, allergy)["criticality"] == "high"
    assert status.connection is Connection.ATTENTION
    assert status.trouble is not None
    assert status.trouble.code == "sync.server-regressed"
    assert not status.all_sent

    hospital.behave()
    healed = desk.later()

    assert healed.trouble is None
    assert healed.all_sent


def put_back_under(hospital: Hospital, desk: Desk) -> tuple[GroupId, GroupId]:
    """An order is changed here; the server loses the version that rests on. And a note waits."""
    hospital.change(hospital.order(), priority="urgent")
    desk.later()
    disputed = desk.edit(hospital.order(), status="stopped")
    other = desk.sign_note("other")
    hospital.lose_newest(hospital.order())
    return disputed, other


def test_a_change_whose_ground_the_server_has_lost_is_put_before_a_person_and_holds_up_no_other(
    hospital: Hospital, desk: Desk
) -> None:
    disputed, other = put_back_under(hospital, desk)

    status = desk.later()

    assert desk.item(other).state is GroupState.CONFIRMED
    assert desk.item(disputed).state is GroupState.CONFLICT
    assert (status.connection, status.conflicts) == (Connection.ATTENTION, 1)
    assert held_document(desk, hospital.order())["status"] == "stopped"
    assert "server-regressed" in {note.kind for note in desk.store.diary()}
    with desk.opened.cache.read() as connection:
        (row,) = connection.execute(select(conflict)).all()
    base, mine, theirs = (opened(one) for one in (row.base, row.local, row.remote))
    assert [one.get("priority") for one in (base, mine, theirs)] == ["urgent", "urgent", None]
    assert [one["status"] for one in (base, mine, theirs)] == ["active", "stopped", "active"]
    assert desk.later().conflicts == 1  # rounds do not decide it, nor ask anew


def test_what_the_person_keeps_goes_onto_what_the_server_has_left(
    hospital: Hospital, desk: Desk
) -> None:
    disputed, _ = put_back_under(hospital, desk)
    desk.later()

    desk.keep_mine(hospital.order())
    told = desk.later()

    assert told.all_sent
    assert desk.item(disputed).state is GroupState.CONFIRMED
    assert hospital.content(hospital.order())["status"] == "stopped"
    assert_same(desk)


def held_document(desk: Desk, ref: Ref) -> Document:
    here = desk.opened.documents.held(ref)
    assert here is not None
    return here.document


def showing(ref: Ref, older: Version) -> Rule:
    """From now on every list shows `ref` as it once was: a server restored from a backup."""

    def changed(answer: Response) -> Response:
        document = parse(answer.body)
        entries = document.get("entry")
        if not isinstance(entries, list):
            return answer
        told = [
            {**one, "resource": parse(older.body)} if names(one, ref) else one for one in entries
        ]
        return replace(answer, body=to_bytes({**document, "entry": told}))

    return Rule(Fault.CHANGED, when=searches, times=1_000_000, change=changed)


def searches(request: Request) -> bool:
    return request.path.endswith("_search")


def names(entry: object, ref: Ref) -> bool:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    return isinstance(resource, dict) and reference_to(resource) == ref
