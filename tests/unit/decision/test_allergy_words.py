"""What people write into a list of allergies, and how grave a reaction they mean."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.findings import Tier
from app.decision.knowledge.allergies import (
    AllergenWord,
    AllergyBook,
    Degree,
    Reaction,
    Tiers,
)
from app.decision.situation import Allergy, Truth
from app.domain.terms import Named
from tests.unit.decision.chart_situations import named

BOOK = AllergyBook(
    reactions=(
        Reaction("anaphylaxis", Degree.SEVERE, ("过敏性休克", "anaphyla*")),
        Reaction("rash", Degree.MILD, ("皮疹", "rash")),
        Reaction("stomach", Degree.INTOLERANCE, ("恶心", "nausea")),
    ),
    words=(
        AllergenWord(frozenset({"none-known"}), ("NKDA", "否认药物过敏史")),
        AllergenWord(frozenset({"penicillins"}), ("青霉素", "penicillin")),
        AllergenWord(frozenset({"cephalosporins"}), ("头孢",)),
        AllergenWord(frozenset({"iodinated-contrast"}), ("碘",)),
        AllergenWord(frozenset({"food"}), ("海鲜", "seafood")),
    ),
    noise=("过敏", "allergy", "allergic to"),
)


def read(text: str, reaction: str = "") -> list[tuple[str, str, list[str]]]:
    return [
        (one.text.name, one.drug.code if one.drug is not None else "", sorted(one.classes))
        for one in BOOK.recorded(Named(text), reaction, named)
    ]


def degree(reaction: str, severe: Truth = Truth.UNKNOWN, text: str = "x") -> Degree:
    return BOOK.degree(Allergy(Named(text), reaction=reaction, severe=severe))


@pytest.mark.parametrize(
    ("text", "drug", "classes"),
    [
        ("Amoxicillin", "amoxicillin", []),
        ("allergic to amoxicillin", "amoxicillin", []),
        ("amoxicillin rash in childhood", "amoxicillin", []),
        ("青霉素", "", ["penicillins"]),
        ("青霉素过敏", "", ["penicillins"]),
        ("青霉素过敏性休克", "", ["penicillins"]),
        ("Penicillin allergy", "", ["penicillins"]),
        ("penicillins", "", ["penicillins"]),
        ("头孢某某", "", ["cephalosporins"]),
        ("海鲜", "", ["food"]),
        ("碘", "", ["iodinated-contrast"]),
    ],
)
def test_what_is_named_is_found(text: str, drug: str, classes: list[str]) -> None:
    assert read(text) == [(text, drug, classes)]


def test_the_english_name_is_looked_up_too() -> None:
    (found,) = BOOK.recorded(Named("某药", "Amoxicillin"), "", named)

    assert found.drug is not None and found.drug.code == "amoxicillin"


@pytest.mark.parametrize("text", ["mystery root", "not penicillin", "碘伏", "rash and itching"])
def test_what_names_nothing_says_so_once(text: str) -> None:
    assert read(text) == [(text, "", [])]


def test_several_things_are_several_allergies() -> None:
    assert read("amoxicillin、头孢; a herb") == [
        ("amoxicillin", "amoxicillin", []),
        ("头孢", "", ["cephalosporins"]),
        ("a herb", "", []),
    ]


@pytest.mark.parametrize("text", ["NKDA", " nkda ", "否认药物过敏史"])
def test_that_there_is_none_is_no_allergy(text: str) -> None:
    assert BOOK.says_none(text)
    assert read(text) == []


def test_that_there_is_one_is_not_none() -> None:
    assert not BOOK.says_none("amoxicillin")


def test_the_reaction_and_its_gravity_are_kept() -> None:
    (found,) = BOOK.recorded(Named("amoxicillin"), "rash", named, Truth.YES)

    assert (found.reaction, found.severe) == ("rash", Truth.YES)


@pytest.mark.parametrize(
    ("reaction", "wanted"),
    [
        ("anaphylactic shock", Degree.SEVERE),
        ("皮疹，后过敏性休克", Degree.SEVERE),
        ("rash", Degree.MILD),
        ("Rashes", Degree.MILD),
        ("nausea and rash", Degree.MILD),
        ("nausea", Degree.INTOLERANCE),
        ("thrash", Degree.UNKNOWN),
        ("rashly", Degree.UNKNOWN),
        ("rash, no anaphylaxis", Degree.MILD),
        ("无过敏性休克", Degree.UNKNOWN),
        ("无皮疹，有过敏性休克", Degree.SEVERE),
        ("", Degree.UNKNOWN),
        ("something", Degree.UNKNOWN),
    ],
)
def test_the_gravest_reaction_counts_and_a_denied_one_does_not(
    reaction: str, wanted: Degree
) -> None:
    assert degree(reaction) is wanted


def test_a_reaction_written_beside_the_name_counts() -> None:
    assert degree("", text="青霉素过敏性休克") is Degree.SEVERE
    assert degree("rash", text="青霉素过敏性休克") is Degree.MILD


def test_a_persons_word_goes_before_the_name_of_the_reaction() -> None:
    assert degree("rash", Truth.YES) is Degree.SEVERE
    assert degree("anaphylaxis", Truth.NO) is Degree.SEVERE
    assert degree("", Truth.NO) is Degree.MILD


@settings(max_examples=30)
@given(st.text(max_size=20), st.sampled_from(Truth))
def test_nothing_unread_makes_a_reaction_mild(reaction: str, severe: Truth) -> None:
    told = degree(reaction, severe)

    if severe is Truth.YES:
        assert told is Degree.SEVERE
    elif told in (Degree.MILD, Degree.INTOLERANCE):
        assert severe is Truth.NO or BOOK.reactions_of(Allergy(Named("x"), reaction=reaction))


@settings(max_examples=30)
@given(st.sampled_from(Degree), st.tuples(*[st.sampled_from(Tier)] * 3))
def test_what_is_no_allergy_is_told_in_the_drawer_at_most(
    told: Degree, tiers: tuple[Tier, Tier, Tier]
) -> None:
    severe, unknown, mild = tiers
    tier = Tiers(severe, unknown, mild).of(told)

    if told is Degree.INTOLERANCE:
        assert tier.rank >= max(Tier.DRAWER.rank, mild.rank)
    else:
        wanted = {Degree.SEVERE: severe, Degree.UNKNOWN: unknown, Degree.MILD: mild}
        assert tier is wanted[told]
