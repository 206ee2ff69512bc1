"""Lays doses out: the slots of an order, made with it, cancelled with it, carried on in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.administration_limits import AdministrationLimits
from app.domain.day_counts import as_chosen
from app.domain.dose_limits import Ledger
from app.domain.orders import UNPLANNED, Order, OrderClass, OrderKind
from app.domain.schedule import Rhythm, due_times
from app.domain.slots import DoseSlot, ledger_id, slot_id
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.dose_limits import write_ledger
from app.fhir.frequencies import ends, signed_clock, signed_weekdays
from app.fhir.slots import write_cancelled, write_slot
from app.ports.acts import Change, Documents
from app.ports.doses import DoseReads
from app.services.frequencies import is_as_needed, rhythm_of

_SHORT = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.VERBAL)


@dataclass(frozen=True, slots=True)
class SlotPlanning:
    """What an act on an order does to its slots; the act itself is somebody else's.

    Attributes:
        zone: Of the ward: its clock times are meant in it.
    """

    reads: DoseReads
    documents: Documents
    zone: tzinfo
    limits: AdministrationLimits

    def signed(self, order: Order, document: Document, now: datetime) -> tuple[Change, ...]:
        """What is made together with a new order: its slots, or the ledger of its doses."""
        if order.order_class is not OrderClass.MEDICATION:
            return ()
        if order.kind in (OrderKind.PRN, OrderKind.SOS) or is_as_needed(order.dosage):
            ledger = Ledger(ledger_id(order.id), order.id, order.patient)
            return (Change(write_ledger(ledger, {})),)
        since = order.starts_at or order.authored_at or now
        return tuple(self.further(order, document, since, now))

    def further(
        self, order: Order, document: Document, since: datetime, now: datetime
    ) -> Iterator[Change]:
        """The slots that are missing from `since` up to the horizon.

        Args:
            order: As it reads.
            document: The order itself: what it was signed with wins over the pack.
            since: From when on; what was due earlier is not made up afterwards.
            now: The time from which the horizon counts.
        """
        rhythm = self._rhythm(order, document)
        starts = order.starts_at or order.authored_at
        if rhythm is None or starts is None or not order.current:
            return
        until = self._end(order, document, starts, now + self.limits.horizon)
        chosen = as_chosen(rhythm, starts, ends(document), self.zone, order.first_day)
        if isinstance(chosen, Rhythm):
            # A count that the list cannot give (any more) changes nothing: the list is the ward's.
            rhythm = chosen
        for due in due_times(rhythm, starts, since, until, self.zone):
            slot = DoseSlot(slot_id(order.id, due), order.id, order.patient, order.encounter, due)
            if self.documents.held(slot.ref) is None:
                yield Change(write_slot(slot))

    def stopped(
        self, order: Order, now: datetime, since: datetime | None = None
    ) -> tuple[Change, ...]:
        """What an end cancels: the slots that nobody has dealt with.

        Args:
            order: That ends.
            now: When it ends.
            since: Slots that were due after this; None spares those that are due at `now` already.
        """
        if order.order_class is not OrderClass.MEDICATION:
            return ()
        return self.cancelled(self.reads.due_of(order.id, since or now), now)

    def cancelled(self, slots: tuple[Ref, ...], now: datetime) -> tuple[Change, ...]:
        """These slots, cancelled. One that a person is deciding about waits for that."""
        found = (self.documents.held(ref) for ref in slots)
        return tuple(
            Change(write_cancelled(held.document, at=now), held.stamp)
            for held in found
            if held is not None and held.state != "conflict"
        )

    def _rhythm(self, order: Order, document: Document) -> Rhythm | None:
        if order.kind in UNPLANNED or order.order_class is not OrderClass.MEDICATION:
            return None
        if order.dosage.frequency is not None:
            clock, days = signed_clock(document), signed_weekdays(document)
            return rhythm_of(order.dosage, clock, days)
        # A dose without a frequency is one dose; words alone (a taper) are none we understand.
        once = order.kind in _SHORT and order.dosage.dose is not None
        return Rhythm(once=True) if once else None

    def _end(
        self, order: Order, document: Document, starts: datetime, horizon: datetime
    ) -> datetime:
        known = [horizon, ends(document), order.stopped_at]
        if order.kind in _SHORT:
            known.append(starts + self.limits.temporary)
        return min(one for one in known if one is not None)
