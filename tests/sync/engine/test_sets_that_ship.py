"""Every order set that ships: what it offers is what is ordered, and what falls due elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from app.domain.order_sets import Chosen, Offer
from app.domain.orders import Order, OrderClass, OrderDraft, OrderKind
from app.domain.patients import Banner
from app.domain.people import Session
from app.domain.results import Series
from app.domain.slots import SlotState
from app.domain.terms import PatientId
from app.kernel.clock import RandomIds
from app.services.order_sets import OrderSets
from localdb.reads.chart import SqlChartReads
from tests.support.builders import a_weight, no_known_allergy
from tests.support.sets_kit import BOOK
from tests.sync.engine.dosing import TYPES, Nurse, Seat, later
from tests.sync.engine.hospital import Hospital

EVERYTHING = TYPES | {"ServiceRequest", "NutritionOrder", "RequestGroup"}
EVERYTHING |= {"Observation", "AllergyIntolerance"}


@dataclass(frozen=True)
class Charts:
    """The charts of one workstation; everybody here may open them."""

    reads: SqlChartReads

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session
        found = self.reads.banner(patient)
        assert found is not None
        return found

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session
        return self.reads.series(patient, code)


def sets_of(nurse: Nurse) -> OrderSets:
    charts = Charts(SqlChartReads(nurse.desk.opened.cache))
    return OrderSets(lambda _: BOOK, charts, nurse.desk.clock, RandomIds())


def chosen_of(offered: Offer) -> Chosen:
    """What is preselected, and the first of each choice that asks for one."""
    keys = set(offered.preselected)
    for choice in offered.set.choices:
        options = [one.line for one in offered.lines if one.line.choice == choice.key]
        if choice.least and not any(line.key in keys for line in options):
            unit = options[0].unit_of_choice
            keys |= {line.key for line in options if line.unit_of_choice == unit}
    return Chosen(frozenset(keys))


def ordered(drafts: tuple[OrderDraft, ...] | tuple[Order, ...]) -> Counter[object]:
    """What is ordered, however it was put: item, dose, unit and how often."""
    return Counter(
        (
            one.order_class,
            one.kind,
            one.item.code,
            one.dosage.dose,
            one.dosage.unit,
            one.dosage.frequency.code if one.dosage.frequency else "",
        )
        for one in drafts
        if one.item is not None
    )


def test_what_a_set_that_ships_offers_is_ordered_and_falls_due_at_the_other_workstation(
    hospital: Hospital, seat: Seat
) -> None:
    names = {one.code: f"set-{number}" for number, one in enumerate(BOOK.sets)}
    assert len(names) >= 8
    for name in names.values():
        known_chart(hospital, name)
    hospital.clock.step(minutes=10)
    one, other = seat("zhao", EVERYTHING), seat("qian", EVERYTHING)
    sets, told = sets_of(one), {}
    for code, name in names.items():
        patient = hospital.patient(name)
        offered = sets.offer(one.doctor, patient, code)
        drafts = sets.drafts(one.doctor, patient, offered, chosen_of(offered), "zh_CN")
        told[code] = drafts, one.orders.sign_basket(one.doctor, drafts, ())
    later(hospital, one, other)

    reads = SqlChartReads(other.desk.opened.cache)
    kinds: set[OrderKind | None] = set()
    for code, (drafts, signed) in told.items():
        ids = {order.id for order in signed}
        lines = reads.orders(hospital.patient(names[code]))
        arrived = tuple(line.order for line in lines if line.order.id in ids)
        assert ordered(arrived) == ordered(drafts), code
        due = {order: falls_due(other, order) for order in arrived if is_drug(order)}
        assert all(count == 1 for order, count in due.items() if order.kind is OrderKind.STAT), code
        regular = [count for order, count in due.items() if order.kind is OrderKind.LONG_TERM]
        assert all(regular), code
        kinds |= {order.kind for order in due}
    assert {OrderKind.STAT, OrderKind.LONG_TERM} <= kinds
    assert (one.desk.states(), other.desk.states()) == ({}, {})


def known_chart(hospital: Hospital, name: str) -> None:
    """Somebody without allergies who weighs 60 kg."""
    hospital.admit(name)
    key = hospital.patient(name)
    hospital.put(no_known_allergy(hospital.allergy(name).partition("/")[2], key))
    weight = f"weight-{name}-{hospital.number}"
    hospital.put(a_weight(weight, key, "60", "2026-03-01T07:00:00+08:00"))


def is_drug(order: Order) -> bool:
    return order.order_class is OrderClass.MEDICATION


def falls_due(nurse: Nurse, order: Order) -> int:
    return sum(slot.state is SlotState.DUE for slot in nurse.slots(order))
