"""The workstation's clock jumps; neither sending nor fetching stands still for it (I20, I21)."""

from __future__ import annotations

import pytest

from app.domain.terms import Ref
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def is_transaction(request: Request) -> bool:
    return request.method == "POST" and not request.path


def test_a_clock_set_back_does_not_stop_what_waits_for_its_next_try(
    hospital: Hospital, desk: Desk
) -> None:
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=is_transaction, status=503))
    desk.sign_note("mine")
    desk.later()
    assert desk.store.counts().waiting == 1

    desk.clock.ahead(days=-2)
    desk.later()

    assert hospital.versions(Ref(f"DocumentReference/{hospital.note_id('mine')}")) == 1
    assert_nothing_waits(desk)


@pytest.mark.parametrize("days", [-2, 2])
def test_what_a_colleague_writes_while_the_clock_is_wrong_comes(
    hospital: Hospital, desk: Desk, days: int
) -> None:
    """The server's clock alone cuts the windows; ours only paces the rounds."""
    hospital.write_note("theirs")
    hospital.clock.step(minutes=5)
    desk.clock.ahead(days=days)

    desk.round()
    desk.later()

    assert_same(desk)
