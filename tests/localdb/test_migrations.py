"""Migrations with rows, up and down, and a schema that is what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app.kernel.faults import AppError, Message
from localdb.kept_rows import KeptBase
from localdb.migrating import backup_path, downgrade, schema_of, upgrade
from localdb.opening import DATABASE, Hazards, OpenCache
from localdb.schema import SCHEMA_VERSION, metadata
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    a_cache,
    a_piece,
    an_act,
    edited,
    enrol,
    freeze_all,
    incoming,
    open_kit,
    send_all,
    states,
)
from tests.support.order_builders import a_note, a_task

WHY = Message.of("sync.verdict.silence")


def ward_morning(opened: OpenCache) -> None:
    """Something in every table that matters: a sent batch, a rejected and a waiting group."""
    enrol(opened)
    opened.sync_store.put_scopes((SCOPE,))
    opened.sync_store.apply(a_piece(incoming(a_patient(), "3"), incoming(a_note("n0"), "5")))
    opened.acts.commit(an_act("g0", a_task("t0")))
    send_all(opened, "batch-0")
    opened.acts.commit(an_act("g1", a_note(), edited(opened, "DocumentReference/n0", language="x")))
    freeze_all(opened)
    opened.sync_store.mark_sent("batch-1", NOW)
    opened.acts.commit(an_act("g2", a_task()))


def picture(opened: OpenCache) -> tuple[object, ...]:
    """Everything the rest of the program can see of the outbox and the documents."""
    store = opened.sync_store
    with opened.cache.read() as connection:
        refs = connection.exec_driver_sql("SELECT ref FROM resource ORDER BY ref").scalars().all()
    return (
        store.pending(),
        store.open_batches(),
        store.enrolment(),
        store.known(refs),
        store.members(SCOPE.id),
        opened.queue.queue(),
    )


def differences(connection: Connection) -> list[object]:
    assert KeptBase.metadata is metadata
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda thing, *_: not getattr(thing, "info", {}).get("derived"),
        },
    )
    return list(compare_metadata(context, metadata))


def test_migrated_tables_are_the_declared_tables(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, opened.cache.write() as connection:
        assert differences(connection) == []


def test_a_missing_column_would_be_found(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened, opened.cache.write() as connection:
        connection.exec_driver_sql("ALTER TABLE batch DROP COLUMN why")
        assert len(differences(connection)) == 1


@pytest.mark.parametrize("older", range(1, SCHEMA_VERSION))
def test_a_full_outbox_survives_the_way_down_and_up_again(tmp_path: Path, older: int) -> None:
    with a_cache(tmp_path) as opened:
        ward_morning(opened)
        before = picture(opened)
        with opened.cache.write() as connection:
            downgrade(connection, f"{older:04}")
        assert schema_of(opened.cache) == older

    with a_cache(tmp_path) as opened:
        assert schema_of(opened.cache) == SCHEMA_VERSION
        assert picture(opened) == before
        with opened.cache.write() as connection:
            assert differences(connection) == []
        opened.sync_store.acknowledge("batch-1", {}, "2", NOW)
        assert states(opened) == {"g2": "saved"}


def test_an_upgrade_leaves_a_copy_until_the_next_start(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        ward_morning(opened)
        with opened.cache.write() as connection:
            downgrade(connection, "0001")
    copy = backup_path(tmp_path / DATABASE)

    open_kit(tmp_path).close()
    assert copy.exists()
    kept = tmp_path / "kept"
    kept.mkdir()
    copy.rename(kept / DATABASE)
    with a_cache(kept) as opened:
        assert "g1" in states(opened)

    copy.write_bytes(b"")
    open_kit(tmp_path).close()
    assert not copy.exists()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        ward_morning(opened)
        before = picture(opened)
        with opened.cache.write() as connection:
            downgrade(connection, "0001")
            connection.exec_driver_sql("ALTER TABLE batch ADD COLUMN why VARCHAR")

    with pytest.raises(AppError) as caught:
        open_kit(tmp_path)
    assert caught.value.fault.message.code == "storage.failed"

    from tests.localdb.test_opening import raw

    other = raw(tmp_path / DATABASE)
    assert other.execute("PRAGMA user_version").fetchone() == (1,)
    other.execute("ALTER TABLE batch DROP COLUMN why")
    other.close()
    with a_cache(tmp_path) as opened:
        assert picture(opened) == before


def test_the_way_down_to_nothing_and_back(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=()) as opened, opened.cache.write() as connection:
        downgrade(connection, "base")
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).scalars()
        assert set(names) == {"alembic_version"}
        upgrade(connection, "head")
        assert differences(connection) == []


def test_a_first_start_on_a_full_disk_can_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        open_kit(tmp_path, hazards=Hazards(most_pages=3))
    assert caught.value.fault.message.code == "storage.full"

    with a_cache(tmp_path) as opened:
        assert states(opened) == {}
