"""Killed at every step of every write: what was confirmed is there, and nothing is there by half.

Checked after each crash: I1 durability, I2 no silent loss, I5 whole groups, I7 cursor after data.
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest

from app.domain.terms import GroupId, Ref
from localdb.failpoints import Failpoint
from localdb.opening import DATABASE, OpenCache
from localdb.rebuilding import rebuild
from tests.localdb.children import run_child
from tests.support.cache_kit import (
    NOW,
    TellingProjector,
    a_cache,
    an_act,
    freeze_all,
    states,
    told,
)
from tests.support.order_builders import a_note, a_task

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9")

ACT_POINTS = [
    Failpoint.ACT_DOCUMENTS,
    Failpoint.ACT_PROJECTED,
    Failpoint.ACT_LOGGED,
    Failpoint.JOURNAL_BEFORE,
    Failpoint.JOURNAL_WRITTEN,
    Failpoint.JOURNAL_SYNCED,
]
DEATHS = [
    *((point, 1) for point in Failpoint),
    *((point, nth) for point in ACT_POINTS for nth in (2, 4)),
    *((Failpoint.BEGUN, nth) for nth in range(2, 16)),
    *((Failpoint.COMMITTED, nth) for nth in range(2, 16)),
    (Failpoint.BATCH_FROZEN, 2),
    (Failpoint.BATCH_ACKNOWLEDGED, 2),
]
SAMPLE = [*((point, 1) for point in Failpoint), (Failpoint.ACT_LOGGED, 4), (Failpoint.COMMITTED, 9)]
WORDS = ("piece", "frozen", "sent", "late", "acknowledged", "drained")


def die(folder: Path, point: Failpoint, nth: int) -> list[str]:
    """What the user had been told when the power failed."""
    child = run_child("work", folder, point.value, str(nth))
    assert child.returncode == -signal.SIGKILL, child.stderr
    return child.stdout.split()


def check(opened: OpenCache, said: list[str]) -> None:
    there = every_group(opened)
    for n in range(3):
        check_group(opened, f"g{n}", there, said)
    assert ("late" in there) >= ("late" in said)
    if "piece" in said:
        assert opened.documents.held(Ref("DocumentReference/from-others")) is not None
    unconfirmed = set(states(opened))
    assert opened.journal.groups >= unconfirmed
    assert not opened.journal.owed
    check_batches(opened, said)
    check_projections(opened)


def every_group(opened: OpenCache) -> set[str]:
    with opened.cache.read() as connection:
        return set(connection.exec_driver_sql("SELECT group_id FROM change_group").scalars())


def check_group(opened: OpenCache, group: str, there: set[str], said: list[str]) -> None:
    number = group[1:]
    parts = (Ref(f"DocumentReference/note-{number}"), Ref(f"Task/task-{number}"))
    held = [opened.documents.held(ref) for ref in parts]
    assert (group in there) >= (group in said)
    assert all(one is not None for one in held) == (group in there)
    assert any(one is not None for one in held) == (group in there)
    told_there = [ref in told(opened) for ref in parts]
    assert all(told_there) == any(told_there) == (group in there)


def check_batches(opened: OpenCache, said: list[str]) -> None:
    batches = opened.sync_store.open_batches()
    if "frozen" in said and "acknowledged" not in said and not acknowledged(opened):
        (batch,) = batches
        assert batch.payload == b"payload of batch-1"
        assert len(batch.entries) == 6
        assert (batch.state == "sent") >= ("sent" in said)
    if "drained" in said:
        assert batches == ()


def acknowledged(opened: OpenCache) -> bool:
    return "g0" not in states(opened) and "g0" in every_group(opened)


def check_projections(opened: OpenCache) -> None:
    before = told(opened)
    with opened.cache.write() as connection:
        rebuild(connection, (TellingProjector(),))
    assert told(opened) == before


def drain(opened: OpenCache) -> None:
    """Nothing is stuck: what is open can be answered, and the rest sent."""
    store = opened.sync_store
    for batch in store.open_batches():
        store.acknowledge(batch.id, {e.ref: "1" for e in batch.entries}, "2", NOW)
    opened.acts.commit(an_act("after", a_note("after"), a_task("after")))
    batch = freeze_all(opened, "batch-9")
    store.acknowledge("batch-9", {e.ref: "3" for e in batch.entries}, "9", NOW)
    assert store.pending() == ()
    assert opened.journal.groups == frozenset()


def survive(folder: Path, point: Failpoint, nth: int) -> None:
    said = die(folder, point, nth)
    with a_cache(folder) as opened:
        check(opened, said)
        drain(opened)
    with a_cache(folder) as opened:
        check_projections(opened)


@pytest.mark.parametrize(("point", "nth"), SAMPLE, ids=lambda one: getattr(one, "value", one))
def test_a_killed_process_loses_nothing_it_had_confirmed(
    tmp_path: Path, point: Failpoint, nth: int
) -> None:
    survive(tmp_path, point, nth)


@pytest.mark.soak
@pytest.mark.parametrize(("point", "nth"), DEATHS, ids=lambda one: getattr(one, "value", one))
def test_every_death_is_survived(tmp_path: Path, point: Failpoint, nth: int) -> None:
    survive(tmp_path, point, nth)


def test_the_morning_ends_well_when_nobody_kills_it(tmp_path: Path) -> None:
    child = run_child("work", tmp_path, Failpoint.BEGUN.value, "999")

    assert child.returncode == 0, child.stderr
    said = child.stdout.split()
    assert said == ["g0", "g1", "g2", *WORDS, "closed"]
    with a_cache(tmp_path) as opened:
        check(opened, said)
        assert states(opened) == {}


def test_a_copy_without_the_index_of_the_log_opens_with_everything(tmp_path: Path) -> None:
    """What a power cut leaves: the database and the log, as far as they were synced."""
    copy = tmp_path / "copy"
    copy.mkdir()
    with a_cache(tmp_path / "live") as opened:
        opened.acts.commit(an_act("g1", a_note()))
        for path in (tmp_path / "live").iterdir():
            if path.name != DATABASE + "-shm":
                shutil.copy(path, copy)

    with a_cache(copy) as opened:
        assert states(opened) == {"g1": "saved"}


@pytest.mark.parametrize("lost", [1, 500, 4200])
def test_a_torn_end_of_the_log_loses_at_most_what_the_journal_brings_back(
    tmp_path: Path, lost: int
) -> None:
    """A disk that reported a write as done and had not done it."""
    copy = tmp_path / "copy"
    copy.mkdir()
    with a_cache(tmp_path / "live") as opened:
        for n in range(3):
            opened.acts.commit(an_act(f"g{n}", a_note(f"note-{n}")))
        for path in (tmp_path / "live").iterdir():
            shutil.copy(path, copy)
    log = copy / (DATABASE + "-wal")
    log.write_bytes(log.read_bytes()[:-lost])
    (copy / (DATABASE + "-shm")).unlink()

    with a_cache(copy) as opened:
        assert set(states(opened)) == {"g0", "g1", "g2"}
        assert states(opened)[GroupId("g2")] == "held"
        check_projections(opened)
