"""What happens to an order after it was signed: it is stopped, held, cancelled – never altered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.domain.orders import Ending, Following, Order, OrderDraft, OrderKind
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.fhir.document import Document
from app.fhir.dose_limits import read_limits
from app.fhir.order_marks import read_renewed, write_hold, write_resumed, write_why
from app.fhir.orders import read_order
from app.fhir.verbal_tasks import OF_VERBAL
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Change, ReadSet
from app.services.authority import needs
from app.services.order_class_pack import lapse_of
from app.services.order_desk import EVER, KINDS, OrderDesk

Executed = Callable[[Order], bool]
"""Whether anything of an order was done: a dose, a specimen, a report."""


class OrderChanging:
    """Acts on signed orders; one of a group means the whole group.

    `why` is the code of the reason (`resources/packs/order_reasons`), `reason` its words.
    Every method answers with the orders it was done to, and raises `AppError`: `REFUSED` without
    a reason, or when the order is not in a state for it, not here, or not understood; `CONFLICT`
    when it changed since it was read; `SIGNED_OUT` after the lease; `STORAGE`.
    """

    def __init__(self, desk: OrderDesk, executed: Executed) -> None:
        self._desk = desk
        self._executed = executed

    @needs(Privilege.STOP_ORDER)
    def stop(
        self, session: Session, order: Order, reason: str, seen: ReadSet, why: str = ""
    ) -> tuple[Order, ...]:
        """Stop it, and cancel its doses that are not yet due; what is due earlier stays.

        Nobody is asked to countersign a proposal any more that was stopped.
        """
        unit = self._ready(session, order, reason, "order.missing-stop-reason")
        now = self._desk.maker.clock.now()
        changes = self._desk.ended(session, unit, now, Ending.STOPPED, reason.strip())
        changes += self._desk.answered(session, unit, COUNTERSIGN_ORDER)
        return self._commit("order.stop", session, unit, _coded(changes, why), reason, seen)

    @needs(Privilege.STOP_ORDER)
    def cancel(
        self, session: Session, order: Order, reason: str, seen: ReadSet, why: str = ""
    ) -> tuple[Order, ...]:
        """Cancel it before anything of it was done; afterwards it can only be stopped.

        Raises:
            AppError: `REFUSED` with `order.done-already` when something was.
        """
        unit = self._ready(session, order, reason, "order.missing-cancel-reason")
        if any(map(self._executed, unit)):
            raise app_error(FaultKind.REFUSED, "order.done-already", order.status)
        now, said = self._desk.maker.clock.now(), reason.strip()
        changes = self._desk.ended(session, unit, now, Ending.CANCELLED, said, since=EVER)
        changes += self._desk.answered(session, unit, COUNTERSIGN_ORDER, *OF_VERBAL)
        return self._commit("order.cancel", session, unit, _coded(changes, why), reason, seen)

    @needs(Privilege.STOP_ORDER)
    def mark_in_error(
        self, session: Session, order: Order, reason: str, seen: ReadSet, why: str = ""
    ) -> tuple[Order, ...]:
        """Say that it should never have been written; it stays readable, struck out.

        An order that has ended may be marked, too; doses that were given stay recorded.
        """
        unit = self._understood(session, order, reason, "order.missing-error-reason")
        if any(one.status == "entered-in-error" for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-current", order.status)
        changes = self._desk.struck(session, unit, reason.strip())
        changes += self._desk.answered(session, unit, COUNTERSIGN_ORDER, *OF_VERBAL)
        return self._commit("order.error", session, unit, _coded(changes, why), reason, seen)

    @needs(Privilege.STOP_ORDER)
    def hold(
        self, session: Session, order: Order, reason: str, seen: ReadSet, why: str = ""
    ) -> tuple[Order, ...]:
        """Hold it: it stays current and its doses stay laid out; none is given until it goes on."""
        unit = self._ready(session, order, reason, "order.missing-hold-reason")
        if any(one.status != "active" for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-active", order.status)
        now, who = self._desk.maker.clock.now(), session.clinician

        def held(document: Document) -> None:
            write_hold(document, at=now, by=who.id, by_name=who.name.name, reason=reason.strip())
            write_why(document, why, reason.strip())

        return self._each("order.hold", session, unit, held, "on-hold", reason, seen)

    @needs(Privilege.PLACE_ORDER)
    def resume(self, session: Session, order: Order, seen: ReadSet) -> tuple[Order, ...]:
        """Let it go on; what was due meanwhile is nobody's to make up."""
        unit = self._ready(session, order, "-", "")
        if any(one.status != "on-hold" for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-on-hold", order.status)
        return self._each("order.resume", session, unit, write_resumed, "active", "", seen)

    @needs(Privilege.PLACE_ORDER)
    def copied(
        self, session: Session, order: Order, following: Following | None
    ) -> tuple[OrderDraft, ...]:
        """Drafts that say what `order` (its whole group) says, for the basket; nothing is signed.

        None orders the same again. `RENEW` goes on where it ends: an order without an end goes on
        anyway, and one that was renewed already is not renewed twice. `REVISE` takes the place of
        one that holds. Dose and words come along. A course stays a course: one that takes the
        place of another ends when that one would have, any other is as long as it was.

        Raises:
            AppError: `REFUSED` with `order.no-end`, `order.renewed-already`, `order.not-current`.
        """
        del session
        unit = tuple(self._desk.now_reading(one) for one in self._desk.unit(order))
        if any(one.guarded for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-understood", order.status)
        if following is Following.REVISE and not all(one.current for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-current", order.status)
        if following is Following.RENEW:
            self._may_renew(unit)
        now = self._desk.maker.clock.now()
        group = order.group if len(unit) > 1 else ""
        return tuple(self._copy(one, following, group, now) for one in unit)

    def _may_renew(self, unit: tuple[Order, ...]) -> None:
        for one in unit:
            if one.current and one.ends_at is None:
                raise app_error(FaultKind.REFUSED, "order.no-end", one.status)
            if read_renewed(self._desk.held(one).document) is not None:
                raise app_error(FaultKind.REFUSED, "order.renewed-already", one.status)

    def _copy(
        self, one: Order, following: Following | None, group: str, now: datetime
    ) -> OrderDraft:
        ends = one.ends_at
        goes_on = following is Following.RENEW and one.current and ends is not None and ends > now
        starts = ends if goes_on else None
        return OrderDraft(
            patient=one.patient,
            encounter=None,
            order_class=one.order_class,
            kind=one.kind or OrderKind.TEMPORARY,
            item=one.item,
            dosage=one.dosage,
            priority=one.priority,
            reason=one.reason,
            note=one.note,
            limits=read_limits(self._desk.held(one).document),
            group=group,
            starts_at=starts,
            ends_at=_course_end(one, following, starts or now),
            quantity=one.quantity,
            quantity_unit=one.quantity_unit,
            skin_test=one.skin_test,
            replaces=one.id,
            following=following,
        )

    def _ready(
        self, session: Session, order: Order, reason: str, missing: str
    ) -> tuple[Order, ...]:
        """The unit, where every part of it still holds."""
        unit = self._understood(session, order, reason, missing)
        standing = tuple(one for one in unit if one.current)
        if not standing:
            raise app_error(FaultKind.REFUSED, "order.not-current", order.status)
        return standing

    def _understood(
        self, session: Session, order: Order, reason: str, missing: str
    ) -> tuple[Order, ...]:
        if not reason.strip():
            raise app_error(FaultKind.REFUSED, missing, "no reason")
        unit = tuple(self._desk.now_reading(one) for one in self._desk.unit(order))
        if any(one.guarded for one in unit):
            raise app_error(FaultKind.REFUSED, "order.not-understood", order.status)
        self._desk.rules.check(session)
        return unit

    def _each(  # noqa: PLR0913, PLR0917 - one act, and what it does to each document
        self,
        kind: str,
        session: Session,
        unit: tuple[Order, ...],
        change: Callable[[Document], None],
        status: str,
        reason: str,
        seen: ReadSet,
    ) -> tuple[Order, ...]:
        changes: list[Change] = []
        for one in unit:
            held = self._desk.held(one)
            document = dict(held.document)
            change(document)
            changes.append(Change(document, held.stamp))
        group = unit[0].group
        changes += self._desk.group_changes({group: status} if group else {})
        return self._commit(kind, session, unit, changes, reason, seen)

    def _commit(
        self,
        kind: str,
        session: Session,
        unit: tuple[Order, ...],
        changes: list[Change],
        reason: str,
        seen: ReadSet,
    ) -> tuple[Order, ...]:
        desk = self._desk
        patient: PatientId = unit[0].patient
        act = desk.maker.make(
            kind,
            session,
            patient,
            tuple(changes),
            seen=seen,
            reason=reason.strip(),
            kinds=KINDS,
        )
        desk.acts.commit(act)
        return tuple(desk.now_reading(one) for one in unit)


def _coded(changes: list[Change], why: str) -> list[Change]:
    """The changes with the code of the reason in every order among them."""
    if not why:
        return changes
    found: list[Change] = []
    for change in changes:
        document = dict(change.document)
        if read_order(document) is not None:
            write_why(document, why)
        found.append(replace(change, document=document))
    return found


def _course_end(one: Order, following: Following | None, starts: datetime) -> datetime | None:
    """When the copy of a course ends; what lapses by itself is counted from its signature."""
    began = one.starts_at or one.authored_at
    if one.ends_at is None or began is None:
        return None
    if one.kind is not None and lapse_of(one.kind) is not None:
        return None
    if following is Following.REVISE:
        return one.ends_at
    return starts + (one.ends_at - began)
