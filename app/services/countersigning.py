"""A trainee's orders get the signature with which they begin to hold, or are sent back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.deciding import CardAnswer
from app.domain.dose_limits import DoseLimits
from app.domain.orders import Ending, Order
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, Ref
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.fhir.dose_limits import read_limits
from app.fhir.order_groups import read_members
from app.fhir.orders import read_order, write_order
from app.fhir.workflow import read_task, write_task_status
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act, Change, Held, ReadSet
from app.services.authority import needs
from app.services.basket_judging import judged_orders
from app.services.first_days import carried
from app.services.frequencies import timing_of
from app.services.order_class_pack import lapse_of
from app.services.order_desk import KINDS, OrderDesk, only_current
from app.services.order_items_pack import displaces
from app.services.order_judging import Passing


class Countersigning:
    """Shows what waits, signs it, or sends it back with a reason."""

    def __init__(self, desk: OrderDesk) -> None:
        self._desk = desk

    @needs(Privilege.OPEN_CHART)
    def orders_of(self, session: Session, task: Ref) -> tuple[Order, ...]:
        """The orders that a task asks to countersign, in their order.

        Raises:
            AppError: `REFUSED` when it is no such task, or not here.
        """
        del session
        return tuple(order for order, _ in self._waiting(self._task(task)))

    @needs(Privilege.COUNTERSIGN)
    def limits_of(self, session: Session, order: Order) -> DoseLimits:
        """How soon again and how much within a period an order that waits allows.

        Raises:
            AppError: `REFUSED` when it is not here.
        """
        del session
        return read_limits(self._desk.held(order).document)

    @needs(Privilege.COUNTERSIGN)
    def countersign(
        self, session: Session, task: Ref, seen: ReadSet, answers: tuple[CardAnswer, ...] = ()
    ) -> tuple[Order, ...]:
        """Sign them: they hold from now on, and their doses are laid out.

        Decision support is asked again. A warning for which the proposal carries a reason stands
        answered; a new one needs an answer, and a hard stop the word of who countersigns: they
        are the second person.

        Raises:
            AppError: `REFUSED` when they wait no longer or were written by the same person, while
                a warning is not answered (`decision.unanswered` …), or the clock is off;
                `CONFLICT` when one changed; `SIGNED_OUT`; `STORAGE`.
        """
        held, waiting = self._ready(session, task)
        now = self._desk.maker.clock.now()
        orders = tuple(order for order, _ in waiting)
        judged = judged_orders(self._desk.judging, session, orders, Passing.COUNTERSIGN, answers)
        changes: list[Change] = []
        signed = [self._signed(order, now) for order in judged.overridden]
        for order, (_, document) in zip(signed, waiting, strict=True):
            made = write_order(order, document.document, timing_of(order.dosage))
            laid_out = self._desk.laid_out(order, made, now)
            changes += [Change(made, document.stamp), *laid_out]
        changes += self._desk.group_changes({o.group: "active" for o in signed if o.group})
        changes += self._predecessors(session, signed, now)
        act = self._made("order.countersign", session, held, signed, changes, seen)
        return self._commit(replace(act, decisions=judged.decisions), signed)

    @needs(Privilege.COUNTERSIGN)
    def send_back(
        self, session: Session, task: Ref, reason: str, seen: ReadSet
    ) -> tuple[Order, ...]:
        """Refuse them, with a reason: nothing of them was ever done.

        Raises:
            AppError: `REFUSED` without a reason, and as `countersign`.
        """
        if not reason.strip():
            raise app_error(FaultKind.REFUSED, "order.missing-refusal-reason", "no reason")
        held, waiting = self._ready(session, task)
        now = self._desk.maker.clock.now()
        orders = [order for order, _ in waiting]
        changes = self._desk.ended(session, orders, now, Ending.CANCELLED, reason.strip())
        act = self._made("order.send-back", session, held, orders, changes, seen, reason)
        return self._commit(act, orders)

    def _signed(self, order: Order, now: datetime) -> Order:
        """As it holds: from the signature on, and what lapses by itself is counted from there.

        Nothing was due before: a dose of that time would stand on the chart as missed.
        """
        starts = max(order.starts_at or now, now)
        lapse = lapse_of(order.kind) if order.kind is not None else None
        ends = order.ends_at if lapse is None else starts + lapse
        first_day = carried(order, starts, self._desk.planning.zone)
        return replace(order, status="active", starts_at=starts, ends_at=ends, first_day=first_day)

    def _predecessors(self, session: Session, signed: list[Order], now: datetime) -> list[Change]:
        """The orders of an exclusive class that these put an end to."""
        patients: set[PatientId] = {order.patient for order in signed}
        ended = [
            one
            for patient in patients
            for one in only_current(self._desk.orders(patient))
            if one.status != "draft" and any(_ends(new, one) for new in signed)
        ]
        return self._desk.ended(session, ended, now, Ending.REPLACED, "")

    def _ready(self, session: Session, task: Ref) -> tuple[Held, list[tuple[Order, Held]]]:
        held = self._task(task)
        waiting = self._waiting(held)
        if not read_task(held.document).open or not waiting:
            raise app_error(FaultKind.REFUSED, "order.nothing-to-countersign", held.ref)
        if any(order.requester == session.clinician.id for order, _ in waiting):
            raise app_error(FaultKind.REFUSED, "order.not-own-countersign", held.ref)
        self._desk.rules.check(session)
        return held, waiting

    def _task(self, task: Ref) -> Held:
        held = self._desk.documents.held(task)
        if held is None or read_task(held.document).code != COUNTERSIGN_ORDER:
            raise app_error(FaultKind.REFUSED, "order.nothing-to-countersign", task)
        return held

    def _waiting(self, task: Held) -> list[tuple[Order, Held]]:
        focus = read_task(task.document).focus
        document = self._desk.documents.held(focus) if focus is not None else None
        if document is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        refs = read_members(document.document) or (document.ref,)
        found: list[tuple[Order, Held]] = []
        for ref in refs:
            held = self._desk.documents.held(ref)
            order = read_order(held.document) if held is not None else None
            if held is not None and order is not None and order.status == "draft":
                found.append((order, held))
        return found

    def _commit(self, act: Act, orders: list[Order]) -> tuple[Order, ...]:
        self._desk.acts.commit(act)
        return tuple(self._desk.now_reading(one) for one in orders)

    def _made(  # noqa: PLR0913, PLR0917 - these are what an act consists of
        self,
        kind: str,
        session: Session,
        task: Held,
        orders: list[Order],
        changes: list[Change],
        seen: ReadSet,
        reason: str = "",
    ) -> Act:
        desk, who = self._desk, session.clinician
        status = "rejected" if reason else "completed"
        done = write_task_status(
            task.document, status, by=who.id, by_name=who.name.name, at=desk.maker.clock.now()
        )
        return desk.maker.make(
            kind,
            session,
            orders[0].patient,
            (Change(done, task.stamp), *changes),
            seen=seen,
            reason=reason.strip(),
            kinds=KINDS,
        )


def _ends(new: Order, old: Order) -> bool:
    """Whether the new order stops one that holds."""
    same = new.order_class is old.order_class
    return same and displaces(new.order_class, new.item, old.item)
