"""What IT and record control do at a workstation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.people import Privilege, Role
from app.domain.terms import PractitionerId, WardId
from app.kernel.faults import AppError
from app.ports.reading import WardReads
from app.services.administration import Administration, roles_that
from tests.support.fake_keeping import FakeAccessAudit, FakePeople
from tests.support.fake_vault import FakeVault
from tests.unit.services.kit import (
    ELSEWHERE,
    ROLES,
    Wards,
    Watch,
    an_opening,
    clinician,
    session,
)


def _code(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.fault.message.code


def _administration(
    watch: Watch | None = None, vault: FakeVault | None = None
) -> tuple[Administration, FakePeople, FakeAccessAudit]:
    people = FakePeople(clinician(key="li"), clinician(Role.IT, "it"))
    audit = FakeAccessAudit()
    watch = watch or Watch()
    wards: WardReads = Wards()  # type: ignore[assignment]  # hits are plain words here
    made = Administration(people, audit, vault or FakeVault(watch), ROLES, wards, watch)
    return made, people, audit


def test_it_closes_and_reopens_a_user() -> None:
    administration, people, audit = _administration()
    it = session(clinician(Role.IT, "it"))
    administration.set_active(it, PractitionerId("li"), active=False)
    found = people.by_username("li")
    assert found is not None
    assert not found.active
    administration.set_active(it, PractitionerId("li"), active=True)
    assert [e.action for e in audit.entries()] == ["user.reopen", "user.close"]
    assert len(administration.users(it)) == 2
    assert administration.matrix(it) == ROLES.matrix


def test_a_user_is_listed_with_ward_names_and_what_the_vault_counted() -> None:
    watch = Watch()
    vault = FakeVault(watch)
    vault.create("li", "three blue herons")
    administration, people, _ = _administration(watch, vault)
    people.save(replace(clinician(key="li"), wards=(ELSEWHERE, WardId("ward-unheard-of"))))
    it = session(clinician(Role.IT, "it"))
    for _ in range(5):
        with pytest.raises(AppError):
            vault.unlock("li", "four blue herons")

    it_self, li = administration.users(it)
    assert (it_self.has_passphrase, it_self.failed_attempts) == (False, 0)
    assert [ward.name for ward in li.wards] == [ELSEWHERE, "ward-unheard-of"]
    assert (li.has_passphrase, li.failed_attempts) == (True, 5)
    assert li.locked_until == watch.at + timedelta(seconds=30)

    watch.at += timedelta(minutes=1)
    assert administration.users(it)[1].locked_until is None


@pytest.mark.parametrize(
    ("who", "code"), [("it", "admin.not-oneself"), ("nobody", "admin.no-such-user")]
)
def test_whom_it_cannot_close(who: str, code: str) -> None:
    administration, _, _ = _administration()
    with pytest.raises(AppError) as refused:
        administration.set_active(
            session(clinician(Role.IT, "it")), PractitionerId(who), active=False
        )
    assert _code(refused) == code


def test_reading_the_audit_is_on_the_audit() -> None:
    administration, _, audit = _administration()
    qc = session(clinician(Role.QC, "qc"))
    an_opening(audit, "wang")
    assert administration.verify(qc).intact
    found = administration.audit_entries(qc, "chart.break-glass")
    assert [e.actor for e in found] == ["wang"]
    assert [e.action for e in audit.entries()][:2] == ["audit.read", "audit.verify"]


def test_a_broken_chain_is_written_down_as_broken() -> None:
    administration, _, audit = _administration()
    an_opening(audit, "wang")
    audit._entries[0] = replace(audit._entries[0], reason="别的")
    assert not administration.verify(session(clinician(Role.QC, "qc"))).intact
    assert audit.entries()[0].detail == "broken"


def test_a_broken_glass_is_reviewed_by_somebody_else() -> None:
    administration, _, audit = _administration()
    chief = session(clinician(Role.CHIEF, "chen"))
    seq = an_opening(audit, "wang")
    administration.review(chief, seq)
    assert administration.break_glass_entries(chief)[0].reviewed_by == "王奕"


@pytest.mark.parametrize(
    ("who", "seq", "code"),
    [("chen", 1, "admin.not-own-review"), ("wang", 99, "admin.nothing-to-review")],
)
def test_what_cannot_be_reviewed(who: str, seq: int, code: str) -> None:
    administration, _, audit = _administration()
    an_opening(audit, who)
    with pytest.raises(AppError) as refused:
        administration.review(session(clinician(Role.CHIEF, "chen")), seq)
    assert _code(refused) == code


def test_roles_that_hold_a_privilege() -> None:
    assert roles_that(ROLES.matrix, Privilege.MANAGE_USERS) == (Role.IT,)
