"""`InboxReads` and `QueueReads`: the fakes of the page tests and the real ones promise the same.

The fakes are filled with what the real ones say, out of order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.people import Role
from app.domain.sending import GroupState
from app.domain.terms import PractitionerId
from app.ports.reading import InboxReads, QueueReads
from localdb.reads.inbox import SqlInboxReads
from tests.localdb.projections.kit import Shelf
from tests.support import order_builders as o
from tests.support.cache_kit import DOCTOR, NOW, a_cache, an_act, enrol, send_all
from tests.support.fake_reads import FakeInboxReads, FakeQueueReads

LI = PractitionerId("dr-li")
CONFIRMED_SHOWN = 50
COUNTERSIGNED = ((Role.ATTENDING, "countersign-order"),)


@pytest.fixture(params=["fake", "projections"])
def inbox(request: pytest.FixtureRequest) -> Iterator[InboxReads]:
    shelf = Shelf(
        o.a_task("mine", owner="dr-wang", at="2026-03-02T07:00:00Z"),
        o.a_task("of-residents", role="resident", at="2026-03-02T08:00:00Z"),
        o.a_task("of-nurses", role="nurse"),
        o.a_task("of-attendings", role="attending", code="countersign-order"),
        o.a_task("taken-over", role="attending", code="countersign-order", owner="dr-li"),
        o.a_task("other-work", role="attending"),
        o.a_task("taken", role="resident", owner="dr-li"),
        o.a_task("done", owner="dr-wang", status="completed"),
        o.a_message("to-me", priority="urgent", at="2026-03-02T09:00:00Z"),
        o.a_message("to-li", recipient="dr-li"),
    )
    real = SqlInboxReads(shelf)
    if request.param == "projections":
        yield real
    else:
        seen = {
            item.id: item
            for who in (DOCTOR, LI)
            for role in (Role.RESIDENT, Role.NURSE, Role.ATTENDING)
            for item in real.inbox(who, role)
        }
        yield FakeInboxReads(list(reversed(seen.values())))
    shelf.close()


def test_the_inbox_is_ones_own_and_that_of_ones_role(inbox: InboxReads) -> None:
    assert {i.id for i in inbox.inbox(DOCTOR, Role.RESIDENT)} == {"mine", "of-residents", "to-me"}
    assert {i.id for i in inbox.inbox(DOCTOR, Role.NURSE)} == {"mine", "of-nurses", "to-me"}
    assert {i.id for i in inbox.inbox(LI, Role.CODER)} == {"taken", "taken-over", "to-li"}
    assert inbox.inbox(PractitionerId("nobody"), Role.CODER) == ()


def test_whoever_stands_in_for_a_role_sees_that_work_of_it_and_no_other(inbox: InboxReads) -> None:
    nobody = PractitionerId("nobody")

    assert [i.id for i in inbox.inbox(nobody, Role.CHIEF, COUNTERSIGNED)] == ["of-attendings"]
    assert inbox.inbox(nobody, Role.CHIEF) == ()


def test_urgent_work_comes_first(inbox: InboxReads) -> None:
    assert [i.id for i in inbox.inbox(DOCTOR, Role.RESIDENT)] == ["to-me", "mine", "of-residents"]


def test_what_is_done_is_not_in_the_inbox(inbox: InboxReads) -> None:
    assert all(item.open for item in inbox.inbox(DOCTOR, Role.RESIDENT))


@pytest.fixture(params=["fake", "encrypted cache"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QueueReads]:
    with a_cache(tmp_path) as opened:
        enrol(opened)
        for n in range(CONFIRMED_SHOWN + 2):
            at = NOW + timedelta(minutes=n)
            opened.acts.commit(an_act(f"sent-{n:02}", o.a_note(f"note-{n}"), at=at))
        send_all(opened)
        for n in (1, 2):
            at = NOW + timedelta(hours=n)
            opened.acts.commit(an_act(f"waits-{n}", o.a_task(f"task-{n}"), at=at))
        if request.param == "fake":
            yield FakeQueueReads(list(reversed(opened.queue.queue())))
        else:
            yield opened.queue


def test_what_waits_comes_first_and_the_oldest_of_it_before_the_others(queue: QueueReads) -> None:
    assert [item.group for item in queue.queue()][:2] == ["waits-1", "waits-2"]
    assert [item.state for item in queue.queue()][:3] == [
        GroupState.SAVED,
        GroupState.SAVED,
        GroupState.CONFIRMED,
    ]


def test_only_the_last_fifty_confirmed_ones_are_shown(queue: QueueReads) -> None:
    done = [item.group for item in queue.queue() if item.state is GroupState.CONFIRMED]

    assert len(done) == CONFIRMED_SHOWN
    assert done[0] == f"sent-{CONFIRMED_SHOWN + 1}"
    assert "sent-00" not in done
