"""Derived tables can be dropped and made again at any time, and are when the program changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from app.domain.terms import GroupId, Ref
from app.kernel.faults import Message
from app.ports.sync_store import Rejection
from localdb.projecting import Put
from localdb.rebuilding import projection_version, rebuild
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    NOW,
    TellingProjector,
    a_cache,
    a_piece,
    an_act,
    freeze_all,
    incoming,
    told,
)
from tests.support.order_builders import a_note, a_task


class CountingProjector(TellingProjector):
    """Counts what it is told; `version` is given."""

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version
        self.heard = 0

    def project(self, connection: Connection, puts: Sequence[Put]) -> None:
        self.heard += len(puts)
        super().project(connection, puts)


def test_a_rebuild_gives_the_same_rows_in_every_state(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_patient(), "3")))
        opened.acts.commit(an_act("g1", a_note("sent")))
        freeze_all(opened)
        opened.sync_store.mark_sent("batch-1", NOW)
        opened.acts.commit(an_act("g2", a_note("saved")))
        opened.acts.commit(an_act("g3", a_task()))
        why = Message.of("sync.verdict.rejected")
        opened.sync_store.reject(Rejection(GroupId("g3"), 422, why, "", NOW))
        before = told(opened)

        with opened.cache.write() as connection:
            rebuild(connection, (TellingProjector(),))

        assert told(opened) == before
        assert {row.unsent for row in before.values()} == {"", "sent", "saved", "rejected"}


def test_more_documents_than_one_portion_are_all_told(tmp_path: Path) -> None:
    pages = [incoming(a_task(f"task-{n}")) for n in range(1203)]
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(*pages))
    counting = CountingProjector(2)

    with a_cache(tmp_path, projectors=(counting,)) as opened:
        assert counting.heard == 1203
        assert len(told(opened)) == 1203


def test_the_same_program_does_not_rebuild_at_its_next_start(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=(CountingProjector(1),)) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note())))
    same, raised = CountingProjector(1), CountingProjector(2)

    with a_cache(tmp_path, projectors=(same,)):
        assert same.heard == 0
    with a_cache(tmp_path, projectors=(raised,)):
        assert raised.heard == 1


def test_other_types_or_another_table_make_another_version() -> None:
    class Another(TellingProjector):
        tables = ()

    one = projection_version((TellingProjector(),))

    assert projection_version((TellingProjector(),)) == one
    assert projection_version((TellingProjector("Task"),)) != one
    assert projection_version((Another(),)) != one
    assert projection_version(()) != one


def test_tables_of_a_projector_that_is_gone_go_too(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note())))

    with a_cache(tmp_path, projectors=()) as opened, opened.cache.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert "told_row" not in names
        assert "resource" in names

    with a_cache(tmp_path) as opened:
        assert Ref("DocumentReference/note-1") in told(opened)
