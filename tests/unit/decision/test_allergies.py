"""What a recorded allergy speaks against, how loudly, and what it cannot say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.checks.allergies import SAME, SAME_CLASS, AllergyCheck
from app.decision.findings import Check, Moment, Origin, Remedy, Suggestion, Tier
from app.decision.knowledge.allergies import (
    AllergyBook,
    ClassRule,
    CrossRule,
    Degree,
    NoCrossRule,
    Reaction,
    Tiers,
)
from app.decision.situation import Allergy, AllergyStatus, Tolerated
from app.domain.terms import Named
from tests.unit.decision.chart_situations import (
    AMOXICILLIN,
    AMPICILLIN,
    ASPIRIN,
    CEFALEXIN,
    CEFAZOLIN,
    CLAVULANATE,
    FUROSEMIDE,
    IBUPROFEN,
    KNOWN,
    NOW,
    a_line,
    allergic,
    answer,
    findings,
    gaps,
    situation,
)

LOUD = Tiers(Tier.INTERRUPTIVE, Tier.INLINE, Tier.DRAWER)
ALWAYS = Tiers(Tier.INTERRUPTIVE, Tier.INTERRUPTIVE, Tier.INTERRUPTIVE)
REACTIONS = (
    Reaction("anaphylaxis", Degree.SEVERE, ("anaphylaxis",)),
    Reaction("bronchospasm", Degree.SEVERE, ("bronchospasm",)),
    Reaction("rash", Degree.MILD, ("rash",)),
    Reaction("stomach", Degree.INTOLERANCE, ("nausea",)),
)


def origin(rule: str) -> Origin:
    return Origin(rule, "allergies@1", "a paper", "active")


def cross(
    rule: str, first: str, second: str, *reactions: str, both: bool = True, tiers: Tiers = LOUD
) -> CrossRule:
    return CrossRule(
        frozenset(first.split("|")),
        frozenset(second.split("|")),
        both,
        frozenset(reactions),
        tiers,
        origin(rule),
    )


BOOK = AllergyBook(
    reactions=REACTIONS,
    classes=(
        ClassRule("penicillins", True, ALWAYS, origin("penicillins"), Named("禁用", "None")),
        ClassRule("cephalosporins", False, ALWAYS, origin("cephalosporins")),
    ),
    crosses=(
        cross("wide", "class:penicillins", "class:cephalosporins", tiers=Tiers(*[Tier.DRAWER] * 3)),
        cross("side-chain", "amoxicillin|ampicillin", "cefalexin"),
        cross("nsaids", "aspirin", "class:cox1-nsaids", "bronchospasm", tiers=ALWAYS),
        cross("one-way", "furosemide", "ibuprofen", both=False),
    ),
    nones=(NoCrossRule(frozenset({"class:sulfa"}), frozenset({"furosemide"})),),
)
CHECK = AllergyCheck(BOOK)


def told(*allergies: Allergy, orders: str) -> list[tuple[Check, Tier, str]]:
    lines = [a_line(code, KNOWN[code]) for code in orders.split()]
    found = findings(CHECK(situation(*lines, allergies=allergies)))
    return [(one.check, one.tier, one.origin.rule) for one in found]


SAME_ONE = (Check.ALLERGY, Tier.INTERRUPTIVE, SAME.rule)
CLASS_ONE = (Check.ALLERGY_CLASS, Tier.INTERRUPTIVE, "penicillins")


# --- the ingredient -----------------------------------------------------------------------------


def test_the_same_ingredient_interrupts_whatever_the_reaction_was() -> None:
    for reaction in ("anaphylaxis", "rash", "", "something"):
        assert told(allergic(AMOXICILLIN, reaction), orders="amoxicillin") == [SAME_ONE]
    assert SAME.may_interrupt


def test_an_ingredient_of_a_combination_is_the_same_ingredient() -> None:
    line = a_line("a", AMOXICILLIN, CLAVULANATE)
    found = findings(CHECK(situation(line, allergies=[allergic(CLAVULANATE)])))

    assert [(one.check, one.subjects[0].name) for one in found] == [
        (Check.ALLERGY, "amoxicillin-clavulanic-acid")
    ]


def test_what_was_no_allergy_is_told_quietly() -> None:
    assert told(allergic(AMOXICILLIN, "nausea"), orders="amoxicillin ampicillin") == [
        (Check.ALLERGY, Tier.INLINE, SAME.rule),
        (Check.ALLERGY_CLASS, Tier.DRAWER, "penicillins"),
    ]


def test_another_drug_is_nothing() -> None:
    assert told(allergic(AMOXICILLIN), orders="ibuprofen") == []


def test_the_finding_says_what_it_rests_on_and_what_would_answer_it() -> None:
    (found,) = findings(
        CHECK(
            situation(
                a_line("a", AMPICILLIN),
                allergies=[allergic(AMOXICILLIN, "rash", recorded_at=NOW)],
            )
        )
    )

    assert found.lines == ("a",)
    assert [one.name for one in found.subjects] == ["ampicillin", "amoxicillin"]
    assert found.advice == Named("禁用", "None")
    (evidence,) = found.evidence
    assert (evidence.what, evidence.value, evidence.at) == (Named("amoxicillin"), "rash", NOW)
    assert found.suggestions == (Suggestion(Remedy.REMOVE, "a"),)
    assert dict(found.said.words)["reaction"] == "rash"


# --- class and cross ----------------------------------------------------------------------------


def test_one_member_speaks_for_its_class_where_the_row_says_so() -> None:
    assert told(allergic(AMOXICILLIN), orders="ampicillin") == [CLASS_ONE]
    assert told(allergic(CEFALEXIN), orders="cefazolin") == []


def test_a_recorded_class_is_about_every_member() -> None:
    assert told(allergic("pen", classes=["penicillins"]), orders="amoxicillin ibuprofen") == [
        CLASS_ONE
    ]
    assert told(allergic("cef", classes=["cephalosporins"]), orders="cefazolin") == [
        (Check.ALLERGY_CLASS, Tier.INTERRUPTIVE, "cephalosporins")
    ]


def test_a_recorded_class_without_a_row_is_not_passed_over() -> None:
    loud = told(allergic("nsaids", "anaphylaxis", classes=["cox1-nsaids"]), orders="ibuprofen")

    assert loud == [(Check.ALLERGY_CLASS, Tier.INLINE, SAME_CLASS.rule)]
    assert told(allergic("latex", classes=["latex"]), orders="ibuprofen") == []


@pytest.mark.parametrize(
    ("reaction", "tier"),
    [("anaphylaxis", Tier.INTERRUPTIVE), ("", Tier.INLINE), ("rash", Tier.DRAWER)],
)
def test_a_side_chain_is_as_loud_as_the_reaction_was_grave(reaction: str, tier: Tier) -> None:
    wanted = [(Check.ALLERGY_CROSS, tier, "side-chain" if tier is not Tier.DRAWER else "wide")]

    assert told(allergic(AMOXICILLIN, reaction), orders="cefalexin") == wanted
    assert told(allergic(CEFALEXIN, reaction), orders="amoxicillin") == wanted


def test_without_a_common_side_chain_only_the_wide_row_speaks() -> None:
    assert told(allergic(AMOXICILLIN, "anaphylaxis"), orders="cefazolin") == [
        (Check.ALLERGY_CROSS, Tier.DRAWER, "wide")
    ]


def test_a_row_about_a_reaction_is_silent_about_others_but_not_about_none() -> None:
    loud = [(Check.ALLERGY_CROSS, Tier.INTERRUPTIVE, "nsaids")]

    assert told(allergic(ASPIRIN, "bronchospasm"), orders="ibuprofen") == loud
    assert told(allergic(ASPIRIN, ""), orders="ibuprofen") == loud
    assert told(allergic(ASPIRIN, "rash"), orders="ibuprofen") == []


def test_a_row_of_one_direction_holds_in_one() -> None:
    assert told(allergic(FUROSEMIDE, "anaphylaxis"), orders="ibuprofen") == [
        (Check.ALLERGY_CROSS, Tier.INTERRUPTIVE, "one-way")
    ]
    assert told(allergic(IBUPROFEN, "anaphylaxis"), orders="furosemide") == []


def test_what_is_known_not_to_cross_is_silent_and_the_ingredient_is_not() -> None:
    book = AllergyBook(
        classes=(ClassRule("loop-diuretics", True, ALWAYS, origin("loop")),), nones=BOOK.nones
    )
    sulfa = allergic("sulfa", classes=["sulfa", "loop-diuretics"])
    line = a_line("a", FUROSEMIDE)

    assert findings(AllergyCheck(book)(situation(line, allergies=[sulfa]))) == []
    without = AllergyCheck(AllergyBook(classes=book.classes))
    assert len(findings(without(situation(line, allergies=[sulfa])))) == 1
    same = Allergy(sulfa.text, allergic(FUROSEMIDE).drug, sulfa.classes)
    (found,) = findings(AllergyCheck(book)(situation(line, allergies=[same])))
    assert found.check is Check.ALLERGY


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(sorted(KNOWN)), unique=True),
    st.lists(st.sampled_from(sorted(KNOWN)), unique=True),
    st.sampled_from(["", "rash", "anaphylaxis", "nausea"]),
)
def test_one_finding_for_each_line_and_allergy_at_most(
    ordered: list[str], recorded: list[str], reaction: str
) -> None:
    lines = [a_line(code, KNOWN[code]) for code in ordered]
    allergies = [allergic(KNOWN[code], reaction) for code in recorded]
    found = findings(CHECK(situation(*lines, allergies=allergies)))

    about = [(one.lines, one.subjects[1].name) for one in found]
    assert len(set(about)) == len(about)
    same = {one.lines[0] for one in found if one.check is Check.ALLERGY}
    assert same == set(ordered) & set(recorded)


# --- tolerated before ---------------------------------------------------------------------------

LATELY = NOW - timedelta(days=50)


def tolerance(
    *had: Tolerated, recorded: bool = False, order: str = "amoxicillin"
) -> list[tuple[Tier, str]]:
    allergy = allergic(AMOXICILLIN, "rash", recorded_at=NOW - timedelta(days=60))
    if not recorded:
        allergy = allergic(AMOXICILLIN, "rash")
    line = a_line("a", KNOWN[order])
    found = findings(CHECK(situation(line, allergies=[allergy], tolerated=had)))
    return [(one.tier, one.said.code) for one in found]


def test_what_was_had_without_a_reaction_goes_into_the_drawer_with_the_date() -> None:
    assert tolerance(Tolerated("amoxicillin", LATELY)) == [(Tier.DRAWER, "allergies.tolerated-on")]
    assert tolerance(Tolerated("amoxicillin", LATELY), recorded=True) == [
        (Tier.DRAWER, "allergies.tolerated-on")
    ]
    assert tolerance(Tolerated("ampicillin", LATELY), order="ampicillin") == [
        (Tier.DRAWER, "allergies.tolerated-on")
    ]


def test_without_a_date_it_is_a_warning() -> None:
    assert tolerance(Tolerated("amoxicillin")) == [(Tier.INLINE, "allergies.tolerated")]
    both = (Tolerated("amoxicillin"), Tolerated("amoxicillin", LATELY))
    assert tolerance(*both) == [(Tier.DRAWER, "allergies.tolerated-on")]


@pytest.mark.parametrize(
    "had",
    [
        Tolerated("ampicillin", LATELY),
        Tolerated("amoxicillin", NOW + timedelta(days=1)),
    ],
)
def test_another_drug_or_a_time_to_come_says_nothing(had: Tolerated) -> None:
    assert tolerance(had) == [(Tier.INTERRUPTIVE, "allergies.same-reaction")]


def test_what_was_had_before_the_allergy_was_recorded_says_nothing() -> None:
    loud = [(Tier.INTERRUPTIVE, "allergies.same-reaction")]

    assert tolerance(Tolerated("amoxicillin", NOW - timedelta(days=61)), recorded=True) == loud
    assert tolerance(Tolerated("amoxicillin"), recorded=True) == loud


def test_every_ingredient_that_is_meant_has_to_have_been_tolerated() -> None:
    line = a_line("a", AMOXICILLIN, AMPICILLIN)
    allergies = [allergic("pen", classes=["penicillins"])]

    def tier(*had: Tolerated) -> Tier:
        (found,) = findings(CHECK(situation(line, allergies=allergies, tolerated=had)))
        return found.tier

    one, other = Tolerated("amoxicillin", LATELY), Tolerated("ampicillin", LATELY)
    assert tier(one) is Tier.INTERRUPTIVE
    assert tier(one, other) is Tier.DRAWER
    assert tier(one, Tolerated("ampicillin")) is Tier.INLINE


# --- what could not be looked at ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (AllergyStatus.UNKNOWN, "allergies.why.unknown"),
        (AllergyStatus.NOT_ASKED, "allergies.why.not-asked"),
        (AllergyStatus.RECORDED, "allergies.why.not-listed"),
    ],
)
def test_that_nothing_is_recorded_is_not_that_there_is_nothing(
    status: AllergyStatus, why: str
) -> None:
    answers = CHECK(situation(a_line("a", AMOXICILLIN), status=status))

    assert [(one.check, one.why.code) for one in gaps(answers)] == [(Check.ALLERGY_UNKNOWN, why)]
    assert not answer(answers, Check.ALLERGY).applies


def test_it_is_checked_where_somebody_asked() -> None:
    none = CHECK(situation(a_line("a", AMOXICILLIN), status=AllergyStatus.NONE_KNOWN))
    some = CHECK(situation(a_line("a", IBUPROFEN), allergies=[allergic(AMOXICILLIN)]))

    for answers in (none, some):
        assert gaps(answers) == []
        assert answer(answers, Check.ALLERGY_UNKNOWN).applies
    assert answer(some, Check.ALLERGY).applies


def test_nothing_is_asked_of_a_basket_without_new_lines_but_of_a_chart_it_is() -> None:
    assert not any(one.applies for one in CHECK(situation()))
    opened = CHECK(situation(moment=Moment.OPEN))
    assert [one.check for one in gaps(opened)] == [Check.ALLERGY_UNKNOWN]
    text = CHECK(situation(moment=Moment.OPEN, allergies=[allergic("a herb")]))
    assert [one.check for one in findings(text)] == [Check.ALLERGY_UNCODED]


def test_a_text_that_names_nothing_is_shown_and_is_a_gap() -> None:
    lines = (a_line("a", AMOXICILLIN), a_line("b", IBUPROFEN))
    answers = CHECK(situation(*lines, allergies=[allergic("a herb", "rash")]))

    (found,) = findings(answers)
    assert (found.check, found.tier, found.lines) == (
        Check.ALLERGY_UNCODED,
        Tier.DRAWER,
        ("a", "b"),
    )
    assert [one.check for one in gaps(answers)] == [Check.ALLERGY_UNCODED]


def test_what_is_known_to_be_no_drug_is_no_gap() -> None:
    answers = CHECK(
        situation(a_line("a", AMOXICILLIN), allergies=[allergic("shrimp", classes=["food"])])
    )

    assert findings(answers) == [] and gaps(answers) == []
    assert not answer(answers, Check.ALLERGY_UNCODED).applies


def test_a_name_that_means_nothing_cannot_be_compared() -> None:
    lines = (a_line("a"), a_line("b", AMOXICILLIN))
    answers = CHECK(situation(*lines, allergies=[allergic(AMOXICILLIN)]))

    assert [one.lines for one in findings(answers)] == [("b",)]
    assert {(one.check, one.lines) for one in gaps(answers)} == {
        (Check.ALLERGY, ("a",)),
        (Check.ALLERGY_CLASS, ("a",)),
        (Check.ALLERGY_CROSS, ("a",)),
    }


def test_without_a_recorded_reaction_the_sentence_has_none() -> None:
    codes = {
        one.said.code
        for allergy in (allergic(AMOXICILLIN), allergic(AMOXICILLIN, "rash"))
        for one in findings(
            CHECK(
                situation(
                    *(a_line(one.code, one) for one in (AMOXICILLIN, AMPICILLIN, CEFAZOLIN)),
                    allergies=[allergy],
                )
            )
        )
    }

    assert codes == {
        f"allergies.{what}{reaction}"
        for what in ("same", "class", "cross")
        for reaction in ("", "-reaction")
    }
