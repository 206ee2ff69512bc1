"""A nurse and a physician who sign in at one workstation, one after the other."""

from __future__ import annotations

from app.domain.orders import Order, OrderLine
from app.domain.people import Clinician, Role
from app.domain.terms import Named, PractitionerId
from app.domain.verbal_orders import Colleague
from tests.support.chart_kit import PATIENT, WANG, WARD, ChartHouse

ZHAO = Clinician(PractitionerId("zhao"), "zhao", Named("赵敏", "Zhao Min"), Role.NURSE, (WARD,))
PHYSICIAN = Colleague(WANG.id, WANG.name, WANG.role)


def nurse_signs_in(house: ChartHouse) -> ChartHouse:
    """From now on the nurse works here; the physician is known by name."""
    house.person, house.role, house.staff = ZHAO, Role.NURSE, (PHYSICIAN,)
    return house


def physician_signs_in(house: ChartHouse) -> ChartHouse:
    """From now on the physician works here."""
    house.person, house.role, house.staff = WANG, Role.ATTENDING, ()
    return house


def written_down(house: ChartHouse) -> tuple[Order, ...]:
    """The orders that were written here, as they read now; the chart lists them from now on."""
    orders = house.acts.orders(PATIENT)
    house.reads.order_list = tuple(OrderLine(order, "saved") for order in orders)
    return orders
