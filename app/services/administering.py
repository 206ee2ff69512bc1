"""Giving a dose, or saying why not: one act, the slot and the administration together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.administration_hurdles import (
    Answer,
    Circumstances,
    DoseAsked,
    Hurdle,
    of_the_amount,
    of_the_circumstances,
    of_the_skin_test,
    of_the_slot,
    unanswered,
)
from app.domain.administration_limits import AdministrationLimits
from app.domain.dose_limits import Ledger, LedgerLine, speaks_against, with_line
from app.domain.orders import Administration, Order
from app.domain.patients import Banner
from app.domain.people import Privilege, Session
from app.domain.skin_tests import SkinGate
from app.domain.slots import DoseSlot, Outcome, ledger_id
from app.domain.terms import PatientId, Ref, Term
from app.fhir.administrations import write_administration
from app.fhir.document import Document
from app.fhir.dose_limits import read_limits, write_ledger
from app.fhir.orders import read_order
from app.fhir.slots import read_slot, write_done
from app.kernel.faults import AppError, FaultKind, Message, app_error
from app.ports.acts import Acts, Change, Documents, Held
from app.ports.doses import DoseReads
from app.services.access import Access, AccessPolicy
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.dose_at_hand import DoseAtHand
from app.services.dose_claiming import Desk, answered_by
from app.services.dose_gates import HurdlesOf
from app.services.dose_leases import DoseLeases
from app.services.signing import SigningRules

OFFLINE = "override-offline"
"""Flag of an administration that was given offline without a claim."""
_KINDS = frozenset({"administration", "slot", "order", "census"})
HighAlert = Callable[[Term], bool | None]
SkinGateOf = Callable[[Order, tuple[datetime, ...]], SkinGate]
"""(drug, when doses of it were given) → what the skin tests say to another one now."""
BannerOf = Callable[[PatientId], Banner | None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the nurse said to the hurdles that may be answered.

    Attributes:
        confirmed: Codes of the hurdles that were looked at.
        reason: Why it is given offline without a claim.
        other_device: The other workstations were looked at.
        witness: The second person, signed in beside the first.
    """

    confirmed: frozenset[str] = frozenset()
    reason: str = ""
    other_device: bool = False
    witness: Session | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What giving asks of its surroundings."""

    reads: DoseReads
    leases: DoseLeases
    desk: Desk
    policy: AccessPolicy
    banner: BannerOf
    online: Callable[[], bool]
    high_alert: HighAlert
    skin_gate: SkinGateOf
    gates: HurdlesOf
    limits: AdministrationLimits


class Administering:
    """Gives doses. Succeeds offline; what was given is kept whatever else was given."""

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        rules: SigningRules,
        around: Surroundings,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._rules = rules
        self._around = around

    @needs(Privilege.ADMINISTER)
    def hurdles(self, session: Session, asked: DoseAsked) -> tuple[Hurdle, ...]:
        """Everything that stands in the way of this dose now, for the dialog to show.

        Raises:
            AppError: `REFUSED` when the order or the slot is not here, or the chart is not open.
        """
        return self._hurdles(session, self._dose(session, asked))

    @needs(Privilege.ADMINISTER)
    def give(self, session: Session, asked: DoseAsked, answers: Answers) -> Administration:
        """Record a dose as given: slot, ledger, administration and Provenance in one act.

        Raises:
            AppError: `REFUSED` for the first hurdle that stands, with its numbers; `CONFLICT` when
                the slot changed since it was read; `SIGNED_OUT` after the lease; `STORAGE`.
        """
        self._rules.check(session)
        dose = self._dose(session, asked)
        hurdles = self._hurdles(session, dose)
        witness = self._witness(session, answers.witness)
        standing = unanswered(
            hurdles,
            confirmed=answers.confirmed,
            reason=answers.reason,
            other_device=answers.other_device,
            witnessed=witness is not None,
        )
        if standing is not None:
            raise _refused(standing.message)
        overridden = any(one.answer is Answer.OTHER_DEVICE for one in hurdles)
        made = self._made(session, dose, OFFLINE if overridden else "")
        document = write_administration(
            made,
            dose.held.document,
            by=session.clinician.id,
            witness=None
            if witness is None
            else (witness.clinician.id, witness.clinician.name.name),
        )
        changes = (Change(document), *self._slot_done(session, dose, made, Outcome.GIVEN))
        self._commit(
            session, "dose.give", dose, (*changes, *self._booked(dose, made)), answers.reason
        )
        if overridden:
            self._around.policy.write_down(
                session, "dose.override", dose.order.patient, answers.reason.strip(), OFFLINE
            )
        return made

    @needs(Privilege.ADMINISTER)
    def withhold(self, session: Session, slot: Ref, why: Term, note: str = "") -> Administration:
        """Record that a due dose was not given, and the coded reason.

        Raises:
            AppError: `REFUSED` without a reason, or when the slot was dealt with; as `give`.
        """
        self._rules.check(session)
        if not why.code:
            raise app_error(FaultKind.REFUSED, "dose.reason-missing", "no coded reason")
        read = self._slot(slot)
        asked = DoseAsked(read[0].order, slot, None, "", note=note)
        dose = self._dose(session, asked)
        over = self._over(dose)
        if over is not None:
            raise _refused(over.message)
        made = replace(self._made(session, dose, ""), status="not-done", reason=why.text)
        document = write_administration(
            made, dose.held.document, by=session.clinician.id, not_given=why
        )
        changes = (Change(document), *self._slot_done(session, dose, made, Outcome.NOT_GIVEN))
        self._commit(session, "dose.withhold", dose, changes, why.text)
        return made

    # --- what is known

    def _dose(self, session: Session, asked: DoseAsked) -> DoseAtHand:
        ref = Ref(f"MedicationRequest/{asked.order}")
        held = self._documents.held(ref)
        order = read_order(held.document) if held is not None else None
        if held is None or order is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        self._must_be_open(session, order.patient)
        slot, slot_held = self._slot(asked.slot) if asked.slot is not None else (None, None)
        if slot is not None and slot.order != order.id:
            raise app_error(FaultKind.REFUSED, "dose.slot-not-here", "of another order")
        at = asked.at or self._maker.clock.now()
        given = self._around.reads.given(order.id)
        ledger = self._documents.held(Ref(f"Basic/{ledger_id(order.id)}"))
        return DoseAtHand(asked, at, order, held, slot, slot_held, given, ledger)

    def _slot(self, ref: Ref) -> tuple[DoseSlot, Held]:
        held = self._documents.held(ref)
        slot = read_slot(held.document) if held is not None else None
        if held is None or slot is None:
            raise app_error(FaultKind.REFUSED, "dose.slot-not-here", "not in the cache")
        return slot, held

    def _must_be_open(self, session: Session, patient: PatientId) -> None:
        banner = self._around.banner(patient)
        if banner is None or self._around.policy.decide(session, banner) is not Access.GRANTED:
            raise app_error(FaultKind.REFUSED, "access.not-granted", "chart not open")

    # --- what stands in the way

    def _hurdles(self, session: Session, dose: DoseAtHand) -> tuple[Hurdle, ...]:
        found = [*self._of_the_order(dose), *self._of_the_amount(dose)]
        over = self._over(dose)
        if over is not None:
            return (over, *found)
        return (
            *found,
            *self._claimed(session, dose),
            *of_the_circumstances(self._now(session, dose), self._around.limits),
        )

    def _of_the_order(self, dose: DoseAtHand) -> list[Hurdle]:
        found: list[Hurdle] = []
        if dose.order.guarded or dose.order.status != "active":
            found.append(Hurdle(Message.of("dose.order-not-active")))
        if dose.slot is None and not dose.as_needed:
            found.append(Hurdle(Message.of("dose.without-slot")))
        if dose.at > self._maker.clock.now():
            found.append(Hurdle(Message.of("dose.in-future")))
        times = tuple(one.at for one in dose.given if one.at is not None)
        skin = of_the_skin_test(self._around.skin_gate(dose.order, times))
        found += [] if skin is None else [skin]
        return [*found, *self._around.gates(dose.order)]

    def _of_the_amount(self, dose: DoseAtHand) -> list[Hurdle]:
        asked = dose.asked
        found = of_the_amount(asked, dose.order.dosage)
        if asked.dose is None or any(one.answer is Answer.NOTHING for one in found):
            return list(found)
        limits = read_limits(dose.held.document)
        if dose.as_needed and not limits.stated:
            return [*found, Hurdle(Message.of("dose.limits-not-stated"), Answer.CONFIRM)]
        said = speaks_against(limits, dose.lines, dose.at, asked.dose, asked.unit)
        return [*found, *map(Hurdle, said)]

    def _over(self, dose: DoseAtHand) -> Hurdle | None:
        if dose.slot is None:
            return None
        given = answered_by(dose.given, dose.slot)
        return of_the_slot(dose.slot, given, self._around.desk.time_of_day)

    def _claimed(self, session: Session, dose: DoseAtHand) -> tuple[Hurdle, ...]:
        """Somebody else's claim that holds; offline it is only what was last heard."""
        if dose.slot is None:
            return ()
        who, now = session.clinician.id, self._around.desk.server_now()
        other = dose.slot.claimed_by_another(who, self._around.desk.device(), now)
        if other is None:
            return ()
        until = self._around.desk.time_of_day(other.until)
        answer = Answer.NOTHING if self._around.online() else Answer.OTHER_DEVICE
        return (Hurdle(Message.of("dose.claimed", by=other.by_name, until=until), answer),)

    def _now(self, session: Session, dose: DoseAtHand) -> Circumstances:
        as_of = self._around.reads.data_as_of(dose.order.patient)
        return Circumstances(
            online=self._around.online(),
            mine=self._is_mine(session, dose),
            chart_age=None if as_of is None else self._around.desk.server_now() - as_of,
            high_alert=self._around.high_alert(dose.order.item),
        )

    def _is_mine(self, session: Session, dose: DoseAtHand) -> bool:
        """A slot: under my claim, or unheard of elsewhere. As needed: the ledger is the fence."""
        if dose.slot is None or dose.slot_held is None:
            return self._around.online() or self._is_unsent(dose.held)
        mine = self._around.leases.holds(session.clinician.id, dose.slot.ref)
        return mine or self._is_unsent(dose.held)

    @staticmethod
    def _is_unsent(order: Held) -> bool:
        """The server has never seen the order: no other workstation can give a dose of it."""
        return not order.version and order.state == "dirty"

    # --- what is written

    def _made(self, session: Session, dose: DoseAtHand, override: str) -> Administration:
        asked, ordered = dose.asked, dose.order.dosage
        return Administration(
            id=self._maker.ids.new(),
            patient=dose.order.patient,
            encounter=dose.order.encounter,
            order=dose.order.id,
            item=dose.order.item,
            status="completed",
            at=dose.at,
            dose=asked.dose,
            unit=asked.unit,
            unit_text=asked.unit_text or asked.unit,
            route=asked.route or ordered.route,
            performer=session.clinician.name.name,
            slot=asked.slot,
            override=override,
            note=asked.note.strip(),
        )

    def _slot_done(
        self, session: Session, dose: DoseAtHand, made: Administration, outcome: Outcome
    ) -> tuple[Change, ...]:
        if dose.slot_held is None:
            return ()
        document = write_done(
            dose.slot_held.document,
            outcome,
            by=session.clinician.id,
            by_name=session.clinician.name.name,
            at=dose.at,
            recorded=self._maker.clock.now(),
            administration=_ref(made),
        )
        return (Change(document, dose.slot_held.stamp),)

    def _booked(self, dose: DoseAtHand, made: Administration) -> tuple[Change, ...]:
        """The ledger with this dose in it: what a second workstation must have seen."""
        if not dose.as_needed:
            return ()
        key, onto = ledger_id(dose.order.id), _document(dose.ledger)
        line = LedgerLine(_ref(made), dose.at, made.dose, made.unit)
        ledger = Ledger(key, dose.order.id, dose.order.patient, with_line(dose.lines, line))
        stamp = None if dose.ledger is None else dose.ledger.stamp
        return (Change(write_ledger(ledger, onto), stamp),)

    def _commit(
        self,
        session: Session,
        kind: str,
        dose: DoseAtHand,
        changes: tuple[Change, ...],
        reason: str,
    ) -> None:
        # No read-set: what was given was given, whatever has changed meanwhile (decisions/0017).
        self._acts.commit(
            self._maker.make(
                kind,
                session,
                dose.order.patient,
                changes,
                reason=reason.strip(),
                kinds=_KINDS,
            )
        )
        if dose.slot is not None:
            self._around.leases.let_go(session.clinician.id, dose.slot.ref)

    def _witness(self, session: Session, witness: Session | None) -> Session | None:
        if witness is None:
            return None
        if witness.clinician.id == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "dispute.witness-same", "the same person")
        if not witness.can(Privilege.ADMINISTER):
            raise app_error(FaultKind.REFUSED, "dose.witness-may-not", "no privilege")
        return witness


def _ref(made: Administration) -> Ref:
    return Ref(f"MedicationAdministration/{made.id}")


def _document(held: Held | None) -> Document:
    return {} if held is None else held.document


def _refused(message: Message) -> AppError:
    return app_error(FaultKind.REFUSED, message.code, "", **dict(message.parameters))
