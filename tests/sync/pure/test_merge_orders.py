"""What an order says of its first day and of a physician's word, when two hands write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.orders import Dosage, Order, OrderClass, OrderKind
from app.domain.terms import OrderId, PatientId, PractitionerId, Term
from app.domain.verbal_orders import Spoken
from app.fhir.document import Document
from app.fhir.orders import read_order, write_order, write_stop
from app.fhir.spoken import write_confirmed
from app.fhir.valuesets import FREQUENCY, VERBAL_SITUATION
from sync.merge import Merged, NeedsClinician, merge
from tests.sync.pure.cases import RULES

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
RESCUE = Term("抢救", VERBAL_SITUATION, "rescue", "rescue")
ORDER = Order(
    id=OrderId("o"),
    patient=PatientId("p"),
    encounter=None,
    order_class=OrderClass.MEDICATION,
    kind=OrderKind.VERBAL,
    item=Term("肾上腺素"),
    dosage=Dosage(frequency=Term("tid", FREQUENCY, "tid")),
    status="active",
    requester=PractitionerId("li"),
    requester_name="李",
    spoken=Spoken(PractitionerId("li"), "李", RESCUE, True, PractitionerId("zhao"), "赵"),
    first_day=2,
)
BASE: Document = write_order(ORDER, {}) | {"meta": {"versionId": "1"}}


def stopped() -> Document:
    return write_stop(BASE, at=AT, by=PractitionerId("wang"), reason="抢救结束") | {
        "meta": {"versionId": "2"}
    }


def test_a_confirmation_and_a_stop_at_once_are_for_a_person_and_nothing_of_either_is_lost() -> None:
    ours = dict(BASE)
    write_confirmed(ours, AT + timedelta(minutes=1))

    found = merge(BASE, ours, stopped(), RULES)

    assert isinstance(found, NeedsClinician)


def test_what_only_the_other_side_changed_keeps_first_day_and_word() -> None:
    found = merge(BASE, BASE, stopped(), RULES)

    assert isinstance(found, Merged)
    read = read_order(found.document)
    assert read is not None
    assert (read.status, read.first_day, read.spoken) == ("stopped", 2, ORDER.spoken)
