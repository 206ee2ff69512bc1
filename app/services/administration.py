"""Users, roles, and the access audit with its review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.people import Clinician, Privilege, Role, RoleMatrix, Session
from app.domain.terms import Named, PractitionerId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import AccessAudit, AuditEntry, AuditVerdict, People
from app.ports.reading import WardReads
from app.ports.vault import Vault
from app.services.authority import needs
from app.services.roles import RolePack


@dataclass(frozen=True, slots=True)
class Account:
    """One user of this workstation, as IT sees them.

    Attributes:
        wards: Names of their wards; a ward that was never downloaded stands with its id.
        has_passphrase: The vault holds a wrap of theirs; without one they sign in at the hospital.
        failed_attempts: Wrong passphrases since the last right one.
        locked_until: Until when the vault takes no passphrase of theirs; None while it does.
    """

    clinician: Clinician
    wards: tuple[Named, ...] = ()
    has_passphrase: bool = False
    failed_attempts: int = 0
    locked_until: datetime | None = None


class Administration:
    """What IT and record control do at this workstation."""

    def __init__(
        self,
        people: People,
        audit: AccessAudit,
        vault: Vault,
        roles: RolePack,
        wards: WardReads,
        clock: Clock,
    ) -> None:
        self._people = people
        self._audit = audit
        self._vault = vault
        self._roles = roles
        self._wards = wards
        self._clock = clock

    @needs(Privilege.MANAGE_USERS)
    def users(self, session: Session) -> tuple[Account, ...]:  # noqa: ARG002 - read by the guard
        """Everybody enrolled here, with what the vault has counted against them."""
        named = {ward.id: ward.name for ward in self._wards.wards()}
        wraps = {wrap.username: wrap for wrap in self._vault.wraps()}
        now, found = self._clock.now(), []
        for one in self._people.enrolled():
            wards = tuple(named.get(ward, Named(ward)) for ward in one.wards)
            wrap = wraps.get(one.username.casefold())
            if wrap is None:
                found.append(Account(one, wards))
                continue
            until = wrap.locked_until
            locked = until if until is not None and until > now else None
            found.append(Account(one, wards, True, wrap.failed_attempts, locked))
        return tuple(found)

    @needs(Privilege.MANAGE_USERS)
    def matrix(self, session: Session) -> RoleMatrix:  # noqa: ARG002 - read by the guard
        return self._roles.matrix

    @needs(Privilege.MANAGE_USERS)
    def set_active(self, session: Session, who: PractitionerId, *, active: bool) -> None:
        """Close or reopen this workstation to a user. Their drafts and unsent work stay.

        Raises:
            AppError: `REFUSED` for oneself or for somebody who is not enrolled.
        """
        if who == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "admin.not-oneself", "own account")
        for clinician in self._people.enrolled():
            if clinician.id == who:
                self._people.save(replace(clinician, active=active))
                self._note(session, "user.reopen" if active else "user.close", clinician.username)
                return
        raise app_error(FaultKind.REFUSED, "admin.no-such-user", "not enrolled")

    @needs(Privilege.READ_AUDIT)
    def audit_entries(self, session: Session, action: str = "") -> tuple[AuditEntry, ...]:
        """The newest entries; reading them is itself on the audit."""
        self._note(session, "audit.read", action)
        return self._audit.entries(action=action)

    @needs(Privilege.READ_AUDIT)
    def verify(self, session: Session) -> AuditVerdict:
        """Recompute the hash chain from its first entry."""
        verdict = self._audit.verify()
        self._note(session, "audit.verify", "intact" if verdict.intact else "broken")
        return verdict

    @needs(Privilege.REVIEW_BREAK_GLASS)
    def break_glass_entries(self, session: Session) -> tuple[AuditEntry, ...]:  # noqa: ARG002
        return self._audit.entries(action="chart.break-glass")

    @needs(Privilege.REVIEW_BREAK_GLASS)
    def review(self, session: Session, seq: int) -> None:
        """Note that an opening was looked at; nobody reviews their own.

        Raises:
            AppError: `REFUSED` for one's own opening or an entry that is not one.
        """
        found = [e for e in self._audit.entries(action="chart.break-glass") if e.seq == seq]
        if not found:
            raise app_error(FaultKind.REFUSED, "admin.nothing-to-review", "no such entry")
        if found[0].actor == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "admin.not-own-review", "own break-glass")
        self._audit.review(seq, session.clinician.name.name, self._clock.now())

    def _note(self, session: Session, action: str, detail: str) -> None:
        self._audit.record(
            AuditEntry(
                at=self._clock.now(),
                actor=session.clinician.id,
                actor_name=session.clinician.name.name,
                action=action,
                detail=detail,
            )
        )


def roles_that(matrix: RoleMatrix, privilege: Privilege) -> tuple[Role, ...]:
    """Which roles hold `privilege`, in the order of `Role`."""
    return tuple(role for role in Role if privilege in matrix.get(role, frozenset()))
