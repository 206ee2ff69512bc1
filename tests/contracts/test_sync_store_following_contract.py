"""`SyncStore`: this workstation, what it follows, and where each pass stands (sync.md §7.5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.domain.terms import Ref
from app.ports.sync_store import (
    CursorRow,
    Enrolment,
    Scope,
    SyncNote,
)
from localdb.opening import OpenCache
from tests.contracts.sync_kit import (
    LATER,
    PATIENT_REF,
    TASK,
)
from tests.support.builders import a_patient, an_encounter
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    a_cache,
    a_piece,
    held,
    incoming,
)
from tests.support.order_builders import a_note, a_task


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


def test_the_cursor_moves_with_the_last_piece_only(opened: OpenCache) -> None:
    row = CursorRow(SCOPE.id, "Task", '{"phase": "idle"}', LATER, LATER, complete=True)
    store = opened.sync_store
    store.apply(a_piece(incoming(a_task()), rtype="Task"))
    assert store.cursor(SCOPE.id, "Task") is None
    assert store.data_as_of(SCOPE.id) is None

    store.apply(a_piece(incoming(a_note()), rtype="Task", cursor=row, as_of=LATER))

    assert store.cursor(SCOPE.id, "Task") == row
    assert store.data_as_of(SCOPE.id) == LATER


def test_a_saved_cursor_is_the_one_that_is_read(opened: OpenCache) -> None:
    store = opened.sync_store
    row = CursorRow(SCOPE.id, "Task", "{}", NOW, complete=True)
    store.apply(a_piece(incoming(a_task(), "1"), rtype="Task", cursor=row))

    running = replace(row, state='{"phase": "paging"}', complete=False)
    store.save_cursor(running)

    assert store.cursor(SCOPE.id, "Task") == running


def test_the_last_contact_is_known_after_a_restart(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        assert opened.sync_store.last_contact() is None
        opened.sync_store.note_contact(NOW)
        opened.sync_store.note_contact(LATER)

    with a_cache(tmp_path) as opened:
        assert opened.sync_store.last_contact() == LATER


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
