"""`SyncStore`, the download half, over the encrypted cache (sync.md §7.5, §8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.terms import Ref
from app.fhir.document import to_bytes
from app.ports.sync_store import (
    CursorRow,
    Enrolment,
    Incoming,
    Rebased,
    Scope,
    SyncNote,
    Unreadable,
)
from localdb.opening import OpenCache
from tests.contracts.sync_kit import (
    LATER,
    NOTE,
    PATIENT_REF,
    TASK,
    conflict_of,
    theirs,
)
from tests.support.builders import a_note, a_patient, a_task, an_encounter
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    a_piece,
    an_act,
    edited,
    freeze_all,
    held,
    incoming,
    send_all,
    states,
    told,
)


def test_a_workstation_is_enrolled_once_and_can_be_fenced(opened: OpenCache) -> None:
    first = Enrolment("ws-1", "http://127.0.0.1:1/fhir", "1", 0, NOW)
    assert opened.sync_store.enrolment() == first

    second = replace(first, base_url="http://127.0.0.1:2/fhir", server_profile='{"a": 1}')
    opened.sync_store.record_enrolment(second)
    opened.sync_store.mark_fenced()

    assert opened.sync_store.enrolment() == replace(second, fenced=True)


def test_the_diary_is_read_newest_first(opened: OpenCache) -> None:
    one = SyncNote(NOW, "pass", ok=True, detail="census", counts={"applied": 3})
    two = SyncNote(LATER, "send", ok=False, detail="HTTP 503")
    opened.sync_store.write_down(one)
    opened.sync_store.write_down(two)

    assert opened.sync_store.diary() == (two, one)
    assert opened.sync_store.diary(newest=1) == (two,)


def test_a_document_comes_in_with_its_very_bytes(opened: OpenCache) -> None:
    body = b'{ "resourceType":"Task","id":"task-1", "x":72.50 ,"y":"\\u00e9"}'

    outcome = opened.sync_store.apply(a_piece(Incoming(TASK, body, "1", NOW)))

    assert (outcome.applied, outcome.unchanged) == (1, 0)
    assert outcome.kinds == {"told"}
    assert outcome.patients == frozenset()
    opened.acts.commit(an_act("g1", edited(opened, TASK, status="completed")))
    assert opened.sync_store.known([TASK])[TASK].base == body


def test_applying_tells_whose_documents_changed(opened: OpenCache) -> None:
    outcome = opened.sync_store.apply(a_piece(incoming(a_note()), incoming(a_patient())))

    assert outcome.patients == {"li-ming"}
    assert told(opened)[NOTE].version == "1"
    assert told(opened)[NOTE].unsent == ""


def test_an_equal_version_is_skipped_and_a_newer_one_replaces(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))

    again = opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    newer = opened.sync_store.apply(a_piece(incoming(theirs(description="new"), "2")))

    assert (again.applied, again.unchanged) == (0, 1)
    assert newer.applied == 1
    assert held(opened, NOTE).document["description"] == "new"
    assert held(opened, NOTE).version == "2"


def test_a_version_that_goes_backwards_is_reported_and_not_taken(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "10")))

    outcome = opened.sync_store.apply(a_piece(incoming(theirs(description="old"), "9")))

    assert outcome.regressed == (NOTE,)
    assert held(opened, NOTE).version == "10"


def test_versions_that_are_no_numbers_regress_by_their_time(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "b", LATER)))

    older = opened.sync_store.apply(a_piece(incoming(theirs(description="x"), "a", NOW)))
    newer = opened.sync_store.apply(
        a_piece(incoming(theirs(description="y"), "c", LATER + timedelta(seconds=1)))
    )

    assert older.regressed == (NOTE,)
    assert newer.applied == 1


def test_a_locally_changed_document_is_reported_as_stale_and_kept(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))

    same = opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    newer = opened.sync_store.apply(a_piece(incoming(theirs(language="zh"), "2")))

    assert (same.stale, same.unchanged) == ((), 1)
    assert newer.stale == (NOTE,)
    assert held(opened, NOTE).document["description"] == "mine"
    assert opened.sync_store.known([NOTE])[NOTE].version == "1"


def test_a_rebased_change_rests_on_the_newer_version_and_is_sent_whole(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    remote = theirs(language="zh")
    merged = to_bytes({**remote, "description": "mine"})
    rebased = Rebased(NOTE, 1, to_bytes(remote), "2", LATER, merged)

    outcome = opened.sync_store.apply(a_piece(incoming(remote, "2"), rebased=(rebased,)))

    assert (outcome.applied, outcome.stale) == (1, ())
    known = opened.sync_store.known([NOTE])[NOTE]
    assert (known.state, known.version) == ("dirty", "2")
    assert (known.base, known.working) == (to_bytes(remote), merged)
    (group,) = opened.sync_store.pending()
    assert group.changes[0].body == merged
    assert group.changes[0].base_version == "2"
    assert told(opened)[NOTE].version == "2"


def test_a_rebase_made_before_the_users_next_edit_is_refused_as_stale(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="one")))
    rebased = Rebased(NOTE, 1, to_bytes(theirs()), "2", LATER, to_bytes(theirs(language="zh")))
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="two")))

    outcome = opened.sync_store.apply(a_piece(rebased=(rebased,)))

    assert outcome.stale == (NOTE,)
    assert held(opened, NOTE).document["description"] == "two"


def test_a_frozen_document_is_never_rebased(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="one")))
    freeze_all(opened)
    rebased = Rebased(NOTE, 1, to_bytes(theirs()), "2", LATER, to_bytes(theirs(language="zh")))

    outcome = opened.sync_store.apply(a_piece(rebased=(rebased,)))

    assert outcome.stale == (NOTE,)
    assert held(opened, NOTE).document["description"] == "one"


def test_a_change_that_came_to_nothing_leaves_a_clean_document(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="same")))
    remote = to_bytes(theirs(description="same"))

    opened.sync_store.apply(a_piece(rebased=(Rebased(NOTE, 1, remote, "2", LATER, None),)))

    known = opened.sync_store.known([NOTE])[NOTE]
    assert (known.state, known.version, known.base) == ("clean", "2", None)
    assert opened.sync_store.pending() == ()
    assert told(opened)[NOTE].unsent == ""


def test_a_conflict_keeps_both_sides_and_stops_its_group(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine"), a_task()))
    remote = theirs(description="theirs")

    outcome = opened.sync_store.apply(
        a_piece(incoming(remote, "2"), conflicts=(conflict_of(opened, NOTE, remote, "2"),))
    )

    assert outcome.stale == ()
    assert states(opened) == {"g1": "conflict"}
    assert held(opened, NOTE).state == "conflict"
    assert held(opened, NOTE).document["description"] == "mine"
    assert told(opened)[NOTE].unsent == "conflict"
    assert told(opened)[TASK].unsent == "conflict"
    assert opened.sync_store.counts().conflicts == 1
    with opened.cache.read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT base, local, remote, paths FROM conflict WHERE resolved_at IS NULL"
        ).all()
    assert len(kept) == 1
    assert all(side is not None for side in kept[0])


def test_the_conflict_of_an_edit_with_a_deletion_has_no_other_side(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))

    opened.sync_store.apply(a_piece(conflicts=(conflict_of(opened, NOTE, None, ""),)))

    assert states(opened) == {"g1": "conflict"}
    assert not opened.sync_store.bury(NOTE, "deleted", NOW)


def test_a_conflict_met_again_is_one_conflict_with_the_newest_other_side(
    opened: OpenCache,
) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    for version in ("2", "3"):
        found = conflict_of(opened, NOTE, theirs(description=version), version)
        assert opened.sync_store.apply(a_piece(conflicts=(found,))).stale == ()

    assert opened.sync_store.counts().conflicts == 1


def test_a_conflict_made_before_the_users_next_edit_is_stale(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="one")))
    found = conflict_of(opened, NOTE, theirs(description="x"), "2")
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="two")))

    assert opened.sync_store.apply(a_piece(conflicts=(found,))).stale == (NOTE,)
    assert states(opened) == {"g1": "saved", "g2": "saved"}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"resourceType":"Task","id":"another"}',
        b'{"resourceType":"Task"}',
        b'{"resourceType":"Task","id":"task-1","x":"\\ud800"}',
    ],
)
def test_what_cannot_be_taken_is_kept_aside_and_the_rest_of_the_piece_is_taken(
    opened: OpenCache, body: bytes
) -> None:
    outcome = opened.sync_store.apply(a_piece(Incoming(TASK, body, "1", NOW), incoming(a_note())))

    assert outcome.applied == 1
    assert opened.documents.held(TASK) is None
    assert unreadable(opened) == 1


def test_what_the_engine_could_not_read_is_kept_once(opened: OpenCache) -> None:
    strange = Unreadable("?", "sync.no-version", b"{}")

    opened.sync_store.apply(a_piece(unreadable=(strange,)))
    opened.sync_store.apply(a_piece(unreadable=(strange,)))

    assert unreadable(opened) == 1


def unreadable(opened: OpenCache) -> int:
    with opened.cache.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM unreadable").scalar_one())


def test_the_cursor_moves_with_the_last_piece_only(opened: OpenCache) -> None:
    row = CursorRow(SCOPE.id, "Task", '{"phase": "idle"}', LATER, LATER, complete=True)
    store = opened.sync_store
    store.apply(a_piece(incoming(a_task()), rtype="Task"))
    assert store.cursor(SCOPE.id, "Task") is None
    assert store.data_as_of(SCOPE.id) is None

    store.apply(a_piece(incoming(a_note()), rtype="Task", cursor=row, as_of=LATER))

    assert store.cursor(SCOPE.id, "Task") == row
    assert store.data_as_of(SCOPE.id) == LATER


def test_the_boundary_is_that_of_the_last_complete_pass(opened: OpenCache) -> None:
    store = opened.sync_store
    row = CursorRow(SCOPE.id, "Task", "{}", LATER, complete=True)
    store.apply(a_piece(incoming(a_task(), "1"), rtype="Task", cursor=row))
    assert store.boundary(SCOPE.id, "Task") == {TASK: "1"}

    store.apply(a_piece(incoming(a_task("task-2")), rtype="Task", pass_no=2))
    assert store.boundary(SCOPE.id, "Task") == {TASK: "1"}

    store.apply(a_piece(rtype="Task", pass_no=2, cursor=row))
    assert store.boundary(SCOPE.id, "Task") == {Ref("Task/task-2"): "1"}
    assert set(store.members(SCOPE.id)) == {TASK, Ref("Task/task-2")}


def test_a_saved_cursor_keeps_the_boundary(opened: OpenCache) -> None:
    store = opened.sync_store
    row = CursorRow(SCOPE.id, "Task", "{}", NOW, complete=True)
    store.apply(a_piece(incoming(a_task(), "1"), rtype="Task", cursor=row))

    running = replace(row, state='{"phase": "paging"}', complete=False)
    store.save_cursor(running)

    assert store.cursor(SCOPE.id, "Task") == running
    assert store.boundary(SCOPE.id, "Task") == {TASK: "1"}


def test_members_are_told_in_the_version_that_is_here(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_task(), "3")))
    opened.sync_store.apply(a_piece(incoming(a_task(), "2")))
    opened.sync_store.apply(a_piece(members=((Ref("Task/never-came"), "8"),)))

    assert opened.sync_store.members(SCOPE.id) == {TASK: "3", Ref("Task/never-came"): "8"}


def test_who_is_missing_from_a_complete_census_is_no_member_any_more(opened: OpenCache) -> None:
    store = opened.sync_store
    store.put_scopes((Scope("census:w", "census", "w"),))
    row = CursorRow("census:w", "Encounter", "{}", NOW, complete=True)
    one, two = incoming(an_encounter("stay-1")), incoming(an_encounter("stay-2"))
    beside = incoming(a_patient())
    store.apply(a_piece(beside, scope="census:w", rtype="Patient"))
    store.apply(a_piece(one, two, scope="census:w", rtype="Encounter", cursor=row))

    store.apply(a_piece(one, scope="census:w", rtype="Encounter", pass_no=2))
    assert Ref("Encounter/stay-2") in store.members("census:w")

    store.apply(a_piece(scope="census:w", rtype="Encounter", pass_no=2, cursor=row))
    assert set(store.members("census:w")) == {Ref("Encounter/stay-1"), PATIENT_REF}
    assert held(opened, "Encounter/stay-2")


def test_scopes_are_replaced_by_id_and_come_by_priority(opened: OpenCache) -> None:
    census = Scope("census:w", "census", "w", priority=-1, expires_at=LATER)

    opened.sync_store.put_scopes((census, replace(SCOPE, state="leaving")))

    assert opened.sync_store.scopes() == (census, replace(SCOPE, state="leaving"))


def test_a_confirmed_deletion_removes_the_document_and_is_remembered(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "2")))

    assert opened.sync_store.bury(NOTE, "deleted", NOW)

    assert opened.documents.held(NOTE) is None
    assert opened.sync_store.known([NOTE])[NOTE].state == "tombstone"
    assert NOTE not in told(opened)
    assert NOTE not in opened.sync_store.members(SCOPE.id)


def test_a_late_page_does_not_bring_a_deleted_document_back_but_a_new_version_does(
    opened: OpenCache,
) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "2")))
    opened.sync_store.bury(NOTE, "deleted", NOW)

    late = opened.sync_store.apply(a_piece(incoming(a_note(), "2")))
    revived = opened.sync_store.apply(a_piece(incoming(a_note(), "4")))

    assert (late.applied, late.unchanged) == (0, 1)
    assert revived.applied == 1
    assert opened.sync_store.known([NOTE])[NOTE].state == "clean"


def test_access_that_is_given_back_brings_the_same_version_again(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "2")))
    opened.sync_store.bury(NOTE, "forbidden", NOW)

    assert opened.sync_store.apply(a_piece(incoming(a_note(), "2"))).applied == 1


def test_unsent_work_is_never_buried(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))

    assert not opened.sync_store.bury(NOTE, "deleted", NOW)
    assert held(opened, NOTE).document["description"] == "mine"

    send_all(opened, version="2")
    assert opened.sync_store.bury(NOTE, "deleted", NOW)


def test_burying_what_is_not_here_is_done_already(opened: OpenCache) -> None:
    assert opened.sync_store.bury(NOTE, "deleted", NOW)
