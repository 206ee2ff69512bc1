"""Every way a cache can refuse to open has its own words, and nothing is lost by it."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.kernel.faults import AppError, FaultKind
from localdb.opening import DATABASE, JOURNAL, MARKER, Hazards, OpenCache
from localdb.schema import SCHEMA_VERSION
from tests.localdb.children import child_holding, run_child
from tests.support.cache_kit import KEY, a_cache, a_piece, an_act, incoming, open_kit, states
from tests.support.order_builders import a_note, a_task

OTHER_KEY = bytes(32)


def fill(folder: Path) -> None:
    with a_cache(folder) as opened:
        opened.acts.commit(an_act("g1", a_note()))
        pages = [incoming(a_task(f"task-{n}")) for n in range(300)]
        opened.sync_store.apply(a_piece(*pages))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file but the index of the write-ahead log, which holds nothing of its own."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return {name: data for name, data in found.items() if data and not name.endswith("-shm")}


def refusal(folder: Path, **how: object) -> str:
    with pytest.raises(AppError) as caught:
        open_kit(folder, **how)  # type: ignore[arg-type]  # passed on exactly as it came
    assert caught.value.fault.kind is FaultKind.STORAGE
    return caught.value.fault.message.code


def test_the_first_start_makes_an_empty_cache_and_the_second_finds_it(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    fill(folder)

    with a_cache(folder) as opened:
        assert states(opened) == {"g1": "saved"}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_files_and_folder_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    with a_cache(folder) as opened:
        opened.acts.commit(an_act("g1", a_note()))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {DATABASE, DATABASE + "-wal", JOURNAL, MARKER} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_nothing_readable_stands_in_any_file(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_note(), reason="Ottoviana Quarzhollin"))
        inside = b"".join(bytes_of(tmp_path).values())

    for trace in (b"SQLite format", b"resource", b"note-1", b"Ottoviana", b"li-ming"):
        assert trace not in inside


def test_the_connection_has_the_pragmas_that_durability_needs(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, opened.cache.outside_transactions() as run:
        found = {
            name: run(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_nothing_can_be_written_through_a_read(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        with pytest.raises(AppError), opened.cache.read() as connection:
            connection.exec_driver_sql("DELETE FROM meta")
        with opened.cache.write() as connection:
            connection.exec_driver_sql("DELETE FROM sync_event")


def test_a_read_sees_one_state_while_others_write(tmp_path: Path) -> None:
    count = "SELECT count(*) FROM change_group"
    with a_cache(tmp_path) as opened, opened.cache.read() as connection:
        assert connection.exec_driver_sql(count).scalar() == 0
        opened.acts.commit(an_act("g1", a_note()))
        assert connection.exec_driver_sql(count).scalar() == 0
        with opened.cache.read() as later:
            assert later.exec_driver_sql(count).scalar() == 1


def test_a_write_inside_a_write_is_a_mistake_of_the_program(tmp_path: Path) -> None:
    with (
        a_cache(tmp_path) as opened,
        opened.cache.write(),
        pytest.raises(RuntimeError),
        opened.cache.write(),
    ):
        pass


def test_another_key_opens_nothing_and_the_right_one_still_does(tmp_path: Path) -> None:
    fill(tmp_path)
    before = bytes_of(tmp_path)

    assert refusal(tmp_path, key=OTHER_KEY) == "storage.wrong-key"
    assert bytes_of(tmp_path) == before
    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved"}


def test_another_key_is_told_without_the_note_too(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / MARKER).unlink()

    assert refusal(tmp_path, key=OTHER_KEY) == "storage.wrong-key"
    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved"}
    assert (tmp_path / MARKER).exists()


@pytest.mark.parametrize("left", [MARKER, JOURNAL])
def test_a_missing_database_is_told_and_not_made_anew(tmp_path: Path, left: str) -> None:
    fill(tmp_path)
    for name in {DATABASE, MARKER, JOURNAL} - {left}:
        (tmp_path / name).unlink()

    assert refusal(tmp_path) == "storage.missing"
    assert not (tmp_path / DATABASE).exists()


def test_a_truncated_database_is_told_and_kept(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / DATABASE
    whole = path.read_bytes()
    assert len(whole) > 20 * 4096

    for size in (0, 100, 4096, len(whole) - 4096 * 5 - 17):
        path.write_bytes(whole[:size])
        assert refusal(tmp_path) == "storage.damaged"
        assert path.read_bytes() == whole[:size]

    path.write_bytes(whole)
    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved"}


@pytest.mark.parametrize("place", [0.0, 0.3, 0.9])
def test_damaged_bytes_are_told_and_kept(tmp_path: Path, place: float) -> None:
    fill(tmp_path)
    path = tmp_path / DATABASE
    damaged = bytearray(path.read_bytes())
    at = int(len(damaged) * place) // 4096 * 4096 + 64
    damaged[at : at + 32] = os.urandom(32)
    path.write_bytes(damaged)

    assert refusal(tmp_path) == "storage.damaged"
    assert path.read_bytes() == bytes(damaged)


def test_a_second_process_is_refused_and_let_in_afterwards(tmp_path: Path) -> None:
    fill(tmp_path)

    with child_holding(tmp_path):
        assert refusal(tmp_path) == "storage.in-use"

    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved"}


def test_a_second_cache_in_this_process_is_refused_too(tmp_path: Path) -> None:
    with a_cache(tmp_path):
        assert refusal(tmp_path) == "storage.in-use"


def raw(path: Path) -> dbapi2.Connection:
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    return connection


def test_a_database_that_another_program_locks_is_told_and_waited_for(tmp_path: Path) -> None:
    fill(tmp_path)
    other = raw(tmp_path / DATABASE)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")

    assert refusal(tmp_path) == "storage.locked"

    other.close()
    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved"}


def test_a_write_that_another_program_blocks_fails_whole(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        other = raw(tmp_path / DATABASE)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AppError) as caught:
            opened.acts.commit(an_act("g1", a_note()))
        assert caught.value.fault.message.code == "storage.locked"

        other.close()
        opened.acts.commit(an_act("g1", a_note()))
        assert states(opened) == {"g1": "saved"}


def test_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    fill(tmp_path)
    other = raw(tmp_path / DATABASE)
    other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    other.close()
    before = bytes_of(tmp_path)

    assert refusal(tmp_path) == "storage.newer"
    assert bytes_of(tmp_path) == before


def pages(opened: OpenCache) -> int:
    with opened.cache.outside_transactions() as run:
        return int(str(run("PRAGMA page_count")[0][0]))


def test_a_full_disk_refuses_the_act_and_keeps_what_was_saved(tmp_path: Path) -> None:
    fill(tmp_path)
    with a_cache(tmp_path) as opened:
        limit = pages(opened) + 2
    big = a_note(
        "big", text="".join(chr(0x4E00 + os.urandom(1)[0] * 64 + n % 64) for n in range(200_000))
    )

    with a_cache(tmp_path, hazards=Hazards(most_pages=limit)) as opened:
        with pytest.raises(AppError) as caught:
            opened.acts.commit(an_act("g2", big))
        assert caught.value.fault.message.code == "storage.full"
        assert states(opened) == {"g1": "saved"}

    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g2", big))
        assert states(opened) == {"g1": "saved", "g2": "saved"}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
class TestReadOnlyFolder:
    @pytest.fixture
    def foreign(self) -> Iterator[Path]:
        """A folder below one that everybody may enter; pytest's own is closed to others."""
        place = Path(tempfile.mkdtemp(prefix="wardone-read-only-"))
        place.chmod(0o755)
        yield place / "cache"
        shutil.rmtree(place)

    def test_is_told(self, foreign: Path) -> None:
        fill(foreign)
        self._give(foreign, 0o500)

        assert run_child("read_only", foreign).stdout.strip() == "storage.read-only"

    def test_opens_once_it_may_be_written(self, foreign: Path) -> None:
        fill(foreign)
        self._give(foreign, 0o700)

        assert run_child("read_only", foreign).stdout.strip() == "opened"

    def _give(self, folder: Path, mode: int) -> None:
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, 65534, 65534)
        folder.chmod(mode)
