"""A dose that a stop has crossed is told once, whichever workstations look, and stays read."""

from __future__ import annotations

from datetime import timedelta

from app.domain.chart import WorkItem
from app.domain.terms import Ref
from app.fhir.alerts import DOSE_AFTER_STOP
from app.fhir.orders import order_ref
from app.services.inbox_keeping import InboxKeeping
from localdb.reads.inbox import SqlInboxReads
from tests.sync.engine.dosing import OTHERS_SEEN, Nurse, Seat, later
from tests.sync.engine.hospital import Hospital


def inbox(nurse: Nurse) -> InboxKeeping:
    opened = nurse.desk.opened
    return InboxKeeping(SqlInboxReads(opened.cache), opened.acts, opened.documents, nurse.maker)


def told(nurse: Nurse) -> list[WorkItem]:
    """What the physician finds in the inbox of this workstation about crossed doses."""
    items = inbox(nurse).items(nurse.doctor)
    return [item for item in items if item.code == DOSE_AFTER_STOP]


def test_a_crossed_dose_is_told_to_the_physician_once(hospital: Hospital, seat: Seat) -> None:
    one, other = seat("zhao"), seat("qian")
    order = one.order()
    later(hospital, one, other)
    slot = one.slots(order)[0]
    ahead = slot.due_at - hospital.clock.now()
    later(hospital, one, other, minutes=max(ahead / timedelta(minutes=1) - 30, 20))
    one.unplug()
    other.unplug()
    one.changing.stop(one.doctor, order, "皮疹", ())
    hospital.clock.step(minutes=40)
    other.give(order, slot.ref, OTHERS_SEEN)
    assert told(one) == told(other) == []

    one.plug_in()
    other.plug_in()
    later(hospital, one, other)
    later(hospital, one, other)

    (here,), (there,) = told(one), told(other)
    assert here.id == there.id
    assert (here.urgent, here.focus) == (True, Ref(order_ref(order)))
    assert one.desk.states() == other.desk.states() == {}

    inbox(one).complete(one.doctor, here)
    later(hospital, one, other)
    later(hospital, one, other)

    assert told(one) == told(other) == []
