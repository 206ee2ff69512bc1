"""A workstation with users and an audit behind the real administration."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.people import Clinician, Role
from app.domain.terms import Named, PatientId, PractitionerId, Ref, WardId
from app.kernel.faults import AppError
from app.ports.keeping import AuditEntry, AuditVerdict
from app.ports.reading import Oddity
from app.services.administration import Administration
from app.services.input_watching import InputWatching
from app.services.roles import read_roles
from resources.reading import path
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG, StillClock
from tests.support.fake_keeping import FakeAccessAudit, FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.fake_vault import FakeVault
from ui.admin.presenter import AdminSources

ZHOU = Clinician(
    PractitionerId("dr-zhou"),
    "zhouhm",
    Named("周慧敏", "Zhou Huimin"),
    Role.RESIDENT,
    (WardId("ward-3"), WardId("icu")),
    NOW - timedelta(days=12),
)
SUN = Clinician(PractitionerId("it-sun"), "sunit", Named("孙磊", "Sun Lei"), Role.IT, active=False)
PASSPHRASE = "three blue herons 7"  # noqa: S105 - of nobody
ROLES = read_roles(path("packs/roles/privileges.tsv"))


def an_oddity(ref: str, reason: str, *, shown: bool = False) -> Oddity:
    return Oddity(Ref(ref), PatientId("li-ming"), reason, shown=shown)


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
    vault: FakeVault = field(init=False)
    odd: tuple[Oddity, ...] = (
        *(an_oddity(f"Immunization/{n}", "unread.no-page") for n in range(12)),
        *(an_oddity(f"Procedure/{n}", "unread.no-time Procedure") for n in range(4)),
        an_oddity("Observation", "storage.no-version"),
        *(
            an_oddity(f"MedicationAdministration/{n}", "incomplete.foreign-dose", shown=True)
            for n in range(2521)
        ),
        an_oddity("Observation/ecg", "incomplete.foreign-value", shown=True),
    )

    def __post_init__(self) -> None:
        self.vault = FakeVault(self.clock)
        key = self.vault.create(WANG.username, PASSPHRASE)
        self.vault.add(key, ZHOU.username, PASSPHRASE)
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
        wards = FakeWardReads(boards())
        return Administration(self.people, self.audit, self.vault, ROLES, wards, self.clock)

    @property
    def sources(self) -> AdminSources:
        return AdminSources(self.administration, InputWatching(self), self.clock)

    def oddities(self) -> tuple[Oddity, ...]:
        """`OddityReads`."""
        return self.odd

    def guess(self, who: Clinician, times: int) -> None:
        """Somebody tries passphrases."""
        for _ in range(times):
            with contextlib.suppress(AppError):
                self.vault.unlock(who.username, "a wrong passphrase")

    def is_active(self, username: str) -> bool:
        found = self.people.by_username(username)
        assert found is not None
        return found.active

    def rename(self, who: Clinician, name: str) -> None:
        self.people.save(replace(who, name=Named(name)))
