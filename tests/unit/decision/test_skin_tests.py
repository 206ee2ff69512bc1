"""The skin test before a drug: a negative one lets pass within its time, a positive one never."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.decision.checks.skin_tests import SkinTestCheck
from app.decision.findings import Answer, Moment, Outcome, Tier
from app.decision.knowledge.skin_tests import SkinBook
from app.decision.situation import (
    Allergy,
    Line,
    Situation,
    SkinTest,
    Subject,
    Tolerated,
    Truth,
)
from app.decision.substances import Drug
from app.domain.terms import Named
from app.services.skin_test_pack import read_skin_tests
from app.services.verification_pack import verification_rules
from resources.reading import path
from tests.support.knowledge_kit import TODAY
from tests.support.rules_kit import of, order, sentence, whys
from tests.support.situation_kit import NOW, a_drug

SIGNED = read_skin_tests(path("packs/skin_tests"), None, TODAY, as_active=True)
DRAFT = read_skin_tests(path("packs/skin_tests"), None, TODAY)
VALID = verification_rules().skin_valid
AMOXICILLIN = order("阿莫西林", "0.5 g", "po")
CEFTRIAXONE = order("头孢曲松", "1 g", "ivgtt")


def read_as(name: str, negative: Truth, at: datetime | None = NOW) -> SkinTest:
    drug = order(name).drug
    assert drug is not None
    return SkinTest(drug, negative, at)


def ask(
    *lines: Line,
    tests: tuple[SkinTest, ...] = (),
    book: SkinBook = SIGNED,
    moment: Moment = Moment.SIGN,
    subject: Subject | None = None,
) -> Answer:
    told = replace(subject or Subject(), skin_tests=tests)
    (answer,) = SkinTestCheck(book)(Situation(NOW, told, lines, moment))
    return answer


def codes(answer: Answer) -> list[str]:
    return [sentence(one)[0] for one in answer.findings]


def test_the_window_is_the_one_of_the_verification_pack() -> None:
    assert SIGNED.valid == VALID


@pytest.mark.parametrize("moment", [Moment.SIGN, Moment.ADMINISTER])
@pytest.mark.parametrize(
    "line",
    [AMOXICILLIN, order("青霉素", "", "ivgtt"), order("哌拉西林他唑巴坦", "", "ivgtt")],
)
def test_a_penicillin_without_a_test_is_told(line: Line, moment: Moment) -> None:
    answer = ask(line, moment=moment)

    assert codes(answer) == ["skin_rules.missing"]
    assert answer.findings[0].tier is Tier.INTERRUPTIVE
    assert answer.findings[0].evidence == ()


def test_a_negative_test_of_any_penicillin_lets_pass() -> None:
    answer = ask(AMOXICILLIN, tests=(read_as("青霉素", Truth.YES),))

    assert answer.outcome is Outcome.CHECKED
    assert answer.findings == ()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW - VALID, []),
        (NOW - VALID - timedelta(minutes=1), ["skin_rules.expired"]),
        (None, ["skin_rules.expired"]),
        (NOW + timedelta(hours=1), ["skin_rules.missing"]),
    ],
)
def test_a_negative_test_covers_a_while(at: datetime | None, code: list[str]) -> None:
    assert codes(ask(AMOXICILLIN, tests=(read_as("青霉素", Truth.YES, at),))) == code


def test_what_went_on_without_a_break_is_covered_still() -> None:
    test = read_as("青霉素", Truth.YES, NOW - 2 * VALID)
    had = tuple(
        Tolerated(code, at)
        for code, at in (
            ("amoxicillin", NOW - VALID),
            ("amoxicillin", None),
            ("ibuprofen", NOW),
        )
    )

    assert codes(ask(AMOXICILLIN, tests=(test,), subject=Subject(tolerated=had))) == []
    assert codes(ask(AMOXICILLIN, tests=(test,), subject=Subject(tolerated=had[1:]))) == [
        "skin_rules.expired"
    ]


@pytest.mark.parametrize("days", [0, 400])
def test_a_positive_test_is_a_hard_stop_however_old(days: int) -> None:
    positive = read_as("青霉素", Truth.NO, NOW - timedelta(days=days))
    (finding,) = ask(AMOXICILLIN, tests=(read_as("青霉素", Truth.YES), positive)).findings

    assert finding.tier is Tier.HARD_STOP
    assert sentence(finding)[0] == "skin_rules.positive"
    assert finding.evidence[0].value == Named("阳性(+)", "positive (+)")


def test_a_test_nobody_has_read_lets_nothing_pass() -> None:
    older = read_as("青霉素", Truth.YES, NOW - timedelta(hours=2))
    pending = read_as("青霉素", Truth.UNKNOWN)

    assert codes(ask(AMOXICILLIN, tests=(pending, older))) == ["skin_rules.pending"]
    undated = read_as("青霉素", Truth.UNKNOWN, None)
    assert codes(ask(AMOXICILLIN, tests=(undated,))) == ["skin_rules.pending"]


@pytest.mark.parametrize(
    ("word", "moment", "code", "tier"),
    [
        ("required", Moment.SIGN, "skin_rules.ordered", Tier.DRAWER),
        ("required", Moment.ADMINISTER, "skin_rules.missing", Tier.INTERRUPTIVE),
        ("exempt", Moment.SIGN, "skin_rules.exempt", Tier.DRAWER),
        ("exempt", Moment.ADMINISTER, "skin_rules.exempt", Tier.DRAWER),
    ],
)
def test_an_order_may_say_itself_what_becomes_of_the_test(
    word: str, moment: Moment, code: str, tier: Tier
) -> None:
    line = replace(AMOXICILLIN, skin_test=word)
    (finding,) = ask(line, moment=moment).findings

    assert (sentence(finding)[0], finding.tier) == (code, tier)
    (positive,) = ask(line, tests=(read_as("青霉素", Truth.NO),), moment=moment).findings
    assert positive.tier is Tier.HARD_STOP


def test_a_test_of_another_drug_says_nothing() -> None:
    assert codes(ask(AMOXICILLIN, tests=(read_as("头孢曲松", Truth.YES),))) == [
        "skin_rules.missing"
    ]


def test_tetanus_antitoxin_has_its_own_test() -> None:
    line = order("破伤风抗毒素", "1500 [iU]", "im")

    assert codes(ask(line)) == ["skin_rules.missing"]
    assert codes(ask(line, tests=(read_as("破伤风抗毒素", Truth.YES),))) == []


def severe(drug: Drug | None, *classes: str, truth: Truth = Truth.YES) -> Subject:
    return Subject(allergies=(Allergy(Named("x"), drug, frozenset(classes), severe=truth),))


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (Subject(), []),
        (severe(order("青霉素").drug), ["skin_rules.missing"]),
        (severe(None, "penicillins"), ["skin_rules.missing"]),
        (severe(None, "penicillins", truth=Truth.UNKNOWN), []),
        (severe(of("aspirin")), []),
        (severe(None, "nsaids"), []),
    ],
)
def test_cephalosporins_are_tested_after_a_severe_reaction_only(
    subject: Subject, told: list[str]
) -> None:
    answer = ask(CEFTRIAXONE, subject=subject)

    assert codes(answer) == told
    assert answer.outcome is (Outcome.CHECKED if told else Outcome.NOT_APPLICABLE)


def test_a_draft_never_interrupts() -> None:
    positive = (read_as("青霉素", Truth.NO),)

    assert ask(AMOXICILLIN, book=DRAFT).findings[0].tier is Tier.INLINE
    assert ask(AMOXICILLIN, tests=positive, book=DRAFT).findings[0].tier is Tier.INLINE


def test_what_no_rule_means_is_not_asked_about() -> None:
    (rule, *_) = SIGNED.rules
    narrow = replace(rule, routes=frozenset({"im"}), but=frozenset({"amoxicillin"}))
    book = SkinBook((narrow,), VALID)

    assert ask(order("氨苄西林", "", "im"), book=book).applies
    assert ask(order("氨苄西林", "", ""), book=book).applies
    assert not ask(order("氨苄西林", "", "po"), book=book).applies
    assert not ask(order("阿莫西林", "", "im"), book=book).applies
    assert not ask(order("x", "", "im", drug=a_drug("x")), book=book).applies


def test_a_drug_nobody_knows_cannot_be_checked() -> None:
    assert whys(ask(order("unheard-of"))) == ["skin_rules.why.drug"]
