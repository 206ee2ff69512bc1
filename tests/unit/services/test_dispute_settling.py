"""What a clinician may decide about a conflict, and what it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from app.domain.disputes import ActNamed, Discarding, Dispute, DisputeKind
from app.domain.people import Role, Session
from app.domain.terms import GroupId, PractitionerId, Ref, WardId
from app.fhir.document import Document
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act
from app.ports.disputes import Decision, Sides
from app.services.access import AccessPolicy
from app.services.dispute_settling import DisputeSettling
from tests.support.fake_keeping import FakeAccessAudit
from tests.unit.services.kit import (
    NOW,
    PATIENT,
    ROLES,
    Numbers,
    OneChart,
    Watch,
    a_banner,
    clinician,
    session,
)

ORDER = Ref("MedicationRequest/m-1")
ACT = ActNamed(GroupId("g1"), "order.stop", PractitionerId("wang"), "王奕", NOW, PATIENT)
DISPUTE = Dispute(7, DisputeKind.BOTH_CHANGED, ORDER, PATIENT, "某某", (ACT,), NOW)
BASE: Document = {"resourceType": "MedicationRequest", "id": "m-1", "status": "active"}
THEIRS: Document = {
    **BASE,
    "status": "on-hold",
    "meta": {"versionId": "2", "lastUpdated": "2026-11-24T08:00:00Z"},
    "requester": {"display": "李主任"},
}


@dataclass
class OneDispute:
    """`Disputes` with one order in conflict."""

    sides_now: Sides | None = field(
        default_factory=lambda: Sides(DISPUTE, BASE, {**BASE, "status": "stopped"}, THEIRS, "2")
    )
    kept: list[tuple[int, Act, Decision]] = field(default_factory=list)
    taken_back: list[tuple[tuple[GroupId, ...], Decision]] = field(default_factory=list)
    instead: Act | None = None

    def disputes(self) -> tuple[Dispute, ...]:
        return (DISPUTE,)

    def sides(self, dispute: int) -> Sides | None:
        return self.sides_now if dispute == DISPUTE.id else None

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        return tuple(act for act in DISPUTE.acts if act.group in groups)

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        return (BASE,) if ACT.group in groups else ()

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        self.kept.append((dispute, act, decision))

    def discard(
        self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        self.taken_back.append((groups, decision))
        self.instead = instead
        return (ORDER,)


@dataclass
class Desk:
    disputes: OneDispute
    audit: FakeAccessAudit
    service: DisputeSettling
    charts: OneChart


@pytest.fixture
def desk() -> Desk:
    disputes, audit, watch = OneDispute(), FakeAccessAudit(), Watch()
    policy = AccessPolicy(ROLES, audit, watch)
    charts = OneChart()
    service = DisputeSettling(disputes, policy, charts.banner, is_order, watch, Numbers())
    return Desk(disputes, audit, service, charts)


def is_order(document: Document) -> bool:
    return document["resourceType"] == "MedicationRequest"


def another() -> Session:
    return session(clinician(key="li"))


def test_the_versions_stand_side_by_side(desk: Desk) -> None:
    found = desk.service.compare(session(), DISPUTE.id)

    assert desk.service.disputes(session()) == (DISPUTE,)
    assert found is not None
    assert [one.element for one in found.differences] == ["status", "requester"]
    assert (found.their_author, found.their_version) == ("李主任", "2")
    assert found.their_time == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert (found.high_risk, found.deleted_there) == (True, False)


def test_what_was_deleted_there_says_so(desk: Desk) -> None:
    desk.disputes.sides_now = Sides(DISPUTE, None, {"resourceType": "Task"}, None, "")

    found = desk.service.compare(session(), DISPUTE.id)

    assert found is not None
    assert (found.deleted_there, found.their_time, found.high_risk) == (True, None, False)


def test_a_decided_dispute_has_nothing_to_compare(desk: Desk) -> None:
    assert desk.service.compare(session(), 99) is None


def test_keeping_mine_leaves_a_provenance_with_the_version_passed_over(desk: Desk) -> None:
    desk.service.keep_mine(session(), DISPUTE.id, " seen with the patient ")

    ((dispute, act, decision),) = desk.disputes.kept
    assert dispute == DISPUTE.id
    assert (decision.by, decision.reason) == ("wang", "seen with the patient")
    assert act.provenance is not None
    assert act.provenance["target"] == [{"reference": ORDER}]
    assert act.provenance["entity"] == [
        {"role": "revision", "what": {"reference": f"{ORDER}/_history/2"}}
    ]
    assert [one.action for one in desk.audit.entries()] == ["conflict.keep-mine"]


def test_a_dose_given_twice_is_ended_by_a_report_not_by_a_choice(desk: Desk) -> None:
    assert desk.disputes.sides_now is not None
    twice = replace(DISPUTE, kind=DisputeKind.DUPLICATE_ACT)
    desk.disputes.sides_now = replace(desk.disputes.sides_now, dispute=twice)

    with pytest.raises(AppError) as refused:
        desk.service.keep_mine(session(), DISPUTE.id, "mine was first")

    assert refused.value.fault.message.code == "dispute.needs-report"
    assert desk.disputes.kept == []


def test_mine_over_a_deletion_names_no_version(desk: Desk) -> None:
    desk.disputes.sides_now = Sides(DISPUTE, BASE, BASE, None, "")

    desk.service.keep_mine(session(), DISPUTE.id, "still needed")

    provenance = desk.disputes.kept[0][1].provenance
    assert provenance is not None
    assert "entity" not in provenance


def test_nothing_is_decided_without_a_reason_or_twice(desk: Desk) -> None:
    with pytest.raises(AppError) as silent:
        desk.service.keep_mine(session(), DISPUTE.id, "  ")
    with pytest.raises(AppError) as late:
        desk.service.keep_mine(session(), 99, "why")

    assert silent.value.fault.message.code == "dispute.reason-missing"
    assert late.value.fault.kind is FaultKind.CONFLICT
    assert desk.disputes.kept == []


def test_a_dangerous_act_is_taken_back_by_two(desk: Desk) -> None:
    shown = desk.service.discarding(session(), (ACT.group,))
    assert shown == Discarding((ACT,), high_risk=True)

    changed = desk.service.take_back(session(), shown, "wrong patient", another())

    ((groups, decision),) = desk.disputes.taken_back
    assert (changed, groups) == ((ORDER,), (ACT.group,))
    assert (decision.by, decision.witness) == ("wang", "li")
    assert [one.action for one in desk.audit.entries()] == ["act.discard"]
    entry = desk.audit.entries()[0]
    assert (entry.patient, entry.detail, entry.reason) == (PATIENT, "order.stop", "wrong patient")


def test_another_act_is_taken_back_by_one(desk: Desk) -> None:
    desk.service.take_back(session(), Discarding((ACT,), high_risk=False), "typing error")

    assert desk.disputes.taken_back[0][1].witness is None


@pytest.mark.parametrize(
    ("witness", "code"),
    [
        (None, "dispute.witness-missing"),
        (session(), "dispute.witness-same"),
        (session(clinician(Role.IT, "it")), "dispute.witness-may-not"),
    ],
    ids=["nobody", "the same", "one who may not"],
)
def test_a_dangerous_act_is_not_taken_back_without_a_second_person(
    desk: Desk, witness: Session | None, code: str
) -> None:
    with pytest.raises(AppError) as refused:
        desk.service.take_back(session(), Discarding((ACT,), high_risk=True), "why", witness)

    assert refused.value.fault.message.code == code
    assert desk.disputes.taken_back == []


def test_another_wards_chart_is_neither_shown_nor_decided_here(desk: Desk) -> None:
    desk.charts.banner_now = a_banner(WardId("far-away"))
    mine = Discarding((ACT,), high_risk=False)

    for wish in (
        lambda: desk.service.compare(session(), DISPUTE.id),
        lambda: desk.service.keep_mine(session(), DISPUTE.id, "why"),
        lambda: desk.service.take_back(session(), mine, "why"),
    ):
        with pytest.raises(AppError) as refused:
            wish()
        assert refused.value.fault.message.code == "access.not-granted"
    assert (desk.disputes.kept, desk.disputes.taken_back) == ([], [])


def test_of_somebody_whose_record_is_not_here_a_decision_is_still_possible(desk: Desk) -> None:
    desk.charts.banner_now = None

    desk.service.keep_mine(session(), DISPUTE.id, "why")

    assert len(desk.disputes.kept) == 1
