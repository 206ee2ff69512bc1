"""The journal as a file."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.decision_events import Response
from app.domain.people import Role
from app.kernel.faults import AppError, FaultKind
from app.services.decision_exporting import DecisionExporting, decision_csv
from tests.support.decision_events import AT, an_event
from tests.support.fake_deciding import FakeDecisionJournal
from tests.support.fake_keeping import FakeAccessAudit
from tests.unit.services.kit import Watch, clinician, session

ZONE = ZoneInfo("Asia/Shanghai")
PHARMACIST = session(clinician(Role.PHARMACIST))


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_every_rule_is_a_line() -> None:
    passed = an_event(witness="dr-li", witness_name="李主任")
    silent = an_event(
        response=Response.NOT_SHOWN, hidden="silent", reason="", text="", shown_ms=None
    )

    first, second = lines(decision_csv((passed, silent), ZONE))

    assert first["time"] == "2026-03-02T16:00:00.000+08:00"
    assert (first["rule"], first["pack"]) == ("onc-7", "interactions@2026.11")
    assert (first["subjects"], first["subjects_en"]) == ("华法林; 阿司匹林", "warfarin; ")
    assert (first["reason_zh"], first["text"]) == ("获益大于风险", "每日复查 INR")
    assert (first["second_person"], first["orders"]) == ("dr-li", "med-1 med-2")
    assert first["shown_ms"] == "1500"
    assert (second["response"], second["hidden"]) == ("not-shown", "silent")
    assert (second["reason_zh"], second["reason_en"], second["shown_ms"]) == ("", "", "")


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_what_somebody_typed_is_no_formula(typed: str) -> None:
    (line,) = lines(decision_csv((an_event(text=typed),), ZONE))

    assert line["text"] == f"'{typed}"


class Room:
    """A journal of three days, and somewhere to write."""

    def __init__(self) -> None:
        self.journal, self.audit = FakeDecisionJournal(), FakeAccessAudit()
        self.journal.record(tuple(an_event(at=AT + timedelta(days=n)) for n in range(3)))
        self.written: dict[Path, bytes] = {}

    def exporting(self) -> DecisionExporting:
        return DecisionExporting(self.journal, self.write, self.audit, Watch(), ZONE)

    def write(self, to: Path, data: bytes) -> None:
        self.written[to] = data


class FullRoom(Room):
    def write(self, to: Path, data: bytes) -> None:
        raise OSError(28, f"{to} {len(data)}")


def test_the_journal_is_written_for_spreadsheets_and_noted() -> None:
    room, file = Room(), Path("journal.csv")

    verdict = room.exporting().export(
        PHARMACIST, file, AT + timedelta(days=1), AT + timedelta(days=2)
    )

    assert (verdict.events, verdict.intact) == (3, True)
    assert len(lines(room.written[file].decode("utf-8-sig"))) == 1
    (entry,) = room.audit.entries()
    assert (entry.action, entry.actor) == ("decisions.export", PHARMACIST.clinician.id)


def test_who_does_not_review_prescriptions_gets_no_file() -> None:
    room = Room()

    with pytest.raises(AppError) as refused:
        room.exporting().export(session(clinician(Role.RESIDENT)), Path("journal.csv"))

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert not room.written
    assert not room.audit.entries()


def test_a_full_disk_is_said_and_noted() -> None:
    room = FullRoom()

    with pytest.raises(AppError) as refused:
        room.exporting().export(PHARMACIST, Path("journal.csv"))

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert [one.action for one in room.audit.entries()] == [
        "decisions.export-refused",
        "decisions.export",
    ]
