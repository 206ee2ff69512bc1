"""Lists that are taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kernel.faults import AppError, FaultKind
from app.services.list_saving import ListCopy, ListSaving
from tests.support.fake_keeping import FakeAccessAudit
from tests.unit.services.kit import PATIENT, Watch, session

COPY = ListCopy("results.table", "项目,结果\r\n", PATIENT)


def test_a_list_is_written_for_spreadsheets_and_noted_without_its_content() -> None:
    written: dict[Path, bytes] = {}
    audit = FakeAccessAudit()

    ListSaving(written.__setitem__, audit, Watch()).save(session(), COPY, Path("a.csv"))

    assert written[Path("a.csv")].decode("utf-8-sig") == "项目,结果\r\n"
    assert written[Path("a.csv")].startswith(b"\xef\xbb\xbf")
    (entry,) = audit.entries()
    assert (entry.action, entry.patient, entry.detail) == ("list.save", PATIENT, "results.table")


def test_a_list_that_cannot_be_written_is_refused_and_noted() -> None:
    def full(to: Path, data: bytes) -> None:
        raise OSError(28, f"{to} {len(data)}")

    audit = FakeAccessAudit()

    with pytest.raises(AppError) as refused:
        ListSaving(full, audit, Watch()).save(session(), COPY, Path("a.csv"))

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert [entry.action for entry in audit.entries()] == ["list.save-refused", "list.save"]
