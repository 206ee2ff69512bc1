from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.runtime.formats import NO_BREAK, Formats
from ui.runtime.language import Languages

EN = Languages("en").formats
ZH = Languages("zh_CN").formats
AT = datetime(2026, 11, 24, 6, 2, 11, tzinfo=UTC)  # 14:02:11 in Shanghai

moments = st.integers(-2_208_900_000, 7_258_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def test_a_moment_is_written_in_the_one_form_of_the_language() -> None:
    assert EN.moment(AT) == "24-Nov-2026 14:02"
    assert ZH.moment(AT) == "2026-11-24 14:02"
    assert EN.moment(AT, seconds=True) == "24-Nov-2026 14:02:11"


def test_midnight_is_never_24_00() -> None:
    assert EN.moment(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "24-Nov-2026 00:00"


def test_no_moment_is_said_in_words() -> None:
    assert EN.moment(None) == "not recorded"
    assert ZH.moment(None) == "未记录"


def test_a_time_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="zone"):
        EN.moment(datetime(2026, 11, 24, 14, 2))  # noqa: DTZ001 - the defect itself


@given(moments)
def test_every_english_moment_has_the_shape(at: datetime) -> None:
    assert re.fullmatch(r"\d\d-[A-Z][a-z]{2}-\d{4} ([01]\d|2[0-3]):[0-5]\d", EN.moment(at))


@given(moments)
def test_every_chinese_moment_has_the_shape(at: datetime) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d", ZH.moment(at))


@given(moments, st.integers(-12, 14))
def test_the_same_moment_reads_the_same_from_any_zone(at: datetime, hours: int) -> None:
    assert EN.moment(at) == EN.moment(at.astimezone(timezone(timedelta(hours=hours))))


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("1959", "1959", "1959"),
        ("1959-03", "Mar-1959", "1959-03"),
        ("1959-03-02", "02-Mar-1959", "1959-03-02"),
        (None, "not recorded", "未记录"),
    ],
)
def test_no_day_is_invented_for_a_partial_date(
    written: str | None, english: str, chinese: str
) -> None:
    assert EN.partial(written) == english
    assert ZH.partial(written) == chinese


@pytest.mark.parametrize(
    ("born", "english", "chinese"),
    [
        (AT - timedelta(minutes=30), "0 h", "0小时"),
        (AT - timedelta(hours=36), "36 h", "36小时"),
        (AT - timedelta(hours=49), "2 d", "2天"),
        (date(2026, 11, 24), "0 d", "0天"),
        (date(2026, 10, 28), "27 d", "27天"),
        (date(2026, 10, 27), "28 d", "28天"),
        (date(2026, 6, 20), "5 mo 4 d", "5月4天"),
        (date(2026, 6, 24), "5 mo", "5月"),
        (date(2025, 11, 24), "1 y", "1岁"),
        (date(2023, 9, 20), "3 y 2 mo", "3岁2月"),
        (date(2020, 11, 25), "5 y 11 mo", "5岁11月"),
        (date(2020, 11, 24), "6 y", "6岁"),
        (date(1959, 3, 2), "67 y", "67岁"),
        ("1959-03-02", "67 y", "67岁"),
        ("1959", "Approx 67 y", "约67岁"),
        (None, "not recorded", "未记录"),
        (date(2027, 1, 1), "birth date lies in the future", "出生日期晚于当前日期"),
    ],
)
def test_an_age_has_at_most_two_units(
    born: date | datetime | str | None, english: str, chinese: str
) -> None:
    assert EN.age(born, AT) == english
    assert ZH.age(born, AT) == chinese


def test_a_birthday_counts_from_local_midnight() -> None:
    eve = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)

    assert EN.age(date(1996, 11, 24), eve) == "29 y"
    assert EN.age(date(1996, 11, 24), eve + timedelta(minutes=1)) == "30 y"


@given(st.dates(date(1900, 1, 1), date(2026, 11, 24)))
def test_every_age_is_short_and_has_no_zero_part(born: date) -> None:
    said = EN.age(born, AT)

    assert re.fullmatch(r"\d+ (y|mo|d)( \d+ (mo|d))?", said)
    assert born == date(2026, 11, 24) or not re.search(r"\b0 ", said)


