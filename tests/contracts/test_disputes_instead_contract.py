"""What takes the place of an act that is taken back: written with it, or neither is."""

from __future__ import annotations

import pytest

from app.domain.terms import GroupId
from app.fhir.document import Document
from app.kernel.faults import AppError
from app.ports.acts import Act, Change
from localdb.opening import OpenCache
from tests.contracts.sync_kit import NOTE, theirs
from tests.contracts.test_disputes_contract import WHY, in_conflict, journaled
from tests.support.cache_kit import an_act, held, states
from tests.support.order_builders import a_note

G1 = (GroupId("g1"),)


def instead(opened: OpenCache, stamp: str) -> Act:
    """A note of its own, and the hospital's ended in its favour."""
    sides = opened.disputes.sides(opened.disputes.disputes()[0].id)
    assert sides is not None
    assert sides.theirs is not None
    ended: Document = {**sides.theirs, "status": "superseded"}
    changes = (Change(a_note("note-9")), Change(ended, stamp or sides.their_stamp))
    return an_act("g2", *changes, kind="order.replace")


def test_the_new_act_stands_where_the_old_one_was(opened: OpenCache) -> None:
    in_conflict(opened, theirs(description="theirs"))
    opened.disputes.discard(G1, WHY, instead(opened, ""))

    assert states(opened) == {"g2": "saved"}
    now = held(opened, NOTE)
    assert (now.document["description"], now.document["status"]) == ("theirs", "superseded")
    assert (now.state, now.version) == ("dirty", "2")
    assert held(opened, "DocumentReference/note-9").state == "dirty"
    assert "g2" in journaled(opened)


def test_of_two_that_do_not_fit_neither_is_written(opened: OpenCache) -> None:
    in_conflict(opened, theirs(description="theirs"))

    with pytest.raises(AppError) as caught:
        opened.disputes.discard(G1, WHY, instead(opened, "of another version"))

    assert caught.value.fault.message.code == "change.stale"
    assert states(opened) == {"g1": "conflict"}
    assert opened.documents.held(NOTE) is not None
    assert held(opened, NOTE).document["description"] == "mine"
    assert journaled(opened) == {"g1"}


def test_without_one_the_old_act_just_goes(opened: OpenCache) -> None:
    in_conflict(opened, theirs(description="theirs"))

    opened.disputes.discard(G1, WHY)

    assert states(opened) == {}
