"""What became of a batch without a plain answer (sync.md §7.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Ref
from sync.resolve import (
    MOST_RACES,
    Applied,
    Cause,
    Fenced,
    MustRead,
    NotApplied,
    Rebase,
    RegisterSeen,
    Resolution,
    Seen,
    SeenVersion,
    SentBatch,
    SentEntry,
    ServerFault,
    TransientRace,
    Voided,
    resolve,
    void_mark,
)
from tests.sync.pure.cases import MANY

OLD, NEW = Ref("Task/old"), Ref("Task/new")
BATCH = SentBatch("b-1", "7", (SentEntry(OLD, "3", "h-old"), SentEntry(NEW, "", "h-new")))
CONFLICT = replace(BATCH, cause=Cause.CONFLICT)
OURS = RegisterSeen("8", "b-1")
UNMOVED = RegisterSeen("7", "b-0")
FOREIGN = RegisterSeen("9", "b-x")


def _seen(*versions: tuple[str, str], deleted: bool = False) -> Seen:
    return Seen(tuple(SeenVersion(*one) for one in versions), deleted)


UNCHANGED = {OLD: _seen(("3", "x")), NEW: _seen()}
WRITTEN = {OLD: _seen(("3", "x"), ("4", "h-old")), NEW: _seen(("1", "h-new"))}


def test_our_batch_in_the_register_proves_that_it_was_applied() -> None:
    expected = Applied({OLD: "4", NEW: "1"}, frozenset(), "8")

    assert resolve(BATCH, OURS, WRITTEN) == expected
    assert resolve(CONFLICT, OURS, WRITTEN) == expected


def test_before_the_versions_are_read_nothing_more_can_be_said() -> None:
    assert resolve(BATCH, OURS, {}) == MustRead(frozenset({OLD, NEW}))
    assert resolve(CONFLICT, UNMOVED, {OLD: _seen()}) == MustRead(frozenset({NEW}))


def test_a_write_that_was_replaced_since_is_overtaken_and_never_taken_for_the_current_one() -> None:
    replaced = {OLD: _seen(("5", "theirs")), NEW: _seen(("1", "h-new"), ("2", "theirs"))}

    assert resolve(BATCH, OURS, replaced) == Applied({NEW: "1"}, frozenset({OLD}), "8")


def test_a_write_that_was_deleted_since_is_overtaken() -> None:
    gone = WRITTEN | {OLD: _seen(("3", "x"), ("4", "h-old"), deleted=True)}

    assert resolve(BATCH, OURS, gone) == Applied({NEW: "1"}, frozenset({OLD}), "8")


def test_an_equal_content_from_before_our_base_is_not_our_write() -> None:
    before = WRITTEN | {OLD: _seen(("1", "h-old"), ("3", "x"), ("4", "h-old"))}

    assert resolve(BATCH, OURS, before) == Applied({OLD: "4", NEW: "1"}, frozenset(), "8")


def test_a_server_that_makes_no_version_for_no_change_is_understood() -> None:
    unchanged = WRITTEN | {OLD: _seen(("3", "h-old"))}

    assert resolve(BATCH, OURS, unchanged) == Applied({OLD: "3", NEW: "1"}, frozenset(), "8")


def test_an_unmoved_register_after_silence_means_the_same_bytes_again() -> None:
    assert resolve(BATCH, UNMOVED, {}) == NotApplied()


@pytest.mark.parametrize("batch", [BATCH, CONFLICT])
def test_a_register_that_somebody_else_moved_fences_us(batch: SentBatch) -> None:
    found = resolve(batch, FOREIGN, WRITTEN)

    assert isinstance(found, Fenced)
    assert found.message.code == "sync.fenced.another-copy"


@pytest.mark.parametrize("batch", [BATCH, CONFLICT])
def test_a_batch_that_we_took_back_ourselves_is_no_other_copy_of_us(batch: SentBatch) -> None:
    """The answer to taking it back was lost; the mark in the register names the batch."""
    ours = RegisterSeen("8", void_mark(batch.id))
    of_another = RegisterSeen("8", void_mark("another"))

    assert resolve(batch, ours, {}) == Voided("8")
    assert isinstance(resolve(batch, of_another, {}), Fenced)


def test_a_register_that_is_gone_fences_us() -> None:
    found = resolve(BATCH, None, WRITTEN)

    assert isinstance(found, Fenced)
    assert found.message.code == "sync.fenced.register-missing"


def test_a_refusal_with_changed_versions_is_a_rebase() -> None:
    changed = {OLD: _seen(("3", "x"), ("4", "theirs")), NEW: _seen()}
    both = {OLD: _seen(("3", "x"), deleted=True), NEW: _seen(("1", "theirs"))}

    assert resolve(CONFLICT, UNMOVED, changed) == Rebase(frozenset({OLD}), frozenset())
    assert resolve(CONFLICT, UNMOVED, both) == Rebase(frozenset({NEW}), frozenset({OLD}))


def test_a_server_that_went_back_behind_what_we_replace_has_lost_it() -> None:
    """It was put back from a backup: version 3 is not in its history any more."""
    back = {OLD: _seen(("1", "x"), ("2", "y")), NEW: _seen()}
    went_on = {OLD: _seen(("1", "x"), ("4", "theirs")), NEW: _seen()}
    rolled_back = {OLD: _seen(("3", "x"), ("2", "y")), NEW: _seen()}

    assert resolve(CONFLICT, UNMOVED, back) == Rebase(frozenset(), frozenset(), frozenset({OLD}))
    assert resolve(CONFLICT, UNMOVED, went_on) == Rebase(frozenset({OLD}), frozenset())
    assert resolve(CONFLICT, UNMOVED, rolled_back) == Rebase(frozenset({OLD}), frozenset())


def test_a_refusal_with_no_changed_version_is_a_race_and_after_five_a_fault_of_the_server() -> None:
    batch, races = CONFLICT, 0
    while isinstance(found := resolve(batch, UNMOVED, UNCHANGED), TransientRace):
        races += 1
        batch = replace(batch, races=found.races)

    assert races == MOST_RACES
    assert isinstance(found, ServerFault)
    assert found.message.code == "sync.server-keeps-refusing"


_SEEN = st.builds(
    Seen,
    st.lists(
        st.builds(
            SeenVersion,
            st.sampled_from(["1", "3", "4", "5"]),
            st.sampled_from(["h-old", "h-new", "x"]),
        ),
        max_size=3,
        unique_by=lambda one: one.version,
    ).map(lambda found: tuple(sorted(found, key=lambda one: one.version))),
    st.booleans(),
)


@MANY
@given(
    st.sampled_from([BATCH, CONFLICT, replace(CONFLICT, races=MOST_RACES)]),
    st.none()
    | st.builds(
        RegisterSeen, st.sampled_from(["7", "8"]), st.sampled_from(["b-1", "b-0", "", "void:b-1"])
    ),
    st.dictionaries(st.sampled_from([OLD, NEW]), _SEEN),
)
def test_nothing_is_applied_unless_the_register_proves_it(
    batch: SentBatch, register: RegisterSeen | None, seen: dict[Ref, Seen]
) -> None:
    found: Resolution = resolve(batch, register, seen)

    if isinstance(found, Applied):
        assert register is not None and register.last_batch == batch.id
        assert found.overtaken.isdisjoint(found.versions)
        assert found.overtaken | found.versions.keys() == {OLD, NEW}
        hashes = {entry.ref: entry.frozen_hash for entry in batch.entries}
        for ref, version in found.versions.items():
            assert SeenVersion(version, hashes[ref]) in seen[ref].versions
    if isinstance(found, NotApplied | TransientRace):
        assert register is not None and register.version == batch.expect_register
    if isinstance(found, Voided):
        assert register is not None and register.last_batch == void_mark(batch.id)
    if isinstance(found, Rebase):
        assert batch.cause is Cause.CONFLICT
        assert found.changed | found.deleted | found.lost
        assert found.lost.isdisjoint(found.changed | found.deleted)
