"""Groups become transactions, and refused transactions become smaller ones."""

from __future__ import annotations

import pytest

from app.domain.terms import GroupId, Ref
from sync.batching import (
    Batch,
    Change,
    Entry,
    RegisterPut,
    Transaction,
    TransactionEntry,
    batch_of,
    bisect,
    build_transaction,
    halve,
    needs,
    squash,
)
from tests.sync.pure.cases import create, delete, group, update

REGISTER = RegisterPut(Ref("Basic/ws-outbox"), "7", b"{register}")


def test_one_entry_per_resource_with_the_newest_body_and_the_oldest_base() -> None:
    first = group("1", update(1, "Task/1", "3", body=b"one"))
    second = group("2", update(2, "Task/1", "4", body=b"two"))

    assert squash([second, first]) == (Entry(Ref("Task/1"), "3", 2, b"two"),)


def test_a_create_that_was_edited_is_still_a_create() -> None:
    made = group("1", create(1, "Task/1", body=b"one"), update(2, "Task/1", "", body=b"two"))

    assert squash([made]) == (Entry(Ref("Task/1"), "", 2, b"two"),)


def test_what_was_made_and_removed_again_is_not_sent() -> None:
    made = group("1", create(1, "Task/1"), delete(2, "Task/1"), create(3, "Task/2"))

    assert [entry.ref for entry in squash([made])] == ["Task/2"]


def test_a_resource_made_again_replaces_the_version_that_was_removed() -> None:
    again = group("1", delete(1, "Task/1", "4"), create(2, "Task/1", body=b"new"))

    assert squash([again]) == (Entry(Ref("Task/1"), "4", 2, b"new"),)


@pytest.mark.parametrize("change", [update(1, "Task/1", ""), delete(1, "Task/1", "3")])
def test_a_blind_write_is_refused(change: Change) -> None:
    with pytest.raises(ValueError, match="blind"):
        squash([group("1", change)])


def test_a_group_needs_the_creator_of_what_it_names_and_the_earlier_writer() -> None:
    groups = [
        group("make", create(1, "Patient/p")),
        group("name", create(2, "Task/t", "Patient/p", "Patient/known")),
        group("edit", update(3, "Task/t", "")),
        group("free", update(4, "Task/other", "1", "Patient/known")),
    ]

    assert needs(groups) == {
        "make": frozenset(),
        "name": {"make"},
        "edit": {"name"},
        "free": frozenset(),
    }


def test_the_transaction_guards_every_known_resource_and_ends_with_the_register() -> None:
    entries = (Entry(Ref("Task/1"), "3", 1, b"known"), Entry(Ref("Task/2"), "", 2, b"new"))

    made = build_transaction(entries, REGISTER)

    assert made == Transaction(
        (
            TransactionEntry("PUT", "Task/1", 'W/"3"', b"known"),
            TransactionEntry("PUT", "Task/2", None, b"new"),
            TransactionEntry("PUT", "Basic/ws-outbox", 'W/"7"', b"{register}"),
        )
    )
    assert made.urls == ("Task/1", "Task/2", "Basic/ws-outbox")


def test_a_transaction_never_writes_a_resource_twice() -> None:
    twice = (Entry(Ref("Task/1"), "3", 1, b""), Entry(Ref("Task/1"), "3", 2, b""))

    with pytest.raises(ValueError, match="one entry per resource"):
        build_transaction(twice, REGISTER)
    with pytest.raises(ValueError, match="one entry per resource"):
        build_transaction((Entry(REGISTER.ref, "7", 1, b""),), REGISTER)


def test_a_transaction_without_a_fence_is_not_built() -> None:
    with pytest.raises(ValueError, match="no expected version"):
        build_transaction((), RegisterPut(REGISTER.ref, "", b""))


def _chain(*sizes: int) -> Batch:
    return batch_of(
        group(str(n), create(n, f"Task/{n}", body=b"x" * size)) for n, size in enumerate(sizes)
    )


def test_bisecting_keeps_what_is_needed_in_the_first_half() -> None:
    batch = batch_of(
        [
            group("1", create(1, "Task/1", "Patient/p")),
            group("2", create(2, "Patient/p")),
            group("3", create(3, "Task/3")),
        ]
    )

    halves = bisect(batch)

    assert halves is not None
    assert "1" in halves.rest
    assert set(halves.first.ids) | set(halves.rest) == {"1", "2", "3"}


def test_groups_that_name_each_other_are_never_parted() -> None:
    circle = [
        group("1", create(1, "Task/1", "Task/2")),
        group("2", create(2, "Task/2", "Task/1")),
    ]

    assert bisect(batch_of(circle)) is None
    assert halve(batch_of(circle)) is None
    halves = bisect(batch_of([*circle, group("3", create(3, "Task/3"))]))
    assert halves is not None
    assert halves.first.ids == ("1", "2")


def test_halving_goes_by_size() -> None:
    halves = halve(_chain(10, 10, 100, 10))

    assert halves is not None
    assert halves.first.ids == ("0", "1", "2")
    assert halves.first.size == 120
    assert halves.rest == ("3",)


def test_halving_a_batch_with_one_giant_at_the_end_still_makes_it_smaller() -> None:
    halves = halve(_chain(1, 1, 100))

    assert halves is not None
    assert halves.rest == ("2",)


def test_halving_a_batch_without_bytes_still_cuts() -> None:
    halves = halve(_chain(0, 0))

    assert halves is not None
    assert halves.rest == ("1",)


@pytest.mark.parametrize("poison", range(7))
def test_bisecting_finds_the_poison_in_as_many_rounds_as_the_logarithm(poison: int) -> None:
    groups = {one.id: one for one in _chain(*[1] * 7).groups}
    suspects, rounds = [tuple(groups)], 0
    sent: list[GroupId] = []
    found = None
    while suspects:
        batch = batch_of(groups[one] for one in suspects.pop())
        rounds += 1
        if str(poison) not in batch.ids:
            sent += batch.ids
        elif (halves := bisect(batch)) is None:
            found = batch.ids
        else:
            suspects += [halves.rest, halves.first.ids]

    assert found == (str(poison),)
    assert len(sent) == 6
    assert rounds <= 7
