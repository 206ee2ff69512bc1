"""Verbal orders: a nurse writes down what a physician says, and the physician answers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.deciding import CardAnswer
from app.domain.orders import Order, OrderClass, OrderDraft, OrderKind
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, Ref
from app.domain.verbal_orders import Colleague, Situation
from app.fhir.order_groups import read_members
from app.fhir.orders import read_order
from app.fhir.overrides import write_overrides
from app.fhir.spoken import write_confirmed
from app.fhir.verbal_tasks import CHASE_VERBAL, CONFIRM_VERBAL, write_rejected_task
from app.fhir.workflow import read_task, write_task_status
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act, Change, Held, ReadSet
from app.services.authority import needs, open_door
from app.services.basket_judging import judged_orders
from app.services.order_class_pack import class_rules
from app.services.order_desk import KINDS, OrderDesk
from app.services.order_entry import OrderEntry
from app.services.order_judging import Passing
from app.services.verbal_pack import situations

Physicians = Callable[[], tuple[Colleague, ...]]
"""Everybody who may place orders, as far as is known at this workstation."""


class VerbalOrders:
    """What a page needs for orders by word of mouth (病历书写基本规范, Art. 28).

    The nurse: `physicians` and `situations` fill the two choices, `enter` writes the orders down.
    The physician: `orders_of` shows what a task of code `confirm-verbal-order` asks about,
    `confirm` or `reject` answers it. Everything succeeds offline.
    """

    def __init__(self, desk: OrderDesk, entry: OrderEntry, physicians: Physicians) -> None:
        self._desk = desk
        self._entry = entry
        self._physicians = physicians

    @property
    @open_door("rows of a pack: no patient, nothing to protect")
    def situations(self) -> tuple[Situation, ...]:
        """The situations in which an order may be given by word of mouth."""
        return situations()

    @property
    @open_door("rows of a pack: no patient, nothing to protect")
    def classes(self) -> frozenset[OrderClass]:
        """What may be ordered by word of mouth at all."""
        rules = class_rules().items()
        return frozenset(one for one, rule in rules if OrderKind.VERBAL in rule.kinds)

    @needs(Privilege.ENTER_VERBAL)
    def physicians(self, session: Session) -> tuple[Colleague, ...]:
        """Who may have given the order: everybody who may place orders but the person asking."""
        return tuple(one for one in self._physicians() if one.id != session.clinician.id)

    @needs(Privilege.ENTER_VERBAL)
    def enter(
        self,
        session: Session,
        drafts: tuple[OrderDraft, ...],
        seen: ReadSet,
        draft_id: DraftId | None = None,
    ) -> tuple[Order, ...]:
        """Write `drafts` down in the name of the physicians who said them.

        Every draft is of kind `VERBAL` and carries `spoken`: who gave it (one of `physicians`),
        in which situation (one of `situations`), and that it was read back. The orders hold at
        once and their doses are laid out, because they are being carried out this moment: the
        physician is `requester`, the nurse `recorder` and author of the Provenance. For each
        order or infusion the physician gets a task to confirm it, with the limit of its
        situation; when they let it pass, the lead of that situation is asked (`VerbalChasing`).

        Args:
            session: Who heard and writes.
            drafts: As `OrderEntry.sign_basket`; a start in the past is when it was said.
            seen: The read-set.
            draft_id: The draft of the basket; it goes in the same transaction.

        Raises:
            AppError: `REFUSED` when somebody is named who may not order, when a class is not
                ordered by word of mouth, and as `OrderEntry.sign_basket`.
        """
        known = {one.id for one in self.physicians(session)}
        for draft in drafts:
            if draft.spoken is not None and draft.spoken.by not in known:
                raise app_error(FaultKind.REFUSED, "order.verbal-not-a-physician", "spoken_by")
            if draft.order_class not in self.classes:
                raise app_error(FaultKind.REFUSED, "order.verbal-not-this", draft.order_class.value)
        return self._entry.write_down(session, drafts, seen, draft_id)

    @needs(Privilege.OPEN_CHART)
    def orders_of(self, session: Session, task: Ref) -> tuple[Order, ...]:
        """The orders that a task asks its physician about, as they read now.

        Raises:
            AppError: `REFUSED` when it is no such task, or not here.
        """
        del session
        return self._orders(self._task(task))

    @needs(Privilege.PLACE_ORDER)
    def confirm(
        self, session: Session, task: Ref, seen: ReadSet, answers: tuple[CardAnswer, ...] = ()
    ) -> tuple[Order, ...]:
        """Say that it is what you ordered: the orders carry your word from now on.

        Also what was stopped or is done meanwhile is confirmed: it was carried out. Decision
        support stopped nobody then; now every warning that interrupts wants its reason. Nobody is
        asked to agree to a hard stop: it is too late for that.

        Raises:
            AppError: `REFUSED` when it is another physician's, is answered already, while a
                warning is not answered (`decision.unanswered` …), or the clock is off;
                `CONFLICT` when an order changed; `SIGNED_OUT`; `STORAGE`.
        """
        held, orders = self._mine(session, task)
        now = self._desk.maker.clock.now()
        judged = judged_orders(self._desk.judging, session, orders, Passing.CONFIRM, answers)
        changes: list[Change] = []
        for one in judged.overridden:
            kept = self._desk.held(one)
            document = dict(kept.document)
            write_confirmed(document, now)
            if one.overrides:
                write_overrides(document, one.overrides)
            changes.append(Change(document, kept.stamp))
        act = self._made("order.verbal-confirm", session, held, orders, changes, seen)
        return self._commit(replace(act, decisions=judged.decisions), orders)

    @needs(Privilege.PLACE_ORDER)
    def reject(self, session: Session, task: Ref, reason: str, seen: ReadSet) -> tuple[Order, ...]:
        """Say that you did not order this, and why it must not stand.

        The orders end as entered in error and their open doses are cancelled; what was given
        under them stays recorded and is shown. Who wrote them down is told, with the reason.

        Raises:
            AppError: `REFUSED` without a reason, and as `confirm`.
        """
        said = reason.strip()
        if not said:
            raise app_error(FaultKind.REFUSED, "order.missing-refusal-reason", "no reason")
        held, orders = self._mine(session, task)
        changes = [
            *self._desk.struck(session, orders, said),
            *(change for one in orders[:1] for change in self._told(session, one, said)),
        ]
        act = self._made("order.verbal-reject", session, held, orders, changes, seen, said)
        return self._commit(act, orders)

    def _told(self, session: Session, order: Order, reason: str) -> list[Change]:
        """Who wrote it down hears of it; of a group it is told once."""
        writer = order.spoken.written_by if order.spoken is not None else None
        if writer is None:
            return []
        maker = self._desk.maker
        task = write_rejected_task(
            order,
            task_id=maker.ids.new(),
            by=session,
            to=writer,
            at=maker.clock.now(),
            reason=reason,
        )
        return [Change(task)]

    def _mine(self, session: Session, task: Ref) -> tuple[Held, tuple[Order, ...]]:
        held = self._task(task)
        item = read_task(held.document)
        orders = tuple(one for one in self._orders(held) if one.status != "entered-in-error")
        if not item.open or not orders:
            raise app_error(FaultKind.REFUSED, "order.nothing-to-confirm", item.status)
        if item.owner != session.clinician.id:
            raise app_error(FaultKind.REFUSED, "order.verbal-not-yours", held.ref)
        if any(one.guarded for one in orders):
            raise app_error(FaultKind.REFUSED, "order.not-understood", held.ref)
        self._desk.rules.check(session)
        return held, orders

    def _task(self, task: Ref) -> Held:
        held = self._desk.documents.held(task)
        if held is None or read_task(held.document).code != CONFIRM_VERBAL:
            raise app_error(FaultKind.REFUSED, "order.nothing-to-confirm", task)
        return held

    def _orders(self, task: Held) -> tuple[Order, ...]:
        focus = read_task(task.document).focus
        about = self._desk.documents.held(focus) if focus is not None else None
        if about is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        found = (
            self._desk.documents.held(ref) for ref in read_members(about.document) or (about.ref,)
        )
        orders = (read_order(one.document) for one in found if one is not None)
        return tuple(one for one in orders if one is not None and one.spoken is not None)

    def _commit(self, act: Act, orders: tuple[Order, ...]) -> tuple[Order, ...]:
        self._desk.acts.commit(act)
        return tuple(self._desk.now_reading(one) for one in orders)

    def _made(  # noqa: PLR0913, PLR0917 - these are what an act consists of
        self,
        kind: str,
        session: Session,
        task: Held,
        orders: tuple[Order, ...],
        changes: list[Change],
        seen: ReadSet,
        reason: str = "",
    ) -> Act:
        desk, status = self._desk, "rejected" if reason else "completed"
        who, now = session.clinician, desk.maker.clock.now()
        done = write_task_status(task.document, status, by=who.id, by_name=who.name.name, at=now)
        answered = [
            Change(done, task.stamp),
            *desk.answered(session, orders, CHASE_VERBAL),
        ]
        return desk.maker.make(
            kind,
            session,
            orders[0].patient,
            (*answered, *changes),
            seen=seen,
            reason=reason,
            kinds=KINDS,
        )
