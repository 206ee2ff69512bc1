"""What a name means: one drug, a combination of drugs, a class, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.knowledge.names import (
    Known,
    Medicine,
    SubstanceClass,
    Substances,
    Wording,
)
from app.decision.knowledge.spelling import Affixes, is_chinese, key_of, tokens_of
from app.decision.substances import Substance
from app.domain.terms import Named, Term

SYSTEM = "urn:formulary"
WORDING = Wording(
    Affixes(
        frozenset({"sodium", "hydrochloride", "tablet"}), ("盐酸", "注射用"), ("钠", "片", "注射液")
    ),
    Affixes(frozenset({"allergy", "allergic", "to"}), ("对",), ("过敏",)),
    ("/", "+", "、", " and "),
)


def known(code: str, chinese: str, english: str, *aliases: str) -> Known:
    classes = frozenset({"penicillins"} if code.endswith("cillin") else ())
    return Known(Substance(code, Named(chinese, english), classes), aliases)


KNOWN = (
    known("amoxicillin", "阿莫西林", "Amoxicillin", "amoxycillin"),
    known("ampicillin", "氨苄西林", "Ampicillin"),
    known("sulbactam", "舒巴坦", "Sulbactam"),
    known("clavulanic-acid", "克拉维酸", "Clavulanic acid", "clavulanate"),
    known("ceftriaxone", "头孢曲松", "Ceftriaxone"),
    known("sodium-chloride", "氯化钠", "Sodium chloride", "saline"),
    known("testosterone", "睾酮", "Testosterone"),
    known("insulin-human", "胰岛素", "Insulin human", "twin"),
    known("insulin-aspart", "门冬胰岛素", "Insulin aspart", "twin"),
)
MEDICINES = (
    Medicine("m1", Named("阿莫西林", "Amoxicillin"), ("amoxicillin",)),
    Medicine(
        "m2",
        Named("阿莫西林克拉维酸钾", "Amoxicillin and clavulanate potassium"),
        ("amoxicillin", "clavulanic-acid"),
        ("co-amoxiclav",),
    ),
    Medicine("m3", Named("氯化钠", "Sodium chloride"), ("sodium-chloride",)),
    Medicine("m4", Named("浓氯化钠", "Sodium chloride 10%"), ("sodium-chloride",)),
    Medicine("m5", Named("丙酸睾酮", "Testosterone propionate"), ("testosterone",)),
    Medicine("m6", Named("十一酸睾酮", "Testosterone undecanoate"), ("testosterone",)),
)
CLASSES = (
    SubstanceClass(
        "penicillins",
        Named("青霉素类", "Penicillins"),
        ("penicillin",),
        frozenset({"amoxicillin", "ampicillin"}),
    ),
    SubstanceClass("beta-lactams", Named("β-内酰胺类", "Beta-lactams"), ("penicillin",)),
)
BOOK = Substances(KNOWN, MEDICINES, CLASSES, WORDING, SYSTEM)


def code(text: str, book: Substances = BOOK) -> str | None:
    found = book.named(text)
    return found.code if found is not None else None


@pytest.mark.parametrize(
    "name",
    [
        "Amoxicillin",
        "AMOXICILLIN ",
        "amoxycillin",
        "amoxicillin sodium",
        "Ａmoxicillin",
        "阿莫西林钠",
        "注射用阿莫西林钠",
        "阿莫西林片",
        "amoxicillin sodium tablet",
        "amo-xi cillin",
    ],
)
def test_a_spelling_makes_no_other_drug(name: str) -> None:
    assert code(name) == "m1"


@pytest.mark.parametrize(
    "name", ["", " ", "amoxicilin", "amoxicillins", "sodium", "钠", "片", "moxicillin", "pollen"]
)
def test_a_near_miss_means_nothing(name: str) -> None:
    assert code(name) is None


def test_a_salt_is_only_left_off_where_the_whole_name_is_none() -> None:
    assert code("sodium chloride") == "m3"
    assert code("saline") == "m3"


@pytest.mark.parametrize(
    "name",
    [
        "co-amoxiclav",
        "amoxicillin/clavulanate",
        "clavulanic acid + amoxicillin",
        "amoxicillin and clavulanic acid",
        "amoxicillin-clavulanate",
        "阿莫西林克拉维酸",
    ],
)
def test_a_combination_is_the_medicine_that_holds_just_this(name: str) -> None:
    assert code(name) == "m2"


def test_a_combination_the_formulary_has_not_is_named_by_its_parts() -> None:
    found = BOOK.named("氨苄西林钠舒巴坦钠")

    assert found is not None
    assert found.code == "ampicillin+sulbactam"
    assert found.name == Named("氨苄西林/舒巴坦", "Ampicillin/Sulbactam")
    assert code("ampicillin/sulbactam") == "ampicillin+sulbactam"


@pytest.mark.parametrize(
    "name",
    [
        "amoxicillin/pollen",
        "amoxicillin and",
        "阿莫西林花粉",
        "amoxicillin-x",
        "amoxicillin/sulbactam/ampicillin/saline/testosterone",
    ],
)
def test_a_combination_with_an_unknown_part_means_nothing(name: str) -> None:
    assert code(name) is None


def test_of_one_drug_twice_it_is_still_that_drug() -> None:
    assert code("amoxicillin + 阿莫西林") == "m1"


def test_a_name_two_drugs_share_means_nothing_and_is_listed() -> None:
    assert code("twin") is None
    assert BOOK.shared_names() == ("twin",)
    assert code("insulin aspart") == "insulin-aspart"


def test_two_affixes_that_lead_to_two_drugs_mean_nothing() -> None:
    affixes = Affixes(frozenset({"a", "b"}))
    both = (known("b-x", "甲", "B x"), known("a-y", "乙", "x A"), known("q", "丙", "qa"))
    book = Substances(both, wording=Wording(affixes))

    assert code("b x a", book) is None
    assert code("b x", book) == "b-x"


def test_a_substance_in_several_medicines_is_the_one_of_its_name_or_itself() -> None:
    assert code("testosterone") == "testosterone"
    assert code("testosterone propionate") == "m5"
    assert code("氯化钠注射液") == "m3"
    assert code("浓氯化钠") == "m4"


def test_a_chinese_name_that_can_be_parted_in_two_ways_means_nothing() -> None:
    book = Substances(
        (
            known("a", "甲乙", "Aa"),
            known("b", "丙丁戊", "Bb"),
            known("c", "甲乙丙", "Cc"),
            known("d", "丁戊", "Dd"),
        )
    )

    assert code("甲乙丙丁戊", book) is None
    assert code("甲乙丁戊", book) == "a+d"


def test_by_code_a_medicine_goes_before_a_substance() -> None:
    assert [one.code if one else None for one in map(BOOK.of_code, ("m1", "ampicillin", "x"))] == [
        "m1",
        "ampicillin",
        None,
    ]
    assert BOOK.substance("ampicillin") is not None
    assert BOOK.substance("m1") is None


def test_a_term_of_the_formulary_is_known_by_its_code_alone() -> None:
    assert BOOK.of_term(Term("任意", SYSTEM, "m2")) is BOOK.of_code("m2")
    assert BOOK.of_term(Term("阿莫西林", SYSTEM, "unheard-of")) is None


def test_another_term_is_known_by_its_names_when_they_agree() -> None:
    told = BOOK.of_term(Term("阿莫西林", "urn:other", "m2", "Amoxicillin"))

    assert told is BOOK.of_code("m1")
    assert BOOK.of_term(Term("我院阿莫西林", "", "", "Amoxicillin")) is BOOK.of_code("m1")
    assert BOOK.of_term(Term("头孢曲松", "", "", "Amoxicillin")) is None
    assert BOOK.of_term(Term("花粉")) is None


def test_members_and_everything_that_is_known() -> None:
    assert BOOK.members("penicillins") == {"amoxicillin", "ampicillin"}
    assert BOOK.members("nothing") == frozenset()
    assert {one.code for one in BOOK.all()} == {one.substance.code for one in KNOWN}
    assert [one.code for one in BOOK.medicines()] == ["m1", "m2", "m3", "m4", "m5", "m6"]


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Penicillins", {"penicillins"}),
        ("青霉素类", {"penicillins"}),
        ("penicillin allergy", {"penicillins", "beta-lactams"}),
        ("allergic to penicillins", {"penicillins"}),
        ("对青霉素类过敏", {"penicillins"}),
        ("β-内酰胺类", {"beta-lactams"}),
        ("no penicillin allergy", set()),
        ("penicilins", set()),
        ("", set()),
    ],
)
def test_a_class_is_found_around_what_is_said_of_an_allergy(text: str, classes: set[str]) -> None:
    assert BOOK.classes_named(text) == classes


def test_an_allergen_is_a_drug_a_class_both_or_nothing() -> None:
    drug = BOOK.allergen("amoxicillin allergy")
    both = Substances(
        (*KNOWN, known("benzylpenicillin", "青霉素", "Benzylpenicillin", "penicillin")),
        classes=CLASSES,
        wording=WORDING,
    ).allergen("penicillin allergy")
    nothing = BOOK.allergen("pollen")

    assert drug.drug is BOOK.of_code("m1")
    assert not drug.classes
    assert both.drug is not None
    assert both.classes == {"penicillins", "beta-lactams"}
    assert nothing.drug is None
    assert not nothing.classes


def test_a_medicine_nobody_described_is_what_its_names_say() -> None:
    told = (
        Medicine("h1", Named("头孢曲松钠", "Ceftriaxone sodium")),
        Medicine("h2", Named("未知药", "")),
        Medicine("h3", Named("头孢曲松", "Ampicillin")),
        Medicine("h4", Named("未知", "Nothing"), ("not-known",)),
    )
    book = Substances(KNOWN, told, wording=WORDING, formulary=SYSTEM)

    found = book.of_code("h1")
    assert found is not None
    assert [one.code for one in found.substances] == ["ceftriaxone"]
    assert [book.of_code(one) for one in ("h2", "h3", "h4")] == [None, None, None]


def test_of_two_rows_of_one_medicine_the_first_counts() -> None:
    ours = Medicine("m1", Named("氨苄西林", "Ampicillin"), ("ampicillin",))

    assert code("m1", Substances(KNOWN, (ours, *MEDICINES[:1]), wording=WORDING)) is None
    found = Substances(KNOWN, (ours, *MEDICINES[:1]), wording=WORDING).of_code("m1")
    assert found is not None
    assert found.name.english == "Ampicillin"


def test_two_medicines_of_one_name_and_one_content_are_the_first() -> None:
    twice = Medicine("m9", Named("阿莫西林", "Amoxicillin"), ("amoxicillin",))

    assert code("阿莫西林", Substances(KNOWN, (*MEDICINES, twice))) == "m1"


def test_without_words_around_it_only_the_name_itself_is_found() -> None:
    book = Substances(KNOWN)

    assert code("amoxicillin", book) == "amoxicillin"
    assert code("amoxicillin sodium", book) is None
    assert code("ampicillin and sulbactam", book) == "ampicillin+sulbactam"


@given(st.text(max_size=30))
def test_whatever_is_written_is_a_drug_that_is_known_or_nothing(text: str) -> None:
    found = BOOK.named(text)

    assert found is None or all(BOOK.substance(one.code) is one for one in found.substances)


@given(st.text(max_size=20), st.sampled_from(["", " ", "-", "  "]))
def test_spaces_and_hyphens_tell_no_names_apart(text: str, between: str) -> None:
    assert key_of(tokens_of(f"a{between}{text}")) == key_of(tokens_of(f"A{text.casefold()}"))


@given(st.lists(st.sampled_from(["sodium", "amo", "片", "盐酸x", "x钠片"]), max_size=5))
def test_what_is_left_off_ends_and_never_leaves_nothing(words: list[str]) -> None:
    steps = list(WORDING.affixes.spellings(tuple(words)))

    assert steps[0] == {tuple(words)}
    assert all(all(one) for step in steps for one in step if words)
    assert len([one for step in steps for one in step]) == len({o for step in steps for o in step})


def test_which_script_a_name_is_written_in() -> None:
    assert is_chinese("维生素B12")
    assert not is_chinese("vitamin B12")
