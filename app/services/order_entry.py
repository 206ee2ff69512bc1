"""Placing orders: a basket is signed at once, online or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from app.domain.deciding import CardAnswer
from app.domain.orders import (
    Ending,
    Following,
    Order,
    OrderClass,
    OrderDraft,
    OrderKind,
    objections,
)
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, OrderId, PatientId
from app.domain.verbal_orders import Spoken
from app.fhir.countersigning import COUNTERSIGN_ORDER, write_countersign_task
from app.fhir.order_marks import write_renewed
from app.fhir.orders import order_ref
from app.fhir.verbal_tasks import write_confirm_task
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act, Change, ReadSet
from app.services.authority import needs, require
from app.services.basket_judging import Signing, judged_basket
from app.services.first_days import refuse_impossible
from app.services.order_class_pack import kind_rules
from app.services.order_desk import KINDS, OrderDesk, only_current
from app.services.order_items_pack import displaces
from app.services.order_judging import Passing
from app.services.verbal_pack import situation_of


class OrderEntry:
    """Places orders. Succeeds offline: the acts wait in the outbox."""

    def __init__(self, desk: OrderDesk) -> None:
        self._desk = desk

    @needs(Privilege.PLACE_ORDER)
    def sign(
        self, session: Session, draft: OrderDraft, seen: ReadSet, draft_id: DraftId | None = None
    ) -> Order:
        """Sign one order; as `sign_basket`."""
        return self.sign_basket(session, (draft,), seen, draft_id)[0]

    @needs(Privilege.PLACE_ORDER)
    def sign_basket(
        self,
        session: Session,
        drafts: tuple[OrderDraft, ...],
        seen: ReadSet,
        draft_id: DraftId | None = None,
        answers: tuple[CardAnswer, ...] = (),
    ) -> tuple[Order, ...]:
        """Sign `drafts` and return the orders as recorded.

        All are here afterwards, or none. Each order, each infusion group and each pair of a
        stopped order and the one that takes its place is a change group of its own: the server
        can refuse one of them and take the others. A document says when it is due as the
        frequencies pack does, and nothing more; the doses that follow from it are laid out in the
        same act. `seen` is what was on the screen when the clinician decided; the engine holds an
        act back if any of it has changed on the server before the act is sent.

        Args:
            session: Who signs.
            drafts: Those with the same `group` run as one infusion.
            seen: The read-set.
            draft_id: The draft of the basket; it goes in the same transaction.
            answers: What was said to the warnings of decision support that interrupt. It is asked
                again here: what was judged is exactly what is signed, and the reason of every
                warning that was passed is written on the orders it was about.

        Raises:
            AppError: `REFUSED` while a draft has objections, when two of one exclusive class are
                among them, when a discharge leaves long-term orders open, when a start or an end
                has passed, when a first day cannot have so many doses, while a warning that
                interrupts is not answered (`decision.unanswered` …), or the clock is off;
                `SIGNED_OUT` after the lease; `STORAGE` if it could not be written.
        """
        if any(draft.spoken is not None for draft in drafts):
            require(session, Privilege.ENTER_VERBAL)
        return self._enter(Signing(session, drafts, seen, draft_id, answers, Passing.SIGN))

    @needs(Privilege.PROPOSE_ORDER)
    def propose_basket(
        self,
        session: Session,
        drafts: tuple[OrderDraft, ...],
        seen: ReadSet,
        draft_id: DraftId | None = None,
        answers: tuple[CardAnswer, ...] = (),
    ) -> tuple[Order, ...]:
        """Write orders that hold only when somebody who may place them has countersigned.

        They are sent as drafts with a task for the attending physicians; no dose is laid out and
        nothing is stopped for them before that. Warnings that interrupt need a reason already; a
        hard stop is released by who countersigns. Errors as `sign_basket`; `REFUSED` for an order
        that shall follow another one.
        """
        if any(draft.following is not None for draft in drafts):
            raise app_error(FaultKind.REFUSED, "order.not-by-proposal", "following")
        if any(draft.spoken is not None for draft in drafts):
            require(session, Privilege.ENTER_VERBAL)
        return self._enter(Signing(session, drafts, seen, draft_id, answers, Passing.PROPOSE))

    @needs(Privilege.ENTER_VERBAL)
    def write_down(
        self,
        session: Session,
        drafts: tuple[OrderDraft, ...],
        seen: ReadSet,
        draft_id: DraftId | None = None,
    ) -> tuple[Order, ...]:
        """Write down what physicians ordered by word of mouth; pages use `VerbalOrders.enter`.

        The orders hold at once, because they are being carried out: they are the physician's, who
        is asked to confirm each of them in time. Decision support looks at them and stops nothing:
        its warnings are kept, and the physician answers them when confirming. Errors as
        `sign_basket`; `REFUSED` for one that nobody said, or that was not read back.
        """
        if any(draft.spoken is None for draft in drafts):
            raise app_error(FaultKind.REFUSED, "order.verbal-nobody", "spoken")
        return self._enter(Signing(session, drafts, seen, draft_id, (), Passing.WRITE_DOWN))

    def _enter(self, signing: Signing) -> tuple[Order, ...]:
        drafts, session = signing.drafts, signing.session
        _refuse_objections(drafts)
        self._desk.rules.check(session)
        current = self._current(drafts)
        _refuse_two_of_a_kind(drafts)
        _refuse_early_discharge(drafts, current)
        now = self._desk.maker.clock.now()
        _refuse_what_is_over(drafts, now)
        for draft in drafts:
            refuse_impossible(draft, now, self._desk.planning.zone)
        status = "draft" if signing.passing is Passing.PROPOSE else "active"
        judged = judged_basket(self._desk.judging, signing)
        made = tuple(
            judged.overridden(place, self._desk.made(session, unit, now, status))
            for place, unit in enumerate(judged.units)
        )
        acts = [
            replace(
                self._act(session, unit, orders, current, signing.seen),
                decisions=judged.decisions(place, made),
            )
            for place, (unit, orders) in enumerate(zip(judged.units, made, strict=True))
        ]
        if acts:
            acts[-1] = replace(acts[-1], draft=signing.draft_id)
            self._desk.acts.commit_all(tuple(acts))
        return tuple(order for orders in made for order in orders)

    def _act(
        self,
        session: Session,
        unit: tuple[OrderDraft, ...],
        made: tuple[Order, ...],
        current: tuple[Order, ...],
        seen: ReadSet,
    ) -> Act:
        desk, first = self._desk, unit[0]
        changes = desk.placed(session, unit, made)
        kind = _ACTS.get(first.following, "order.place")
        if made[0].status == "draft":
            kind = "order.propose"
            changes += self._asked(session, made)
        else:
            changes += self._of_the_old(session, unit, made, current)
        if made[0].spoken is not None:
            kind = "order.verbal"
            changes += self._to_confirm(session, made, made[0].spoken)
        return desk.maker.make(kind, session, first.patient, tuple(changes), seen=seen, kinds=KINDS)

    def _of_the_old(
        self,
        session: Session,
        unit: tuple[OrderDraft, ...],
        made: tuple[Order, ...],
        current: tuple[Order, ...],
    ) -> list[Change]:
        """What becomes of the orders that the new ones follow, or put an end to."""
        desk = self._desk
        now = desk.maker.clock.now()
        changes: list[Change] = []
        ended: dict[OrderId, Order] = {
            one.id: one for one in current if any(_ends(draft, one) for draft in unit)
        }
        for draft, order in zip(unit, made, strict=True):
            if draft.replaces is None or draft.following is None:
                continue
            old = desk.now_reading(desk.by_id(draft.patient, draft.replaces))
            if draft.following is Following.REVISE:
                ended |= {one.id: one for one in _standing(desk.unit(old))}
            elif old.id not in ended:
                held = desk.held(old)
                document = dict(held.document)
                write_renewed(document, order_ref(order))
                changes.append(Change(document, held.stamp))
        if ended:
            changes += desk.ended(session, ended.values(), now, Ending.REPLACED, "")
            changes += desk.answered(session, ended.values(), COUNTERSIGN_ORDER)
        return changes

    def _asked(self, session: Session, made: tuple[Order, ...]) -> list[Change]:
        """The task to countersign: one for the order, or for the group."""
        maker = self._desk.maker
        who = session.clinician
        task = write_countersign_task(
            made, task_id=maker.ids.new(), by=who.id, by_name=who.name.name, at=maker.clock.now()
        )
        return [Change(task)]

    def _to_confirm(
        self, session: Session, made: tuple[Order, ...], spoken: Spoken
    ) -> list[Change]:
        """The task in which the physician is asked whether it is what they ordered."""
        situation = situation_of(spoken.situation)
        if situation is None:
            raise app_error(FaultKind.REFUSED, "order.verbal-no-situation", "situation")
        maker = self._desk.maker
        now = maker.clock.now()
        task = write_confirm_task(
            made, spoken, task_id=maker.ids.new(), by=session, at=now, due=now + situation.within
        )
        return [Change(task)]

    def _current(self, drafts: Iterable[OrderDraft]) -> tuple[Order, ...]:
        patients: dict[PatientId, None] = dict.fromkeys(draft.patient for draft in drafts)
        return tuple(
            one for patient in patients for one in only_current(self._desk.orders(patient))
            if one.status != "draft"
        )  # fmt: skip


_ACTS: dict[Following | None, str] = {
    Following.RENEW: "order.renew",
    Following.REVISE: "order.revise",
}


def _refuse_objections(drafts: Iterable[OrderDraft]) -> None:
    for draft in drafts:
        wrong = objections(draft)
        if wrong:
            detail = ",".join(objection.field for objection in wrong)
            raise app_error(FaultKind.REFUSED, wrong[0].message.code, detail)


def _refuse_what_is_over(drafts: Iterable[OrderDraft], now: datetime) -> None:
    """A basket may lie for days: a time in it that has passed is not what anybody meant.

    Only what was said in a rescue is written down after it began (病历书写基本规范, Art. 28).
    """
    for draft in drafts:
        late = draft.starts_at is not None and draft.starts_at < now
        if late and draft.kind is not OrderKind.VERBAL:
            raise app_error(FaultKind.REFUSED, "order.starts-in-the-past", "starts_at")
        if draft.ends_at is not None and draft.ends_at <= now:
            raise app_error(FaultKind.REFUSED, "order.ends-in-the-past", "ends_at")


def _refuse_two_of_a_kind(drafts: Iterable[OrderDraft]) -> None:
    """Of an exclusive class one main order holds at a time: two at once say nothing."""
    for one, other in combinations(drafts, 2):
        same = (one.patient, one.order_class) == (other.patient, other.order_class)
        if not same or one.item is None or other.item is None:
            continue
        pair = (one.item, other.item)
        if displaces(one.order_class, *pair) or displaces(one.order_class, *reversed(pair)):
            raise app_error(FaultKind.REFUSED, "order.exclusive-twice", one.order_class.value)


def _refuse_early_discharge(drafts: tuple[OrderDraft, ...], current: tuple[Order, ...]) -> None:
    """Nobody leaves while long-term orders hold (clinical.md §3.4, discharge gate)."""
    leaving = {one.patient for one in drafts if one.order_class is OrderClass.DISCHARGE}
    revised = {one.replaces for one in drafts if one.following is Following.REVISE}
    left = [
        one for one in current if one.patient in leaving and holds_on(one) and one.id not in revised
    ]
    if left:
        names = "; ".join(one.item.text for one in left)
        raise app_error(
            FaultKind.REFUSED, "order.discharge-open", str(len(left)), count=len(left), names=names
        )


def holds_on(order: Order) -> bool:
    """Whether an order holds until somebody stops it."""
    kind = order.kind or OrderKind.TEMPORARY
    return order.current and kind_rules()[kind].long_term


def _ends(draft: OrderDraft, order: Order) -> bool:
    """Whether the new order stops one that holds; what goes beside it (a low-salt diet) stays."""
    if draft.item is None or draft.order_class is not order.order_class:
        return False
    return displaces(draft.order_class, draft.item, order.item)


def _standing(orders: Iterable[Order]) -> tuple[Order, ...]:
    return tuple(one for one in orders if one.current)
