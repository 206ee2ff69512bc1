"""The journal of decision support: with the act, never without, and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.deciding import JournalVerdict
from localdb.failpoints import Failpoint
from localdb.migrating import downgrade
from localdb.opening import DATABASE, Hazards, OpenCache
from tests.localdb.test_opening import raw
from tests.support.cache_kit import a_cache, an_act, states
from tests.support.decision_events import an_event
from tests.support.order_builders import a_task

UNLOCK = "DROP TRIGGER cds_event_no_update; DROP TRIGGER cds_event_no_delete"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path) as cache:
        cache.decisions.record(tuple(an_event(card=str(n)) for n in range(4)))
        yield cache


class FullDisk:
    """Nothing can be written after the log of an act."""

    def reach(self, point: Failpoint) -> None:
        if point is Failpoint.ACT_LOGGED:
            raise app_error(FaultKind.STORAGE, "storage.full")


def tamper(tmp_path: Path, *statements: str) -> None:
    """Somebody who has the key, and removes the triggers first."""
    other = raw(tmp_path / DATABASE)
    for statement in (*UNLOCK.split("; "), *statements):
        other.execute(statement)
    other.close()


@pytest.mark.parametrize("statement", ["UPDATE cds_event SET card = 'x'", "DELETE FROM cds_event"])
def test_the_database_itself_refuses_to_change_an_event(opened: OpenCache, statement: str) -> None:
    with pytest.raises(AppError), opened.cache.write() as connection:
        connection.exec_driver_sql(statement)

    assert opened.decisions.verify() == JournalVerdict(4, intact=True)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE cds_event SET card = 'x' WHERE seq = 3", 3),
        ("UPDATE cds_event SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE cds_event SET user = 'nobody' WHERE seq = 2", 2),
        ("UPDATE cds_event SET patient = 'x' WHERE seq = 4", 4),
        ("UPDATE cds_event SET response = 'accepted' WHERE seq = 4", 4),
        ("UPDATE cds_event SET tier = 'inline' WHERE seq = 4", 4),
        ("UPDATE cds_event SET body = replace(body, 'onc-7', 'onc-8') WHERE seq = 2", 2),
        ("UPDATE cds_event SET digest = 'x' WHERE seq = 2", 2),
        ("DELETE FROM cds_event WHERE seq = 3", 3),
        ("DELETE FROM cds_event WHERE seq = 4", 4),
        ("DELETE FROM cds_event", 1),
    ],
)
def test_the_first_break_is_found(
    opened: OpenCache, tmp_path: Path, statement: str, broken_at: int
) -> None:
    tamper(tmp_path, statement)

    verdict = opened.decisions.verify()

    assert (verdict.intact, verdict.broken_at) == (False, broken_at)


def test_removing_the_triggers_alone_breaks_nothing(opened: OpenCache, tmp_path: Path) -> None:
    tamper(tmp_path)

    assert opened.decisions.verify().intact


def test_what_goes_with_an_act_is_kept_with_it_once(tmp_path: Path) -> None:
    act = an_act("g1", a_task(), decisions=(an_event(), an_event()))
    with a_cache(tmp_path) as opened:
        opened.acts.commit(act)
        opened.acts.commit(act)

        assert len(opened.decisions.events()) == 2

    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g2", a_task("t2"), decisions=(an_event(),)))
        assert opened.decisions.verify() == JournalVerdict(3, intact=True)


def test_an_act_that_does_not_come_about_leaves_no_event(tmp_path: Path) -> None:
    with a_cache(tmp_path, hazards=Hazards(failpoints=FullDisk())) as opened:
        with pytest.raises(AppError):
            opened.acts.commit(an_act("g1", a_task(), decisions=(an_event(),)))

        assert opened.decisions.events() == ()
        assert states(opened) == {}


def test_an_older_file_gets_an_empty_journal_and_keeps_everything_else(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_task(), decisions=(an_event(),)))
        with opened.cache.write() as connection:
            downgrade(connection, "0007")

    with a_cache(tmp_path) as opened:
        assert opened.decisions.verify() == JournalVerdict(0, intact=True)
        assert states(opened) == {"g1": "saved"}
        opened.decisions.record((an_event(),))
        assert opened.decisions.verify() == JournalVerdict(1, intact=True)
