"""What the server stamped before our watermark and committed after it comes all the same (D1)."""

from __future__ import annotations

from app.domain.terms import Ref
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import on_the_workstation


def late(desk: Desk) -> int:
    return sum(n.counts["late"] for n in desk.store.diary(1000) if n.kind == "overlap")


def test_a_late_update_comes_and_is_counted_once(hospital: Hospital, desk: Desk) -> None:
    desk.later()
    hospital.clock.step(seconds=-30)
    hospital.write_note("late")
    hospital.clock.step(seconds=30)

    desk.later(seconds=65)
    desk.later(seconds=65)

    assert Ref(f"DocumentReference/{hospital.note_id('late')}") in on_the_workstation(desk)
    assert late(desk) == 1


def test_what_comes_in_time_is_not_counted(hospital: Hospital, desk: Desk) -> None:
    desk.later()
    hospital.clock.step(seconds=30)
    hospital.write_note("prompt")

    desk.later(seconds=65)
    desk.later(seconds=65)

    assert Ref(f"DocumentReference/{hospital.note_id('prompt')}") in on_the_workstation(desk)
    assert late(desk) == 0
