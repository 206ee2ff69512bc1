"""Orders that end by themselves: a course that is over, a standby order that nobody used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.orders import Ending, Order
from app.domain.people import Privilege, Session
from app.fhir.order_marks import is_of_our_kind
from app.fhir.orders import order_ref, write_order
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act, Change
from app.services.authority import open_door
from app.services.order_class_pack import lapse_of
from app.services.order_desk import KINDS, OrderDesk

OverBy = Callable[[datetime], tuple[Order, ...]]
"""Active orders whose own end has come by that time."""


class OrderLapsing:
    """Writes down what the order itself says; it decides nothing."""

    def __init__(
        self,
        desk: OrderDesk,
        over_by: OverBy,
        executed: Callable[[Order], bool],
        every: timedelta,
    ) -> None:
        self._desk = desk
        self._over_by = over_by
        self._executed = executed
        self._every = every.total_seconds()
        self._looked: float | None = None
        self._lock = threading.Lock()

    @open_door("the program writes down what the order says itself; it decides nothing")
    def look(self, session: Session) -> int:
        """End what has ended by itself, one act per order or group; answers how many orders.

        A standby order for once that was not used lapses (clinical norm: sos, 12 h, "未用"); what
        was used, or was a course, is completed. Every workstation writes the same words at the
        same time of the record, so that it does not matter which one comes first.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        if not session.can(Privilege.SEE_WARD) or not self._is_time():
            return 0
        now = self._desk.maker.clock.now()
        seen: set[str] = set()
        found = 0
        for order in self._over_by(now):
            if order.id in seen:
                continue
            unit = tuple(one for one in self._desk.unit(order) if one.status == "active")
            seen |= {one.id for one in unit}
            if all(map(self._is_ours_to_end, unit)):
                found += self._end(session, unit)
        return found

    def _is_ours_to_end(self, order: Order) -> bool:
        """Not what another system wrote, what is not understood, or what a person decides about."""
        held = self._desk.documents.held(order_ref(order))
        return (
            held is not None
            and not order.guarded
            and held.state != "conflict"
            and is_of_our_kind(held.document)
        )

    def _end(self, session: Session, unit: tuple[Order, ...]) -> int:
        try:
            self._desk.acts.commit(self._ended(session, unit))
        except AppError as error:
            # Somebody changed it this very moment: the next look sees what they made of it. The
            # round that this is part of must go on.
            if error.fault.kind is not FaultKind.CONFLICT:
                raise
            return 0
        return len(unit)

    def _ended(self, session: Session, unit: tuple[Order, ...]) -> Act:
        first = unit[0]
        over = first.ends_at or self._desk.maker.clock.now()
        lapses = first.kind is not None and lapse_of(first.kind) is not None
        if lapses and not any(map(self._executed, unit)):
            kind = "order.lapse"
            changes = self._desk.ended(None, unit, over, Ending.LAPSED, "")
        else:
            kind = "order.complete"
            changes = [self._completed(one) for one in unit]
            changes += self._desk.group_changes({first.group: "completed"} if first.group else {})
        act = self._desk.maker.make(kind, session, first.patient, tuple(changes), kinds=KINDS)
        return replace(act, provenance=None)

    def _completed(self, order: Order) -> Change:
        held = self._desk.held(order)
        now = self._desk.now_reading(order)
        return Change(write_order(replace(now, status="completed"), held.document), held.stamp)

    def _is_time(self) -> bool:
        now = self._desk.maker.clock.monotonic()
        with self._lock:
            if self._looked is not None and now - self._looked < self._every:
                return False
            self._looked = now
            return True
