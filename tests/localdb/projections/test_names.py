from __future__ import annotations

import pytest

from localdb.projections.names import fold, fold_label, name_keys, readings, sound_key


def _typed(name: str, phonetic: str = "", english: str = "") -> set[str]:
    return {part for key in name_keys(name, phonetic, english) for part, _ in key.parts()}


def _finds(query: str, name: str, phonetic: str = "", english: str = "") -> bool:
    return any(part.startswith(fold(query)) for part in _typed(name, phonetic, english))


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单雄信", "shanxiongxin"),
        ("曾国藩", "zengguofan"),
        ("解缙", "xiejin"),
        ("仇英", "qiuying"),
        ("查良镛", "zhaliangyong"),
        ("区家明", "oujiaming"),
        ("朴树", "piaoshu"),
        ("盖聂", "genie"),
        ("覃海", "qinhai"),
        ("翟天临", "zhaitianlin"),
        ("任行", "renxing"),
        ("欧阳娜娜", "ouyangnana"),
        ("尉迟恭", "yuchigong"),
        ("万俟卨", "moqixie"),
        ("长孙无忌", "zhangsunwuji"),
        ("令狐冲", "linghuchong"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, pinyin: str) -> None:
    assert "".join(readings(name)[0]) == pinyin


def test_a_character_keeps_its_usual_reading_inside_a_given_name() -> None:
    assert readings("李单")[0] == ("li", "dan")


@pytest.mark.parametrize("query", ["lm", "liming", "li", "ming", "李", "明", "m", "Li Ming", "lǐ"])
def test_li_ming_is_found_by(query: str) -> None:
    assert _finds(query, "李明")


@pytest.mark.parametrize("query", ["im", "wang", "王", "mingli", "ml"])
def test_li_ming_is_not_found_by(query: str) -> None:
    assert not _finds(query, "李明")


@pytest.mark.parametrize("query", ["shan", "dan", "sxx", "dxx"])
def test_a_surname_with_two_readings_is_found_by_both(query: str) -> None:
    assert _finds(query, "单雄信")


@pytest.mark.parametrize("query", ["lv", "lu", "lü", "LÜ BU", "lb"])
def test_u_umlaut_is_found_as_people_type_it(query: str) -> None:
    assert _finds(query, "吕布")


def test_a_dot_in_a_name_is_not_there_for_the_search() -> None:
    assert _finds("阿依古丽买买提", "阿依古丽·买买提")
    assert _finds("ayigulimaimaiti", "阿依古丽·买买提")


@pytest.mark.parametrize("query", ["クボ", "くぼ", "ｸﾎﾞ", "アツシ", "久保", "淳"])
def test_a_japanese_name_is_found_by_kana_of_any_kind(query: str) -> None:
    assert _finds(query, "久保 淳", phonetic="クボ アツシ")


def test_kana_keeps_its_voicing_marks() -> None:
    assert not _finds("クホ", "久保 淳", phonetic="クボ アツシ")


@pytest.mark.parametrize("query", ["john", "SMITH", "ｓｍｉｔｈ", "smith john", "john smith", "js"])
def test_a_latin_name_is_found_from_either_end(query: str) -> None:
    assert _finds(query, "SMITH John", english="SMITH John")


def test_names_that_differ_in_tones_only_sound_alike() -> None:
    assert sound_key("李明", "") == sound_key("黎鸣", "") == sound_key("LI Ming", "")


def test_names_that_differ_in_a_syllable_do_not_sound_alike() -> None:
    assert sound_key("李明", "") != sound_key("李敏", "")


def test_a_recorded_reading_outweighs_the_dictionary() -> None:
    assert sound_key("单雄信", "Dān Xióngxìn") == "danxiongxin"
    assert sound_key("吕布", "Lǚ Bù") == sound_key("吕布", "")


def test_a_name_that_nobody_recorded_sounds_like_nothing() -> None:
    assert sound_key("", "") == ""
    assert name_keys("", "", "") == ()


def test_a_rare_character_without_a_reading_is_still_found_by_itself() -> None:
    assert _finds("𠮷", "𠮷田")


@pytest.mark.parametrize(
    ("label", "folded"), [("12床", "12"), ("+1", "+1"), ("３Ｅ－０１", "3e-01"), ("号", "号")]
)
def test_a_bed_label_is_folded_without_losing_its_sign(label: str, folded: str) -> None:
    assert fold_label(label) == folded
