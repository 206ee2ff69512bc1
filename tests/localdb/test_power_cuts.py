"""The power goes while downloads are on their way to the disk.

Their commits do not wait for it (docs/decisions/0011), so the log may end after any frame: what was
signed is there all the same, and a cursor never stands without the documents it speaks of (I7).
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.terms import Ref
from app.ports.sync_store import CursorRow, Piece, Scope
from localdb.opening import DATABASE, OpenCache
from tests.support.cache_kit import NOW, a_cache, an_act, incoming, states
from tests.support.order_builders import a_note

FRAME = 24 + 4096
"""Bytes of a page in the log, with its head (sqlite.org/fileformat2.html, the WAL format)."""
WARD = Scope("ward", "cohort", "")
PIECES = 6


def a_page(n: int) -> Piece:
    """One document, and the cursor that says it has come."""
    cursor = CursorRow("ward", "DocumentReference", "{}", watermark=NOW + timedelta(minutes=n))
    return Piece("ward", "", n, (incoming(a_note(f"theirs-{n}")),), cursor=cursor)


def of_wal(folder: Path) -> Path:
    return folder / f"{DATABASE}-wal"


def come_through(opened: OpenCache) -> int:
    """How many pages are there: documents and cursor agree."""
    held = opened.documents.held
    pages = [n for n in range(PIECES) if held(Ref(f"DocumentReference/theirs-{n}"))]
    assert pages == list(range(len(pages)))
    row = opened.sync_store.cursor("ward", "DocumentReference")
    newest = row.watermark if row is not None else None
    assert newest == (NOW + timedelta(minutes=pages[-1]) if pages else None)
    return len(pages)


def test_whatever_is_left_of_the_log_is_whole_and_holds_what_was_signed(tmp_path: Path) -> None:
    folder = tmp_path / "whole"
    with a_cache(folder) as opened:
        opened.sync_store.put_scopes((WARD,))
        opened.acts.commit(an_act("g1", a_note("mine")))
        signed = of_wal(folder).stat().st_size
        for n in range(PIECES):
            opened.sync_store.apply(a_page(n))
        lasting = of_wal(folder).stat().st_size
        shutil.copytree(folder, tmp_path / "cut")
    assert lasting > signed + PIECES * FRAME

    seen = {after_a_cut(tmp_path, end) for end in range(signed, lasting + 1, FRAME)}

    assert seen == set(range(PIECES + 1))


def after_a_cut(folder: Path, end: int) -> int:
    left = folder / f"left-{end}"
    shutil.copytree(folder / "cut", left)
    with of_wal(left).open("r+b") as log:
        log.truncate(end)
    with a_cache(left) as opened:
        assert states(opened) == {"g1": "saved"}
        assert opened.documents.held(Ref("DocumentReference/mine")) is not None
        with opened.cache.outside_transactions() as run:
            assert run("PRAGMA integrity_check") == [("ok",)]
        return come_through(opened)


def waits(opened: OpenCache, *, lasting: bool) -> bool:
    """Whether the commit of such a transaction waits for the disk."""
    with opened.cache.write(lasting=lasting) as connection:
        return connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_only_what_comes_again_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        assert waits(opened, lasting=True)
        assert not waits(opened, lasting=False)
        assert waits(opened, lasting=True)


def test_a_failed_download_leaves_the_next_act_lasting(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        with pytest.raises(ValueError, match="broken"), opened.cache.write(lasting=False):
            raise ValueError("broken")
        assert waits(opened, lasting=True)
