"""What every act on an order stands on, and the pieces such acts are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.domain.chart import WorkItem
from app.domain.orders import Ending, Order, OrderDraft
from app.domain.people import Session
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.document import Document
from app.fhir.dose_limits import write_limits
from app.fhir.order_groups import group_ref, write_group, write_group_status
from app.fhir.orders import order_ref, read_order, write_error, write_order, write_stop
from app.fhir.workflow import write_task_status
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents, Held
from app.services.act_making import ActMaker
from app.services.frequencies import timing_of
from app.services.order_class_pack import lapse_of
from app.services.order_judging import Judging
from app.services.signing import SigningRules
from app.services.slot_planning import SlotPlanning

OrdersOf = Callable[[PatientId], tuple[Order, ...]]
"""Every order of a patient, as the cache has it."""

AskedOf = Callable[[PatientId], tuple[WorkItem, ...]]
"""The open tasks of a patient in which somebody is asked to sign for orders."""

EVER = datetime(1, 1, 1, tzinfo=UTC)
"""Before every dose: what was never to be is cancelled whole."""

KINDS = frozenset({"order", "slot", "census", "task"})
"""What changes with an act on an order."""


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """Builds the changes of acts on orders; whose act it is and when it may be, say others."""

    acts: Acts
    documents: Documents
    maker: ActMaker
    rules: SigningRules
    planning: SlotPlanning
    orders: OrdersOf
    asked: AskedOf
    judging: Judging

    def made(
        self, session: Session, unit: tuple[OrderDraft, ...], now: datetime, status: str
    ) -> tuple[Order, ...]:
        """The orders of one unit: a single order, or the members of one infusion group."""
        group = self.maker.ids.new() if len(unit) > 1 else ""
        return tuple(
            self._made(session, draft, now, status, group, place)
            for place, draft in enumerate(unit)
        )

    def placed(
        self, session: Session, unit: tuple[OrderDraft, ...], orders: tuple[Order, ...]
    ) -> list[Change]:
        """The documents of new orders, with their doses and their group."""
        now = self.maker.clock.now()
        found: list[Change] = []
        for draft, order in zip(unit, orders, strict=True):
            document = write_order(order, onto={}, timing=timing_of(order.dosage))
            if draft.limits.stated:
                document = write_limits(document, draft.limits)
            found += [Change(document), *self.laid_out(order, document, now)]
        if len(orders) > 1:
            who = session.clinician
            found.append(Change(write_group(orders, by=who.id, by_name=who.name.name, at=now)))
        return found

    def laid_out(self, order: Order, document: Document, now: datetime) -> tuple[Change, ...]:
        """The doses of an order that holds; one that waits for a signature has none yet."""
        return self.planning.signed(order, document, now) if order.status == "active" else ()

    def ended(
        self,
        session: Session | None,
        orders: Iterable[Order],
        at: datetime,
        ending: Ending,
        reason: str,
        since: datetime | None = None,
    ) -> list[Change]:
        """End `orders`: their documents, the doses that are not yet due, and their group.

        Args:
            session: Who ends them; None ends by itself (a lapse).
            orders: As they read; each with the rest of its group.
            at: When they end.
            ending: How.
            reason: In the words of who ends them.
            since: Doses that were due after this go with them; None spares what is due already.
        """
        found: list[Change] = []
        groups: dict[str, str] = {}
        who = session.clinician if session is not None else None
        for order in orders:
            held = self.held(order)
            document = write_stop(
                held.document,
                at=at,
                by=who.id if who is not None else None,
                by_name=who.name.name if who is not None else "",
                reason=reason,
                ending=ending,
            )
            found += [Change(document, held.stamp), *self.planning.stopped(order, at, since)]
            if order.group:
                groups[order.group] = "revoked"
        return [*found, *self.group_changes(groups)]

    def struck(self, session: Session, unit: Iterable[Order], reason: str) -> list[Change]:
        """Mark `unit` as entered in error, with its doses and its group; what was given stays."""
        now, who = self.maker.clock.now(), session.clinician
        found: list[Change] = []
        groups: dict[str, str] = {}
        for one in unit:
            held = self.held(one)
            document = write_error(
                held.document, at=now, by=who.id, by_name=who.name.name, reason=reason
            )
            found += [Change(document, held.stamp), *self.planning.stopped(one, now, EVER)]
            if one.group:
                groups[one.group] = "entered-in-error"
        return [*found, *self.group_changes(groups)]

    def answered(self, session: Session, orders: Collection[Order], *codes: str) -> list[Change]:
        """The open tasks that ask about `orders`, closed: nobody is asked about them any more.

        Args:
            session: Who makes the question void.
            orders: Each with the rest of its group.
            codes: Of the tasks (`urn:wardone:task`).
        """
        found: list[Change] = []
        about = {ref for one in orders for ref in _focuses(one)}
        for patient in dict.fromkeys(one.patient for one in orders):
            for item in self.asked(patient):
                held = self.documents.held(Ref(f"Task/{item.id}"))
                if item.code not in codes or item.focus not in about or held is None:
                    continue
                who, now = session.clinician, self.maker.clock.now()
                done = write_task_status(
                    held.document, "cancelled", by=who.id, by_name=who.name.name, at=now
                )
                found.append(Change(done, held.stamp))
        return found

    def group_changes(self, groups: dict[str, str]) -> list[Change]:
        """The documents of groups that get another status, where they are here."""
        found: list[Change] = []
        for group, status in groups.items():
            held = self.documents.held(group_ref(group))
            if held is not None:
                found.append(Change(write_group_status(held.document, status), held.stamp))
        return found

    def held(self, order: Order) -> Held:
        """The document of an order.

        Raises:
            AppError: `REFUSED` when it is not here.
        """
        held = self.documents.held(order_ref(order))
        if held is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        return held

    def now_reading(self, order: Order) -> Order:
        """The order as its document reads now, whatever a page still shows.

        Raises:
            AppError: `REFUSED` when it is not here.
        """
        return read_order(self.held(order).document) or order

    def unit(self, order: Order) -> tuple[Order, ...]:
        """The order with the rest of its group, in their order."""
        if not order.group:
            return (order,)
        members = [one for one in self.orders(order.patient) if one.group == order.group]
        return tuple(sorted(members, key=lambda one: one.place)) or (order,)

    def by_id(self, patient: PatientId, wanted: OrderId) -> Order:
        """One of the patient's orders.

        Raises:
            AppError: `REFUSED` when it is not here.
        """
        found = next((one for one in self.orders(patient) if one.id == wanted), None)
        if found is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        return found

    def _made(
        self,
        session: Session,
        draft: OrderDraft,
        now: datetime,
        status: str,
        group: str,
        place: int,
    ) -> Order:
        if draft.item is None:
            raise app_error(FaultKind.REFUSED, "order.missing-item", "item")
        who = session.clinician.name.name
        spoken = draft.spoken and replace(
            draft.spoken, written_by=session.clinician.id, written_by_name=who
        )
        order = Order(
            id=OrderId(self.maker.ids.new()),
            patient=draft.patient,
            encounter=draft.encounter,
            order_class=draft.order_class,
            kind=draft.kind,
            item=draft.item,
            dosage=draft.dosage,
            status=status,
            priority=draft.priority,
            reason=draft.reason.strip(),
            note=draft.note.strip(),
            authored_at=now,
            requester=session.clinician.id if spoken is None else spoken.by,
            requester_name=who if spoken is None else spoken.by_name,
            group=group,
            place=place,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at or _lapse(draft, now),
            quantity=draft.quantity,
            quantity_unit=draft.quantity_unit,
            skin_test=draft.skin_test,
            origin=draft.origin,
            first_day=draft.first_day,
            spoken=spoken,
        )
        return replace(order, replaces=self._replaced(draft))

    def _replaced(self, draft: OrderDraft) -> Ref | None:
        if draft.replaces is None or draft.following is None:
            return None
        return order_ref(self.by_id(draft.patient, draft.replaces))


def _focuses(order: Order) -> tuple[Ref, ...]:
    return (order_ref(order), *((group_ref(order.group),) if order.group else ()))


def _lapse(draft: OrderDraft, now: datetime) -> datetime | None:
    """When an order of this kind is over by itself (clinical norm: sos 12 h)."""
    lapse = lapse_of(draft.kind)
    return None if lapse is None else (draft.starts_at or now) + lapse


def only_current(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Those that hold and that we understand."""
    return tuple(one for one in orders if one.current and not one.guarded)
