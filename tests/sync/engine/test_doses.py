"""One dose, several workstations: one gives it, and what was given twice is never lost (I15)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.disputes import DisputeKind
from app.domain.orders import Order, OrderKind
from app.domain.slots import Claim, DoseSlot, Outcome, SlotState, ledger_id
from app.domain.terms import PractitionerId, Ref
from app.fhir.administrations import read_administration
from app.fhir.document import parse
from app.fhir.dose_limits import read_ledger
from app.fhir.slots import read_slot, write_claim
from app.kernel.faults import AppError, FaultKind
from localdb.failpoints import Failpoint
from tests.localdb.children import ROOT
from tests.sync.engine.dosing import LIMITS, OTHERS_SEEN, SHANGHAI, Nurse, Seat, later
from tests.sync.engine.hospital import Hospital


def an_order_in_both(hospital: Hospital, one: Nurse, other: Nurse, **how: object) -> Order:
    order = one.order(**how)  # type: ignore[arg-type]  # passed on exactly as it came
    later(hospital, one, other)
    return order


def a_due_slot(hospital: Hospital, one: Nurse, other: Nurse) -> tuple[Order, Ref]:
    """A dose that both workstations know and that is due now."""
    order = an_order_in_both(hospital, one, other)
    slot = one.slots(order)[0]
    ahead = slot.due_at - hospital.clock.now()
    later(hospital, one, other, minutes=max(ahead / timedelta(minutes=1), 20))
    return order, slot.ref


def given(hospital: Hospital, order: Order) -> list[Ref]:
    """Every administration of the order that the server holds."""
    found = []
    for ref, version in hospital.everything().items():
        if ref.startswith("MedicationAdministration/"):
            read = read_administration(parse(version.body))
            found += [ref] if read.order == order.id and read.status == "completed" else []
    return sorted(found)


def the_slot(hospital: Hospital, ref: Ref) -> DoseSlot:
    slot = read_slot(hospital.content(ref))
    assert slot is not None
    return slot


def refused(work: Callable[[], object]) -> tuple[FaultKind, str, dict[str, object]]:
    with pytest.raises(AppError) as caught:
        work()
    fault = caught.value.fault
    return fault.kind, fault.message.code, dict(fault.message.parameters)


# --- laying out


def test_doses_reach_the_other_workstation_with_their_order_and_end_with_it(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order, first = a_due_slot(hospital, one, other)
    assert len(other.slots(order)) == 6

    one.changing.stop(one.doctor, order, "出院", ())
    later(hospital, one, other)

    assert other.slots(order) == one.slots(order)
    states = {slot.ref: slot.state for slot in other.slots(order)}
    assert states.pop(first) is SlotState.DUE
    assert set(states.values()) == {SlotState.CANCELLED}
    assert (one.desk.states(), other.desk.states()) == ({}, {})


def test_two_workstations_that_lay_out_further_make_the_same_doses_once(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order = an_order_in_both(hospital, one, other)
    one.unplug()
    other.unplug()
    hospital.clock.step(hours=30)
    for nurse in (one, other):
        nurse.round()

    one.plug_in()
    other.plug_in()
    later(hospital, one, other)

    assert len(one.slots(order)) > 8
    assert one.slots(order) == other.slots(order)
    assert {hospital.versions(slot.ref) for slot in one.slots(order)} == {1}
    assert (one.desk.states(), other.desk.states()) == ({}, {})


def test_a_dose_given_meanwhile_is_not_laid_out_over(hospital: Hospital, seat: Seat) -> None:
    """A late second creator must not turn a given dose into a due one (I3)."""
    one, other = seat("zhao"), seat("qian")
    order = an_order_in_both(hospital, one, other)
    other.unplug()
    hospital.clock.step(hours=30)
    other.round()
    one.round()
    later(hospital, one)
    fresh = one.slots(order)[-1].ref
    assert fresh in {slot.ref for slot in other.slots(order)}
    one.claim(fresh)
    one.give(order, fresh)
    one.round()

    other.plug_in()
    later(hospital, other)

    assert the_slot(hospital, fresh).outcome is Outcome.GIVEN
    assert {s.ref: s for s in other.slots(order)}[fresh].state is SlotState.DONE
    assert other.desk.states() == {}


# --- connected


def test_of_many_who_claim_a_dose_at_once_exactly_one_succeeds(
    hospital: Hospital, seat: Seat
) -> None:
    nurse = seat("zhao")
    order = nurse.order()
    later(hospital, nurse)
    held = nurse.desk.opened.documents.held(nurse.slots(order)[0].ref)
    assert held is not None
    hands = 6
    start = threading.Barrier(hands)

    def grab(number: int) -> bool:
        until = hospital.clock.now() + timedelta(minutes=2)
        mine = Claim(PractitionerId("zhao"), "", f"ws-{number}", until)
        claims = nurse.claims()
        start.wait(10)
        won = claims.write(held.ref, write_claim(held.document, mine), held.version).won
        claims._remote.close()  # type: ignore[attr-defined]  # the HttpRemote it was made with
        return won

    with ThreadPoolExecutor(hands) as pool:
        won = list(pool.map(grab, range(hands)))

    assert won.count(True) == 1
    claim = the_slot(hospital, held.ref).claim
    assert claim is not None
    assert claim.device == f"ws-{won.index(True)}"


def test_one_claims_and_gives_and_the_other_hears_who_has_it_and_who_gave_it(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order, slot = a_due_slot(hospital, one, other)
    assert refused(lambda: one.give(order, slot, OTHERS_SEEN))[1] == "dose.claim-first"

    one.claim(slot)
    kind, code, told = refused(lambda: other.claim(slot))
    assert (kind, code, told["by"]) == (FaultKind.CONFLICT, "dose.claimed", "zhao")
    one.give(order, slot)
    one.round()
    kind, code, told = refused(lambda: other.claim(slot))

    at = hospital.clock.now().astimezone(SHANGHAI)
    assert (kind, code) == (FaultKind.CONFLICT, "dose.already-given")
    assert told == {"at": f"{at:%H:%M}", "by": "zhao"}
    assert refused(lambda: other.give(order, slot))[1] == "dose.already-given"
    assert len(given(hospital, order)) == 1


# --- apart


def test_a_dose_given_on_two_workstations_apart_is_kept_twice_flagged_and_ended_by_a_report(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order, slot = a_due_slot(hospital, one, other)
    for nurse in (one, other):
        nurse.unplug()
        assert refused(lambda: nurse.give(order, slot))[1] == "dose.not-claimed-offline"  # noqa: B023
        nurse.give(order, slot, OTHERS_SEEN)
    one.plug_in()
    other.plug_in()
    later(hospital, one, other)
    later(hospital, one, other)  # the alerts go with the next round

    both = given(hospital, order)
    assert len(both) == 2
    for ref in both:
        assert read_administration(hospital.content(ref)).override == "override-offline"
    assert the_slot(hospital, slot).done_by == "zhao"
    assert (one.desk.states(), other.desk.states()) == ({}, {})
    for nurse in (one, other):
        (dispute,) = nurse.desk.opened.disputes.disputes()
        assert (dispute.kind, dispute.why) == (DisputeKind.DUPLICATE_ACT, "same-slot")
        assert dispute.acts == ()
        sides = nurse.desk.opened.disputes.sides(dispute.id)
        assert sides is not None
        shown = {
            f"MedicationAdministration/{one['id']}" for one in (sides.mine, sides.theirs) if one
        }
        assert shown == set(both)
        reasons = nurse.desk.opened.audit.entries(action="dose.override")
        assert [entry.reason for entry in reasons] == ["网络中断"]

    (dispute,) = one.desk.opened.disputes.disputes()
    one.dosing.watching.report(one.session, dispute.id, "患者无不适")
    later(hospital, one, other)

    assert one.desk.opened.disputes.disputes() == ()
    assert other.desk.opened.disputes.disputes() == ()
    assert given(hospital, order) == both
    told = [
        parse(version.body)
        for ref, version in hospital.everything().items()
        if ref.startswith("Communication/")
    ]
    assert len(told) == 3
    assert all({a["reference"] for a in one["about"]} == set(both) for one in told)  # type: ignore[union-attr,index,call-overload]  # as the product writes it


def test_as_needed_the_second_dose_is_refused_with_numbers_and_two_apart_are_flagged(
    hospital: Hospital, seat: Seat
) -> None:
    one, other = seat("zhao"), seat("qian")
    order = an_order_in_both(
        hospital, one, other, frequency="prn", kind=OrderKind.PRN, limits=LIMITS
    )
    one.give(order)
    later(hospital, one, other, minutes=30)
    _, code, told = refused(lambda: other.give(order))
    assert (code, told) == ("dose.too-soon", {"passed": 30, "least": 240})
    later(hospital, one, other, minutes=240)

    for nurse in (one, other):
        nurse.unplug()
        nurse.give(order, answers=OTHERS_SEEN)
    one.plug_in()
    other.plug_in()
    later(hospital, one, other)
    later(hospital, one, other)

    assert len(given(hospital, order)) == 3
    ledger = read_ledger(hospital.content(Ref(f"Basic/{ledger_id(order.id)}")))
    assert ledger is not None
    assert {line.administration for line in ledger.lines} == set(given(hospital, order))
    for nurse in (one, other):
        assert [case.why for case in nurse.desk.opened.disputes.disputes()] == ["too-soon"]
    assert (one.desk.states(), other.desk.states()) == ({}, {})


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize(
    ("point", "nth"),
    [
        (Failpoint.BATCH_ACKNOWLEDGED, 1),
        pytest.param(Failpoint.ACT_LOGGED, 1, marks=pytest.mark.soak),
        pytest.param(Failpoint.COMMITTED, 2, marks=pytest.mark.soak),
        pytest.param(Failpoint.BATCH_FROZEN, 1, marks=pytest.mark.soak),
        pytest.param(Failpoint.JOURNAL_WRITTEN, 1, marks=pytest.mark.soak),
        pytest.param(Failpoint.PIECE_DOCUMENTS, 1, marks=pytest.mark.soak),
        pytest.param(Failpoint.BEFORE_COMMIT, 3, marks=pytest.mark.soak),
    ],
)
def test_a_workstation_killed_while_it_sends_a_second_dose_drops_nothing_and_flags_it(
    hospital: Hospital, seat: Seat, tmp_path: Path, point: Failpoint, nth: int
) -> None:
    one, other = seat("zhao"), seat("qian")
    order, slot = a_due_slot(hospital, one, other)
    one.claim(slot)
    one.give(order, slot)
    other.unplug()
    one.round()
    other.close()

    said = killed_while_giving(tmp_path / "qian", hospital, order, slot, (point, nth))
    again = Nurse(tmp_path / "qian", hospital, "qian")
    try:
        for _ in range(3):
            later(hospital, again, one)
        made = len(given(hospital, order))
        assert made == 2 or (made == 1 and "given" not in said)
        cases = [len(n.desk.opened.disputes.disputes()) for n in (one, again)]
        assert cases == [made - 1, made - 1]
        assert (one.desk.states(), again.desk.states()) == ({}, {})
    finally:
        again.close()


def killed_while_giving(
    folder: Path, hospital: Hospital, order: Order, slot: Ref, where: tuple[Failpoint, int]
) -> list[str]:
    """The nurse gives the dose offline and is plugged in again; answers what was confirmed."""
    point, nth = where
    now = hospital.clock.now().isoformat()
    told = (hospital.base_url, str(hospital.number), now, order.id, slot, point.value, str(nth))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.sync.engine.dosing_child", str(folder), *told],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    return ended.stdout.split()
