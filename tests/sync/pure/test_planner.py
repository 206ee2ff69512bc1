"""What goes next, and what every other act is told."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import GroupId
from sync.batching import Change, Group, Op, Priority, Standing
from sync.planner import Limits, Link, Plan, Wait, WaitReason, plan
from tests.sync.pure.cases import FEWER, create, delete, group, update


def _wait(name: str, reason: WaitReason, behind: str = "") -> Wait:
    return Wait(GroupId(name), reason, GroupId(behind) if behind else None)


def _ids(made: Plan) -> tuple[str, ...]:
    return made.batch.ids if made.batch else ()


def test_nothing_pending_means_nothing_to_send() -> None:
    assert plan([]) == Plan(None)


def test_everything_that_fits_goes_in_one_batch() -> None:
    made = plan([group("1", create(1, "Task/1")), group("2", update(2, "Task/2", "5"))])

    assert _ids(made) == ("1", "2")
    assert made.waits == ()


def test_dangerous_acts_go_first_then_the_oldest() -> None:
    groups = [
        group("note", create(1, "Task/1"), priority=Priority.C),
        group("task", create(2, "Task/2"), priority=Priority.B),
        group("late", create(4, "Task/4"), priority=Priority.A),
        group("dose", create(3, "Task/3"), priority=Priority.A),
    ]

    made = plan(groups, limits=Limits(entries=2))

    assert _ids(made) == ("dose", "late")
    assert made.waits == (
        _wait("note", WaitReason.NEXT_BATCH),
        _wait("task", WaitReason.NEXT_BATCH),
    )


def test_an_urgent_act_takes_along_what_it_needs() -> None:
    groups = [
        group("ward", create(1, "Task/1"), priority=Priority.B),
        group("patient", create(2, "Patient/p"), priority=Priority.C),
        group("dose", create(3, "Task/3", "Patient/p"), priority=Priority.A),
    ]

    assert _ids(plan(groups, limits=Limits(entries=2))) == ("patient", "dose")


def test_a_group_is_never_split_and_goes_alone_when_it_is_too_large() -> None:
    large = group("large", *(create(n, f"Task/{n}") for n in range(1, 61)))

    made = plan([large, group("small", create(99, "Task/99"))])

    assert _ids(made) == ("large",)
    assert made.batch is not None and len(made.batch.entries) == 60
    assert made.waits == (_wait("small", WaitReason.NEXT_BATCH),)


def test_bytes_are_limited_as_well_as_entries() -> None:
    groups = [group(str(n), create(n, f"Task/{n}", body=b"x" * 60)) for n in (1, 2)]

    assert _ids(plan(groups, limits=Limits(size=100))) == ("1",)
    assert _ids(plan(groups, limits=Limits(size=120))) == ("1", "2")


def test_a_smaller_act_may_fill_the_batch_a_larger_one_does_not_fit_in() -> None:
    groups = [
        group("1", create(1, "Task/1")),
        group("2", *(create(n, f"Task/{n}") for n in (2, 3, 4))),
        group("5", create(5, "Task/5")),
    ]

    assert _ids(plan(groups, limits=Limits(entries=3))) == ("1", "5")


def test_a_chain_longer_than_a_batch_is_sent_from_its_beginning() -> None:
    chain = [
        group(str(n), create(n, f"Task/{n}", *([f"Task/{n - 1}"] if n > 1 else [])))
        for n in range(1, 6)
    ]
    urgent = replace(chain[-1], priority=Priority.A)

    made = plan([*chain[:-1], urgent], limits=Limits(entries=2))

    assert _ids(made) == ("1", "2")


def test_groups_that_name_each_other_travel_together_above_the_limit() -> None:
    circle = [
        group("1", create(1, "Task/1", "Task/2")),
        group("2", create(2, "Task/2", "Task/1")),
    ]

    assert _ids(plan(circle, limits=Limits(entries=1))) == ("1", "2")


def test_over_a_poor_link_a_dangerous_act_travels_alone() -> None:
    groups = [
        group("dose", create(1, "Task/1"), priority=Priority.A),
        group("task", create(2, "Task/2")),
    ]

    assert _ids(plan(groups, link=Link.POOR)) == ("dose",)
    assert _ids(plan(groups[1:], link=Link.POOR)) == ("task",)
    assert _ids(plan(groups, link=Link.GOOD)) == ("dose", "task")


def test_over_a_poor_link_what_the_dangerous_act_needs_goes_first() -> None:
    groups = [
        group("patient", create(1, "Patient/p")),
        group("dose", create(2, "Task/2", "Patient/p"), priority=Priority.A),
    ]

    assert _ids(plan(groups, link=Link.POOR)) == ("patient",)


def test_while_a_batch_is_open_nothing_new_is_sent() -> None:
    groups = [
        group("sent", create(1, "Task/1"), standing=Standing.IN_FLIGHT),
        group("new", create(2, "Task/2")),
    ]

    made = plan(groups, open_batches=frozenset({"b-1"}))

    assert made.batch is None
    assert made.waits == (_wait("sent", WaitReason.IN_FLIGHT), _wait("new", WaitReason.OPEN_BATCH))


@pytest.mark.parametrize(
    ("standing", "own", "behind"),
    [
        (Standing.IN_FLIGHT, WaitReason.IN_FLIGHT, WaitReason.BEHIND_IN_FLIGHT),
        (Standing.QUARANTINED, WaitReason.QUARANTINED, WaitReason.BEHIND_QUARANTINED),
        (Standing.CONFLICTED, WaitReason.CONFLICTED, WaitReason.BEHIND_CONFLICTED),
        (Standing.HELD, WaitReason.HELD, WaitReason.BEHIND_HELD),
    ],
)
def test_only_what_depends_on_a_stopped_act_waits_for_it(
    standing: Standing, own: WaitReason, behind: WaitReason
) -> None:
    groups = [
        group("stopped", create(1, "Patient/p"), standing=standing),
        group("named", create(2, "Task/2", "Patient/p")),
        group("further", create(3, "Task/3", "Task/2")),
        group("stranger", create(4, "Task/4")),
    ]

    made = plan(groups)

    assert _ids(made) == ("stranger",)
    assert made.waits == (
        _wait("stopped", own),
        _wait("named", behind, "stopped"),
        _wait("further", behind, "stopped"),
    )


def test_a_later_change_of_the_same_resource_waits_for_the_stopped_one() -> None:
    groups = [
        group("held", update(1, "Task/1", "3"), standing=Standing.HELD),
        group("later", update(2, "Task/1", "3"), priority=Priority.A),
    ]

    assert plan(groups).waits[1] == _wait("later", WaitReason.BEHIND_HELD, "held")


def test_an_earlier_change_does_not_wait_for_a_later_stopped_one() -> None:
    groups = [
        group("earlier", update(1, "Task/1", "3")),
        group("held", update(2, "Task/1", "3"), standing=Standing.HELD),
    ]

    assert _ids(plan(groups)) == ("earlier",)


def test_of_several_causes_the_oldest_is_named() -> None:
    groups = [
        group("first", create(1, "Task/1"), standing=Standing.CONFLICTED),
        group("second", create(2, "Task/2"), standing=Standing.HELD),
        group("both", create(3, "Task/3", "Task/2", "Task/1")),
    ]

    assert plan(groups).waits[2] == _wait("both", WaitReason.BEHIND_CONFLICTED, "first")


def test_a_member_of_a_circle_waits_for_its_stopped_partner() -> None:
    groups = [
        group("1", create(1, "Task/1", "Task/2")),
        group("2", create(2, "Task/2", "Task/1"), standing=Standing.QUARANTINED),
    ]

    assert plan(groups).waits == (
        _wait("1", WaitReason.BEHIND_QUARANTINED, "2"),
        _wait("2", WaitReason.QUARANTINED),
    )


def test_an_update_without_a_base_is_kept_back_and_so_is_what_builds_on_it() -> None:
    groups = [
        group("1", create(1, "Task/0"), update(2, "Task/1", "")),
        group("2", create(3, "Task/3", "Task/0")),
    ]

    made = plan(groups)

    assert made.batch is None
    assert made.waits == (
        _wait("1", WaitReason.NO_BASE),
        _wait("2", WaitReason.BEHIND_UNSENDABLE, "1"),
    )
    assert made.waits[0].message.code == "sync.wait.no-base"


def test_a_removal_whose_version_no_server_would_check_is_kept_back() -> None:
    made = plan([group("1", delete(1, "Task/1", "3"))])

    assert made.waits == (_wait("1", WaitReason.BLIND_DELETE),)


def test_an_act_that_came_to_nothing_is_settled_without_a_request() -> None:
    made = plan([group("1", create(1, "Task/1"), delete(2, "Task/1")), group("2")])

    assert made == Plan(None, (), (GroupId("2"), GroupId("1")))


def test_only_the_suspects_are_sent_while_a_poison_is_hunted() -> None:
    groups = [group(str(n), create(n, f"Task/{n}")) for n in (1, 2, 3)]

    made = plan(groups, only=frozenset({GroupId("2")}))

    assert _ids(made) == ("2",)
    assert [wait.reason for wait in made.waits] == [WaitReason.NEXT_BATCH] * 2


def test_five_thousand_waiting_acts_are_planned_in_one_go() -> None:
    groups = [group(str(n), create(n, f"Task/{n}", body=b"x")) for n in range(5_000)]

    made = plan(groups)

    assert len(_ids(made)) == 50
    assert len(made.waits) == 4_950


# --- properties over random queues

_REFS = [f"Task/{n}" for n in range(6)]


@st.composite
def queues(draw: st.DrawFn) -> list[Group]:
    """Groups in sequence; a resource is created once and edited afterwards."""
    made: list[Group] = []
    created: set[str] = set()
    seq = 0
    for n in range(draw(st.integers(1, 12))):
        changes: list[Change] = []
        for ref in draw(st.lists(st.sampled_from(_REFS), min_size=1, max_size=3, unique=True)):
            seq += 1
            named = draw(st.lists(st.sampled_from(_REFS), max_size=2))
            known = ref in created or draw(st.booleans())
            base = "1" if known and ref not in created else ""
            made_here = not known
            created |= {ref} if made_here else set()
            change = create(seq, ref, *named) if made_here else update(seq, ref, base, *named)
            changes.append(change)
        standing = draw(st.sampled_from([Standing.READY] * 6 + list(Standing)))
        made.append(
            group(f"g{n}", *changes, priority=draw(st.sampled_from(Priority)), standing=standing)
        )
    return made


def _acknowledged(groups: list[Group], made: Plan) -> list[Group]:
    """What remains after the server took the batch: bases move, as in the cache."""
    assert made.batch is not None
    sent = {entry.ref for entry in made.batch.entries}
    gone = set(made.batch.ids)
    return [
        replace(
            one,
            changes=tuple(
                replace(change, base_version="9", op=Op.UPDATE) if change.ref in sent else change
                for change in one.changes
            ),
        )
        for one in groups
        if one.id not in gone
    ]


@FEWER
@given(queues(), st.integers(1, 4), st.sampled_from(Link))
def test_the_planner_comes_to_rest_and_keeps_every_order(
    groups: list[Group], entries: int, link: Link
) -> None:
    left, rounds = list(groups), 0
    order: dict[str, list[int]] = {}
    on_server: set[str] = set()
    made_here = {c.ref for one in groups for c in one.changes if c.op is Op.CREATE}
    by_id = {one.id: one for one in groups}
    while True:
        made = plan(left, link=link, limits=Limits(entries=entries))
        ready = set(made.batch.ids) if made.batch else set()
        assert ready | {wait.group for wait in made.waits} == {one.id for one in left}
        assert ready.isdisjoint(wait.group for wait in made.waits)
        if made.batch is None:
            break
        rounds += 1
        assert rounds <= 200  # I23
        here = {c.ref for one in ready for c in by_id[one].changes if c.op is Op.CREATE}
        for one in made.batch.groups:
            assert by_id[one.id].standing is Standing.READY
            for change in one.changes:
                order.setdefault(change.ref, []).append(change.seq)
                for ref in change.refs & made_here:  # I6
                    assert ref in on_server | here
        on_server |= {entry.ref for entry in made.batch.entries}
        left = _acknowledged(left, made)

    assert all(seqs == sorted(seqs) for seqs in order.values())  # I20
    stopped = {one.id for one in groups if one.standing is not Standing.READY}
    own = {WaitReason.NO_BASE}
    for wait in made.waits:  # nothing ready is left but what has a stopped cause
        assert wait.group in stopped or wait.behind is not None or wait.reason in own
        assert wait.reason is not WaitReason.NEXT_BATCH


@FEWER
@given(queues(), st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_how_the_queue_is_listed(
    groups: list[Group], shuffler: Random
) -> None:
    shuffled = list(groups)
    shuffler.shuffle(shuffled)

    assert plan(shuffled) == plan(groups)


@FEWER
@given(queues())
def test_a_stopped_act_delays_no_stranger(groups: list[Group]) -> None:
    """I18: making one act unsendable changes nothing for those that do not build on it."""
    ready = [replace(one, standing=Standing.READY) for one in groups]
    poisoned = [replace(ready[0], standing=Standing.QUARANTINED), *ready[1:]]
    wide = Limits(entries=10_000)

    before, after = plan(ready, limits=wide), plan(poisoned, limits=wide)

    behind = {wait.group for wait in after.waits if wait.behind == ready[0].id}
    lost = set(before.batch.ids if before.batch else ()) - set(_ids(after))
    assert lost <= behind | {ready[0].id}
