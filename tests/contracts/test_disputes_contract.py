"""`Disputes` over the encrypted cache: what is shown, what is decided, what comes of it."""

from __future__ import annotations

import pytest

from app.domain.disputes import Dispute, DisputeKind
from app.domain.sending import GroupState
from app.domain.terms import GroupId, PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.provenance import write_provenance
from app.kernel.faults import AppError, FaultKind, Message
from app.ports.acts import Act
from app.ports.disputes import Decision
from localdb.journal import JournalReading
from localdb.opening import OpenCache
from tests.contracts.sync_kit import LATER, NOTE, TASK, conflict_of, rejection, theirs
from tests.support.cache_kit import (
    DOCTOR,
    NOW,
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

WHY = Decision(PractitionerId("dr-li"), LATER, "seen with the patient")


def in_conflict(opened: OpenCache, remote: Document | None, version: str = "2") -> Dispute:
    """The note changed here in g1, and there to `remote`."""
    opened.sync_store.apply(a_piece(incoming(a_note())))
    opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    opened.sync_store.apply(a_piece(conflicts=(conflict_of(opened, NOTE, remote, version),)))
    return opened.disputes.disputes()[0]


def a_decision_act() -> Act:
    provenance = write_provenance(
        provenance_id="prov-decision",
        targets=(NOTE,),
        author=DOCTOR,
        occurred=LATER,
        recorded=LATER,
        activity="conflict.keep-mine",
    )
    return an_act("decision", kind="conflict.keep-mine", provenance=provenance)


def journaled(opened: OpenCache) -> set[str]:
    reading: JournalReading = opened.journal.read()
    return {record.group for record in reading.records}


def test_a_conflict_is_shown_with_its_act_and_all_three_versions(opened: OpenCache) -> None:
    dispute = in_conflict(opened, theirs(description="theirs"))

    assert (dispute.kind, dispute.ref) == (DisputeKind.BOTH_CHANGED, NOTE)
    assert [(act.group, act.act) for act in dispute.acts] == [("g1", "note.sign")]
    sides = opened.disputes.sides(dispute.id)
    assert sides is not None
    said = [one["description"] for one in (sides.base, sides.mine, sides.theirs) if one]
    assert said == [a_note()["description"], "mine", "theirs"]
    assert sides.their_version == "2"


def test_my_version_goes_onto_the_newest_of_the_hospital(opened: OpenCache) -> None:
    dispute = in_conflict(opened, theirs(description="theirs"))

    opened.disputes.keep_mine(dispute.id, a_decision_act(), WHY)

    assert states(opened) == {"g1": "saved", "decision": "saved"}
    sent = next(g for g in opened.sync_store.pending() if g.group == "g1").changes[0]
    assert sent.base_version == "2"
    assert b'"mine"' in sent.body
    assert opened.disputes.disputes() == ()
    assert journaled(opened) == {"g1", "decision"}
    send_all(opened, version="3")
    assert held(opened, NOTE).document["description"] == "mine"


def test_my_version_of_what_was_deleted_there_is_made_anew(opened: OpenCache) -> None:
    dispute = in_conflict(opened, None, "")

    opened.disputes.keep_mine(dispute.id, a_decision_act(), WHY)

    change = next(g for g in opened.sync_store.pending() if g.group == "g1").changes[0]
    assert (change.op, change.base_version) == ("create", "")


def test_the_hospitals_version_stands_when_the_act_is_taken_back(opened: OpenCache) -> None:
    in_conflict(opened, theirs(description="theirs"))

    changed = opened.disputes.discard((GroupId("g1"),), WHY)

    assert NOTE in changed
    assert states(opened) == {}
    assert held(opened, NOTE).document["description"] == "theirs"
    assert (held(opened, NOTE).state, held(opened, NOTE).version) == ("clean", "2")
    assert told(opened)[NOTE].unsent == ""
    item = next(one for one in opened.queue.queue() if one.group == "g1")
    assert item.state is GroupState.DISCARDED
    assert item.why == Message.of("queue.discarded", reason=WHY.reason)
    assert opened.sync_store.counts().conflicts == 0
    assert journaled(opened) == set()


def test_taking_back_what_was_deleted_there_removes_it_here(opened: OpenCache) -> None:
    in_conflict(opened, None, "")

    opened.disputes.discard((GroupId("g1"),), WHY)

    assert opened.documents.held(NOTE) is None
    assert NOTE not in told(opened)
    assert opened.sync_store.known([NOTE])[NOTE].state == "tombstone"


def test_a_refused_act_can_be_taken_back_and_what_it_made_is_gone(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_task())))
    opened.acts.commit(an_act("g1", a_note(), edited(opened, TASK, status="completed")))
    opened.sync_store.reject(rejection("g1"))

    opened.disputes.discard((GroupId("g1"),), WHY)

    assert states(opened) == {}
    assert opened.documents.held(NOTE) is None
    assert held(opened, TASK).document["status"] == a_task()["status"]
    assert held(opened, TASK).state == "clean"


