"""`DoseReads` over the documents of `FakeActs`, held to the same contract as the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from app.domain.dose_limits import NO_LIMITS
from app.domain.orders import Order
from app.domain.slots import DoseGiven, DoseSlot, SlotState
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.administrations import read_given
from app.fhir.document import Document
from app.fhir.dose_limits import read_limits
from app.fhir.orders import read_order
from app.fhir.slots import read_slot
from app.ports.doses import GivenUnder
from app.services.administration_pack import administration_limits
from app.services.slot_planning import SlotPlanning
from tests.support.fake_acts import FakeActs

ZONE = ZoneInfo("Asia/Shanghai")
_OVER = ("stopped", "cancelled", "revoked", "completed", "entered-in-error")


@dataclass
class FakeDoses:
    """Reads what was committed or downloaded.

    Attributes:
        as_of: Until when the chart of everybody is whole.
    """

    acts: FakeActs
    as_of: dict[PatientId, datetime] = field(default_factory=dict)

    def slots(
        self, patients: tuple[PatientId, ...], since: datetime, until: datetime
    ) -> tuple[DoseSlot, ...]:
        found = [one for one in self._slots() if one.patient in patients]
        return tuple(one for one in found if since <= one.due_at < until)

    def due_of(self, order: OrderId, after: datetime) -> tuple[Ref, ...]:
        due = [one for one in self._slots() if one.order == order and one.due_at > after]
        return tuple(one.ref for one in due if one.state is SlotState.DUE)

    def ending_before(self, until: datetime) -> tuple[tuple[Ref, datetime], ...]:
        found: list[tuple[Ref, datetime]] = []
        for order in self._orders():
            dues = [one.due_at for one in self._slots() if one.order == order.id]
            active = order.status == "active" and not order.guarded
            if active and dues and max(dues) < until:
                found.append((Ref(f"MedicationRequest/{order.id}"), max(dues)))
        return tuple(sorted(found, key=lambda one: one[0]))

    def left_behind(self, after: datetime) -> tuple[Ref, ...]:
        over = {order.id for order in self._orders() if order.status in _OVER}
        return tuple(sorted(ref for order in over for ref in self.due_of(order, after)))

    def given(self, order: OrderId) -> tuple[DoseGiven, ...]:
        return tuple(one for one in self._given() if one.order == order)

    def suspects(self) -> tuple[GivenUnder, ...]:
        limits = {
            order.get("id"): read_limits(order)
            for order in self.acts.documents("MedicationRequest")
        }
        found: list[GivenUnder] = []
        for key, some in groupby(sorted(self._given(), key=_order), key=_order):
            doses = tuple(some)
            stated = limits.get(key, NO_LIMITS)
            slots = [one.slot for one in doses if one.slot is not None]
            if len(set(slots)) < len(slots) or (stated.stated and len(doses) > 1):
                found.append(GivenUnder(key, stated, doses))
        return tuple(found)

    def data_as_of(self, patient: PatientId) -> datetime | None:
        return self.as_of.get(patient)

    def _slots(self) -> list[DoseSlot]:
        read = (read_slot(one) for one in self.acts.documents("Task"))
        return sorted((one for one in read if one is not None), key=lambda one: one.due_at)

    def _orders(self) -> Iterator[Order]:
        documents: tuple[Document, ...] = self.acts.documents("MedicationRequest")
        return (order for one in documents if (order := read_order(one)) is not None)

    def _given(self) -> list[DoseGiven]:
        read = (read_given(one) for one in self.acts.documents("MedicationAdministration"))
        given = [one for one in read if one is not None]
        return sorted(given, key=lambda one: (one.at is None, str(one.at), one.ref))


def _order(dose: DoseGiven) -> OrderId:
    return dose.order


def planning(acts: FakeActs) -> SlotPlanning:
    """How orders are laid out over these documents, in the ward time of the demo."""
    return SlotPlanning(FakeDoses(acts), acts, ZONE, administration_limits())
