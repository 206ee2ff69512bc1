"""An unsent act taken away as a file: with a reason, on the audit, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.patients import Banner
from app.domain.terms import GroupId, WardId
from app.fhir.audit import write_audit_event
from app.fhir.document import Document
from app.kernel.faults import AppError, FaultKind
from app.services.access import AccessPolicy
from app.services.act_export import ActExport, Write
from app.services.decision_rules import DecisionRules
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.order_builders import a_note
from tests.unit.services.kit import NOW, PATIENT, ROLES, Watch, a_banner, clinician, session
from tests.unit.services.test_dispute_settling import OneDispute

GROUP = (GroupId("g1"),)


class OneNote(OneDispute):
    def documents_of(self, groups: object) -> tuple[Document, ...]:
        return (a_note(),) if groups == GROUP else ()


@dataclass
class Desk:
    banner: Banner = field(default_factory=a_banner)
    audit: FakeAccessAudit = field(default_factory=FakeAccessAudit)

    def export(self, write: Write) -> ActExport:
        policy = AccessPolicy(ROLES, self.audit, Watch())
        return ActExport(OneNote(), DecisionRules(policy, lambda _: self.banner, Watch()), write)

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in reversed(self.audit.entries())]


def fail(path: Path, data: bytes) -> None:
    del data
    raise PermissionError(path.name)


TO = Path("act.json")


def test_the_file_is_a_bundle_and_the_audit_says_so() -> None:
    desk, written = Desk(), dict[Path, bytes]()
    desk.export(written.__setitem__).save(session(), GROUP, PATIENT, " 信息科要 ", TO)

    bundle = json.loads(written[TO])
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert [one["resource"]["id"] for one in bundle["entry"]] == ["note-1"]
    (entry,) = desk.audit.entries()
    assert (entry.action, entry.reason, entry.detail) == ("act.export", "信息科要", "g1")
    assert entry.patient == PATIENT


def test_reading_it_leaves_nothing_behind() -> None:
    desk = Desk()

    text = desk.export(fail).readable(session(), GROUP, PATIENT)

    assert json.loads(text)["entry"][0]["resource"]["description"] == "日常病程"
    assert text.count("\n") > 5
    assert desk.actions == []


def code(desk: Desk, groups: tuple[GroupId, ...] = GROUP, reason: str = "要") -> str:
    written: dict[Path, bytes] = {}
    with pytest.raises(AppError) as caught:
        desk.export(written.__setitem__).save(session(), groups, PATIENT, reason, TO)
    assert written == {}
    assert desk.actions == []
    return caught.value.fault.message.code


def test_without_a_reason_or_content_nothing_leaves() -> None:
    assert code(Desk(), reason=" ") == "dispute.reason-missing"
    assert code(Desk(), groups=(GroupId("sent"),)) == "export.nothing"


def test_a_closed_chart_is_neither_read_nor_exported() -> None:
    elsewhere = Desk(a_banner(WardId("ward-9")))
    nurse = session(clinician())
    with pytest.raises(AppError) as caught:
        elsewhere.export(fail).readable(nurse, GROUP, PATIENT)

    assert caught.value.fault.message.code == "access.not-granted"
    assert code(elsewhere) == "access.not-granted"


def test_a_file_that_cannot_be_written_is_on_the_audit_as_refused() -> None:
    desk = Desk()
    with pytest.raises(AppError) as caught:
        desk.export(fail).save(session(), GROUP, PATIENT, "要", TO)

    assert caught.value.fault.kind is FaultKind.STORAGE
    assert desk.actions == ["act.export", "act.export-refused"]


def test_an_export_is_an_export_in_the_hospitals_audit() -> None:
    event = write_audit_event(
        event_id="e", action="act.export", recorded=NOW, agent=None, digest="d", patient=PATIENT
    )

    assert event["type"] == {
        "system": "http://dicom.nema.org/resources/ontology/DCM",
        "code": "110106",
        "display": "Export",
    }
    assert event["action"] == "R"
