"""No state holds an act for ever: each has a timer or a person who ends it (I21)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from app.domain.sending import GroupState
from app.domain.terms import GroupId
from localdb.schema import batch, change_group
from sync.cdr.misbehaviour import Fault, Rule
from tests.support.cache_kit import states
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import changed, says, sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits
from tests.sync.engine.test_refusals import POISON, refuse

NO_TIMER = "a person decides"


@dataclass
class Stage:
    """A ward, a workstation, and how to get another look at them."""

    hospital: Hospital
    desk: Desk
    open_desk: Open
    folder: Path


Scene = Callable[[Stage], GroupId]
Way = Callable[[Stage, GroupId], None]


# --- how an act gets there


def saved(stage: Stage) -> GroupId:
    return stage.desk.sign_note("saved")


def packed(stage: Stage) -> GroupId:
    """The program died between packing and sending."""
    group = stage.desk.sign_note("packed")
    stage.hospital.misbehaviour.add(Rule(Fault.STATUS, when=sends, status=503))
    stage.desk.round()
    with stage.desk.opened.cache.write() as connection:
        connection.execute(update(batch).values(state="frozen", next_try_at=None))
        connection.execute(update(change_group).values(state="packed"))
    return group


def sent(stage: Stage) -> GroupId:
    """The answer was lost."""
    group = stage.desk.sign_note("sent")
    stage.hospital.misbehaviour.add(Rule(Fault.DROP, when=sends))
    stage.desk.round()
    return group


def confirmed(stage: Stage) -> GroupId:
    group = stage.desk.sign_note("confirmed")
    stage.desk.later()
    return group


def held(stage: Stage) -> GroupId:
    allergy = stage.hospital.allergy()
    group = stage.desk.sign_note("held", seen=stage.desk.seen(allergy))
    stage.hospital.change(allergy, criticality="high")
    stage.desk.later()
    return group


def conflict(stage: Stage) -> GroupId:
    order = stage.hospital.order(1)
    group = stage.desk.edit(order, status="stopped")
    stage.hospital.change(order, status="on-hold")
    stage.desk.later()
    return group


def rejected(stage: Stage) -> GroupId:
    group = stage.desk.sign_note("rejected", description=POISON)
    refuse(stage.hospital, changed(says(422, "invalid")))
    stage.desk.later()
    return group


def waiting(stage: Stage) -> GroupId:
    """Behind one that the server refused."""
    rejected(stage)
    ref = f"DocumentReference/{stage.hospital.note_id('rejected')}"
    return stage.desk.sign_note(
        "waiting", relatesTo=[{"code": "appends", "target": {"reference": ref}}]
    )


def fenced(stage: Stage) -> GroupId:
    """A copy of the disk has sent meanwhile, and our own last answer was lost."""
    shutil.copytree(stage.desk.folder, stage.folder / "copy")
    copy = stage.open_desk("copy")
    copy.sign_note("of-the-copy")
    copy.later()
    stage.hospital.misbehaviour.add(Rule(Fault.DROP, when=sends))
    group = stage.desk.sign_note("fenced")
    stage.desk.later()
    assert stage.desk.store.open_batches(), "what was under way when it was fenced"
    return group


def discarded(stage: Stage) -> GroupId:
    group = conflict(stage)
    stage.desk.opened.disputes.discard((group,), stage.desk.decision())
    return group


# --- how it gets away


def by_itself(stage: Stage, group: GroupId) -> None:
    del group
    stage.hospital.misbehaviour.clear()
    stage.desk.later()
    stage.desk.later()


def already(stage: Stage, group: GroupId) -> None:
    del stage, group


def by_confirming(stage: Stage, group: GroupId) -> None:
    stage.desk.later()
    assert stage.desk.item(group).state.unsent, NO_TIMER
    stage.desk.store.release(group)
    stage.desk.later()


def by_keeping_mine(stage: Stage, group: GroupId) -> None:
    stage.desk.later()
    assert stage.desk.item(group).state.unsent, NO_TIMER
    stage.desk.keep_mine(stage.hospital.order(1))
    stage.desk.later()


def by_taking_back(stage: Stage, group: GroupId) -> None:
    stage.desk.later()
    assert stage.desk.item(group).state.unsent, NO_TIMER
    groups = tuple(one.group for one in stage.desk.opened.disputes.resting_on((group,)))
    stage.desk.opened.disputes.discard(groups, stage.desk.decision())


def by_taking_back_what_is_before(stage: Stage, group: GroupId) -> None:
    stage.desk.later()
    assert stage.desk.item(group).state is GroupState.WAITING, NO_TIMER
    first = next(one for one, state in states(stage.desk.opened).items() if state == "rejected")
    by_taking_back(stage, GroupId(first))


def by_enrolling_anew(stage: Stage, group: GroupId) -> None:
    stage.desk.later()
    assert stage.desk.item(group).state is GroupState.FENCED, NO_TIMER
    stage.hospital.misbehaviour.clear()
    stage.desk.enrol()
    stage.desk.later()


WAYS_OUT: Mapping[GroupState, tuple[Scene, tuple[Way, ...]]] = {
    GroupState.SAVED: (saved, (by_itself,)),
    GroupState.PACKED: (packed, (by_itself,)),
    GroupState.SENT: (sent, (by_itself,)),
    GroupState.CONFIRMED: (confirmed, (already,)),
    GroupState.WAITING: (waiting, (by_taking_back_what_is_before,)),
    GroupState.HELD: (held, (by_confirming, by_taking_back)),
    GroupState.CONFLICT: (conflict, (by_keeping_mine, by_taking_back)),
    GroupState.REJECTED: (rejected, (by_taking_back,)),
    GroupState.FENCED: (fenced, (by_enrolling_anew,)),
    GroupState.DISCARDED: (discarded, (already,)),
}
CASES = [
    pytest.param(state, scene, way, id=f"{state.value}-{way.__name__}")
    for state, (scene, ways) in WAYS_OUT.items()
    for way in ways
]


@pytest.mark.parametrize(("state", "scene", "way"), CASES)
def test_every_state_of_an_act_has_a_way_out(  # noqa: PLR0917 - three of them are the case
    state: GroupState,
    scene: Scene,
    way: Way,
    hospital: Hospital,
    desk: Desk,
    open_desk: Open,
    tmp_path: Path,
) -> None:
    stage = Stage(hospital, desk, open_desk, tmp_path)
    group = scene(stage)
    assert desk.item(group).state is state

    way(stage, group)

    assert not desk.item(group).state.unsent
    assert_nothing_waits(desk)


def allowed(table: object) -> set[str]:
    """What the database itself allows in the column `state`."""
    found: set[str] = set()
    for constraint in getattr(table, "constraints", ()):
        text = str(getattr(constraint, "sqltext", ""))
        if text.startswith("state IN"):
            found |= set(re.findall(r"'(\w+)'", text))
    return found


def test_no_state_of_an_act_has_been_forgotten() -> None:
    assert set(WAYS_OUT) == set(GroupState)
    assert allowed(change_group) <= {state.value for state in GroupState}


BATCH_ENDS = {
    "frozen": "tried in the next round, after its backoff at the latest",
    "sent": "asked about in the next round, after its backoff at the latest",
    "acked": "",
    "rejected": "",
    "void": "",
}
"""What ends a state of a batch; "" for those that are an end."""


def test_no_state_of_a_batch_has_been_forgotten() -> None:
    assert set(BATCH_ENDS) == allowed(batch)


@pytest.mark.parametrize("state", [state for state, end in BATCH_ENDS.items() if end])
def test_an_open_batch_is_closed_by_the_next_rounds(
    state: str, hospital: Hospital, desk: Desk, open_desk: Open, tmp_path: Path
) -> None:
    stage = Stage(hospital, desk, open_desk, tmp_path)
    {"frozen": packed, "sent": sent}[state](stage)
    assert [one.state for one in desk.store.open_batches()] == [state]

    by_itself(stage, GroupId(""))

    assert desk.store.open_batches() == ()
    assert_nothing_waits(desk)
