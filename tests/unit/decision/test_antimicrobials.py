"""Who may order which antimicrobial (Ministry of Health order 84, 2012)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.decision.checks.antimicrobials import AntimicrobialCheck
from app.decision.findings import Answer, Outcome, Tier
from app.decision.knowledge.antimicrobials import AntimicrobialBook, Level
from app.decision.situation import Line, Situation, Subject
from app.services.antimicrobial_pack import read_antimicrobials
from resources.reading import path
from tests.support.knowledge_kit import TODAY
from tests.support.rules_kit import of, order, sentence, whys
from tests.support.situation_kit import NOW

SIGNED = read_antimicrobials(path("packs/antimicrobials"), None, TODAY, as_active=True)
DRAFT = read_antimicrobials(path("packs/antimicrobials"), None, TODAY)


def ask(
    *lines: Line, grade: str = "", emergency: bool = False, book: AntimicrobialBook = SIGNED
) -> Answer:
    subject = Subject(prescriber_grade=grade, emergency=emergency)
    (answer,) = AntimicrobialCheck(book)(Situation(NOW, subject, lines))
    return answer


@pytest.mark.parametrize(
    ("drug", "route", "level"),
    [
        *[("阿莫西林", "po", Level.FREE), ("头孢曲松", "ivgtt", Level.FREE)],
        *[("哌拉西林他唑巴坦", "ivgtt", Level.RESTRICTED), ("莫西沙星", "po", Level.RESTRICTED)],
        *[("美罗培南", "ivgtt", Level.SPECIAL), ("万古霉素", "ivgtt", Level.SPECIAL)],
        *[("伏立康唑", "po", Level.SPECIAL), ("氟康唑", "po", Level.FREE)],
        *[("氟康唑", "ivgtt", Level.RESTRICTED), ("氟康唑", "", Level.RESTRICTED)],
    ],
)
def test_the_strictest_ingredient_decides(drug: str, route: str, level: Level) -> None:
    known = order(drug).drug
    assert known is not None, drug

    found = SIGNED.level(known, route)

    assert found is not None
    assert found.level is level


def test_what_is_no_systemic_antimicrobial_has_no_level() -> None:
    assert ask(order("阿司匹林", "", "po")).outcome is Outcome.NOT_APPLICABLE
    assert ask(order("左氧氟沙星", "", "eye"), grade="resident").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("drug", "grade", "stopped"),
    [
        *[("阿莫西林", "resident", False), ("莫西沙星", "resident", True)],
        *[("莫西沙星", "attending", False), ("美罗培南", "attending", True)],
        *[("美罗培南", "associate-chief", False), ("美罗培南", "chief", False)],
    ],
)
def test_a_grade_may_what_its_level_allows(drug: str, grade: str, *, stopped: bool) -> None:
    answer = ask(order(drug, "", "po"), grade=grade)

    assert [one.tier for one in answer.findings] == [Tier.INTERRUPTIVE] * stopped
    assert answer.applies
    assert answer.gaps == ()


def test_the_finding_says_who_may() -> None:
    (finding,) = ask(order("美罗培南", "1 g", "ivgtt"), grade="resident").findings

    code, words = sentence(finding)
    assert code == "antimicrobials.above"
    assert words["least"] == "associate chief physician"
    assert words["grade"] == "resident physician"
    assert finding.advice is not None
    assert finding.evidence[0].what.english == "grade of the prescriber"


def test_a_grade_nobody_knows_is_not_enough_for_what_is_restricted() -> None:
    for grade in ("", "gardener"):
        answer = ask(order("莫西沙星", "", "po"), grade=grade)
        assert (answer.findings, whys(answer)) == ((), ["antimicrobials.why.grade"])
    free = ask(order("阿莫西林", "", "po"))
    assert free.outcome is Outcome.CHECKED


def test_an_emergency_lets_one_day_pass_and_says_so() -> None:
    (finding,) = ask(order("美罗培南", "", "ivgtt"), grade="resident", emergency=True).findings

    assert finding.tier is Tier.INLINE
    assert sentence(finding)[0] == "antimicrobials.emergency"


def test_a_draft_level_never_interrupts() -> None:
    (finding,) = ask(order("美罗培南", "", "ivgtt"), grade="resident", book=DRAFT).findings

    assert finding.tier is Tier.INLINE


def test_a_drug_nobody_knows_cannot_be_checked() -> None:
    assert whys(ask(order("unheard-of"))) == ["antimicrobials.why.drug"]
    named = replace(order("x", drug=of("x")), drug=None)
    assert whys(ask(named)) == ["antimicrobials.why.drug"]


@pytest.mark.parametrize(
    ("word", "grade"),
    [
        *[("住院", "resident"), ("主治医师", "attending"), ("attending", "attending")],
        *[("副主任医师", "associate-chief"), ("主任医师", "chief"), ("chief physician", "chief")],
    ],
)
def test_grades_are_read_as_people_write_them(word: str, grade: str) -> None:
    assert SIGNED.grade_words[word] == grade