@given(st.dates(date(1900, 1, 1), date(2026, 11, 24)), st.integers(0, 4000))
def test_nobody_grows_younger(born: date, later: int) -> None:
    def years(at: datetime) -> int:
        found = re.match(r"(\d+) y", EN.age(born, at))
        return int(found.group(1)) if found else 0

    assert years(AT) <= years(AT + timedelta(days=later))


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=20), "under 1 min", "不到1分钟"),
        (timedelta(minutes=4), "4 min", "4分钟"),
        (timedelta(minutes=65), "1 h 5 min", "1小时5分钟"),
        (timedelta(hours=2), "2 h", "2小时"),
        (timedelta(days=1, hours=4, minutes=59), "1 d 4 h", "1天4小时"),
    ],
)
def test_a_span_has_whole_units_largest_first(
    length: timedelta, english: str, chinese: str
) -> None:
    assert EN.span(length) == english
    assert ZH.span(length) == chinese


def test_relative_times_know_before_and_after() -> None:
    assert EN.ago(AT - timedelta(minutes=4), AT) == "4 min ago"
    assert ZH.ago(AT + timedelta(minutes=4), AT) == "4分钟后"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("5.0"), "5"),
        (Decimal("0.50"), "0.5"),
        (Decimal(".5"), "0.5"),
        (Decimal(1000), "1,000"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("-0.0"), "0"),
        (0.1, "0.1"),
        (1234567.5, "1,234,567.5"),
    ],
)
def test_numbers_have_no_trailing_zero_a_leading_zero_and_commas(
    value: Decimal | float, said: str
) -> None:
    assert EN.number(value) == said


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_a_written_number_is_the_number(value: Decimal) -> None:
    written = EN.number(value)

    assert Decimal(written.replace(",", "")) == value
    assert not re.search(r"\.\d*0$", written)
    assert not written.startswith((".", "-."))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=9999))
def test_a_result_keeps_its_recorded_precision(value: Decimal) -> None:
    assert EN.measured(value).replace(",", "") == f"{value:f}"


@pytest.mark.parametrize(
    ("unit", "english", "chinese"),
    [
        ("mmol/L", "mmol/L", "mmol/L"),
        ("ug", "microgram", "微克"),
        ("μg", "microgram", "微克"),
        ("ug/kg/min", "microgram/kg/min", "微克/kg/min"),
        ("U", "units", "单位"),
        ("[iU]", "international units", "国际单位"),
        ("U/L", "U/L", "U/L"),
        ("cc", "mL", "mL"),
        ("mm[Hg]", "mmHg", "mmHg"),
        ("10*9/L", "\u00d710⁹/L", "\u00d710⁹/L"),
        ("mg", "mg", "mg"),
    ],
)
def test_units_are_spelled_so_that_they_cannot_be_misread(
    unit: str, english: str, chinese: str
) -> None:
    assert EN.unit(unit) == english
    assert ZH.unit(unit) == chinese


def test_number_and_unit_stay_on_one_line() -> None:
    assert EN.quantity(Decimal("0.25"), "g") == f"0.25{NO_BREAK}g"
    assert EN.result(Decimal("6.0"), "mmol/L") == f"6.0{NO_BREAK}mmol/L"
    assert EN.quantity(Decimal(96), "%") == "96%"


def test_an_unknown_quantity_is_said_in_words() -> None:
    assert EN.quantity(None, "kg") == "not recorded"
    assert ZH.dose(None, "mg") == "未记录"


def test_a_dose_line_has_no_slash() -> None:
    assert plain(EN.dose(Decimal(5), "ug/kg/min")) == "5 microgram per kg per minute"
    assert plain(ZH.dose(Decimal(5), "ug/kg/min")) == "5 微克每kg每分钟"
    assert plain(EN.dose(Decimal(10), "U/h")) == "10 units per hour"


def test_ten_thousands_of_units_keep_the_plain_number() -> None:
    assert plain(ZH.dose(Decimal(1_600_000), "U")) == "1,600,000 单位 = 160 万单位"
    assert plain(EN.dose(Decimal(1_600_000), "U")) == "1,600,000 units"


def test_the_zone_is_the_configured_one() -> None:
    tokyo = Languages("en", zone="Asia/Tokyo").formats

    assert tokyo.time(AT) == "15:02"
    assert isinstance(tokyo, Formats)
