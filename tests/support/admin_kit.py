"""A workstation with users and an audit behind the real administration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.people import Clinician, Role
from app.domain.terms import Named, PatientId, PractitionerId, WardId
from app.ports.keeping import AuditEntry, AuditVerdict
from app.services.administration import Administration
from app.services.roles import read_roles
from resources.reading import path
from tests.support.desk_kit import NOW, WANG, StillClock
from tests.support.fake_keeping import FakeAccessAudit, FakePeople
from tests.support.fake_vault import FakeVault

ZHOU = Clinician(
    PractitionerId("dr-zhou"),
    "zhouhm",
    Named("周慧敏", "Zhou Huimin"),
    Role.RESIDENT,
    (WardId("ward-3"), WardId("icu")),
    NOW - timedelta(days=12),
)
SUN = Clinician(PractitionerId("it-sun"), "sunit", Named("孙磊", "Sun Lei"), Role.IT, active=False)
ROLES = read_roles(path("packs/roles/privileges.tsv"))


class TearableAudit(FakeAccessAudit):
    """An audit whose chain a test can tear."""

    torn_at: int | None = None

    def verify(self) -> AuditVerdict:
        if self.torn_at is not None:
            return AuditVerdict(self.torn_at - 1, intact=False, broken_at=self.torn_at)
        return super().verify()


@dataclass
class Office:
    """Three users, six entries, two of them emergency openings: one own, one of a colleague."""

    people: FakePeople = field(default_factory=lambda: FakePeople(WANG, ZHOU, SUN))
    audit: TearableAudit = field(default_factory=TearableAudit)
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        for minutes, who, action, patient, reason in (
            (90, WANG, "sign-in", "", ""),
            (80, WANG, "chart.open", "li-ming", ""),
            (70, ZHOU, "chart.break-glass", "7c0f3b1e", "病房抢救，需立即了解用药史"),
            (60, WANG, "chart.break-glass", "ouyang", "会诊请求，原病区值班医师不在"),
            (50, ZHOU, "order.place", "li-ming", ""),
            (40, ZHOU, "odd.action", "", ""),
        ):
            self.audit.record(
                AuditEntry(
                    NOW - timedelta(minutes=minutes),
                    who.id,
                    who.name.name,
                    action,
                    PatientId(patient) if patient else None,
                    reason,
                )
            )

    @property
    def administration(self) -> Administration:
        vault = FakeVault(self.clock)
        return Administration(self.people, self.audit, vault, ROLES, self.clock)

    def is_active(self, username: str) -> bool:
        found = self.people.by_username(username)
        assert found is not None
        return found.active

    def rename(self, who: Clinician, name: str) -> None:
        self.people.save(replace(who, name=Named(name)))
