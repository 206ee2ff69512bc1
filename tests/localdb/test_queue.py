"""The queue says what waits, for whom, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.people import Clinician, Role
from app.domain.sending import GroupState
from app.domain.terms import GroupId, Named, Ref
from app.fhir.document import to_bytes
from app.kernel.faults import Message
from app.ports.sync_store import NewConflict, Rejection
from localdb.opening import OpenCache
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    DOCTOR,
    NOW,
    a_cache,
    a_piece,
    an_act,
    edited,
    enrol,
    freeze_all,
    incoming,
    send_all,
)
from tests.support.order_builders import a_note, a_task
from tests.support.phi_guard import CHINESE_NAME

NOTE = Ref("DocumentReference/note-1")
WHY = Message.of("sync.verdict.rejected", status=422)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path) as cache:
        enrol(cache)
        yield cache


def queue_states(opened: OpenCache) -> dict[str, GroupState]:
    return {item.group: item.state for item in opened.queue.queue()}


def test_a_saved_act_is_shown_with_its_patient_author_and_documents(opened: OpenCache) -> None:
    name = Named("王医生", "WANG")
    opened.people.save(Clinician(DOCTOR, "wang", name, Role.RESIDENT))
    opened.sync_store.apply(a_piece(incoming(a_patient())))
    opened.acts.commit(an_act("g1", a_note(), a_task()))

    (item,) = opened.queue.queue()

    assert (item.act, item.state, item.why) == ("note.sign", GroupState.SAVED, None)
    assert (item.patient, item.patient_name, item.author_name) == (
        "li-ming",
        CHINESE_NAME,
        "王医生",
    )
    assert item.refs == (NOTE, Ref("Task/task-1"))
    assert item.at == NOW


def test_without_the_patients_record_there_is_no_name_and_no_guess(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))

    (item,) = opened.queue.queue()

    assert (item.patient_name, item.author_name) == ("", "dr-wang")


def test_an_act_goes_from_saved_over_packed_and_sent_to_confirmed(opened: OpenCache) -> None:
    seen = []
    opened.acts.commit(an_act("g1", a_note()))
    seen.append(opened.queue.queue()[0])
    freeze_all(opened)
    seen.append(opened.queue.queue()[0])
    opened.sync_store.mark_sent("batch-1", NOW)
    seen.append(opened.queue.queue()[0])
    opened.sync_store.acknowledge("batch-1", {NOTE: "7"}, "2", NOW)
    seen.append(opened.queue.queue()[0])

    assert [item.state.value for item in seen] == ["saved", "packed", "sent", "confirmed"]
    assert [item.attempts for item in seen] == [0, 0, 1, 0]
    assert seen[-1].version == "7"
    assert seen[-1].refs == (NOTE,)


def test_a_rejected_act_says_why_and_what_the_server_said(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.sync_store.reject(Rejection(GroupId("g1"), 422, WHY, "HAPI-0541", NOW))

    (item,) = opened.queue.queue()
    assert (item.state, item.why, item.server_said) == (GroupState.REJECTED, WHY, "HAPI-0541")

    opened.sync_store.release(GroupId("g1"))
    (item,) = opened.queue.queue()
    assert (item.state, item.why, item.server_said) == (GroupState.SAVED, None, "")


def test_what_follows_a_rejected_act_waits_and_what_does_not_goes_on(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.acts.commit(an_act("g2", edited(opened, NOTE, language="zh")))
    opened.acts.commit(an_act("g3", a_task("names-it", focus=NOTE)))
    opened.acts.commit(an_act("g4", a_task("unrelated")))
    opened.sync_store.reject(Rejection(GroupId("g1"), 422, WHY, "", NOW))

    assert queue_states(opened) == {
        "g1": GroupState.REJECTED,
        "g2": GroupState.WAITING,
        "g3": GroupState.WAITING,
        "g4": GroupState.SAVED,
    }
    assert opened.queue.queue()[1].why == Message.of("queue.behind")


def test_naming_a_document_the_server_knows_is_no_reason_to_wait(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, language="zh")))
    opened.acts.commit(an_act("g2", a_task("names-it", focus=NOTE)))
    opened.sync_store.reject(Rejection(GroupId("g1"), 422, WHY, "", NOW))

    assert queue_states(opened)["g2"] is GroupState.SAVED


def test_held_and_conflicting_acts_say_so(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, language="zh")))
    opened.acts.commit(an_act("g2", a_task()))
    theirs = to_bytes(a_note(text="theirs"))
    known = opened.sync_store.known([NOTE])[NOTE]
    found = NewConflict(
        NOTE, "update-update", None, known.base, known.working, theirs, "2", (), known.local_seq
    )
    opened.sync_store.apply(a_piece(conflicts=(found,)))
    opened.sync_store.hold(GroupId("g2"), (Ref("Patient/li-ming"),), NOW)

    first, second = opened.queue.queue()

    assert (first.state, first.why) == (GroupState.CONFLICT, Message.of("queue.conflict"))
    assert (second.state, second.why) == (GroupState.HELD, Message.of("queue.held"))


def test_a_fenced_workstation_shows_every_unsent_act_as_fenced(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g0", a_note()))
    send_all(opened)
    opened.acts.commit(an_act("g1", a_task()))

    opened.sync_store.mark_fenced()

    assert queue_states(opened) == {"g1": GroupState.FENCED, "g0": GroupState.CONFIRMED}


def test_confirmed_acts_follow_newest_first_and_only_the_last_fifty(opened: OpenCache) -> None:
    for n in range(55):
        opened.acts.commit(an_act(f"g{n}", a_note(f"note-{n}")))
        batch = freeze_all(opened, f"batch-{n}")
        versions = {entry.ref: "1" for entry in batch.entries}
        at = NOW + timedelta(seconds=n)
        opened.sync_store.acknowledge(f"batch-{n}", versions, str(n), at)
    opened.acts.commit(an_act("waiting", a_task()))

    found = [item.group for item in opened.queue.queue()]

    assert found == ["waiting", *(f"g{n}" for n in range(54, 4, -1))]


def test_an_act_confirmed_long_ago_is_still_not_made_twice(opened: OpenCache) -> None:
    old = an_act("g0", a_note())
    opened.acts.commit(old)
    send_all(opened, "batch-0")
    for n in range(1, 55):
        opened.acts.commit(an_act(f"g{n}", a_note(f"other-{n}")))
        send_all(opened, f"batch-{n}")
    opened.acts.commit(an_act("edit", edited(opened, NOTE, language="zh")))

    opened.acts.commit(old)

    assert queue_states(opened)["edit"] is GroupState.SAVED
    assert [item.group for item in opened.queue.queue() if item.state.unsent] == ["edit"]
