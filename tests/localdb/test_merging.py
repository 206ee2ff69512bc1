"""What was merged without a person stays on a list until it was checked (I1, I11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.disputes import DisputeKind
from app.domain.terms import GroupId, PractitionerId, Ref
from app.fhir.document import Document, parse, to_bytes
from app.fhir.provenance import write_provenance
from app.kernel.faults import Message
from app.ports.disputes import Decision
from app.ports.sync_store import Rebased
from localdb.merging import SqlMerges
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    DOCTOR,
    NOW,
    PATIENT,
    SCOPE,
    a_cache,
    a_piece,
    an_act,
    edited,
    enrol,
    held,
    incoming,
    states,
)
from tests.support.order_builders import a_note

NOTE = Ref("DocumentReference/note-1")
ALERT = Message.of("order.missing-dose", drug="x")
WHY = Decision(PractitionerId("dr-li"), NOW, "seen")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path, projectors=all_projectors()) as cache:
        enrol(cache)
        cache.sync_store.put_scopes((SCOPE,))
        yield cache


def merged(opened: OpenCache, version: str = "2", mixed: tuple[str, ...] = ("date",)) -> None:
    """The note changed here in g1 and there in `version`; both changes are in it now."""
    if not states(opened):
        opened.sync_store.apply(a_piece(incoming(a_patient()), incoming(draft())))
        opened.acts.commit(an_act("g1", edited(opened, NOTE, description="mine")))
    known = opened.sync_store.known([NOTE])[NOTE]
    assert known.working is not None
    remote = {**draft(), "date": f"2026-03-0{version}"}
    both: Document = {**parse(known.working), "date": f"2026-03-0{version}"}
    carried = Rebased(NOTE, known.local_seq, to_bytes(remote), version, None, to_bytes(both), mixed)
    outcome = opened.sync_store.apply(a_piece(rebased=(carried,)))
    assert not outcome.stale


def draft() -> Document:
    return a_note(doc_status="preliminary")


def merges(opened: OpenCache) -> SqlMerges:
    return SqlMerges(opened.cache, all_projectors())


def test_a_merge_waits_for_its_check(opened: OpenCache) -> None:
    merged(opened)

    (one,) = merges(opened).unchecked()

    assert (one.ref, one.patient, one.elements, one.author) == (NOTE, PATIENT, ("date",), DOCTOR)
    assert one.document is not None
    assert (one.document["description"], one.document["date"]) == ("mine", "2026-03-02")


def test_what_only_was_carried_over_needs_no_check(opened: OpenCache) -> None:
    merged(opened, mixed=())

    assert merges(opened).unchecked() == ()


def test_without_a_finding_it_goes(opened: OpenCache) -> None:
    merged(opened)
    merges(opened).settle(merges(opened).unchecked()[0].id, (), NOW)

    assert merges(opened).unchecked() == ()
    assert states(opened) == {"g1": "saved"}
    assert opened.disputes.disputes() == ()


def found(opened: OpenCache) -> int:
    merged(opened)
    merges(opened).settle(merges(opened).unchecked()[0].id, (ALERT,), NOW)
    (dispute,) = opened.disputes.disputes()
    assert dispute.kind is DisputeKind.CHECK_AFTER_MERGE
    return dispute.id


def test_with_a_finding_it_waits_for_a_person(opened: OpenCache) -> None:
    dispute = found(opened)

    assert states(opened) == {"g1": "conflict"}
    sides = opened.disputes.sides(dispute)
    assert sides is not None
    assert sides.findings == (ALERT,)
    assert sides.mine is not None
    assert sides.theirs is not None
    assert (sides.mine["description"], sides.theirs["description"]) == ("mine", "日常病程")
    assert sides.their_version == "2"
    assert opened.sync_store.counts().conflicts == 1


def test_a_person_sends_it_as_it_was_merged(opened: OpenCache) -> None:
    dispute = found(opened)
    told = write_provenance(
        provenance_id="p",
        targets=(NOTE,),
        author=DOCTOR,
        occurred=NOW,
        recorded=NOW,
        activity="conflict.keep-mine",
    )
    opened.disputes.keep_mine(dispute, an_act("kept", kind="x", provenance=told), WHY)

    assert states(opened) == {"g1": "saved", "kept": "saved"}
    assert held(opened, NOTE).document["description"] == "mine"


def test_a_person_takes_it_back(opened: OpenCache) -> None:
    found(opened)

    opened.disputes.discard((GroupId("g1"),), WHY)

    assert states(opened) == {}
    now = held(opened, NOTE)
    assert (now.state, now.version, now.document["description"]) == ("clean", "2", "日常病程")


def test_what_a_check_had_found_is_asked_again_after_the_next_version(opened: OpenCache) -> None:
    found(opened)

    merged(opened, "3", mixed=())

    assert len(merges(opened).unchecked()) == 1
    assert opened.disputes.disputes() == ()


def test_what_was_settled_meanwhile_opens_nothing(opened: OpenCache) -> None:
    merged(opened)
    merge = merges(opened).unchecked()[0].id
    opened.disputes.discard((GroupId("g1"),), WHY)
    merges(opened).settle(merge, (ALERT,), NOW)

    assert opened.disputes.disputes() == ()
    assert states(opened) == {}


# --- Provenances of others


def told_by(key: str, *targets: str) -> Document:
    return write_provenance(
        provenance_id=key,
        targets=tuple(Ref(one) for one in targets),
        author=DOCTOR,
        occurred=NOW,
        recorded=NOW,
        activity="x",
    )


def test_a_provenance_belongs_to_the_patient_of_what_it_is_about(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient()), incoming(a_note())))
    lone = told_by("lone", "DocumentReference/elsewhere")
    opened.sync_store.apply(
        a_piece(incoming(told_by("p1", "Task/none", NOTE)), incoming(lone), members=())
    )

    with opened.cache.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT ref, patient FROM resource WHERE rtype = 'Provenance' ORDER BY ref"
        ).all()
    assert [tuple(row) for row in rows] == [("Provenance/lone", None), ("Provenance/p1", PATIENT)]


def test_it_goes_when_its_patient_goes(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(a_patient()), incoming(a_note())))
    opened.sync_store.apply(a_piece(incoming(told_by("p1", NOTE)), members=()))

    assert opened.sync_store.leave_patient(PATIENT, ())
    assert SqlProvenances(opened.cache).about(NOTE) == ()


def test_what_is_in_dispute_is_asked_about_before_the_notes(opened: OpenCache) -> None:
    found(opened)
    opened.sync_store.apply(a_piece(incoming(a_note("note-2"), "4")))

    versions = list(SqlProvenances(opened.cache).versions())

    assert versions[0] == (NOTE, "2")
    assert (Ref("DocumentReference/note-2"), "4") in versions


def test_only_what_the_hospital_has_tells_of_its_version(opened: OpenCache) -> None:
    merged(opened)
    mine = told_by("mine", NOTE)
    opened.acts.commit(an_act("g2", edited(opened, NOTE, language="x"), provenance=mine))
    opened.sync_store.apply(a_piece(incoming(told_by("theirs", NOTE)), members=()))
    merges(opened).settle(merges(opened).unchecked()[0].id, (ALERT,), NOW)

    sides = opened.disputes.sides(opened.disputes.disputes()[0].id)

    assert sides is not None
    assert [one["id"] for one in sides.provenances] == ["theirs"]
