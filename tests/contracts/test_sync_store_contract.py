"""`SyncStore`, the download half, over the encrypted cache (sync.md §7.5, §8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.fhir.document import to_bytes
from app.ports.sync_store import (
    Incoming,
    Rebased,
    Unreadable,
)
from localdb.opening import OpenCache
from tests.contracts.sync_kit import (
    LATER,
    NOTE,
    TASK,
    conflict_of,
    theirs,
)
from tests.support.builders import a_patient
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
from tests.support.order_builders import a_note, a_task


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


def test_a_still_newer_version_that_agrees_ends_the_conflict(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine"), a_task()))
    found = conflict_of(opened, NOTE, theirs(description="x"), "2")
    opened.sync_store.apply(a_piece(conflicts=(found,)))
    newest = to_bytes(theirs(description="mine"))
    seq = opened.sync_store.known([NOTE])[NOTE].local_seq

    outcome = opened.sync_store.apply(
        a_piece(rebased=(Rebased(NOTE, seq, newest, "3", LATER, None),))
    )

    assert outcome.stale == ()
    assert held(opened, NOTE).state == "clean"
    assert states(opened) == {"g1": "saved"}
    assert opened.sync_store.counts().conflicts == 0
    assert told(opened)[TASK].unsent == "saved"


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
