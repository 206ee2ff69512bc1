from __future__ import annotations

from app.domain.sending import Connection
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def test_a_ward_comes_whole_and_a_note_goes_out_once(hospital: Hospital, desk: Desk) -> None:
    assert_same(desk)
    desk.sign_note("mine", seen=desk.seen(hospital.allergy()))
    hospital.write_note("theirs", "b")

    status = desk.later()

    assert status.connection is Connection.ONLINE
    assert status.all_sent
    assert_nothing_waits(desk)
    status = desk.later()
    assert_same(desk)
