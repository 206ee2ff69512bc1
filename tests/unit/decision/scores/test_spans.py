from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.scores.spans import Fit, ascending, fit, rounded, span_of

TENTH = Fraction(1, 10)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("<=8", "8", "8.1"),
        (">=9 <=11", "9", "8.9"),
        (">=9 <=11", "11", "11.1"),
        (">9 <11", "10", "9"),
        (">9 <11", "10", "11"),
        ("=5", "5", "5.1"),
        (">100", "100.1", "100"),
    ],
)
def test_a_border_is_exact(text: str, inside: str, outside: str) -> None:
    assert span_of(text).holds(Fraction(inside))
    assert not span_of(text).holds(Fraction(outside))


def test_any_holds_everything() -> None:
    assert span_of("any").holds(Fraction(-(10**9)))


@pytest.mark.parametrize(
    "text", ["", " ", "9-11", ">=x", ">=1 >=2", "<1 <2", ">=3 <=2", ">2 <=2", ">=NaN", "<Infinity"]
)
def test_what_is_no_band_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        span_of(text)


@pytest.mark.parametrize(
    ("below", "above", "step", "how"),
    [
        ("<=8", ">=9", Fraction(1), Fit.JOINED),
        ("<=8", ">=9", None, Fit.GAP),
        ("<=8", ">=10", Fraction(1), Fit.GAP),
        ("<=9", ">=9", Fraction(1), Fit.OVERLAP),
        ("<9", ">=9", Fraction(1), Fit.JOINED),
        ("<=8", ">8", Fraction(1), Fit.JOINED),
        ("<=35.0", ">=35.1", TENTH, Fit.JOINED),
        ("<70", ">=70", None, Fit.JOINED),
        ("<=70", ">70", None, Fit.JOINED),
        ("<70", ">70", None, Fit.GAP),
        ("<=70", ">=70", None, Fit.OVERLAP),
        ("<=71", ">=70", None, Fit.OVERLAP),
        (">=1", ">=2", None, Fit.OVERLAP),
        ("<=1", "<=2", None, Fit.OVERLAP),
    ],
)
def test_bands_touch_or_not(below: str, above: str, step: Fraction | None, how: Fit) -> None:
    assert fit(span_of(below), span_of(above), step) is how


def test_bands_are_put_in_order_by_where_they_begin() -> None:
    spans = [span_of(text) for text in (">2", "<=1", ">=2 <=2")]

    assert ascending(spans) == (1, 2, 0)


@given(st.fractions(min_value=-500, max_value=500))
def test_rounding_goes_to_the_nearest_step_halves_up(value: Fraction) -> None:
    near, down = rounded(value, TENTH, down=False), rounded(value, TENTH, down=True)

    assert (near / TENTH).denominator == (down / TENTH).denominator == 1
    assert -TENTH / 2 < near - value <= TENTH / 2
    assert 0 <= value - down < TENTH


@given(st.integers(-50, 50), st.integers(-50, 50), st.fractions(-60, 60))
def test_joined_bands_hold_every_number_once(one: int, length: int, value: Fraction) -> None:
    ends = sorted((one, one + abs(length) + 1))
    bands = [
        span_of(f"<{ends[0]}"),
        span_of(f">={ends[0]} <={ends[1]}"),
        span_of(f">{ends[1]}"),
    ]

    assert sum(band.holds(value) for band in bands) == 1
