"""A first day with more or fewer doses than the ward's list: signed, laid out, countersigned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.orders import Following, Order, OrderClass, OrderDraft, OrderKind, objections
from app.domain.people import Role
from app.domain.terms import Ref
from app.fhir.first_days import read_first_day, write_first_day
from app.fhir.orders import order_ref, read_order
from app.fhir.reordering import write_anew
from app.kernel.faults import AppError
from app.services.first_days import carried, refuse_impossible
from tests.support.fake_doses import ZONE
from tests.unit.services.dosing_kit import two_stations
from tests.unit.services.ordering_kit import OrderHouse, bag, by_mouth, drug, refusal, service

# The house begins at 15:00 in the ward: of tid (08, 12, 16) one dose is left on the first day.


def due(house: OrderHouse, order: Order) -> list[str]:
    return [f"{at.astimezone(ZONE):%d %H:%M}" for at in house.due(order)][:3]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (None, ["02 16:00", "03 08:00", "03 12:00"]),
        (1, ["02 16:00", "03 08:00", "03 12:00"]),
        (0, ["03 08:00", "03 12:00", "03 16:00"]),
        (2, ["02 15:00", "02 16:00", "03 08:00"]),
    ],
)
def test_the_first_day_is_laid_out_as_the_doctor_chose(
    first: int | None, expected: list[str]
) -> None:
    house = OrderHouse()

    (order,) = house.sign(drug(first_day=first))

    assert due(house, order) == expected
    assert house.now(order).first_day == first


def test_the_dose_now_is_due_when_it_was_signed_also_where_that_is_not_a_whole_second() -> None:
    house = OrderHouse()
    house.clock.step(microseconds=250)

    (order,) = house.sign(drug(first_day=2))

    assert house.due(order)[0] == order.authored_at


def test_what_the_day_cannot_give_is_refused_when_it_is_signed() -> None:
    """The basket lay until 17:00: what was "now and at four" is one dose now."""
    house = OrderHouse()
    house.clock.step(hours=2)

    with pytest.raises(AppError) as refused:
        house.sign(drug(first_day=2))

    assert refusal(refused) == "arithmetic.first-day-not"
    assert dict(refused.value.fault.message.parameters) == {"number": 2, "least": 0, "most": 1}
    assert house.acts.committed == []
    (order,) = house.sign(drug(first_day=1))
    assert due(house, order)[:1] == ["02 17:00"]


@pytest.mark.parametrize(
    "draft",
    [
        service(OrderClass.NURSING, "测血压", first_day=2),
        drug(first_day=2, kind=OrderKind.PRN),
        drug(first_day=2, kind=OrderKind.SOS),
    ],
)
def test_only_a_medicine_at_known_times_has_a_first_day(draft: OrderDraft) -> None:
    (objection,) = objections(draft)

    assert (objection.field, objection.message.code) == ("first_day", "order.first-day-of-doses")
    assert objections(drug(first_day=2)) == ()


def test_a_frequency_that_does_not_say_when_has_no_first_day() -> None:
    house = OrderHouse()

    with pytest.raises(AppError) as refused:
        refuse_impossible(drug(first_day=2, dosage=by_mouth("taper")), house.clock.now(), ZONE)

    assert refusal(refused) == "order.first-day-of-doses"
    refuse_impossible(drug(dosage=by_mouth("taper")), house.clock.now(), ZONE)


def test_a_stat_dose_is_one() -> None:
    house = OrderHouse()
    draft = drug(kind=OrderKind.STAT, dosage=by_mouth("st"), reason="高热")
    with pytest.raises(AppError):
        house.sign(draft, drug(kind=OrderKind.STAT, dosage=by_mouth("st"), first_day=2))

    (order,) = house.sign(draft)

    assert due(house, order) == ["02 15:00"]


def test_two_workstations_lay_out_the_same_doses() -> None:
    zhao, qian = two_stations()
    order = zhao.orders.sign(zhao.who(Role.ATTENDING), drug(first_day=2), ())
    mine = {slot.id for slot in zhao.slots(order)}
    document = zhao.acts.held(order_ref(order))
    assert document is not None
    there = read_order(document.document)
    assert there is not None

    since = order.authored_at
    assert since is not None
    again = list(qian.planning.further(there, document.document, since, zhao.clock.now()))

    assert {change.document["id"] for change in again} == mine
    qian.clock.step(hours=30)
    later = list(qian.planning.further(there, document.document, since, qian.clock.now()))
    assert mine < {change.document["id"] for change in later}


def test_a_count_that_the_list_cannot_give_any_more_changes_nothing() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(first_day=2))
    document = dict(house.desk.held(order).document)
    write_first_day(document, 99)
    odd = read_order(document)
    assert odd is not None
    assert odd.first_day == 99

    since = order.authored_at or house.clock.now()
    found = list(two_stations()[0].planning.further(odd, document, since, since))

    (listed,) = house.sign(drug())
    assert len(found) == len(house.due(listed))


def test_a_bag_has_one_first_day() -> None:
    house = OrderHouse()

    orders = house.sign(*(one_of(draft) for draft in bag("氯化钠注射液", "头孢呋辛")))

    assert [due(house, one)[0] for one in orders] == ["02 15:00", "02 15:00"]


def one_of(draft: OrderDraft) -> OrderDraft:
    return drug(draft.item.text if draft.item else "", group=draft.group, first_day=2)


# --- copies


@pytest.mark.parametrize("following", [None, *Following])
def test_no_copy_repeats_what_was_chosen_for_the_first_day_of_another(
    following: Following | None,
) -> None:
    house = OrderHouse()
    ends = house.clock.now() + timedelta(days=3)
    (order,) = house.sign(drug(first_day=2, ends_at=ends))

    (copy,) = house.changing.copied(house.doctor, order, following)

    assert copy.first_day is None


def test_an_order_written_anew_after_a_dispute_does_not_repeat_the_dose_now() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(first_day=2))

    anew = write_anew(house.desk.held(order).document, order)

    assert read_first_day(anew) is None
    assert read_first_day(house.desk.held(order).document) == 2


# --- a proposal begins when it is countersigned


def _proposed(house: OrderHouse, draft: OrderDraft) -> tuple[Order, Ref]:
    (order,) = house.entry.propose_basket(house.station.who(Role.TRAINEE, "xu"), (draft,), ())
    (task,) = [one for one in house.acts.documents("Task") if "focus" in one]
    return order, Ref(f"Task/{task['id']}")


@pytest.mark.parametrize(
    ("first", "hours", "count", "expected"),
    [
        (2, 0.5, 2, ["02 15:30", "02 16:00", "03 08:00"]),
        (2, 1, 1, ["02 16:00", "03 08:00", "03 12:00"]),  # the list gives one this very minute
        (2, 3, 1, ["02 18:00", "03 08:00", "03 12:00"]),
        (2, 18, 3, ["03 09:00", "03 12:00", "03 16:00"]),
        (0, 0.5, 0, ["03 08:00", "03 12:00", "03 16:00"]),
        (0, 16, None, ["03 08:00", "03 12:00", "03 16:00"]),
        (1, 3, 0, ["03 08:00", "03 12:00", "03 16:00"]),
        (None, 3, None, ["03 08:00", "03 12:00", "03 16:00"]),
    ],
)
def test_what_was_chosen_keeps_its_meaning_when_it_is_countersigned_later(
    first: int | None, hours: float, count: int | None, expected: list[str]
) -> None:
    house = OrderHouse()
    _, task = _proposed(house, drug(first_day=first))
    house.clock.step(hours=hours)

    (signed,) = house.countersigning.countersign(house.doctor, task, ())

    assert signed.first_day == count
    assert due(house, signed) == expected


def test_a_count_without_times_or_a_beginning_is_not_carried() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(first_day=2))
    now = house.clock.now()

    for odd in ({"kind": OrderKind.PRN}, {"authored_at": None}):
        assert carried(changed(order, **odd), now, ZONE) is None
    assert carried(order, now, ZONE) == 2


def changed(order: Order, **more: object) -> Order:
    return replace(order, **more)  # type: ignore[arg-type]  # a test's own words
