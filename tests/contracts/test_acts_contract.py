"""`Acts` and `Documents`: the fake in memory and the encrypted cache promise the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from app.domain.terms import DraftId, Ref
from app.fhir.document import Document
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act, Acts, Change, Documents
from app.ports.keeping import Draft, Drafts
from app.ports.sync_store import NewConflict
from tests.support.cache_kit import (
    DOCTOR,
    NOW,
    PATIENT,
    a_cache,
    a_piece,
    an_act,
    edited,
    incoming,
)
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeDrafts
from tests.support.order_builders import a_note, a_task

NOTE = Ref("DocumentReference/note-1")
TASK = Ref("Task/task-1")
PROVENANCE: Document = {"resourceType": "Provenance", "id": "prov-1", "target": []}


class _Server(Protocol):
    def download(self, document: Document, version: str = "1") -> None: ...
    def dispute(self, ref: Ref) -> None: ...


@dataclass(frozen=True)
class Grant:
    acts: Acts
    documents: Documents
    drafts: Drafts
    server: _Server

    def edit(self, ref: Ref, **elements: str) -> Change:
        held = self.documents.held(ref)
        assert held is not None
        return Change({**held.document, **elements}, held.stamp)


@pytest.fixture(params=["fake", "encrypted cache"])
def grant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grant]:
    if request.param == "fake":
        drafts = FakeDrafts()
        acts = FakeActs(drafts)
        yield Grant(acts, acts, drafts, acts)
        return
    with a_cache(tmp_path) as opened:

        class Server:
            def download(self, document: Document, version: str = "1") -> None:
                opened.sync_store.apply(a_piece(incoming(document, version)))

            def dispute(self, ref: Ref) -> None:
                opened.acts.commit(an_act("disputed", edited(opened, ref, language="en")))
                known = opened.sync_store.known([ref])[ref]
                conflict = NewConflict(
                    ref, "update-update", None, known.base, known.working, b"{}", "9", (), 1
                )
                opened.sync_store.apply(a_piece(conflicts=(conflict,)))

        yield Grant(opened.acts, opened.documents, opened.drafts, Server())


def refusal(grant: Grant, act: Act) -> tuple[FaultKind, str]:
    with pytest.raises(AppError) as caught:
        grant.acts.commit(act)
    return caught.value.fault.kind, caught.value.fault.message.code


def test_what_was_committed_is_held(grant: Grant) -> None:
    grant.acts.commit(an_act("g1", a_note()))

    held = grant.documents.held(NOTE)

    assert held is not None
    assert held.document == a_note()
    assert (held.version, held.state) == ("", "dirty")


def test_what_nobody_brought_is_not_held(grant: Grant) -> None:
    assert grant.documents.held(NOTE) is None


def test_a_downloaded_document_is_clean_and_has_a_version(grant: Grant) -> None:
    grant.server.download(a_note(), "4")

    held = grant.documents.held(NOTE)

    assert held is not None
    assert (held.version, held.state) == ("4", "clean")


def test_versions_are_told_of_what_is_here_only(grant: Grant) -> None:
    grant.server.download(a_note(), "4")

    assert grant.documents.versions((TASK, NOTE, NOTE)) == ((NOTE, "4"),)


def test_an_edit_of_what_was_opened_is_taken(grant: Grant) -> None:
    grant.server.download(a_note())

    grant.acts.commit(an_act("g1", grant.edit(NOTE, description="mine")))

    held = grant.documents.held(NOTE)
    assert held is not None
    assert held.document["description"] == "mine"
    assert (held.version, held.state) == ("1", "dirty")


def test_an_edit_of_an_older_content_is_a_conflict(grant: Grant) -> None:
    grant.server.download(a_note())
    older = grant.edit(NOTE, description="mine")
    grant.server.download(a_note() | {"description": "theirs"}, "2")

    assert refusal(grant, an_act("g1", older)) == (FaultKind.CONFLICT, "change.stale")


def test_creating_what_exists_with_other_content_is_a_conflict(grant: Grant) -> None:
    grant.server.download(a_note())
    again = a_note() | {"description": "another"}

    assert refusal(grant, an_act("g1", again)) == (FaultKind.CONFLICT, "change.exists")


def test_editing_what_is_gone_is_a_conflict(grant: Grant) -> None:
    gone = Change(a_note(), "some stamp")

    assert refusal(grant, an_act("g1", gone)) == (FaultKind.CONFLICT, "change.gone")


def test_a_document_in_conflict_cannot_be_edited_further(grant: Grant) -> None:
    grant.server.download(a_note())
    grant.server.dispute(NOTE)
    change = grant.edit(NOTE, description="again")

    assert refusal(grant, an_act("g1", change)) == (FaultKind.CONFLICT, "change.in-conflict")


def test_a_refused_act_leaves_nothing_of_itself(grant: Grant) -> None:
    grant.server.download(a_note())
    clash = a_note() | {"description": "another"}

    refusal(grant, an_act("g1", a_task(), clash))

    assert grant.documents.held(TASK) is None


def test_an_unknown_modifier_is_refused(grant: Grant) -> None:
    strange = a_note() | {"modifierExtension": [{"url": "urn:strange"}]}

    assert refusal(grant, an_act("g1", strange)) == (FaultKind.REFUSED, "change.modifier")


def test_the_same_group_twice_is_one_act(grant: Grant) -> None:
    act = an_act("g1", a_note())
    grant.acts.commit(act)
    grant.acts.commit(an_act("g2", grant.edit(NOTE, description="later")))

    grant.acts.commit(act)

    held = grant.documents.held(NOTE)
    assert held is not None
    assert held.document["description"] == "later"


def test_a_change_of_nothing_is_dropped_whatever_its_stamp(grant: Grant) -> None:
    grant.server.download(a_note())

    grant.acts.commit(an_act("g1", Change(a_note(), "older"), provenance=PROVENANCE))

    held = grant.documents.held(NOTE)
    assert held is not None
    assert held.state == "clean"
    assert grant.documents.held(Ref("Provenance/prov-1")) is None


def test_the_provenance_comes_with_the_act(grant: Grant) -> None:
    grant.acts.commit(an_act("g1", a_note(), provenance=PROVENANCE))

    assert grant.documents.held(Ref("Provenance/prov-1")) is not None


def test_the_draft_goes_with_the_act_and_stays_when_it_is_refused(grant: Grant) -> None:
    draft = Draft(DraftId("d1"), "note", PATIENT, DOCTOR, "{}", NOW)
    grant.drafts.save(draft)
    strange = a_note() | {"modifierExtension": [{"url": "urn:strange"}]}

    refusal(grant, an_act("g0", strange, draft=draft.id))
    assert grant.drafts.get(draft.id) == draft

    grant.acts.commit(an_act("g1", a_note(), draft=draft.id))
    assert grant.drafts.get(draft.id) is None
