"""From what was typed to the order it stands for: times, limits, and what keeps it back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.baskets import BasketItem
from app.domain.dose_limits import DoseLimits
from app.domain.orders import OrderDraft
from app.domain.terms import EncounterId, PatientId, Term
from app.services.order_catalogue import OrderCatalogue
from ui.orders.basket_state import edited, form_of
from ui.orders.form import OrderForm
from ui.orders.form_draft import Choices, draft_of, interval_of, lasting_of, objections_of

NOW = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)
PACKS = OrderCatalogue()
CHOICES = Choices(PACKS.routes(), PACKS.frequencies(), ZoneInfo("Asia/Shanghai"))
PARACETAMOL = Term("对乙酰氨基酚", "urn:wardone:formulary", "neml2026-100", "Paracetamol")
BY_THE_CLOCK = OrderForm(
    order_class="medication", query="对乙酰氨基酚", item=PARACETAMOL,
    dose="0.5", unit="g", route="po", frequency="tid",
)  # fmt: skip
STANDBY = replace(BY_THE_CLOCK, kind="prn", frequency="prn", interval="6", reason="pain")


def draft(form: OrderForm, now: datetime = NOW) -> OrderDraft:
    return draft_of(form, PatientId("p"), EncounterId("e"), CHOICES, now)


def wrong(form: OrderForm, now: datetime = NOW) -> list[tuple[str, str]]:
    found = objections_of(form, draft(form, now), CHOICES, now)
    return [(one.field, one.message.code) for one in found]


# -- times


def test_without_a_start_it_begins_when_it_is_signed() -> None:
    assert draft(BY_THE_CLOCK).starts_at is None
    assert wrong(BY_THE_CLOCK) == []


def test_a_later_start_moves_the_end_of_a_course_of_days() -> None:
    later = draft(replace(BY_THE_CLOCK, starts_at="tomorrow 8", duration_d="7"))

    assert later.starts_at == datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
    assert later.ends_at == datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
    assert draft(replace(BY_THE_CLOCK, duration_d="7")).ends_at == NOW + timedelta(days=7)


def test_in_two_hours_counts_from_when_it_was_typed_also_a_day_later() -> None:
    form = replace(BY_THE_CLOCK, starts_at="+2h", starts_from=NOW.isoformat())

    tomorrow = NOW + timedelta(days=1)

    assert draft(form, tomorrow).starts_at == NOW + timedelta(hours=2)
    assert wrong(form, tomorrow) == [("starts_at", "order_times.past")]
    assert wrong(form) == []


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
@pytest.mark.parametrize(
    ("typed", "why"), [("soon", "order_times.not_read"), ("8:00", "order_times.past")]
)
def test_a_time_that_cannot_be_read_or_has_passed_is_said(field: str, typed: str, why: str) -> None:
    form = replace(BY_THE_CLOCK, **{field: typed})  # type: ignore[arg-type]  # texts, by the cases

    assert (field, why) in wrong(form)
    assert wrong(replace(form, **{field: "18:00"})) == []  # type: ignore[arg-type]


def test_what_was_said_in_a_rescue_began_before_it_was_written() -> None:
    form = replace(BY_THE_CLOCK, kind="verbal", starts_at="13:50")

    assert [field for field, _ in wrong(form)] == []
    assert ("starts_at", "order_times.past") in wrong(replace(form, kind="stat"))


def test_days_and_an_end_at_once_say_two_ends() -> None:
    form = replace(BY_THE_CLOCK, duration_d="3", ends_at="18:00")

    assert wrong(form) == [("ends_at", "order_times.two_ends")]


def test_an_end_before_the_start_is_said() -> None:
    form = replace(BY_THE_CLOCK, starts_at="20:00", ends_at="18:00")

    assert wrong(form) == [("ends_at", "order.ends-before-start")]


# -- limits


def test_a_standby_order_says_how_soon_and_how_much_again() -> None:
    limits = draft(replace(STANDBY, most="4", most_unit="g")).limits

    assert limits == DoseLimits(timedelta(hours=6), Decimal(4), "g", timedelta(hours=24))


def test_so_many_doses_are_so_many_times_the_dose() -> None:
    limits = draft(replace(STANDBY, most="4", most_unit="times")).limits

    assert (limits.most, limits.unit) == (Decimal("2.0"), "g")


@given(st.integers(1, 24), st.decimals("0.001", "5000", places=3))
def test_as_many_doses_as_are_allowed_are_never_more_than_the_most(
    times: int, dose: Decimal
) -> None:
    form = replace(STANDBY, dose=f"{dose:f}", most=str(times), most_unit="times")

    assert draft(form).limits.most == times * dose
    assert not [one for one in wrong(form) if one[0] in ("most", "most_unit")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"interval": "six"}, ("interval", "order_limits.interval_not_read")),
        ({"interval": "0"}, ("interval", "order_limits.interval_not_read")),
        ({"interval": "0.001"}, ("interval", "order_limits.interval_not_read")),
        ({"most": "4,5", "most_unit": "g"}, ("most", "order_limits.most_not_read")),
        ({"most": "0", "most_unit": "g"}, ("most", "order_limits.most_not_read")),
        ({"most": "4"}, ("most_unit", "order_limits.most_of_what")),
        ({"most": "4", "most_unit": "mL"}, ("most_unit", "order_limits.units_differ")),
        ({"most": "400", "most_unit": "mg"}, ("most", "order_limits.below_one_dose")),
    ],
)
def test_limits_that_are_none_are_said(change: dict[str, str], said: tuple[str, str]) -> None:
    assert wrong(replace(STANDBY, **change)) == [said]  # type: ignore[arg-type]  # texts, by the cases
    assert wrong(replace(STANDBY, interval="0.5", most="500", most_unit="mg")) == []


def test_an_order_by_the_clock_has_no_limits_whatever_was_typed_before() -> None:
    form = replace(STANDBY, kind="long-term", frequency="tid", most="x")

    assert not draft(form).limits.stated
    assert wrong(form) == []


@pytest.mark.parametrize("typed", ["６", "1,5", "-1", "", "6h"])
def test_an_interval_is_a_plain_number_of_hours(typed: str) -> None:
    assert interval_of(typed) is None
    assert interval_of("1.5") == timedelta(minutes=90)


# -- class and item


def test_without_a_class_words_are_no_order() -> None:
    form = replace(BY_THE_CLOCK, order_class="", item=None, query="翻身拍背")

    assert wrong(form) == [("item", "order_form.choose_item")]
    assert wrong(replace(form, order_class="nursing")) == []


# -- to the basket and back


def test_times_and_limits_come_back_from_the_basket_as_they_were() -> None:
    form = replace(
        STANDBY, starts_at="18:00", ends_at="+3d", ends_from=NOW.isoformat(),
        most="4", most_unit="times",
    )  # fmt: skip
    put = replace(draft(form), group="g", first_day=None)

    back = form_of(BasketItem("k", put), CHOICES)

    assert edited(put, draft(back)) == replace(put, dosage=draft(back).dosage)
    assert (back.starts_at, back.interval) == ("2026-11-24 18:00", "6")
    assert (back.most, back.most_unit, back.group) == ("2.0", "g", "g")


def test_a_time_with_seconds_stays_to_the_second_while_nobody_changes_it() -> None:
    ends = NOW + timedelta(days=2, seconds=31)
    put = replace(draft(BY_THE_CLOCK), ends_at=ends)
    back = form_of(BasketItem("k", put), CHOICES)

    assert edited(put, draft(back)).ends_at == ends
    assert edited(put, draft(replace(back, ends_at=""))).ends_at is None


# -- kept drafts


def test_every_field_is_kept_and_read_again() -> None:
    form = replace(
        STANDBY, starts_at="+2h", starts_from="2026-11-24T06:02:00+00:00", first_day="now",
        last_day="1", most="3", most_unit="times", usual="dose unit", group="g", line="x",
    )  # fmt: skip

    assert OrderForm.of(form.body) == form
    assert not form.of_old


def test_a_form_of_an_earlier_version_is_read_and_known_as_such() -> None:
    kept = json.loads(BY_THE_CLOCK.body)
    for name in ("starts_at", "ends_at", "interval", "most", "within", "first_day", "usual"):
        del kept[name]

    old = OrderForm.of(json.dumps(kept))

    assert old is not None
    assert old.of_old
    assert draft(old) == draft(BY_THE_CLOCK)


@pytest.mark.parametrize("field", ["starts_at", "interval", "most", "first_day"])
def test_a_form_that_holds_only_one_of_the_new_fields_is_kept(field: str) -> None:
    assert not replace(OrderForm(), **{field: "1"}).blank  # type: ignore[arg-type]
    assert OrderForm(key="k", group="g", usual="dose").blank


# -- how long a bag runs


def test_how_long_the_bag_runs_is_no_rate_yet() -> None:
    form = replace(BY_THE_CLOCK, rate="30", rate_unit="over_min")

    assert lasting_of(form) == timedelta(minutes=30)
    assert lasting_of(replace(form, rate="1.5", rate_unit="over_h")) == timedelta(minutes=90)
    assert (draft(form).dosage.rate, draft(form).dosage.rate_unit) == (None, "")
    assert lasting_of(replace(form, rate_unit="mL/h")) is None


@pytest.mark.parametrize(
    ("typed", "why"), [("0", "order.rate-not-positive"), ("30'", "orders.rate-not-read")]
)
def test_no_time_at_all_is_said(typed: str, why: str) -> None:
    form = replace(BY_THE_CLOCK, rate=typed, rate_unit="over_min")

    assert wrong(form) == [("rate", why)]
    assert wrong(replace(form, rate="30")) == []
