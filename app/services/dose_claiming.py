"""Claiming a due dose before giving it: of several who try, one succeeds (I15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from app.domain.administration_hurdles import of_the_slot
from app.domain.administration_limits import AdministrationLimits
from app.domain.people import Privilege, Session
from app.domain.slots import Claim, DoseGiven, DoseSlot, SlotState
from app.domain.terms import PatientId, Ref
from app.fhir.document import Document
from app.fhir.slots import read_slot, write_claim
from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind, Message, app_error
from app.ports.acts import Documents, Held
from app.ports.claiming import Claims
from app.ports.doses import DoseReads
from app.services.authority import needs
from app.services.dose_leases import DoseLeases

_TRIES = 3
"""A slot that is still free in its newest version is tried again: the cache was only behind."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where claims are made from.

    Attributes:
        device: This workstation, as the server knows it; "" before it is enrolled.
        skew: Seconds this PC's clock is ahead of the server's.
        zone: In which times of day are named.
    """

    clock: Clock
    device: Callable[[], str]
    skew: Callable[[], int]
    zone: tzinfo

    def server_now(self) -> datetime:
        return self.clock.now() - timedelta(seconds=self.skew())

    def time_of_day(self, at: datetime | None) -> str:
        """`08:02`, with the date when it was another day; "—" when nobody recorded it."""
        if at is None:
            return "—"
        local = at.astimezone(self.zone)
        same = local.date() == self.clock.now().astimezone(self.zone).date()
        return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class RoundClaimed:
    """What a claim before a round came to.

    Attributes:
        claimed: Slots that are mine now.
        refused: Those that are not, each with the reason.
    """

    claimed: tuple[DoseSlot, ...]
    refused: tuple[tuple[DoseSlot, Message], ...]


class DoseClaiming:
    """Writes claims at the server, past the queue. Called on the SYNC lane."""

    def __init__(
        self,
        claims: Claims,
        documents: Documents,
        reads: DoseReads,
        leases: DoseLeases,
        desk: Desk,
        limits: AdministrationLimits,
    ) -> None:
        self._claims = claims
        self._documents = documents
        self._reads = reads
        self._leases = leases
        self._desk = desk
        self._limits = limits

    @needs(Privilege.ADMINISTER)
    def claim(self, session: Session, slot: Ref) -> DoseSlot:
        """Claim a slot for as long as the dialog of one dose is open.

        Raises:
            AppError: `REFUSED` when it is not here or not yet sent; `CONFLICT` when it was given,
                or somebody else has it; `OFFLINE` when the server does not answer.
        """
        return self._claim(session, slot, self._limits.claim)

    @needs(Privilege.ADMINISTER)
    def claim_round(self, session: Session, patients: tuple[PatientId, ...]) -> RoundClaimed:
        """Claim what is due on the round for these patients, for as long as a round takes.

        Raises:
            AppError: `OFFLINE` when the server does not answer; what was claimed until then stays.
        """
        now = self._desk.server_now()
        upto = now + self._limits.round_claim
        claimed: list[DoseSlot] = []
        refused: list[tuple[DoseSlot, Message]] = []
        for slot in self._reads.slots(patients, now - self._limits.early, upto):
            if slot.state is not SlotState.DUE:
                continue
            try:
                claimed.append(self._claim(session, slot.ref, self._limits.round_claim))
            except AppError as error:
                if error.fault.kind not in (FaultKind.CONFLICT, FaultKind.REFUSED):
                    raise
                refused.append((slot, error.fault.message))
        return RoundClaimed(tuple(claimed), tuple(refused))

    @needs(Privilege.ADMINISTER)
    def let_go(self, session: Session, slot: Ref) -> None:
        """Give a claim back, so that a colleague need not wait for its end.

        Raises:
            AppError: `OFFLINE` when the server does not answer; the claim then ends by itself.
        """
        who = session.clinician.id
        held = self._documents.held(slot)
        if self._leases.holds(who, slot) and held is not None and held.state == "clean":
            self._claims.write(slot, write_claim(held.document, None), held.version)
        self._leases.let_go(who, slot)

    def _claim(self, session: Session, ref: Ref, length: timedelta) -> DoseSlot:
        self._hear_of(session, ref)
        for _ in range(_TRIES):
            held = self._sendable(ref)
            self._must_be_free(session, self._read(held.document))
            began = self._leases.began()
            who = session.clinician
            until = self._desk.server_now() + length
            mine = Claim(who.id, who.name.name, self._desk.device(), until)
            tried = self._claims.write(ref, write_claim(held.document, mine), held.version)
            if tried.document is None:
                raise app_error(FaultKind.REFUSED, "dose.slot-not-here", "gone at the server")
            if tried.won:
                self._leases.take(who.id, ref, began, length)
                return self._read(tried.document)
        raise app_error(FaultKind.CONFLICT, "dose.claim-again", "changed meanwhile")

    def _hear_of(self, session: Session, ref: Ref) -> None:
        """A colleague's claim may have become a dose since this workstation heard of it."""
        slot = self._read(self._sendable(ref).document)
        now, me = self._desk.server_now(), session.clinician.id
        if slot.claimed_by_another(me, self._desk.device(), now) is not None:
            self._claims.look(ref)

    def _sendable(self, ref: Ref) -> Held:
        held = self._documents.held(ref)
        if held is None:
            raise app_error(FaultKind.REFUSED, "dose.slot-not-here", "not in the cache")
        if held.state != "clean":
            raise app_error(FaultKind.REFUSED, "dose.slot-not-sent", held.state)
        return held

    def _read(self, document: Document) -> DoseSlot:
        slot = read_slot(document)
        if slot is None:
            raise app_error(FaultKind.REFUSED, "dose.slot-not-here", "no slot")
        return slot

    def _must_be_free(self, session: Session, slot: DoseSlot) -> None:
        given = answered_by(self._reads.given(slot.order), slot)
        over = of_the_slot(slot, given, self._desk.time_of_day)
        if over is not None:
            raise app_error(
                FaultKind.CONFLICT, over.message.code, "over", **dict(over.message.parameters)
            )
        device = self._desk.device()
        other = slot.claimed_by_another(session.clinician.id, device, self._desk.server_now())
        if other is not None:
            until = self._desk.time_of_day(other.until)
            raise app_error(
                FaultKind.CONFLICT, "dose.claimed", "lease", by=other.by_name, until=until
            )


def answered_by(doses: tuple[DoseGiven, ...], slot: DoseSlot) -> DoseGiven | None:
    """The administration that answered a slot, if any did."""
    return next((one for one in doses if one.slot == slot.ref), None)
