"""Two workstations and one order: both acts are kept, and whoever comes second is asked."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.baskets import Basket
from app.domain.disputes import DisputeKind
from app.domain.orders import Ending, Following, Order, OrderKind
from app.domain.sending import GroupState
from app.fhir.document import parse
from app.fhir.orders import order_ref, read_order
from localdb.failpoints import Failpoint
from sync.cdr.misbehaviour import Rule
from sync.cdr.values import Request
from tests.localdb.children import ROOT
from tests.sync.engine.dosing import OTHERS_SEEN, Nurse, Seat, later
from tests.sync.engine.faults import ALWAYS, changed, says, sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.ordering_child import BASKET

POISON = "毒"


def at_the_hospital(hospital: Hospital) -> dict[str, Order]:
    """Every order that the server holds, by id."""
    found: dict[str, Order] = {}
    for ref, version in hospital.everything().items():
        if ref.startswith("MedicationRequest/"):
            order = read_order(parse(version.body))
            if order is not None:
                found[order.id] = order
    return found


def course(nurse: Nurse, hospital: Hospital) -> Order:
    """An order that ends by itself in five days."""
    draft = nurse.draft(ends_at=hospital.clock.now() + timedelta(days=5))
    return nurse.orders.sign(nurse.doctor, draft, ())


def renew(nurse: Nurse, order: Order) -> Order:
    (copy,) = nurse.changing.copied(nurse.doctor, order, Following.RENEW)
    return nurse.orders.sign(nurse.doctor, replace(copy, encounter=order.encounter), ())


def test_one_stops_and_one_renews_the_same_order_offline(hospital: Hospital, seat: Seat) -> None:
    """Complaint 12.5: both kept, the conflict listed, nothing lost."""
    one, other = seat("zhao"), seat("qian")
    order = course(one, hospital)
    later(hospital, one, other)
    one.unplug()
    other.unplug()
    one.changing.stop(one.doctor, order, "皮疹", ())
    renewed = renew(other, order)
    assert one.current(order).ending is Ending.STOPPED
    assert other.current(renewed).current

    one.plug_in()
    other.plug_in()

    there = at_the_hospital(hospital)
    assert there[order.id].ending is Ending.STOPPED
    assert renewed.id not in there
    (dispute,) = other.desk.opened.disputes.disputes()
    assert (dispute.kind, dispute.ref) == (DisputeKind.BOTH_CHANGED, order_ref(order))
    # What was signed there is still there, and says itself that it has not been sent.
    assert other.current(renewed).item == order.item
    assert "conflict" in set(other.desk.states().values())
    assert one.desk.states() == {}


def test_both_renew_the_same_order_offline_and_only_one_course_is_sent(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order = course(one, hospital)
    later(hospital, one, other)
    one.unplug()
    other.unplug()
    first, second = renew(one, order), renew(other, order)

    one.plug_in()
    other.plug_in()

    there = at_the_hospital(hospital)
    assert first.id in there
    assert second.id not in there
    (dispute,) = other.desk.opened.disputes.disputes()
    assert dispute.ref == order_ref(order)
    assert other.current(second).current


def test_an_order_renewed_by_one_is_renewed_for_all(hospital: Hospital, seat: Seat) -> None:
    one, other = seat("zhao"), seat("qian")
    order = course(one, hospital)
    renewed = renew(one, order)
    later(hospital, one, other)
    assert at_the_hospital(hospital)[renewed.id].replaces == order_ref(order)
    assert other.current(renewed).starts_at == order.ends_at
    assert (one.desk.states(), other.desk.states()) == ({}, {})


def holds_poison(request: Request) -> bool:
    return sends(request) and POISON.encode() in request.body


def test_of_five_signed_orders_four_are_taken_and_one_says_why_not(
    hospital: Hospital, seat: Seat
) -> None:
    """Complaint 12.6."""
    one = seat("zhao")
    drafts = one.five_drafts()
    drafts = (*drafts[:2], replace(drafts[2], note=POISON), *drafts[3:])
    rule: Rule = changed(says(422, "business-rule"))
    rule.when, rule.times, rule.unserved = holds_poison, ALWAYS, True
    hospital.misbehaviour.add(rule)

    orders = one.orders.sign_basket(one.doctor, drafts, ())
    told = one.desk.round()

    there = at_the_hospital(hospital)
    assert [order.id in there for order in orders] == [True, True, False, True, True]
    assert (told.rejected, told.waiting, told.all_sent) == (1, 0, False)
    (group,) = one.desk.states()
    item = one.desk.item(group)
    assert item.state is GroupState.REJECTED
    assert item.server_said == "error business-rule: no"
    assert one.current(orders[2]).note == POISON

    hospital.behave()
    one.desk.engine.retry(group)
    one.desk.later()
    assert orders[2].id in at_the_hospital(hospital)
    assert one.desk.states() == {}


def test_a_stop_that_crosses_a_dose_keeps_both_and_says_so(hospital: Hospital, seat: Seat) -> None:
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
    given = other.give(order, slot.ref, OTHERS_SEEN)

    one.plug_in()
    other.plug_in()
    later(hospital, one, other)

    for nurse in (one, other):
        assert nurse.current(order).ending is Ending.STOPPED
        held = nurse.desk.opened.documents.held(f"MedicationAdministration/{given.id}")  # type: ignore[arg-type]  # a plain ref
        assert held is not None
        assert held.document["status"] == "completed"
        assert nurse.after_the_end(order) == 1
    later(hospital, one, other)  # what tells the physician of it goes with the next round
    assert one.desk.states() == other.desk.states() == {}


def test_a_dose_before_the_stop_is_no_dose_after_it(hospital: Hospital, seat: Seat) -> None:
    one = seat("zhao")
    order = one.order()
    slot = one.slots(order)[0]
    ahead = slot.due_at - hospital.clock.now()
    later(hospital, one, minutes=max(ahead / timedelta(minutes=1), 20))
    one.claim(slot.ref)
    one.give(order, slot.ref)
    hospital.clock.step(minutes=5)
    one.changing.stop(one.doctor, order, "好转", ())
    assert one.after_the_end(order) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize(
    ("point", "nth", "signed"),
    [
        (Failpoint.ACT_DOCUMENTS, 3, False),
        (Failpoint.ACT_LOGGED, 5, False),
        (Failpoint.COMMITTED, 2, True),
    ],
)
def test_a_workstation_killed_while_it_signs_has_the_basket_or_the_orders(
    hospital: Hospital, seat: Seat, tmp_path: Path, point: Failpoint, nth: int, *, signed: bool
) -> None:
    one = seat("zhao")
    one.close()
    said = killed(tmp_path / "zhao", hospital, point, nth)
    assert said[0] == "kept"

    again = Nurse(tmp_path / "zhao", hospital, "zhao")
    try:
        draft = again.desk.opened.drafts.get(BASKET)
        states = again.desk.states()
        if signed:
            assert draft is None
            assert len(states) == 5
        else:
            assert draft is not None
            basket = Basket.of(draft.body)
            assert basket is not None
            assert [one.draft.item.text for one in basket.items if one.draft.item] == [
                "甲药", "乙药", "丙药", "丁药", "戊药"
            ]  # fmt: skip
            assert states == {}
        again.round()
        assert len(at_the_hospital(hospital)) - len(before_orders(hospital)) == (5 if signed else 0)
    finally:
        again.close()


def before_orders(hospital: Hospital) -> list[Order]:
    """Orders that were furnished with the hospital."""
    return [one for one in at_the_hospital(hospital).values() if not one.item.text.endswith("药")]


def killed(folder: Path, hospital: Hospital, point: Failpoint, nth: int) -> list[str]:
    now = hospital.clock.now().isoformat()
    told = (hospital.base_url, str(hospital.number), now, point.value, str(nth))
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.engine.ordering_child", str(folder), *told],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.split()


def test_two_workstations_end_the_same_course_by_themselves_and_nobody_is_asked(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order = course(one, hospital)
    sos = one.orders.sign(one.doctor, one.draft(name="乙药", kind=OrderKind.SOS), ())
    later(hospital, one, other)
    one.unplug()
    other.unplug()
    hospital.clock.step(hours=24 * 6)
    assert [nurse.lapsing.look(nurse.session) for nurse in (one, other)] == [2, 2]

    one.plug_in()
    other.plug_in()
    later(hospital, one, other)

    there = at_the_hospital(hospital)
    assert there[order.id].status == "completed"
    assert there[sos.id].ending is Ending.LAPSED
    for nurse in (one, other):
        assert nurse.desk.opened.disputes.disputes() == ()
        assert nurse.desk.states() == {}
