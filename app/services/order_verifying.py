"""Verifying orders (校对): a nurse takes them over as a batch, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.order_verification import (
    Acknowledgement,
    Awaiting,
    HighAlert,
    Recorded,
    Second,
    VerificationRules,
    Wait,
    WaitingPatient,
    WaitingWard,
    awaiting,
)
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, WardId
from app.domain.verification_batch import OrderObjection, objections
from app.fhir.order_tasks import write_verification
from app.fhir.orders import read_order
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act, Acts, Change, Documents
from app.ports.verifying import VerificationReads
from app.services.access import Access, AccessPolicy
from app.services.act_making import ActMaker
from app.services.administering import BannerOf
from app.services.authority import needs, open_door
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning

_KINDS = frozenset({"verification", "task", "loop", "census"})
_VERIFY, _DOUBLE = "order.verify", "order.double-check"
_ACTS = {
    Acknowledgement.VERIFY: _VERIFY,
    Acknowledgement.STOP: "order.stop-acknowledge",
    Acknowledgement.HOLD: "order.acknowledge",
    Acknowledgement.RESUME: "order.acknowledge",
}


@dataclass(frozen=True, slots=True)
class VerifyingParts:
    """What verifying asks of its surroundings."""

    reads: VerificationReads
    documents: Documents
    planning: SlotPlanning
    policy: AccessPolicy
    banner: BannerOf
    high_alert: HighAlert
    limits: VerificationRules


class OrderVerifying:
    """Lists what waits for a nurse, and takes it over. Succeeds offline."""

    def __init__(
        self, acts: Acts, maker: ActMaker, rules: SigningRules, parts: VerifyingParts
    ) -> None:
        self._acts = acts
        self._maker = maker
        self._rules = rules
        self._parts = parts

    @property
    @open_door("numbers of a pack: no patient, nothing to protect")
    def limits(self) -> VerificationRules:
        return self._parts.limits

    @needs(Privilege.VERIFY_ORDER)
    def ward(self, session: Session, ward: WardId) -> WaitingWard:  # noqa: ARG002 - read by the guard
        """Everything that waits in `ward`."""
        now = self._maker.clock.now()
        found = self._parts.reads.ward(ward, now - self._parts.limits.stops_listed)
        patients = (WaitingPatient(one.bedside, self._of(one, now)) for one in found.patients)
        return WaitingWard(
            ward=found.ward,
            patients=tuple(one for one in patients if one.orders),
            partial=tuple(one.bedside for one in found.patients if one.bedside.as_of is None),
            as_of=found.as_of,
            rules=self._parts.limits,
        )

    @needs(Privilege.VERIFY_ORDER)
    def verify(
        self, session: Session, asked: tuple[Awaiting, ...], second: Session | None = None
    ) -> tuple[OrderObjection, ...]:
        """Take over `asked`, as they were shown; answers what speaks against it.

        Nothing is taken over while anything speaks against one of them. Otherwise all of it is
        written in one transaction, with a change group for every patient and kind of act, so that
        the server can refuse one patient's and take the others'. Doses of verified orders that
        nobody has laid out yet are laid out with it, from now on.

        Args:
            session: Who verifies.
            asked: The orders as they were on the screen.
            second: Who checks high-alert drugs and blood with them.

        Raises:
            AppError: `REFUSED` when a chart is not open, the second person may not check or is the
                same, or the clock is off; `SIGNED_OUT` after the lease of either; `STORAGE`.
        """
        self._rules.check(session)
        if second is not None:
            self._check_second(session, second)
        patients = tuple(dict.fromkeys(one.order.patient for one in asked))
        for patient in patients:
            self._must_be_open(session, patient)
        now = self._maker.clock.now()
        waiting = self._waiting(patients, now)
        limits = self._parts.limits
        wrong = objections(asked, waiting, limits, has_second=second is not None)
        if not wrong:
            chosen = {one.ref for one in asked}
            taken = [one for one in waiting if one.ref in chosen]
            self._acts.commit_all(tuple(self._made(session, taken, second, now)))
        return wrong

    def _waiting(self, patients: tuple[PatientId, ...], now: datetime) -> tuple[Awaiting, ...]:
        since = now - self._parts.limits.stops_listed
        found = self._parts.reads.patients(patients, since)
        return tuple(one for recorded in found for one in self._of(recorded, now))

    def _of(self, recorded: Recorded, now: datetime) -> tuple[Awaiting, ...]:
        return awaiting(recorded, now, self._parts.limits, self._parts.high_alert)

    def _check_second(self, session: Session, second: Session) -> None:
        if second.clinician.id == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "verifying.second-same", "the same person")
        if not second.can(Privilege.VERIFY_ORDER):
            raise app_error(FaultKind.REFUSED, "verifying.second-may-not", "no privilege")
        self._rules.check(second)

    def _must_be_open(self, session: Session, patient: PatientId) -> None:
        banner = self._parts.banner(patient)
        if banner is None or self._parts.policy.decide(session, banner) is not Access.GRANTED:
            raise app_error(FaultKind.REFUSED, "access.not-granted", "chart not open")

    # --- what is written

    def _made(
        self, session: Session, taken: Iterable[Awaiting], second: Session | None, now: datetime
    ) -> Iterator[Act]:
        units: dict[tuple[PatientId, str], list[Awaiting]] = {}
        for one in taken:
            units.setdefault((one.order.patient, _kind(one)), []).append(one)
        for (patient, kind), some in units.items():
            yield self._act(session, patient, kind, some, second, now)
        fresh: dict[PatientId, list[Change]] = {}
        for (patient, _), some in units.items():
            for one in some:
                fresh.setdefault(patient, []).extend(self._laid_out(one, now))
        for patient, changes in fresh.items():
            if changes:
                kinds = frozenset({"slot"})
                yield self._maker.make(
                    "dose.lay-out", session, patient, tuple(changes), kinds=kinds
                )

    def _act(
        self,
        session: Session,
        patient: PatientId,
        kind: str,
        some: list[Awaiting],
        second: Session | None,
        now: datetime,
    ) -> Act:
        checker = second if kind == _DOUBLE else None
        changes = tuple(
            Change(write_verification(one, by=session, at_time=now, second=checker)) for one in some
        )
        seen = self._parts.documents.versions(tuple(one.ref for one in some))
        known = tuple((ref, version) for ref, version in seen if version)
        return self._maker.make(kind, session, patient, changes, seen=known, kinds=_KINDS)

    def _laid_out(self, one: Awaiting, now: datetime) -> tuple[Change, ...]:
        """The slots of an order that came from elsewhere; of our own they are there already."""
        held = self._parts.documents.held(one.ref) if one.wait is Wait.NEW else None
        order = read_order(held.document) if held is not None else None
        if held is None or order is None:
            return ()
        return tuple(self._parts.planning.further(order, held.document, now, now))


def _kind(one: Awaiting) -> str:
    double = one.wait is Wait.NEW and one.second is Second.NEEDED
    return _DOUBLE if double else _ACTS[one.wait.answer]
