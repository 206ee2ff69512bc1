"""A hospital's list of medicines: what is understood, what is named; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.faults import AppError
from app.services.formulary_import import (
    FORMS,
    MEDICINES,
    Imported,
    Provenance,
    Words,
    import_formulary,
)

WORDS = Words(
    {
        "药品编码": "code",
        "通用名": "name_zh",
        "药品名称": "name_zh",
        "english name": "name_en",
        "剂型": "form",
        "规格": "strength",
        "分类": "class_zh",
        "高危药品": "high_alert",
    },
    {"片剂": "tab", "注射液": "inj"},
)
SEED = (
    {
        "code": "neml-6",
        "name_zh": "阿莫西林",
        "name_en": "Amoxicillin",
        "class_zh": "抗微生物药/青霉素类",
        "class_en": "Antimicrobials",
        "specialist": "0",
        "rxcui": "723",
        "unii": "804826J2HU",
        "high_alert": "",
    },
)
SAID = Provenance("List of the hospital", "active", "2026-11-25")
HEADING = ("药品编码", "通用名", "剂型", "规格")


def _imported(*lines: Sequence[str], heading: Sequence[str] = HEADING) -> Imported:
    return import_formulary([heading, *lines], SEED, WORDS, lambda name: ("xy", name), SAID)


def test_products_of_one_generic_name_are_one_medicine() -> None:
    found = _imported(
        ("H1", "布洛芬", "片剂", "0.1g*24片/盒"),
        ("H2", "布洛芬", "片剂", "0.2g×10片"),
        ("H3", "甘露醇", "注射液", "250ml:50g"),
    )

    assert [(m["code"], m["name_zh"], m["strengths"]) for m in found.medicines] == [
        ("H1", "布洛芬", "tab:0.1g;tab:0.2g"),
        ("H3", "甘露醇", "inj:250ml:50g"),
    ]
    assert [(f["code"], f["form"], f["strength"]) for f in found.forms] == [
        ("H1", "tab", "0.1g"),
        ("H1", "tab", "0.2g"),
        ("H3", "inj", "250ml:50g"),
    ]
    assert found.medicines[0]["source"] == "List of the hospital"
    assert set(found.medicines[0]) == set(MEDICINES)
    assert set(found.forms[0]) == set(FORMS)


def test_what_the_seed_knows_under_the_same_name_is_kept_code_included() -> None:
    (row,) = _imported(("H9", "阿莫西林", "片剂", "0.5G")).medicines

    assert (row["code"], row["name_en"], row["unii"]) == ("neml-6", "Amoxicillin", "804826J2HU")
    assert row["class_en"] == "Antimicrobials"
    assert row["strengths"] == "tab:0.5g"


def test_what_the_hospital_says_itself_goes_before_the_seed() -> None:
    heading = (*HEADING, "分类", "english name")

    (row,) = _imported(
        ("H9", "阿莫西林", "片剂", "0.5g", "青霉素", "Amoxicillin trihydrate"), heading=heading
    ).medicines

    assert (row["class_zh"], row["name_en"]) == ("青霉素", "Amoxicillin trihydrate")


def test_a_medicine_without_code_or_english_name_is_taken_and_named() -> None:
    found = _imported(("", "某药", "片剂", "1mg"))

    assert (found.medicines[0]["code"], found.medicines[0]["name_en"]) == ("hospital-xy", "某药")
    assert [(t.line, t.why.code, t.lost) for t in found.troubles] == [
        (2, "formulary-import.no-english", False)
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("H1", "", "片剂", "1mg"), "formulary-import.no-name"),
        (("H1", "某药", "滴丸", "1mg"), "formulary-import.form"),
        (("H1", "某药", "片剂", "1mg", "也许"), "formulary-import.high-alert"),
        (("H1",), "formulary-import.no-name"),
    ],
)
def test_a_line_that_is_not_understood_is_left_out_and_named(
    line: Sequence[str], code: str
) -> None:
    found = _imported(line, ("H2", "布洛芬", "片剂", "0.1g"), heading=(*HEADING, "高危药品"))

    assert [m["name_zh"] for m in found.medicines] == ["布洛芬"]
    assert [(t.line, t.why.code, t.lost) for t in found.troubles if t.lost] == [(2, code, True)]


def test_a_strength_that_is_not_understood_is_kept_as_written_and_named() -> None:
    found = _imported(("H1", "阿莫西林", "片剂", "一大片"))

    assert found.forms[0]["strength"] == "一大片"
    assert [(t.why.code, t.lost) for t in found.troubles] == [("formulary-import.strength", False)]


@pytest.mark.parametrize(("told", "marked"), [("是", "hospital list"), ("否", ""), ("", "")])
def test_high_alert_is_what_the_list_says(told: str, marked: str) -> None:
    found = _imported(
        ("H1", "布洛芬", "片剂", "0.1g", "药厂", ""),
        ("H2", "布洛芬", "片剂", "0.2g", "药厂", told),
        heading=(*HEADING, "生产厂家", "高危药品"),
    )

    assert found.medicines[0]["high_alert"] == marked


def test_empty_lines_and_widths_do_not_matter() -> None:
    found = _imported(("", " ", "", ""), ("Ｈ１", "布洛芬", "片剂", "０.１ｇ"))

    assert [f["strength"] for f in found.forms] == ["0.1g"]
    assert [t.why.code for t in found.troubles if t.lost] == []


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        (("药品编码", "剂型", "规格"), "formulary-import.no-heading"),
        ((*HEADING, "药品名称"), "formulary-import.heading-twice"),
    ],
)
def test_a_heading_that_is_missing_or_double_refuses_the_list(
    heading: Sequence[str], code: str
) -> None:
    with pytest.raises(AppError) as caught:
        _imported(("H1", "布洛芬", "片剂", "1mg"), heading=heading)

    assert caught.value.fault.message.code == code


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(AppError) as caught:
        import_formulary([], SEED, WORDS, lambda name: (name, name), SAID)

    assert caught.value.fault.message.code == "formulary-import.empty"


def test_one_code_for_two_medicines_is_refused() -> None:
    with pytest.raises(AppError) as caught:
        _imported(("H1", "布洛芬", "片剂", "1mg"), ("H1", "甘露醇", "片剂", "1mg"))

    assert caught.value.fault.message.code == "formulary-import.code-twice"


CELLS = st.one_of(st.sampled_from(["片剂", "0.1g", "阿莫西林", ""]), st.text(max_size=8))


@given(st.lists(st.lists(CELLS, max_size=4), max_size=6))
def test_every_line_is_taken_or_named(told: list[list[str]]) -> None:
    # A code of its own for every line: two medicines of one code refuse the whole list.
    lines = [
        [f"H{n}", *cells] if any(map(str.strip, cells)) else [] for n, cells in enumerate(told)
    ]
    found = _imported(*lines)
    said = {trouble.line for trouble in found.troubles if trouble.lost}
    there = sum(bool(line) for line in lines)
    assert len(said) <= there
    assert bool(found.forms) == (len(said) < there)
