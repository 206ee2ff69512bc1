"""Whose chart may be opened, and how the glass is broken."""

from __future__ import annotations

import enum
import threading
from datetime import datetime, timedelta

from app.domain.patients import Banner
from app.domain.people import Privilege, Role, Session
from app.domain.terms import PatientId, PractitionerId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import AccessAudit, AuditEntry
from app.services.roles import RolePack

_GLASS_STAYS_BROKEN = timedelta(hours=4)  # sync.md §7.9


class Access(enum.Enum):
    """What stands between a clinician and a chart."""

    GRANTED = "granted"
    NEEDS_REASON = "needs-reason"
    DENIED = "denied"


class AccessPolicy:
    """Decides by role, ward and responsibility; keeps the broken glasses of this run."""

    def __init__(self, roles: RolePack, audit: AccessAudit, clock: Clock) -> None:
        self._roles = roles
        self._audit = audit
        self._clock = clock
        self._broken: dict[tuple[PractitionerId, PatientId], datetime] = {}
        self._lock = threading.Lock()

    def roles_with(self, privilege: Privilege) -> frozenset[Role]:
        """The roles that hold `privilege`."""
        return frozenset(role for role in Role if privilege in self._roles.of(role))

    def decide(self, session: Session, banner: Banner) -> Access:
        """A role that keeps to its own wards needs a reason for anybody else's patient."""
        if not session.can(Privilege.OPEN_CHART):
            return Access.DENIED
        if self._near(session, banner) or self._is_broken(session, banner.patient.id):
            return Access.GRANTED
        return Access.NEEDS_REASON if session.can(Privilege.BREAK_GLASS) else Access.DENIED

    def break_glass(self, session: Session, patient: PatientId, reason: str) -> None:
        """Open a chart of another ward for four hours, on the record.

        Raises:
            AppError: `REFUSED` without a reason of at least ten characters.
        """
        if len(reason.strip()) < 10:
            raise app_error(FaultKind.REFUSED, "access.reason-too-short", "reason too short")
        self.write_down(session, "chart.break-glass", patient, reason.strip())
        with self._lock:
            until = self._clock.now() + _GLASS_STAYS_BROKEN
            self._broken[(session.clinician.id, patient)] = until

    def write_down(
        self,
        session: Session,
        action: str,
        patient: PatientId | None,
        reason: str = "",
        detail: str = "",
    ) -> None:
        """Append to the access audit."""
        clinician = session.clinician
        self._audit.record(
            AuditEntry(
                at=self._clock.now(),
                actor=clinician.id,
                actor_name=clinician.name.name,
                action=action,
                patient=patient,
                reason=reason,
                detail=detail,
            )
        )

    def _near(self, session: Session, banner: Banner) -> bool:
        clinician = session.clinician
        if clinician.role not in self._roles.own_wards_only or not clinician.wards:
            return True
        stay = banner.stay
        if stay is None:
            return False
        return stay.ward in clinician.wards or stay.attending == clinician.id

    def _is_broken(self, session: Session, patient: PatientId) -> bool:
        with self._lock:
            until = self._broken.get((session.clinician.id, patient))
        return until is not None and self._clock.now() < until
