"""Placing an order and stopping it, online or not."""

from __future__ import annotations

from app.domain.orders import Order, OrderClass, OrderDraft, objections
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, OrderId, Ref
from app.fhir.dose_limits import write_limits
from app.fhir.orders import write_order, write_stop
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents, ReadSet
from app.services.act_making import ActMaker
from app.services.authority import needs
from app.services.frequencies import timing_of
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning


class OrderEntry:
    """Places orders. Succeeds offline: the act waits in the outbox."""

    def __init__(
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        rules: SigningRules,
        planning: SlotPlanning,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._rules = rules
        self._planning = planning

    @needs(Privilege.PLACE_ORDER)
    def sign(
        self,
        session: Session,
        draft: OrderDraft,
        seen: ReadSet,
        draft_id: DraftId | None = None,
    ) -> Order:
        """Sign `draft` and return the order as recorded.

        The document says when it is due as the frequencies pack does, and nothing more; the doses
        that follow from it are laid out in the same act. `seen` is
        what was on the screen when the clinician decided; the engine holds the act back if any of
        it has changed on the server before the act is sent.

        Raises:
            AppError: `REFUSED` while the draft has objections or the clock is off, `SIGNED_OUT`
                after the lease, `STORAGE` if it could not be written.
        """
        wrong = objections(draft)
        if wrong or draft.item is None:
            detail = ",".join(objection.field for objection in wrong)
            raise app_error(FaultKind.REFUSED, wrong[0].message.code, detail)
        self._rules.check(session)
        now = self._maker.clock.now()
        order = Order(
            id=OrderId(self._maker.ids.new()),
            patient=draft.patient,
            encounter=draft.encounter,
            order_class=draft.order_class,
            kind=draft.kind,
            item=draft.item,
            dosage=draft.dosage,
            status="active",
            priority=draft.priority,
            reason=draft.reason.strip(),
            note=draft.note.strip(),
            authored_at=now,
            requester=session.clinician.id,
            requester_name=session.clinician.name.name,
        )
        document = write_order(order, onto={}, timing=timing_of(order.dosage))
        if draft.limits.stated:
            document = write_limits(document, draft.limits)
        self._acts.commit(
            self._maker.make(
                "order.place",
                session,
                draft.patient,
                (Change(document), *self._planning.signed(order, document, now)),
                seen=seen,
                draft=draft_id,
                kinds=frozenset({"order", "slot", "census"}),
            )
        )
        return order

    @needs(Privilege.STOP_ORDER)
    def stop(self, session: Session, order: Order, reason: str, seen: ReadSet) -> None:
        """Stop a current order, and cancel its doses that are not yet due.

        A signed order is never altered, only stopped.

        Raises:
            AppError: `REFUSED` without a reason, or when it is not current or not understood;
                `CONFLICT` when it changed since it was read; and as `sign`.
        """
        if not reason.strip():
            raise app_error(FaultKind.REFUSED, "order.missing-stop-reason", "no reason")
        if not order.current:
            raise app_error(FaultKind.REFUSED, "order.not-current", order.status)
        self._rules.check(session)
        held = self._documents.held(order_ref(order))
        if held is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        now = self._maker.clock.now()
        stopped = write_stop(
            held.document,
            at=now,
            by=session.clinician.id,
            by_name=session.clinician.name.name,
            reason=reason.strip(),
        )
        self._acts.commit(
            self._maker.make(
                "order.stop",
                session,
                order.patient,
                (Change(stopped, held.stamp), *self._planning.stopped(order, now)),
                seen=seen,
                reason=reason.strip(),
                kinds=frozenset({"order", "slot", "census"}),
            )
        )


def order_ref(order: Order) -> Ref:
    """Where the order is recorded: R4 splits medication from every other service."""
    medication = order.order_class is OrderClass.MEDICATION
    return Ref(f"{'MedicationRequest' if medication else 'ServiceRequest'}/{order.id}")
