"""What holds for every decision: the chart is open, there is a reason, and who else agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.patients import Banner
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.disputes import Decision
from app.services.access import Access, AccessPolicy

BannerOf = Callable[[PatientId], Banner | None]


@dataclass(frozen=True, slots=True)
class DecisionRules:
    """Checks a decision, and leaves it on the access audit."""

    policy: AccessPolicy
    banner: BannerOf
    clock: Clock

    def must_be_open(self, session: Session, patient: PatientId | None) -> None:
        """Of somebody whose record is not here there is no chart to keep closed.

        Raises:
            AppError: `REFUSED` when this chart is not open to the session.
        """
        banner = self.banner(patient) if patient is not None else None
        if banner is not None and self.policy.decide(session, banner) is not Access.GRANTED:
            raise app_error(FaultKind.REFUSED, "access.not-granted", "another ward's patient")

    def decision(self, session: Session, reason: str) -> Decision:
        """The decision of whoever is signed in.

        Raises:
            AppError: `REFUSED` without a reason.
        """
        if not reason.strip():
            raise app_error(FaultKind.REFUSED, "dispute.reason-missing", "no reason")
        return Decision(session.clinician.id, self.clock.now(), reason.strip())

    def witnessed(
        self, session: Session, reason: str, witness: Session | None, *, high_risk: bool
    ) -> Decision:
        """The same; for what can harm at once (class A) a second person has agreed.

        Raises:
            AppError: `REFUSED` without a reason, or without a second person where one is needed.
        """
        decision = self.decision(session, reason)
        if not high_risk:
            return decision
        if witness is None:
            raise app_error(FaultKind.REFUSED, "dispute.witness-missing", "no second person")
        if witness.clinician.id == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "dispute.witness-same", "the same person")
        if not witness.can(Privilege.RESOLVE_CONFLICT):
            raise app_error(FaultKind.REFUSED, "dispute.witness-may-not", "no privilege")
        return replace(decision, witness=witness.clinician.id)
