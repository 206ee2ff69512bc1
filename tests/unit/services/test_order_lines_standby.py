"""What a line says of a standby order: how soon again, how much a day, and for what."""

from __future__ import annotations

import pytest

from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import Filled, OrderLines

LINES = OrderLines(OrderCatalogue())


def only(text: str) -> Filled:
    (filled,) = LINES.read(text).orders
    return filled


def test_limits_and_indication_have_fields_of_their_own() -> None:
    filled = only("paracetamol 500 mg po q6h prn for pain max 4 g/d")

    assert (filled.kind, filled.frequency) == ("prn", "q6h")
    assert (filled.interval, filled.most, filled.most_unit) == ("6", "4", "g")
    assert (filled.reason, filled.note) == ("pain", "")
    said = dict(filled.said)
    assert (said["interval"], said["most"], said["reason"]) == ("q6h", "max 4 g/d", "pain")


@pytest.mark.parametrize(
    "line",
    [
        "paracetamol 500 mg po q6h max 4 g/d",
        "paracetamol 500 mg po tid",
        "急查 血常规",
    ],
)
def test_what_is_not_given_as_needed_has_no_limits(line: str) -> None:
    filled = only(line)

    assert (filled.interval, filled.most, filled.most_unit, filled.reason) == ("", "", "", "")


def test_a_most_of_an_order_by_the_clock_stays_in_the_note() -> None:
    assert "max 4 g/d" in only("paracetamol 500 mg po q6h max 4 g/d").note


def test_a_most_without_its_day_stays_in_the_note() -> None:
    filled = only("morphine 5 mg sc prn max 20 mg")

    assert (filled.most, filled.most_unit) == ("", "")
    assert "max 20 mg" in filled.note


def test_times_of_the_clock_are_no_interval() -> None:
    filled = only("布洛芬 0.2g po tid prn 疼痛时")

    assert (filled.kind, filled.interval) == ("prn", "")


def test_plain_as_needed_says_no_interval() -> None:
    filled = only("morphine 5 mg sc prn if pain not more than 20 mg per day")

    assert (filled.interval, filled.most, filled.most_unit) == ("", "20", "mg")
    assert filled.note == ""
