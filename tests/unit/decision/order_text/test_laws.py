"""What holds for every line, whatever somebody types."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.order_text.characters import normalised
from app.decision.order_text.drafts import ASKABLE, REASONS
from app.decision.order_text.numerals import NUMBER, number_of
from app.decision.order_text.packs import lexicon
from app.domain.orders import OrderClass, OrderKind
from tests.unit.decision.order_text.kit import answered, cases, read

FEWER = settings(max_examples=50)
_WORDS = sorted(lexicon().words)
_WORD = st.sampled_from(_WORDS)
_NUMBERED = st.sampled_from(
    ["0.5g", "500 mg", "5-10mg", "二十五毫克", "半片", "1,000 u", ".5 mg", "2.0 g", "q8h", "7天"]
)
_LINE = st.lists(
    st.one_of(
        _WORD, _NUMBERED, st.sampled_from([";", ",", "、", "。", "\n", "then", "+", "(", ")"])
    ),
    max_size=9,
).map(" ".join)
_FRAGMENT = st.sampled_from(
    [
        *"零一二两三十百千万点半〇½0123456789.,/-:~%×+()（）＋，；。、\n >早每至前次片日天qhagu",
        *[
            "mg",
            "毫克",
            "小时",
            "阿莫西林",
            "ns",
            "and",
            "then",
            "half",
            "point",
            "thousand",
            "per",
            "kg",
            "to",
            "改为",
            "百分之",
            "过敏",
        ],
        *["iv", "st", "for", "max", "/52", "５", "ｍｇ", "①", "٣", "²", "İ", "ß"],
    ]
)
_DRUGS = st.sampled_from(
    sorted(word for word, uses in lexicon().words.items()
           if any(use.kind == "drug" and use.trust == "sure" for use in uses))
)  # fmt: skip
_NUMBER = re.compile(NUMBER)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@FEWER
@given(st.text(max_size=80))
def test_reading_never_fails(text: str) -> None:
    reading = read(text)

    assert reading.orders or reading.refusals


@FEWER
@given(_LINE)
def test_words_of_the_packs_in_any_order_never_fail(text: str) -> None:
    reading = read(text)

    assert set(reading.ask) <= set(ASKABLE)
    assert {refusal.code for refusal in reading.refusals} <= set(REASONS)


@FEWER
@given(st.lists(_FRAGMENT, max_size=20).map("".join))
def test_numerals_and_marks_in_any_order_never_fail(text: str) -> None:
    assert answered(text)["id"] == "x"


def test_a_line_of_one_word_without_end_is_read() -> None:
    for word in ("po", "5mg", "一", "1/2", "1,000,", "，", "未知"):
        reading = read((word * 2000)[:2000])

        assert reading.orders or reading.refusals


@FEWER
@given(_LINE)
def test_every_field_stands_in_the_text(text: str) -> None:
    got = answered(text)
    orders = got["orders"]
    assert isinstance(orders, list)

    for order in orders:
        assert isinstance(order, dict)
        source = order["source"]
        assert isinstance(source, dict)
        for spans in source.values():
            assert isinstance(spans, list)
            assert spans
            for span in spans:
                assert isinstance(span, list)
                start, end = span
                assert isinstance(start, int)
                assert isinstance(end, int)
                assert 0 <= start < end <= len(text)


@FEWER
@given(_LINE)
def test_every_dose_stands_in_the_text_as_a_number(text: str) -> None:
    for line in read(text).orders:
        if line.dose is None:
            continue
        (span,) = line.dose.spans
        words = normalised(text)[span.start : span.end]
        numbers = [found for one in _NUMBER.findall(words) if (found := number_of(one))]
        half = {number.value + Decimal("0.5") for number in numbers} if "半" in words else set()

        assert line.dose.value.value in {number.value for number in numbers} | half


@FEWER
@given(_LINE)
def test_a_medication_without_dose_unit_route_or_frequency_is_asked_for_it(text: str) -> None:
    for line in read(text).orders:
        if line.kind != OrderClass.MEDICATION.value:
            continue
        by_rate = line.rate is not None and not line.rate.value.startswith("over")
        assert line.drug is not None or "drug" in line.ask
        assert line.route is not None or "route" in line.ask
        assert line.dose is not None or "dose" in line.ask or by_rate
        assert line.dose is None or line.dose.value.unit or "unit" in line.ask
        assert line.freq is not None or "freq" in line.ask or by_rate


@FEWER
@given(_LINE)
def test_full_width_reads_as_half_width(text: str) -> None:
    wide = _wide(text)

    assert answered(wide)["orders"] == answered(text)["orders"]
    assert answered(wide)["refusals"] == answered(text)["refusals"]


@FEWER
@given(_LINE)
def test_capitals_change_nothing(text: str) -> None:
    assert answered(text.upper())["orders"] == answered(text)["orders"]


@FEWER
@given(st.text(max_size=60))
def test_normalising_keeps_every_place_and_is_done_once(text: str) -> None:
    once = normalised(text)

    assert len(once) == len(text)
    assert normalised(once) == once


@FEWER
@given(_DRUGS, st.sampled_from(["{}过敏", "对{}过敏", "allergic to {}", "{} allergy", "{} 过敏史"]))
def test_a_drug_called_an_allergy_is_never_drafted(drug: str, said: str) -> None:
    for order in (
        f"{said.format(drug)}; {drug} 1 g po tid",
        f"{drug} 1 g po tid, {said.format(drug)}",
    ):
        names = {line.drug.value for line in read(order).orders if line.drug is not None}
        own = {use.value for use in lexicon().words[drug] if use.kind == "drug"}

        assert not names & own


@FEWER
@given(
    _DRUGS,
    st.sampled_from(
        ["no {} 1 g po tid", "停用{} 1 g po tid", "不要给{} 1 g po tid", "stop {} 1 g po tid",
         "do not give {} 1 g po tid", "否认服用{} 1 g po tid", "was on {} 1 g po tid",
         "既往口服{} 1 g po tid", "{} 1 g po tid at home", "should we give {} 1 g po tid?"]
    ),
)  # fmt: skip
def test_a_negation_a_history_or_a_question_is_never_drafted(drug: str, said: str) -> None:
    assert read(said.format(drug)).orders == ()


@FEWER
@given(_DRUGS)
def test_the_same_drug_without_the_cue_is_drafted(drug: str) -> None:
    (line,) = read(f"{drug} 1 g po tid").orders

    assert line.drug is not None
    assert line.drug.value in {use.value for use in lexicon().words[drug]}


def test_a_real_line_typed_in_full_width_reads_the_same() -> None:
    texts = [str(case["text"]) for case in cases("written")]

    other = [text for text in texts if answered(_wide(text))["orders"] != answered(text)["orders"]]

    assert other == []


def test_kinds_and_terms_are_those_of_the_domain() -> None:
    items = {use.detail for uses in lexicon().words.values() for use in uses if use.kind == "item"}
    terms = {use.value for uses in lexicon().words.values() for use in uses if use.kind == "term"}

    assert items <= {one.value for one in OrderClass}
    assert terms <= {one.value for one in OrderKind}
