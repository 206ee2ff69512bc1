"""How much: what is read, what is asked, and what is never made of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.decision.order_text.numerals import number_of, plain
from app.decision.order_text.packs import lexicon
from tests.unit.decision.order_text.kit import one, read, why


def dose(text: str) -> str:
    said = one(text).dose
    return "" if said is None else f"{said.value.value:f} {said.value.unit}".strip()


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("二十五", "25"), ("一百零二", "102"), ("两千五百", "2500"), ("八十万", "800000"),
        ("一万零五十", "10050"), ("零点五", "0.5"), ("二点二五", "2.25"), ("半", "0.5"),
        ("十", "10"), ("80万", "800000"), ("2.5千", "2500"), ("1,000", "1000"), (".5", "0.5"),
        ("1/2", "0.5"), ("1 1/2", "1.5"), ("½", "0.5"), ("five hundred", "500"),
        ("twenty five", "25"), ("one and a half", "1.5"), ("a quarter", "0.25"),
        ("half a", "0.5"), ("zero point five", "0.5"), ("point two five", "0.25"),
        ("a hundred", "100"), ("one hundred and five", "105"), ("1.50", "1.5"),
        ("two thousand five hundred", "2500"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_said(words: str, value: str) -> None:
    number = number_of(words)

    assert number is not None
    assert number.value == Decimal(value)


@pytest.mark.parametrize(
    "words", ["二五", "十十", "一百二", "一万二", "一万万", "二五万", "点点", "五点"]
)
def test_numerals_that_say_two_things_are_no_number(words: str) -> None:
    assert number_of(words) is None


def test_a_long_number_keeps_every_digit() -> None:
    assert plain(Decimal("1" * 40 + ".50")) == Decimal("1" * 40 + ".5")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("华法林 一片半 po qn", "1.5 tab"),
        ("呋塞米 20mg 2ml iv st", "20 mg"),
        ("0.5g (500mg) 阿莫西林 po tid", "0.5 g"),
        ("速尿 1支(20mg) iv st", "20 mg"),
        ("阿莫西林胶囊 0.25g 2粒 po tid", "2 cap"),
        ("amoxicillin suspension 250 mg/5 ml 10 ml po tid", "10 ml"),
        ("heparin 5,000 units sc bid", "5000 U"),
        ("阿莫西林胶囊 0.25g*24粒 0.5g tid po", "0.5 g"),
        ("体重60kg 阿莫西林 0.5g po tid", "0.5 g"),
    ],
)
def test_the_dose_is_the_one_that_was_said(text: str, said: str) -> None:
    assert dose(text) == said
    assert "dose" not in one(text).ask


@pytest.mark.parametrize(
    "text",
    [
        "metoprolol 25-50 po bid",  # a range without a unit
        "metoprolol 12.5-25 mg po bid",
        "metformin 500 mg 3 tabs po bid",  # strength or dose?
        "阿莫西林 3粒 0.2g po tid",
        "万古霉素 1g 100ml 静滴 q12h",  # no such ampoule
        "amoxicillin 1,5 g po bid",
        "amoxicillin 1.5.2 g po bid",
        "heparin 5k units sc bid",
        "阿莫西林 一百二毫克 po tid",
        "阿莫西林 2百毫克 po tid",
        "aspirin 10 0 mg po qd",
        "aspirin 100mg1 po qd",
        "aspirin 0 mg po qd",
        "aspirin 1 2 po qd",
        "aspirin 1234567890123 mg po qd",
        "aspirin 0.1234567890123 mg po qd",
        "amoxicillin 1.5 g/day po tid",
        "aspirin po qd",
    ],
)
def test_a_dose_that_is_not_clear_is_asked(text: str) -> None:
    assert one(text).dose is None
    assert "dose" in one(text).ask


def test_a_dose_by_weight_stays_by_weight() -> None:
    assert dose("amoxicillin 45 mg/kg/day po bid") == "45 mg/kg/d"
    assert one("amoxicillin 45 mg/kg/day po bid").ask == ("weight",)
    assert one("对乙酰氨基酚 10-15mg/kg po q4h").ask == ("dose", "weight")


@pytest.mark.parametrize(
    "text", ["阿莫西林 0.5g 250mg po tid", "阿莫西林 2片 3片 po tid", "NS 100ml 250ml ivgtt qd"]
)
def test_two_doses_contradict(text: str) -> None:
    assert why(text) == "contradiction"


def test_a_rate_of_numerals_that_are_no_number_is_no_rate() -> None:
    assert one("硝酸甘油 一百二毫克/小时 泵入").rate is None


def test_one_ampoule_is_no_form_of_the_formulary() -> None:
    assert one("速尿 1支(20mg) iv st").form is None
    form = one("aspirin 81 mg 1 tab po qd").form
    assert form is not None
    assert form.value == "tab"


def test_what_is_rewritten_is_noted() -> None:
    notes = {
        text: [note.code for note in one(text).notes]
        for text in ("digoxin .125 mg po qd", "warfarin 1.0 mg po qd", "heparin 5,000 u sc bid",
                     "二十五毫克 阿司匹林 po qd", "digoxin .5 po qd", "aspirin 100 mg po qd")
    }  # fmt: skip

    assert list(notes.values()) == [
        ["naked-decimal"], ["trailing-zero"], ["thousands"], ["numeral"], ["naked-decimal"], [],
    ]  # fmt: skip


def test_units_of_red_cells_are_kept_with_the_item() -> None:
    line = one("输悬浮红细胞 2U")

    assert line.item is not None
    assert line.dose is not None
    assert (line.item.value, line.dose.value.value) == ("Red cell transfusion", Decimal(2))
    assert one("输悬浮红细胞 1-2U").dose is None


def test_the_dose_of_the_most_is_no_dose() -> None:
    line = one("paracetamol 1 g po q6h max 4 g/day")

    assert line.maximum is not None
    assert line.maximum.value == "4 g/d"
    assert dose("paracetamol 1 g po q6h max 4 g/day") == "1 g"


def test_a_drug_name_inside_a_number_is_not_found() -> None:
    assert lexicon().match("15-fu", 1) == ""
    assert read("15-fu 500 mg iv qd").orders[0].drug is None
    assert one("5-fu 500 mg iv qd").drug is not None


@pytest.mark.parametrize("words", ["3ug/kg/min", "3μg/kg·min", "3ug.kg.min", "3ug/(kg·min)"])
def test_a_rate_by_weight_is_no_dose_however_it_is_written(words: str) -> None:
    line = one(f"多巴胺 {words} 泵入")

    assert line.rate is not None
    assert (line.rate.value, line.dose, line.ask) == ("3 ug/kg/min", None, ("weight",))


def test_an_amount_by_something_unknown_is_asked() -> None:
    assert one("多巴胺 3ug/ideal/min 泵入").dose is None
    assert "dose" in one("多巴胺 3ug/ideal/min 泵入").ask


def test_hours_of_fasting_are_no_result() -> None:
    assert len(read("禁食禁水12h").orders) == 1
