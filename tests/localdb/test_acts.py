"""What a commit promises beyond the contract: rows, projections, base copies, the journal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.domain.terms import Ref
from app.fhir.document import canonical_hash
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Change
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    NOW,
    a_cache,
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

NOTE = Ref("DocumentReference/note-1")
PROVENANCE = {
    "resourceType": "Provenance",
    "id": "prov-1",
    "target": [{"reference": NOTE}],
}


def test_an_act_writes_documents_projections_outbox_and_provenance_together(
    tmp_path: Path,
) -> None:
    with a_cache(tmp_path) as opened:
        act = an_act(
            "g1", a_note(), provenance=PROVENANCE, read_set=((Ref("Patient/li-ming"), "7"),)
        )
        opened.acts.commit(act)

        (group,) = opened.sync_store.pending()
        assert [c.ref for c in group.changes] == [NOTE, "Provenance/prov-1"]
        assert [c.op for c in group.changes] == ["create", "create"]
        assert group.read_set == ((Ref("Patient/li-ming"), "7"),)
        assert group.changes[1].refs == {NOTE}
        assert told(opened)[NOTE].unsent == "saved"
        assert opened.journal.groups == {"g1"}


def test_a_projector_that_fails_takes_the_whole_act_with_it(tmp_path: Path) -> None:
    class Failing:
        kinds = frozenset({"failing"})
        rtypes = frozenset({"DocumentReference"})
        tables = ()
        version = 1

        def project(self, connection: object, puts: object) -> None:
            raise RuntimeError((connection, puts))

    with a_cache(tmp_path, projectors=(Failing(),)) as opened:
        with pytest.raises(RuntimeError):
            opened.acts.commit(an_act("g1", a_task(), a_note()))

        assert opened.documents.held(Ref("Task/task-1")) is None
        assert opened.sync_store.pending() == ()
        assert opened.journal.groups == frozenset()
        opened.acts.commit(an_act("g2", a_task()))
        assert states(opened) == {"g2": "saved"}


def test_the_first_edit_keeps_the_servers_copy_as_base_and_the_second_does_not_replace_it(
    tmp_path: Path,
) -> None:
    with a_cache(tmp_path) as opened:
        note = a_note()
        opened.sync_store.apply(a_piece(incoming(note, "3")))

        opened.acts.commit(an_act("g1", edited(opened, NOTE, description="one")))
        opened.acts.commit(an_act("g2", edited(opened, NOTE, description="two")))

        known = opened.sync_store.known([NOTE])[NOTE]
        assert known.state == "dirty"
        assert known.base == incoming(note).body
        assert known.version == "3"
        assert known.local_seq == 2
        first, second = (g.changes[0] for g in opened.sync_store.pending())
        assert (first.base_version, second.base_version) == ("3", "3")
        assert b"one" in first.body
        assert b"two" in second.body


def test_only_a_changed_narrative_is_still_a_change(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note())))
        before = held(opened, NOTE)
        with_text = {**before.document, "text": {"status": "generated", "div": "<div>x</div>"}}

        opened.acts.commit(an_act("g1", Change(with_text, before.stamp)))

        assert states(opened) == {"g1": "saved"}
        assert canonical_hash(with_text) == canonical_hash(before.document)


def test_only_a_changed_version_stamp_is_no_change(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note())))
        before = held(opened, NOTE)
        stamped = {**before.document, "meta": {"versionId": "9"}}

        opened.acts.commit(an_act("g1", Change(stamped, before.stamp)))

        assert states(opened) == {}


def test_a_form_stays_valid_over_the_acknowledgement_of_its_own_content(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_note()))
        change = edited(opened, NOTE, description="later")
        send_all(opened)

        opened.acts.commit(an_act("g2", change))

        assert states(opened) == {"g2": "saved"}


def test_a_form_does_not_stay_valid_over_a_colleagues_change(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note(), "1")))
        change = edited(opened, NOTE, description="mine")
        theirs = {**a_note(), "description": "theirs"}
        opened.sync_store.apply(a_piece(incoming(theirs, "2")))

        with pytest.raises(AppError) as caught:
            opened.acts.commit(an_act("g1", change))

        assert caught.value.fault.kind is FaultKind.CONFLICT
        assert caught.value.fault.message.code == "change.stale"
        assert held(opened, NOTE).document["description"] == "theirs"


def test_an_edit_during_sending_leaves_the_frozen_bytes_alone(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_note()))
        batch = freeze_all(opened)
        opened.acts.commit(an_act("g2", edited(opened, NOTE, description="later")))

        (open_batch,) = opened.sync_store.open_batches()

        assert open_batch.entries[0].body == batch.entries[0].body
        assert opened.sync_store.known([NOTE])[NOTE].state == "inflight"
        assert states(opened) == {"g1": "packed", "g2": "saved"}


def test_a_document_the_server_deleted_cannot_be_edited_back(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note())))
        change = edited(opened, NOTE, description="x")
        opened.sync_store.bury(NOTE, "deleted", NOW)

        for attempt in (change, Change(a_note())):
            with pytest.raises(AppError) as caught:
                opened.acts.commit(an_act("g1", attempt))
            assert caught.value.fault.message.code == "change.gone"


def test_an_unknown_modifier_in_what_is_here_refuses_an_edit_that_would_drop_it(
    tmp_path: Path,
) -> None:
    strange = a_note() | {"modifierExtension": [{"url": "urn:strange", "valueBoolean": True}]}
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(strange)))
        before = held(opened, NOTE)
        without = {k: v for k, v in before.document.items() if k != "modifierExtension"}

        with pytest.raises(AppError) as caught:
            opened.acts.commit(an_act("g1", Change(without, before.stamp)))

        assert caught.value.fault.kind is FaultKind.REFUSED
        assert caught.value.fault.message.code == "change.modifier"


def test_one_act_changes_each_document_once(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, pytest.raises(ValueError, match="once"):
        opened.acts.commit(an_act("g1", a_note(), a_note()))


def test_a_provenance_is_evicted_with_the_patient_of_its_act(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_patient())))
        opened.acts.commit(an_act("g1", a_note(), provenance=PROVENANCE))

        with opened.cache.read() as connection:
            found = connection.exec_driver_sql(
                "SELECT patient FROM resource WHERE ref = 'Provenance/prov-1'"
            ).scalar()

        assert found == "li-ming"


def test_acts_from_several_threads_are_all_kept(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, ThreadPoolExecutor(4) as threads:
        acts = [an_act(f"g{n}", a_note(f"note-{n}")) for n in range(40)]

        list(threads.map(opened.acts.commit, acts))

        assert set(states(opened)) == {act.group for act in acts}
        assert opened.journal.groups == set(states(opened))


def test_reading_goes_on_while_others_write(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, ThreadPoolExecutor(4) as threads:
        opened.acts.commit(an_act("first", a_note("note-0")))
        writes = [
            threads.submit(opened.acts.commit, an_act(f"g{n}", a_task(f"task-{n}")))
            for n in range(20)
        ]
        reads = [threads.submit(held, opened, "DocumentReference/note-0") for _ in range(60)]

        assert all(one.result().document == a_note("note-0") for one in reads)
        assert [one.result() for one in writes] == [None] * 20
