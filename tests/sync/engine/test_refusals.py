"""What the server will not take: found, set aside, shown, and sent when the server is mended."""

from __future__ import annotations

import json

import pytest

from app.domain.sending import Connection, GroupState
from app.domain.terms import GroupId, Ref
from app.ports.acts import Change
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import ALWAYS, changed, greets, no_bundle, says, sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

POISON = "毒"


def holds_poison(request: Request) -> bool:
    return sends(request) and POISON.encode() in request.body


def sends_many(request: Request) -> bool:
    return sends(request) and len(json.loads(request.body)["entry"]) > 4


def refuse(hospital: Hospital, rule: Rule) -> None:
    """The server will not take the poison, whoever it travels with."""
    rule.when, rule.times, rule.unserved = holds_poison, ALWAYS, True
    hospital.misbehaviour.add(rule)


def notes(desk: Desk, how_many: int, poisoned: int) -> list[GroupId]:
    poison = {"description": POISON}
    return [
        desk.sign_note(f"n{number}", **(poison if number == poisoned else {}))
        for number in range(how_many)
    ]


def transactions(hospital: Hospital) -> int:
    return hospital.misbehaviour.seen.count(("POST", ""))


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_one_poisoned_group_among_twenty_is_set_aside_and_the_others_arrive(
    hospital: Hospital, desk: Desk, status: int
) -> None:
    groups = notes(desk, 20, poisoned=13)
    before = transactions(hospital)
    refuse(hospital, changed(says(status, "invalid")))

    told = desk.round()

    assert desk.states() == {groups[13]: "rejected"}
    assert (told.connection, told.rejected, told.waiting) == (Connection.ATTENTION, 1, 0)
    assert not told.all_sent
    item = desk.item(groups[13])
    assert item.state is GroupState.REJECTED
    assert item.why is not None
    assert item.server_said == "error invalid: no"
    assert transactions(hospital) - before <= 11  # twice the depth of twenty, and the whole


def test_a_refused_group_goes_when_the_server_is_mended_and_somebody_asks(
    hospital: Hospital, desk: Desk
) -> None:
    groups = notes(desk, 20, poisoned=0)
    refuse(hospital, changed(says(422, "invalid")))
    desk.round()
    hospital.behave()

    desk.later()
    assert desk.states() == {groups[0]: "rejected"}  # nobody has asked yet
    desk.engine.retry(groups[0])
    told = desk.later()

    assert told.all_sent
    assert_nothing_waits(desk)
    desk.later()
    assert_same(desk)


def test_what_needs_a_refused_group_waits_behind_it_and_follows_it(
    hospital: Hospital, desk: Desk
) -> None:
    refused = desk.sign_note("first", description=POISON)
    note = Ref(f"DocumentReference/{hospital.note_id('first')}")
    addition = hospital.a_note("addition") | {
        "relatesTo": [{"code": "appends", "target": {"reference": note}}]
    }
    behind = desk.act(Change(addition))
    other = desk.sign_note("other")
    refuse(hospital, changed(says(422, "invalid")))

    desk.round()

    assert desk.states() == {refused: "rejected", behind: "saved"}
    assert desk.item(behind).state is GroupState.WAITING
    assert desk.item(other).state is GroupState.CONFIRMED
    hospital.behave()
    desk.engine.retry(refused)
    assert desk.later().all_sent
    desk.later()
    assert_same(desk)


def test_a_poison_that_breaks_the_server_is_found_in_the_end(
    hospital: Hospital, desk: Desk
) -> None:
    """The hunt takes several rounds, for a 500 may be anything; it must not begin anew."""
    groups = notes(desk, 4, poisoned=2)
    refuse(hospital, changed(says(500, "exception")))

    for _ in range(20):
        desk.later(minutes=10)

    assert desk.states() == {groups[2]: "rejected"}
    hospital.behave()
    desk.engine.retry(groups[2])
    assert desk.later().all_sent


def test_a_refusal_of_unchanged_versions_is_the_fault_of_one_group_not_of_all(
    hospital: Hospital, desk: Desk
) -> None:
    """HAPI says 409 to a broken constraint as well (sync.md Q10, Q26)."""
    groups = notes(desk, 4, poisoned=1)
    refuse(hospital, changed(says(409, "conflict")))

    desk.round()

    assert desk.states() == {groups[1]: "rejected"}
    why = desk.item(groups[1]).why
    assert why is not None
    assert why.code == "sync.server-keeps-refusing"


def test_too_much_at_once_goes_in_parts(hospital: Hospital, desk: Desk) -> None:
    for number in range(8):
        desk.sign_note(f"n{number}")
    rule = changed(says(413, "too-long"))
    rule.when, rule.times, rule.unserved = sends_many, ALWAYS, True
    hospital.misbehaviour.add(rule)

    assert desk.round().all_sent


def test_what_is_too_large_by_itself_is_kept_and_says_so(hospital: Hospital, desk: Desk) -> None:
    group = desk.sign_note("large", description=POISON)
    refuse(hospital, changed(says(413, "too-long")))

    desk.round()

    assert desk.states() == {group: "rejected"}
    why = desk.item(group).why
    assert why is not None
    assert why.code == "sync.too-large-alone"


def writes_register(request: Request) -> bool:
    return request.method == "PUT" and request.path.startswith("Basic/")


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.DROP, Fault.STATUS_AFTER])
def test_a_lost_answer_to_taking_a_batch_back_is_no_other_copy_of_us(
    hospital: Hospital, desk: Desk, fault: Fault
) -> None:
    """The batch was tried twice, so the register is moved before its groups are let go."""
    group = desk.sign_note("n", description=POISON)
    refuse(hospital, Rule(Fault.DROP))
    desk.round()
    hospital.behave()
    refuse(hospital, changed(says(422, "invalid")))
    hospital.misbehaviour.add(Rule(fault, when=writes_register))

    desk.later()
    desk.later()

    enrolment = desk.store.enrolment()
    assert enrolment is not None
    assert not enrolment.fenced
    assert desk.states() == {group: "rejected"}
    hospital.behave()
    desk.engine.retry(group)
    assert desk.later().all_sent


def test_a_register_that_answers_with_something_else_fences_nobody(
    hospital: Hospital, desk: Desk
) -> None:
    desk.sign_note("n")
    hospital.misbehaviour.add(Rule(Fault.DROP_AFTER, when=sends))
    other = changed(no_bundle)
    other.when, other.skip = greets, 1
    hospital.misbehaviour.add(other)

    desk.round()

    enrolment = desk.store.enrolment()
    assert enrolment is not None
    assert not enrolment.fenced
    hospital.behave()
    assert desk.later().all_sent
    assert hospital.versions(Ref(f"DocumentReference/{hospital.note_id('n')}")) == 1


def test_a_waiting_group_goes_in_the_next_round_when_somebody_asks(
    hospital: Hospital, desk: Desk
) -> None:
    """`release` clears its back-off; without being asked it would wait for it."""
    group = desk.sign_note("n")
    refuse_for = {"Retry-After": "600"}
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=sends, status=429, headers=refuse_for))
    desk.round()
    waiting = desk.item(group)
    assert (waiting.attempts, waiting.next_try_at is not None) == (1, True)
    assert desk.later(seconds=30).waiting == 1

    desk.engine.retry(group)
    told = desk.later(seconds=1)

    assert told.all_sent
