"""How often and for how long."""

from __future__ import annotations

import pytest

from tests.unit.decision.order_text.kit import one, why


def freq(text: str) -> str:
    said = one(f"阿司匹林 100mg po {text}").freq
    return said.value if said is not None else ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("q8h", "Q8H"), ("q 8 h", "Q8H"), ("每8小时一次", "Q8H"), ("every 8 hours", "Q8H"),
        ("8 hourly", "Q8H"), ("hourly", "Q1H"), ("q30min", "Q30M"), ("每天三次", "TID"),
        ("3次/日", "TID"), ("3/日", "TID"), ("一日两次", "BID"), ("twice daily", "BID"),
        ("5次/日", "Q5D_"), ("每周3次", "TIW"), ("隔日一次", "QOD"), ("每3天一次", "Q3D"),
        ("每7天一次", "QW"), ("qd 睡前", "QD"), ("早晚各一次", "BID"), ("三餐前", "AC"),
        ("睡前", "HS"), ("prn", "PRN"), ("必要时", "PRN"), ("sos", "SOS"), ("st", "STAT"),
        ("now once", "STAT"), ("术前 st", "PREOP"), ("twice daily (every 12 hours)", "Q12H"),
        ("每日 qn", "QN"), ("q24h qd", "Q24H"), ("一次 tid", ""), ("负荷量", "ONCE"),
        ("持续", "CONT"), ("持续 qd", "QD"), ("每天吃三次", "TID"), ("一天分两次", "BID"),
        ("three times every day", "TID"), ("twice every day", "BID"), ("thrice daily", "TID"),
        ("每天早上一次", "QM"), ("每天 1次", "QD"),
    ],
)  # fmt: skip
def test_a_frequency_is_read_as_it_is_said(words: str, code: str) -> None:
    if code:
        assert freq(words) == code
    else:
        assert why(f"阿司匹林 100mg po {words}") == "contradiction"


@pytest.mark.parametrize(
    "words",
    ["3-4次/日", "q4-6h", "q6", "od", "每周5次", "6次/日", "q36h", "mwf", "晨起 睡前", "中午",
     "每五天一次", "x3 doses", "每二五天", "08:00"],
)  # fmt: skip
def test_a_frequency_that_no_code_stands_for_is_asked(words: str) -> None:
    assert "freq" in one(f"阿司匹林 100mg po {words}").ask


@pytest.mark.parametrize("words", ["bid q8h", "qd tid", "st qd", "st prn", "qd 每周一次"])
def test_frequencies_that_are_not_one_contradict(words: str) -> None:
    assert why(f"阿司匹林 100mg po {words}") == "contradiction"


@pytest.mark.parametrize(
    "words",
    ["每天饭后三次", "daily three times", "daily, 3 times", "daily, twice", "qd 共三次"],
)
def test_a_number_of_times_that_no_phrase_takes_up_is_asked_about(words: str) -> None:
    assert "freq" in one(f"阿司匹林 100mg po {words}").ask


def test_od_beside_a_frequency_is_the_right_eye() -> None:
    assert one("氯霉素滴眼液 1滴 od tid").ask == ()


def test_each_time_is_no_frequency() -> None:
    said = one("阿莫西林 一次0.5g 一日3次 口服").freq

    assert said is not None
    assert said.value == "TID"


def test_when_stands_beside_the_frequency() -> None:
    line = one("奥美拉唑 20mg po bid 餐前")

    assert line.when is not None
    assert line.freq is not None
    assert (line.freq.value, line.when.value) == ("BID", "AC")
    assert one("奥美拉唑 20mg po 餐前 3-4次/日").freq is None


@pytest.mark.parametrize(
    ("words", "days"),
    [("7d", 7), ("×7天", 7), ("for a week", 7), ("疗程 2周", 14), ("for 48 hours", 2),
     ("连用五天", 5), ("x 10 days", 10)],
)  # fmt: skip
def test_a_duration_is_in_days(words: str, days: int) -> None:
    line = one(f"阿莫西林 0.5g po tid {words}")

    assert line.duration_d is not None
    assert line.duration_d.value == days
    assert line.ask == ()


@pytest.mark.parametrize("words", ["7-10天", "1个月", "for 36 hours"])
def test_a_duration_that_is_no_number_of_days_is_asked(words: str) -> None:
    line = one(f"阿莫西林 0.5g po tid {words}")

    assert line.duration_d is None
    assert line.ask == ("duration_d",)


def test_two_durations_are_none() -> None:
    assert one("阿莫西林 0.5g po tid 7天 5天").duration_d is None


def test_numerals_that_are_no_number_are_no_duration() -> None:
    assert one("阿莫西林 0.5g po tid 用二五天").duration_d is None


def test_time_to_run_in_is_a_rate() -> None:
    rate = one("vancomycin 1 g iv q12h over 60 min").rate

    assert rate is not None
    assert rate.value == "over 60 min"
    assert one("vancomycin 1 g iv q12h over 一百二 min").rate is None