def test_later_acts_that_rest_on_it_are_named_and_go_with_it(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="again")))
    opened.acts.commit(an_act("g3", a_task("t9", focus={"reference": NOTE})))
    opened.acts.commit(an_act("g4", a_task("t10")))
    opened.sync_store.reject(rejection("g1"))

    resting = opened.disputes.resting_on((GroupId("g1"),))

    assert [act.group for act in resting] == ["g1", "g2", "g3"]
    with pytest.raises(AppError) as refused:
        opened.disputes.discard((GroupId("g1"),), WHY)
    assert refused.value.fault.message.code == "dispute.grown"
    assert set(states(opened)) == {"g1", "g2", "g3", "g4"}
    opened.disputes.discard(tuple(act.group for act in resting), WHY)
    assert states(opened) == {"g4": "saved"}


def test_an_earlier_act_on_the_same_document_stands(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.acts.commit(an_act("g2", edited(opened, NOTE, description="again")))
    opened.sync_store.reject(rejection("g2"))

    opened.disputes.discard((GroupId("g2"),), WHY)

    assert states(opened) == {"g1": "saved"}
    assert held(opened, NOTE).document["description"] == a_note()["description"]
    assert held(opened, NOTE).state == "dirty"


def test_what_is_on_its_way_cannot_be_taken_back(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)

    with pytest.raises(AppError) as refused:
        opened.disputes.discard((GroupId("g1"),), WHY)

    assert refused.value.fault.message.code == "dispute.on-its-way"
    assert states(opened) == {"g1": "sent"}


def test_a_decided_conflict_cannot_be_decided_again(opened: OpenCache) -> None:
    dispute = in_conflict(opened, theirs(description="theirs"))
    opened.disputes.discard((GroupId("g1"),), WHY)

    assert opened.disputes.sides(dispute.id) is None
    with pytest.raises(AppError) as refused:
        opened.disputes.keep_mine(dispute.id, a_decision_act(), WHY)
    assert refused.value.fault.kind is FaultKind.CONFLICT
    assert "decision" not in states(opened)


def test_what_changed_since_signing_is_shown_as_it_is_now(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_task())))
    opened.acts.commit(an_act("g1", a_note()))
    opened.sync_store.hold(GroupId("g1"), (Ref(TASK),), LATER)

    dispute = opened.disputes.disputes()[0]

    assert (dispute.kind, dispute.ref) == (DisputeKind.CHANGED_SINCE_SIGNED, TASK)
    sides = opened.disputes.sides(dispute.id)
    assert sides is not None
    assert (sides.base, sides.mine) == (None, None)
    assert sides.theirs is not None
    opened.disputes.discard((GroupId("g1"),), WHY)
    assert opened.disputes.disputes() == ()
    assert held(opened, TASK).document["status"] == a_task()["status"]


def test_the_documents_of_an_act_are_those_it_wrote(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note(), a_task()))

    documents = opened.disputes.documents_of((GroupId("g1"),))

    assert [one["resourceType"] for one in documents] == ["DocumentReference", "Task"]
