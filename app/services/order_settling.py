"""A dispute about an order ends with a new one: beside the hospital's, or instead of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.disputes import Discarding, DisputeKind, Way
from app.domain.orders import Order, OrderDraft, OrderKind, objections
from app.domain.people import Privilege, Session
from app.domain.terms import OrderId, Ref
from app.fhir.document import Document, reference_to
from app.fhir.orders import read_order, write_stop
from app.fhir.reordering import write_anew
from app.kernel.faults import AppError, Fault, FaultKind, app_error
from app.ports.acts import Act, Change
from app.ports.disputes import Disputes, Sides
from app.services.act_making import ActMaker
from app.services.authority import needs, require
from app.services.decision_rules import DecisionRules
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning

_ABOUT_VERSIONS = frozenset(
    {DisputeKind.BOTH_CHANGED, DisputeKind.DELETED_THERE, DisputeKind.CREATED_TWICE}
)
_KINDS = frozenset({"order", "slot", "census"})
_ACTS = {Way.ANEW: "order.reissue", Way.REPLACE: "order.replace"}


def ways_of(sides: Sides) -> frozenset[Way]:
    """What can be done about a disputed order besides keeping one of the two (sync.md §7.6)."""
    if sides.dispute.kind not in _ABOUT_VERSIONS or _current(sides.mine) is None:
        return frozenset()
    stands_there = _current(sides.theirs) is not None
    return frozenset({Way.ANEW, Way.REPLACE} if stands_there else {Way.ANEW})


def as_draft(order: Order) -> OrderDraft:
    """The order as the form would hold it, so that what is asked of a draft is asked of it."""
    return OrderDraft(
        patient=order.patient,
        encounter=order.encounter,
        order_class=order.order_class,
        kind=order.kind or OrderKind.LONG_TERM,
        item=order.item if order.item.text else None,
        dosage=order.dosage,
        priority=order.priority,
        reason=order.reason,
        note=order.note,
    )


@dataclass(frozen=True, slots=True)
class OrderSettling:
    """Orders mine anew, in one transaction with taking the act back that could not be sent."""

    disputes: Disputes
    rules: DecisionRules
    maker: ActMaker
    signing: SigningRules
    planning: SlotPlanning

    @needs(Privilege.PLACE_ORDER)
    def order_anew(
        self,
        session: Session,
        dispute: int,
        way: Way,
        shown: Discarding,
        reason: str,
        witness: Session | None = None,
    ) -> Order:
        """Take mine back as it was, and sign it as a new order; `REPLACE` stops theirs first.

        Raises:
            AppError: `REFUSED` without a reason, the chart, the second person or the privilege,
                where this way is not open, or when the order has objections; `SIGNED_OUT` after
                the lease; `CONFLICT` when it is open no longer or something moved meanwhile.
        """
        require(session, Privilege.RESOLVE_CONFLICT)
        if way is Way.REPLACE:
            require(session, Privilege.STOP_ORDER)
        sides = self.disputes.sides(dispute)
        if sides is None:
            raise app_error(FaultKind.CONFLICT, "dispute.over", "not open")
        self.rules.must_be_open(session, sides.dispute.patient)
        mine, old = sides.mine, _current(sides.mine)
        if mine is None or old is None or way not in ways_of(sides):
            raise app_error(FaultKind.REFUSED, "dispute.not-this-way", way.value)
        decision = self.rules.witnessed(session, reason, witness, high_risk=shown.high_risk)
        self.signing.check(session)
        order = self._anew(session, old, decision.at)
        wrong = objections(as_draft(order))
        if wrong:
            raise AppError(Fault(FaultKind.REFUSED, wrong[0].message, wrong[0].field))
        act = self._act(session, way, sides, mine, order, decision.reason)
        groups = tuple(one.group for one in shown.acts)
        self.disputes.discard(groups, decision, act)
        for one in shown.acts:
            self.rules.policy.write_down(session, "act.discard", one.patient, reason, one.act)
        self.rules.policy.write_down(session, act.kind, act.patient, reason)
        return order

    def _anew(self, session: Session, old: Order, now: datetime) -> Order:
        return replace(
            old,
            id=OrderId(self.maker.ids.new()),
            status="active",
            authored_at=now,
            requester=session.clinician.id,
            requester_name=session.clinician.name.name,
        )

    def _act(
        self,
        session: Session,
        way: Way,
        sides: Sides,
        mine: Document,
        order: Order,
        reason: str,
    ) -> Act:
        now = self.maker.clock.now()
        theirs = sides.theirs if way is Way.REPLACE else None
        replaces = Ref(reference_to(theirs)) if theirs is not None else None
        document = write_anew(mine, order, replaces)
        changes = [Change(document), *self.planning.signed(order, document, now)]
        if theirs is not None:
            changes += self._stopped(session, sides, theirs, now, reason)
        return self.maker.make(
            _ACTS[way], session, order.patient, tuple(changes), reason=reason, kinds=_KINDS
        )

    def _stopped(
        self, session: Session, sides: Sides, theirs: Document, now: datetime, reason: str
    ) -> list[Change]:
        clinician = session.clinician
        stopped = write_stop(
            theirs, at=now, by=clinician.id, by_name=clinician.name.name, reason=reason
        )
        order = _current(theirs)
        slots = self.planning.stopped(order, now) if order is not None else ()
        return [Change(stopped, sides.their_stamp), *slots]


def _current(document: Document | None) -> Order | None:
    """An order that holds and that we understand."""
    order = read_order(document) if document is not None else None
    return order if order is not None and order.current and not order.guarded else None
