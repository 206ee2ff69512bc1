"""The access audit cannot be changed without showing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.faults import AppError
from app.ports.keeping import AuditEntry, AuditVerdict
from localdb.opening import DATABASE, OpenCache
from tests.localdb.test_opening import raw
from tests.support.cache_kit import DOCTOR, NOW, PATIENT, a_cache

UNLOCK = "DROP TRIGGER access_audit_no_update; DROP TRIGGER access_audit_no_delete"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path) as cache:
        for n in range(5):
            entry = AuditEntry(NOW, DOCTOR, "王医生", "chart.open", PATIENT, detail=str(n))
            cache.audit.record(entry)
        cache.audit.review(2, "科主任", NOW)
        yield cache


def tamper(tmp_path: Path, *statements: str) -> None:
    """Somebody who has the key, and removes the triggers first."""
    other = raw(tmp_path / DATABASE)
    for statement in (*UNLOCK.split("; "), *statements):
        other.execute(statement)
    other.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE access_audit SET detail = 'x'", "DELETE FROM access_audit"]
)
def test_the_database_itself_refuses_to_change_an_entry(opened: OpenCache, statement: str) -> None:
    with pytest.raises(AppError), opened.cache.write() as connection:
        connection.exec_driver_sql(statement)

    assert opened.audit.verify() == AuditVerdict(6, intact=True)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE access_audit SET detail = 'x' WHERE seq = 3", 3),
        ("UPDATE access_audit SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE access_audit SET actor_name = 'nobody' WHERE seq = 5", 5),
        ("UPDATE access_audit SET patient = NULL WHERE seq = 4", 4),
        ("UPDATE access_audit SET about = 3 WHERE seq = 6", 6),
        ("UPDATE access_audit SET digest = 'x' WHERE seq = 2", 2),
        ("DELETE FROM access_audit WHERE seq = 3", 3),
        ("DELETE FROM access_audit WHERE seq = 1", 1),
        ("DELETE FROM access_audit WHERE seq = 6", 6),
        ("DELETE FROM access_audit", 1),
    ],
)
def test_the_first_break_is_found(
    opened: OpenCache, tmp_path: Path, statement: str, broken_at: int
) -> None:
    tamper(tmp_path, statement)

    verdict = opened.audit.verify()

    assert (verdict.intact, verdict.broken_at) == (False, broken_at)


def test_removing_the_triggers_alone_breaks_nothing(opened: OpenCache, tmp_path: Path) -> None:
    tamper(tmp_path)

    assert opened.audit.verify().intact


def test_the_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        with a_cache(tmp_path) as opened:
            opened.audit.record(AuditEntry(NOW, None, "", "sign-in-refused"))

    with a_cache(tmp_path) as opened:
        assert opened.audit.verify() == AuditVerdict(2, intact=True)
