"""Two people change one thing: nothing of either is lost, and class A is never merged (I2, I11)."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.sending import Connection, GroupState
from app.domain.terms import Ref
from app.fhir.document import Document, parse
from app.ports.sync_store import FrozenBatch
from localdb.bodies import opened
from localdb.schema import conflict
from sync.cdr.misbehaviour import Fault, Rule
from sync.store_lane import LanedStore
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same


def there(hospital: Hospital, ref: Ref) -> Document:
    version = hospital.current(ref)
    assert version is not None
    return parse(version.body)


def here(desk: Desk, ref: Ref) -> Document:
    held = desk.opened.documents.held(ref)
    assert held is not None
    return held.document


def sides(desk: Desk) -> tuple[Document, Document, Document]:
    """Base, mine and theirs of the one conflict there is."""
    with desk.opened.cache.read() as connection:
        (row,) = connection.execute(select(conflict)).all()
    return opened(row.base), opened(row.local), opened(row.remote)


def test_a_concurrent_change_of_an_order_is_a_conflict_whatever_was_changed(
    hospital: Hospital, desk: Desk
) -> None:
    order, other = hospital.order(), desk.sign_note("other")
    group = desk.edit(order, status="stopped")
    hospital.change(order, priority="urgent")
    versions = hospital.versions(order)

    told = desk.later()

    assert (told.connection, told.conflicts) == (Connection.ATTENTION, 1)
    assert not told.all_sent
    assert hospital.versions(order) == versions
    assert (there(hospital, order)["status"], here(desk, order)["status"]) == ("active", "stopped")
    base, mine, theirs = sides(desk)
    assert [one.get("priority") for one in (base, mine, theirs)] == [None, None, "urgent"]
    assert [one["status"] for one in (base, mine, theirs)] == ["active", "stopped", "active"]
    assert desk.item(group).state is GroupState.CONFLICT
    assert desk.item(other).state is GroupState.CONFIRMED
    assert desk.later().conflicts == 1  # rounds do not decide it


def test_disjoint_changes_of_a_task_both_stay(hospital: Hospital, desk: Desk) -> None:
    task = hospital.task()
    desk.edit(task, description="已完成")
    hospital.change(task, note=[{"text": "同事的说明"}])
    versions = hospital.versions(task)

    told = desk.later()

    assert told.all_sent
    assert hospital.versions(task) == versions + 1
    now = there(hospital, task)
    assert (now["description"], now["note"]) == ("已完成", [{"text": "同事的说明"}])
    desk.later()
    assert_same(desk)


def test_a_change_that_arrives_while_ours_is_in_flight_is_not_overwritten(
    hospital: Hospital, desk: Desk
) -> None:
    """Ours was applied, its answer was lost, and a colleague wrote on top of it."""
    order = hospital.order()
    desk.edit(order, status="on-hold")
    hospital.misbehaviour.add(Rule(Fault.DROP_AFTER, when=sends))
    hospital.misbehaviour.add(Rule(Fault.DROP, when=lambda r: r.path.endswith("-outbox"), skip=1))
    desk.later()
    assert desk.store.open_batches()
    hospital.change(order, status="stopped")
    versions = hospital.versions(order)

    assert desk.later().all_sent

    desk.later()
    assert hospital.versions(order) == versions
    assert here(desk, order)["status"] == "stopped"
    assert_same(desk)


def test_an_act_between_plan_and_batch_only_makes_a_new_plan(
    hospital: Hospital, open_desk: Open
) -> None:
    done: list[str] = []

    class Interrupting(LanedStore):
        def freeze(self, batch: FrozenBatch) -> None:
            if not done:
                done.append(batch.groups[0])
                self.hold(batch.groups[0], (), hospital.clock.now())
            super().freeze(batch)

    desk = open_desk(lane=Interrupting)
    desk.enrol()
    desk.round()
    first, second = desk.sign_note("first"), desk.sign_note("second")

    told = desk.later()

    assert done == [first]
    assert (told.held, told.waiting) == (1, 0)
    assert desk.item(second).state is GroupState.CONFIRMED
    desk.engine.retry(first)
    assert desk.later().all_sent
    assert_nothing_waits(desk)
