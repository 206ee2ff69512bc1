"""An order desk in memory, with one patient, and drafts to sign there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind
from app.domain.people import Role, Session
from app.domain.slots import SlotState
from app.domain.terms import OrderId, Term
from app.fhir.orders import order_ref, read_order
from app.fhir.slots import read_slot
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.kernel.faults import AppError
from app.services.countersigning import Countersigning
from app.services.order_changing import OrderChanging
from app.services.order_entry import OrderEntry
from app.services.order_judging import Judging
from app.services.order_lapsing import OrderLapsing
from tests.support.order_kit import an_order_desk, was_executed
from tests.unit.services.dosing_kit import Station
from tests.unit.services.kit import PATIENT, STAY

SEEN = ()


def by_mouth(often: str = "tid", dose: str = "0.5") -> Dosage:
    return Dosage(
        Decimal(dose), "g", "g", Term("口服", ROUTE, "po"), Term(often, FREQUENCY, often), "口服"
    )


def drug(name: str = "阿莫西林", **more: object) -> OrderDraft:
    draft = OrderDraft(PATIENT, STAY, item=Term(name, "urn:f", name), dosage=by_mouth())
    return replace(draft, **more)  # type: ignore[arg-type]  # a test's own words


def service(order_class: OrderClass, name: str, **more: object) -> OrderDraft:
    draft = OrderDraft(PATIENT, STAY, order_class, item=Term(name, "urn:i", name))
    return replace(draft, **more)  # type: ignore[arg-type]  # a test's own words


def bag(*names: str, group: str = "1") -> tuple[OrderDraft, ...]:
    """An infusion of several drugs."""
    return tuple(drug(name, group=group) for name in names)


class OrderHouse:
    """One workstation at which orders are written."""

    def __init__(self, every: timedelta = timedelta(0)) -> None:
        self.station = Station("zhao")
        self.acts, self.clock = self.station.acts, self.station.clock
        one = self.station
        desk = an_order_desk(one.acts, one.maker, one.rules, one.planning, judging=self.judging())
        self.desk = desk
        self.entry = OrderEntry(desk)
        self.changing = OrderChanging(desk, lambda order: was_executed(self.acts, order))
        self.countersigning = Countersigning(desk)
        self.lapsing = OrderLapsing(
            desk, self._over_by, lambda order: was_executed(self.acts, order), every
        )
        self.doctor = self.station.who(Role.ATTENDING)

    def judging(self) -> Judging | None:
        """What is asked before signing; None has nothing to say."""
        return None

    def who(self, role: Role) -> Session:
        return self.station.who(role)

    def sign(self, *drafts: OrderDraft) -> tuple[Order, ...]:
        return self.entry.sign_basket(self.doctor, drafts, SEEN)

    def now(self, order: Order | OrderId) -> Order:
        """The order as it reads now."""
        wanted = order if isinstance(order, str) else order.id
        return next(one for one in self.acts.orders(PATIENT) if one.id == wanted)

    def due(self, order: Order) -> list[datetime]:
        """When doses of it are due and not cancelled."""
        slots = (read_slot(one) for one in self.acts.documents("Task"))
        return sorted(
            slot.due_at
            for slot in slots
            if slot is not None and slot.order == order.id and slot.state is SlotState.DUE
        )

    def give(self, order: Order) -> None:
        """A dose of it was given."""
        self.acts.download(
            {
                "resourceType": "MedicationAdministration",
                "id": f"given-{order.id}",
                "status": "completed",
                "subject": {"reference": f"Patient/{PATIENT}"},
                "request": {"reference": order_ref(order)},
            }
        )

    def _over_by(self, by: datetime) -> tuple[Order, ...]:
        found = (read_order(one) for one in self.acts.documents("MedicationRequest"))
        return tuple(
            one
            for one in found
            if one and one.status == "active" and one.ends_at is not None and one.ends_at <= by
        )


def refusal(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.fault.message.code


HOLDING = (OrderKind.LONG_TERM, OrderKind.PRN)
