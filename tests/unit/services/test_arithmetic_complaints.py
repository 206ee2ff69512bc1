"""What users of other systems complain about when doses and days are computed: it happens not here.

Each test names the complaint it answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.domain.day_counts import DayPlan, day_plan, ends_after
from app.domain.orders import Dosage
from app.domain.portions import Division, Portion, Product, amount, portion
from app.domain.quantities import Quantity
from app.domain.schedule import Rhythm, due_times
from app.domain.strengths import read_strength
from app.domain.terms import Term
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.kernel.faults import Message
from app.services.frequencies import rhythm_of
from app.services.products import read_product
from resources.reading import rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
INTERVALS = [row for row in rows("frequencies", "frequencies") if row["kind"] == "interval"]


def tablet(written: str) -> Product:
    strength = read_strength(written)
    assert strength is not None
    return Product("tab", strength, ("{tbl}",), "unit.tablet", Division.HALF)


def rhythm(code: str, route: str = "po") -> Rhythm:
    found = rhythm_of(
        Dosage(route=Term(route, ROUTE, route), frequency=Term(code, FREQUENCY, code))
    )
    assert found is not None
    return found


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def plan(code: str, starts: str, days: int, zone: ZoneInfo = SHANGHAI) -> DayPlan:
    begins = local(starts, zone)
    found = day_plan(rhythm(code), begins, ends_after(begins, days, zone), zone)
    assert isinstance(found, DayPlan)
    return found


def counts(found: DayPlan) -> list[int]:
    return [day.count for day in found.days]


def walls(code: str, starts: str, zone: ZoneInfo = SHANGHAI) -> list[str]:
    begins = local(starts, zone)
    found = due_times(rhythm(code), begins, begins, ends_after(begins, 1, zone), zone)
    return [f"{at.astimezone(zone):%d %H:%M}" for at in found]


# --- 81 × 81 mg


def test_81_mg_of_a_tablet_of_81_mg_is_one_tablet_and_never_81() -> None:
    found = portion(Quantity(Decimal(81), "mg"), tablet("81mg"))

    assert isinstance(found, Portion)
    assert found.count == 1


def test_81_tablets_of_81_mg_are_said_to_be_6561_mg() -> None:
    """Whoever means it may order it, and reads what it comes to."""
    held = amount(Quantity(Decimal(81), "{tbl}"), tablet("81mg"))

    assert held == Quantity(Decimal(6561), "mg")


def test_81_without_a_unit_is_no_dose() -> None:
    assert isinstance(portion(Quantity(Decimal(81), ""), tablet("81mg")), Message)


# --- the quantity is computed for tablets only


@pytest.mark.parametrize(
    ("form", "written", "dose"),
    [
        ("tab", "0.25g", Quantity(Decimal(500), "mg")),
        ("cap", "50mg", Quantity(Decimal(50), "mg")),
        ("inj", "2ml:20mg", Quantity(Decimal(20), "mg")),
        ("inj", "3ml:300U", Quantity(Decimal(10), "U")),
        ("inj 0.9%", "500ml", Quantity(Decimal(250), "mL")),
        ("pwd", "0.48g(80万U)", Quantity(Decimal(800_000), "U")),
        ("susp", "60ml:1.2g", Quantity(Decimal(100), "mg")),
        ("supp", "0.5g", Quantity(Decimal(1), "{supp}")),
    ],
)
def test_quantities_are_computed_for_more_than_tablets(
    form: str, written: str, dose: Quantity
) -> None:
    product = read_product(form, written)
    assert product is not None

    assert isinstance(portion(dose, product), Portion)


# --- a dose is missing over three days


def test_three_days_tid_from_14_00_give_1_3_3_and_2_and_the_sum_is_the_plan() -> None:
    found = plan("tid", "2026-03-02T14:00", 3)

    assert counts(found) == [1, 3, 3, 2]
    assert found.total == 3 * 3


def test_three_days_tid_until_midnight_give_1_3_3() -> None:
    begins, ends = local("2026-03-02T14:00"), local("2026-03-05T00:00")

    found = day_plan(rhythm("tid"), begins, ends, SHANGHAI)

    assert isinstance(found, DayPlan)
    assert counts(found) == [1, 3, 3]


@pytest.mark.parametrize("hour", range(24))
def test_no_hour_of_the_start_loses_a_dose(hour: int) -> None:
    assert plan("tid", f"2026-03-02T{hour:02}:00", 3).total == 9


# --- three times a day is no interval, five a day are five


def test_tid_and_q8h_give_different_times() -> None:
    assert walls("tid", "2026-03-02T00:01") == ["02 08:00", "02 12:00", "02 16:00"]
    assert walls("q8h", "2026-03-02T00:01") == ["02 08:00", "02 16:00", "03 00:00"]


@pytest.mark.parametrize(("clock", "interval"), [("bid", "q12h"), ("qid", "q6h")])
def test_so_often_a_day_is_not_that_part_of_a_day(clock: str, interval: str) -> None:
    assert walls(clock, "2026-03-02T00:01") != walls(interval, "2026-03-02T00:01")


def test_five_a_day_give_five_every_day() -> None:
    found = plan("q5d_", "2026-03-02T00:00", 7)

    assert counts(found) == [5] * 7


def test_an_interval_that_does_not_divide_a_day_is_stepped_and_never_a_part_of_24() -> None:
    five_hours = Rhythm(every=timedelta(hours=5))
    begins = local("2026-03-02T08:00")

    found = due_times(five_hours, begins, begins, begins + timedelta(days=5), SHANGHAI)

    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=5)}
    assert len(found) == 24


@pytest.mark.parametrize("row", INTERVALS, ids=lambda row: row["code"])
def test_the_grid_of_every_interval_is_that_interval_all_day_and_over_midnight(
    row: dict[str, str],
) -> None:
    for route in ("po", "iv"):
        begins = local("2026-03-02T00:00")
        found = due_times(
            rhythm(row["code"], route), begins, begins, begins + timedelta(days=3), SHANGHAI
        )
        gaps = {later - earlier for earlier, later in pairwise(found)}
        assert gaps == {timedelta(minutes=int(row["interval_minutes"]))}


# --- shifts, midnight and the change of the clock


def test_a_stop_at_10_00_takes_the_dose_at_10_00_and_leaves_the_one_at_09_00() -> None:
    injected = rhythm("q1h", "iv")
    begins = local("2026-03-02T08:00")

    found = due_times(injected, begins, begins, local("2026-03-02T10:00"), SHANGHAI)

    assert [f"{at.astimezone(SHANGHAI):%H:%M}" for at in found] == ["08:00", "09:00"]


def test_two_shifts_that_meet_at_15_30_share_no_dose_and_lose_none() -> None:
    """A shift is a window of half hours; a dose at its end belongs to the next one."""
    every = rhythm("q30m")
    begins = local("2026-03-02T06:59")
    day, late, night = ("2026-03-02T07:30", "2026-03-02T15:30", "2026-03-02T23:30")
    shifts = [(local(day), local(late)), (local(late), local(night))]

    doses = [set(due_times(every, begins, *shift, SHANGHAI)) for shift in shifts]

    assert local("2026-03-02T15:29").astimezone(UTC) in doses[0]
    assert doses[0] & doses[1] == set()
    both = due_times(every, begins, local(day), local(night), SHANGHAI)
    assert doses[0] | doses[1] == set(both)


def test_a_dose_exactly_at_the_change_of_shift_is_in_the_next_one() -> None:
    four = Rhythm(clock=rhythm("tid").clock)
    begins, change = local("2026-03-02T07:00"), local("2026-03-02T16:00")

    before = due_times(four, begins, begins, change, SHANGHAI)
    after = due_times(four, begins, change, local("2026-03-03T00:00"), SHANGHAI)

    assert (len(before), len(after)) == (2, 1)


def test_24_00_is_counted_on_the_day_that_ends_and_stored_as_the_next_date() -> None:
    found = plan("12mn", "2026-03-02T10:00", 1)

    assert counts(found) == [1, 0]
    assert found.first.times == (local("2026-03-03T00:00").astimezone(UTC),)


@pytest.mark.parametrize("starts", ["2026-03-28T07:00", "2026-10-24T07:00"])
def test_a_change_of_the_clock_neither_adds_nor_loses_a_dose_of_a_ward_list(starts: str) -> None:
    found = plan("tid", starts, 3, BERLIN)

    assert counts(found) == [3, 3, 3, 0]
    hours = {f"{at.astimezone(BERLIN):%H:%M}" for day in found.days for at in day.times}
    assert hours == {"08:00", "12:00", "16:00"}


def test_a_course_ends_at_the_ward_time_at_which_it_began_whatever_the_clock_does() -> None:
    begins = local("2026-03-28T14:00", BERLIN)

    assert ends_after(begins, 2, BERLIN).astimezone(BERLIN) == local("2026-03-30T14:00", BERLIN)
    assert ends_after(begins, 2, BERLIN) - begins == timedelta(hours=47)
