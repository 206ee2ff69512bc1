"""The name index finds what begins so, and only that; checked against looking at every name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.order_index import NameIndex, Names, Rank, strength_keys

AMOXICILLIN = Names(
    "阿莫西林", "amoxicillin", ("amx",), ("amxl", "amoxilin"), "tab/cap:0.25g;pwd:500mg"
)
PENICILLIN = Names("青霉素", "benzylpenicillin", ("pen g",), ("qms", "qingmeisu"))
BENZATHINE = Names("苄星青霉素", "benzathine benzylpenicillin", (), ("bxqms",))
AVASTIN = Names("5-氨基水杨酸", "5-asa", ("mesalazine",), ())
ALL = (AMOXICILLIN, PENICILLIN, BENZATHINE, AVASTIN)
INDEX = NameIndex(ALL)


def ranks(query: str) -> dict[str, Rank]:
    found = INDEX.find(query)
    assert found is not None
    return {ALL[one.place].chinese: one.rank for one in found}


def test_the_whole_name_stands_before_its_beginning_a_word_of_it_and_its_inside() -> None:
    assert ranks("青霉素") == {"青霉素": Rank.WHOLE, "苄星青霉素": Rank.INSIDE}
    assert ranks("benzyl") == {"青霉素": Rank.BEGINS, "苄星青霉素": Rank.WORD}
    assert ranks("amx") == {"阿莫西林": Rank.WHOLE}
    assert ranks("amxl") == {"阿莫西林": Rank.WORD}


def test_a_part_behind_a_hyphen_is_a_word() -> None:
    assert ranks("asa") == {"5-氨基水杨酸": Rank.WORD}


@pytest.mark.parametrize("query", ["", " ", "a", "1"])
def test_one_letter_is_too_short(query: str) -> None:
    assert INDEX.find(query) is None


def test_one_chinese_character_is_not_too_short_and_nothing_is_an_answer() -> None:
    assert set(ranks("青")) == {"青霉素", "苄星青霉素"}
    assert ranks("zz") == {}


def test_gaps_and_capitals_do_not_matter() -> None:
    assert ranks("  PEN   g ") == {"青霉素": Rank.WHOLE}


def test_later_words_narrow_it_down() -> None:
    assert set(ranks("benzyl benzathine")) == {"苄星青霉素"}
    assert set(ranks("benzyl 青霉")) == {"青霉素", "苄星青霉素"}
    assert ranks("benzyl amox") == {}


def test_a_later_number_puts_what_has_that_strength_first_and_hides_nothing() -> None:
    assert ranks("amox 500") == {"阿莫西林": Rank.BEGINS}
    assert ranks("amox 0.25g") == {"阿莫西林": Rank.BEGINS}
    assert ranks("amox 81") == {"阿莫西林": Rank.OTHER_STRENGTH}


def test_a_condition_leaves_out_what_is_not_wanted() -> None:
    found = INDEX.find("青霉素", lambda place: ALL[place] is BENZATHINE)

    assert found is not None
    assert [ALL[one.place] for one in found] == [BENZATHINE]


@pytest.mark.parametrize(
    ("detail", "key"),
    [("tab:0.25g", "250mg"), ("tab:500mg", "0.5g"), ("inj:2ml:20mg", "2ml"), ("1mg", "1000ug")],
)
def test_a_strength_is_known_in_its_neighbouring_unit(detail: str, key: str) -> None:
    assert key in strength_keys(detail)


def test_what_is_no_mass_stays_as_it_is_written() -> None:
    assert strength_keys("80万U(1)") == ("80万u", "1")
    assert strength_keys("") == ()


LETTERS = st.text("abc -", min_size=1, max_size=8).map(str.strip).filter(bool)
CHINESE = st.text("青霉素阿", min_size=1, max_size=5)
NAMES = st.lists(
    st.builds(Names, CHINESE, LETTERS, st.lists(LETTERS, max_size=2).map(tuple), st.just(())),
    max_size=8,
)


def naive(names: list[Names], query: str) -> set[int]:
    """Every name looked at, one by one."""
    text = " ".join(query.split())
    found = set()
    for place, one in enumerate(names):
        begins = any(key.startswith(text) for key in (*one.begins, *one.words))
        if begins or (not text.isascii() and text in one.chinese):
            found.add(place)
    return found


@given(NAMES, st.one_of(st.text("abc-", min_size=2, max_size=4), CHINESE))
def test_the_index_finds_what_looking_at_every_name_finds(names: list[Names], query: str) -> None:
    found = NameIndex(names).find(query)

    assert found is not None
    assert {one.place for one in found} == naive(names, query)


@given(NAMES.filter(bool), st.data())
def test_every_name_is_found_by_each_of_its_beginnings(
    names: list[Names], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(names) - 1))
    name = data.draw(
        st.sampled_from((names[place].chinese, " ".join(names[place].english.split())))
    )
    length = data.draw(st.integers(1, len(name)))

    found = NameIndex(names).find(name[:length].strip())

    assert found is None or place in {one.place for one in found}
