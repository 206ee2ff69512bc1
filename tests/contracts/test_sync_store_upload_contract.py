"""`SyncStore`, the upload half, over the encrypted cache (sync.md §7.3, §7.4, §8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.terms import GroupId, Ref
from app.fhir.document import to_bytes
from app.kernel.faults import AppError, FaultKind
from app.ports.sync_store import (
    NewConflict,
    QueueCounts,
    Rebased,
)
from localdb.opening import OpenCache
from tests.contracts.sync_kit import (
    LATER,
    NOTE,
    PATIENT_REF,
    TASK,
    WHY,
    conflict_of,
    rejection,
    theirs,
)
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    NOW,
    a_batch,
    a_cache,
    a_piece,
    an_act,
    edited,
    enrol,
    freeze_all,
    held,
    incoming,
    send_all,
    states,
    told,
)
from tests.support.order_builders import a_note, a_task


def test_pending_groups_come_in_the_order_they_were_made_whatever_the_clock(
    opened: OpenCache,
) -> None:
    opened.acts.commit(an_act("g1", a_note(), at=LATER))
    opened.acts.commit(an_act("g2", a_task(), at=NOW - timedelta(days=2)))

    first, second = opened.sync_store.pending()

    assert (first.group, second.group) == ("g1", "g2")
    assert first.seq < second.seq
    assert first.changes[0].refs == {
        PATIENT_REF,
        Ref("Encounter/stay-1"),
        Ref("Practitioner/dr-wang"),
    }


def test_two_groups_on_a_new_document_are_one_create_and_one_update(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="two")))

    first, second = opened.sync_store.pending()

    assert (first.changes[0].op, second.changes[0].op) == ("create", "update")
    assert b"two" not in first.changes[0].body


def test_a_frozen_batch_survives_byte_for_byte(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    batch = freeze_all(opened)

    (kept,) = opened.sync_store.open_batches()

    assert kept.payload == batch.payload
    assert [(e.ref, e.if_match, e.seq_hi, e.body) for e in kept.entries] == [
        (e.ref, e.if_match, e.seq_hi, e.body) for e in batch.entries
    ]
    assert (kept.state, kept.groups) == ("frozen", ("g1",))
    assert states(opened) == {"g1": "packed"}
    assert opened.sync_store.known([NOTE])[NOTE].state == "inflight"


def test_a_sent_batch_is_known_as_sent_after_a_restart(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        enrol(opened)
        opened.acts.commit(an_act("g1", a_note()))
        freeze_all(opened)
        opened.sync_store.mark_sent("batch-1", NOW)

    with a_cache(tmp_path) as opened:
        (batch,) = opened.sync_store.open_batches()
        assert (batch.state, batch.attempts) == ("sent", 1)
        assert states(opened) == {"g1": "sent"}
        assert told(opened)[NOTE].unsent == "sent"


def overtake_by_edit_of_state(opened: OpenCache) -> None:
    opened.sync_store.hold(GroupId("g1"), (PATIENT_REF,), NOW)


def overtake_by_rebase(opened: OpenCache) -> None:
    remote = theirs(language="zh")
    merged = to_bytes({**remote, "description": "mine"})
    rebased = Rebased(NOTE, 1, to_bytes(remote), "2", LATER, merged)
    opened.sync_store.apply(a_piece(rebased=(rebased,)))


def overtake_by_another_batch(opened: OpenCache) -> None:
    freeze_all(opened, "batch-0")


@pytest.mark.parametrize(
    "overtake", [overtake_by_edit_of_state, overtake_by_rebase, overtake_by_another_batch]
)
def test_a_plan_that_was_overtaken_is_not_frozen(
    opened: OpenCache,
    overtake: object,
) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    plan = a_batch("batch-1", *opened.sync_store.pending())
    overtake(opened)  # type: ignore[operator]  # one of the three above
    before = (opened.sync_store.pending(), opened.sync_store.open_batches())

    with pytest.raises(AppError) as caught:
        opened.sync_store.freeze(plan)

    assert caught.value.fault.kind is FaultKind.CONFLICT
    assert (opened.sync_store.pending(), opened.sync_store.open_batches()) == before


def test_an_acknowledged_batch_leaves_clean_documents_and_a_moved_register(
    opened: OpenCache,
) -> None:
    opened.acts.commit(an_act("g1", a_note(), a_task()))
    send_all(opened)

    assert opened.sync_store.pending() == ()
    assert opened.sync_store.open_batches() == ()
    known = opened.sync_store.known([NOTE])[NOTE]
    assert (known.state, known.version, known.base) == ("clean", "1", None)
    enrolment = opened.sync_store.enrolment()
    assert enrolment is not None
    assert (enrolment.register_version, enrolment.register_seq) == ("2", 1)
    assert (told(opened)[NOTE].unsent, told(opened)[NOTE].version) == ("", "1")
    assert opened.sync_store.counts() == QueueCounts()


def test_an_acknowledgement_twice_is_one(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    send_all(opened)
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="later")))

    opened.sync_store.acknowledge("batch-1", {NOTE: "1"}, "9", LATER)

    assert states(opened) == {"g2": "saved"}
    enrolment = opened.sync_store.enrolment()
    assert enrolment is not None
    assert enrolment.register_version == "2"


def test_what_was_edited_during_sending_stays_dirty_on_the_frozen_base(
    opened: OpenCache,
) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    batch = freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="later")))

    opened.sync_store.acknowledge("batch-1", {NOTE: "1"}, "2", NOW)

    known = opened.sync_store.known([NOTE])[NOTE]
    assert (known.state, known.version) == ("dirty", "1")
    assert known.base == batch.entries[0].body
    (left,) = opened.sync_store.pending()
    assert (left.group, left.changes[0].op, left.changes[0].base_version) == ("g2", "update", "1")
    assert told(opened)[NOTE].unsent == "saved"


def test_a_write_that_was_overtaken_at_once_never_passes_for_the_current_version(
    opened: OpenCache,
) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)

    opened.sync_store.acknowledge("batch-1", {}, "2", NOW)
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="later")))

    (left,) = opened.sync_store.pending()
    assert left.changes[0].op == "update"
    assert left.changes[0].base_version == "0"
    assert freeze_all(opened, "batch-2").entries[0].if_match == "0"


def test_a_postponed_batch_keeps_its_bytes_its_reason_and_its_time(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    batch = freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)

    opened.sync_store.postpone("batch-1", 3, LATER, WHY)

    (kept,) = opened.sync_store.open_batches()
    assert (kept.payload, kept.attempts, kept.next_try_at) == (batch.payload, 3, LATER)
    (item,) = opened.queue.queue()
    assert (item.why, item.attempts, item.next_try_at) == (WHY, 3, LATER)


@pytest.mark.parametrize("register", [None, "7"])
def test_a_void_batch_gives_its_groups_back(opened: OpenCache, register: str | None) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)

    opened.sync_store.void("batch-1", register, NOW)
    opened.sync_store.void("batch-1", register, NOW)

    assert states(opened) == {"g1": "saved"}
    assert opened.sync_store.open_batches() == ()
    assert opened.sync_store.known([NOTE])[NOTE].state == "dirty"
    enrolment = opened.sync_store.enrolment()
    assert enrolment is not None
    assert enrolment.register_version == (register or "1")
    send_all(opened, "batch-2")
    assert opened.sync_store.pending() == ()


def test_a_settled_batch_takes_no_second_fate(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    freeze_all(opened)
    opened.sync_store.void("batch-1", None, NOW)

    with pytest.raises(ValueError, match="void"):
        opened.sync_store.acknowledge("batch-1", {NOTE: "1"}, "2", NOW)
    with pytest.raises(ValueError, match="void"):
        opened.sync_store.mark_sent("batch-1", NOW)
    with pytest.raises(LookupError):
        opened.sync_store.void("never-was", None, NOW)


def test_a_rejected_group_is_kept_shown_and_out_of_the_way(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.acts.commit(an_act("g2", a_task()))
    freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)

    opened.sync_store.reject(rejection("g1"))

    assert states(opened) == {"g1": "rejected", "g2": "saved"}
    assert opened.sync_store.open_batches() == ()
    assert told(opened)[NOTE].unsent == "rejected"
    assert told(opened)[TASK].unsent == "saved"
    assert opened.sync_store.counts().rejected == 1
    send_all(opened, "batch-2")
    assert states(opened) == {"g1": "rejected"}
    assert opened.sync_store.pending()[0].changes[0].body == to_bytes(a_note())


def test_a_rejected_group_that_is_released_can_be_sent(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.sync_store.reject(rejection("g1"))

    opened.sync_store.release(GroupId("g1"))

    assert states(opened) == {"g1": "saved"}
    send_all(opened)
    assert opened.sync_store.pending() == ()


def test_a_confirmed_group_cannot_be_rejected_or_held(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    send_all(opened)

    with pytest.raises(ValueError, match="confirmed"):
        opened.sync_store.reject(rejection("g1"))
    with pytest.raises(ValueError, match="confirmed"):
        opened.sync_store.hold(GroupId("g1"), (PATIENT_REF,), NOW)


def test_a_group_held_for_its_read_set_waits_for_a_person(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient(), "1")))
    opened.acts.commit(an_act("g1", a_note(), read_set=((PATIENT_REF, "1"),)))
    opened.sync_store.apply(a_piece(incoming(a_patient(gender="female"), "2")))

    opened.sync_store.hold(GroupId("g1"), (PATIENT_REF,), NOW)

    assert states(opened) == {"g1": "held"}
    counts = opened.sync_store.counts()
    assert (counts.held, counts.waiting, counts.conflicts) == (1, 0, 0)
    assert told(opened)[NOTE].unsent == "saved"


def test_a_confirmed_hold_rests_on_what_the_person_has_now_seen(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient(), "1")))
    opened.acts.commit(an_act("g1", a_note(), read_set=((PATIENT_REF, "1"),)))
    opened.sync_store.apply(a_piece(incoming(a_patient(gender="female"), "2")))
    opened.sync_store.hold(GroupId("g1"), (PATIENT_REF,), NOW)

    opened.sync_store.release(GroupId("g1"))

    (group,) = opened.sync_store.pending()
    assert (group.state, group.read_set) == ("saved", ((PATIENT_REF, "2"),))


def test_a_read_set_conflict_of_a_piece_holds_its_group(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient(), "1")))
    opened.acts.commit(an_act("g1", a_note(), read_set=((PATIENT_REF, "1"),)))
    found = NewConflict(
        PATIENT_REF, "read-set", GroupId("g1"), None, None, incoming(a_patient()).body, "2"
    )

    opened.sync_store.apply(a_piece(conflicts=(found,)))

    assert states(opened) == {"g1": "held"}
    assert held(opened, PATIENT_REF).state == "clean"


def test_releasing_does_not_settle_a_conflict(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    opened.sync_store.apply(
        a_piece(conflicts=(conflict_of(opened, NOTE, theirs(description="x"), "2"),))
    )

    opened.sync_store.release(GroupId("g1"))

    assert states(opened) == {"g1": "conflict"}


@pytest.mark.parametrize("state", ["saved", "conflict"])
def test_an_older_version_is_put_before_a_person_only_when_that_is_proved(
    opened: OpenCache, state: str
) -> None:
    proved = state == "conflict"
    opened.sync_store.apply(a_piece(incoming(a_note(), "3")))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    found = conflict_of(opened, NOTE, theirs(description="x"), "2")

    outcome = opened.sync_store.apply(a_piece(conflicts=(replace(found, went_back=proved),)))

    assert outcome.regressed == (() if proved else (NOTE,))
    assert states(opened) == {"g1": state}
    assert held(opened, NOTE).document["description"] == "mine"


def test_counts_say_what_waits_and_since_when(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note(), at=LATER))
    opened.acts.commit(an_act("g2", a_task(), at=NOW))

    assert opened.sync_store.counts() == QueueCounts(waiting=2, oldest_waiting=NOW)


def test_releasing_a_group_in_a_waiting_batch_ends_its_backoff(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    batch = freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)
    opened.sync_store.postpone("batch-1", 3, LATER, WHY)

    opened.sync_store.release(GroupId("g1"))

    (kept,) = opened.sync_store.open_batches()
    assert (kept.next_try_at, kept.attempts, kept.payload) == (None, 3, batch.payload)
    assert states(opened) == {"g1": "sent"}


def test_a_confirmed_hold_lets_go_of_what_is_gone(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient(), "1")))
    opened.acts.commit(an_act("g1", a_note(), read_set=((PATIENT_REF, "1"),)))
    opened.sync_store.bury(PATIENT_REF, "deleted", NOW)
    opened.sync_store.hold(GroupId("g1"), (PATIENT_REF,), NOW)

    opened.sync_store.release(GroupId("g1"))

    (group,) = opened.sync_store.pending()
    assert (group.state, group.read_set) == ("saved", ())


def test_the_versions_of_our_own_batches_are_remembered(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    assert opened.sync_store.own_versions((NOTE,)) == {}
    send_all(opened, "batch-1", version="1")
    opened.acts.commit(an_act("g2", edited(opened, NOTE, language="zh")))

    send_all(opened, "batch-2", version="3")

    assert opened.sync_store.own_versions((NOTE, TASK)) == {NOTE: {"1", "3"}}
