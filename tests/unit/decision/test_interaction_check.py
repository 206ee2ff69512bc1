"""What is said of two lines that interact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.decision.checks.interactions import STOPPED, InteractionCheck
from app.decision.findings import Answer, Evidence, Outcome, Remedy, Suggestion, Tier
from app.decision.knowledge.interactions import InteractionBook, LocalRoute, Severity
from app.decision.situation import Line, Standing
from app.domain.terms import Named
from tests.support.knowledge_kit import a_rule, side
from tests.support.situation_kit import NOW, a_drug, a_line, a_situation

BOOK = InteractionBook(
    (
        a_rule(side("simvastatin"), side("clarithromycin"), rule="statin"),
        a_rule(side("simvastatin"), side("fibrate"), Tier.DRAWER, rule="quiet"),
        a_rule(side("fluoxetine", days=35), side("phenelzine", days=14), rule="maoi"),
        a_rule(side("timolol", local=True), side("verapamil"), rule="drops"),
        a_rule(side("miconazole"), side("warfarin"), rule="gel"),
    ),
    (LocalRoute("eye"), LocalRoute("top")),
)


def ask(*lines: Line) -> Answer:
    (answer,) = InteractionCheck(BOOK)(a_situation(*lines))
    return answer


def rules(*lines: Line) -> list[str]:
    return [one.origin.rule for one in ask(*lines).findings]


def stopped(drug: str, days: float | None) -> Line:
    at = None if days is None else NOW - timedelta(days=days)
    return replace(a_line("2", drug, Standing.STOPPED), stopped_at=at)


@pytest.mark.parametrize("standing", [Standing.NEW, Standing.ACTIVE])
def test_a_new_line_is_compared_with_new_and_running_ones(standing: Standing) -> None:
    (finding,) = ask(a_line("1", "clarithromycin"), a_line("2", "simvastatin", standing)).findings

    assert finding.tier is Tier.INTERRUPTIVE
    assert finding.lines == ("1", "2")
    assert finding.subjects == (Named("clarithromycin"), Named("simvastatin"))
    assert finding.said.message("en").code == "interactions.contraindicated"
    assert finding.advice == Named("换药。", "Replace.")
    removed = ("1", "2") if standing is Standing.NEW else ("1",)
    assert finding.suggestions == tuple(Suggestion(Remedy.REMOVE, key) for key in removed)


def test_two_running_lines_are_not_asked_about_again() -> None:
    old = [a_line(str(n), drug, Standing.ACTIVE) for n, drug in enumerate(("simvastatin", "x"))]

    assert rules(a_line("9", "x"), *old, a_line("8", "clarithromycin", Standing.ACTIVE)) == []


def test_of_combinations_the_loudest_rule_leads_and_tells_once() -> None:
    (finding,) = ask(a_line("1", "fibrate+clarithromycin"), a_line("2", "simvastatin+x")).findings

    assert finding.origin.rule == "statin"


def test_a_quiet_finding_suggests_nothing() -> None:
    (finding,) = ask(a_line("1", "fibrate"), a_line("2", "simvastatin")).findings

    assert finding.tier is Tier.DRAWER
    assert finding.suggestions == ()


def test_what_is_new_may_be_replaced_where_the_rule_names_something_better() -> None:
    better = a_drug("rosuvastatin")
    statin = replace(side("simvastatin"), instead=better)
    check = InteractionCheck(InteractionBook((a_rule(statin, side("clarithromycin")),)))
    other = a_line("2", "clarithromycin")

    (new,) = check(a_situation(a_line("1", "simvastatin"), other))
    (running,) = check(a_situation(a_line("1", "simvastatin", Standing.ACTIVE), other))

    assert new.findings[0].suggestions == (
        Suggestion(Remedy.REPLACE, "1", better.code, better.name),
        Suggestion(Remedy.REMOVE, "1"),
        Suggestion(Remedy.REMOVE, "2"),
    )
    assert running.findings[0].suggestions == (Suggestion(Remedy.REMOVE, "2"),)


def test_an_ingredient_on_both_sides_does_not_interact_with_itself() -> None:
    assert rules(a_line("1", "simvastatin"), a_line("2", "simvastatin+x")) == []


@pytest.mark.parametrize(
    ("new", "old", "days", "found"),
    [
        ("phenelzine", "fluoxetine", 34.9, ["maoi"]),
        ("phenelzine", "fluoxetine", 35, []),
        ("fluoxetine", "phenelzine", 13.9, ["maoi"]),
        ("fluoxetine", "phenelzine", 14, []),
        ("fluoxetine", "phenelzine", None, ["maoi"]),
        ("clarithromycin", "simvastatin", 0.1, []),
    ],
)
def test_what_was_stopped_counts_within_its_washout(
    new: str, old: str, days: float | None, found: list[str]
) -> None:
    assert rules(a_line("1", new), stopped(old, days)) == found


def test_of_what_was_stopped_it_is_said_how_long_it_acts_and_when_it_ended() -> None:
    (finding,) = ask(a_line("1", "fluoxetine"), stopped("phenelzine", 3)).findings
    (nobody_knows,) = ask(a_line("1", "fluoxetine"), stopped("phenelzine", None)).findings

    message = finding.said.message("en")
    assert message.code == "interactions.washout"
    assert dict(message.parameters)["days"] == 14
    assert finding.evidence == (Evidence(STOPPED, Named("phenelzine"), NOW - timedelta(days=3)),)
    assert nobody_knows.evidence == ()


@pytest.mark.parametrize(
    ("drug", "route", "other", "found"),
    [
        ("miconazole", "top", "warfarin", []),
        ("miconazole", "po", "warfarin", ["gel"]),
        ("miconazole", "", "warfarin", ["gel"]),
        ("timolol", "eye", "verapamil", ["drops"]),
        ("verapamil", "eye", "timolol", []),
    ],
)
def test_what_is_given_locally_interacts_where_the_rule_says_so(
    drug: str, route: str, other: str, found: list[str]
) -> None:
    assert rules(a_line("1", drug, route=route), a_line("2", other)) == found
    assert rules(a_line("2", other), a_line("1", drug, route=route)) == found


@pytest.mark.parametrize(
    ("severity", "code"),
    [
        (Severity.CONTRAINDICATED, "interactions.contraindicated"),
        (Severity.NOT_RECOMMENDED, "interactions.not-recommended"),
        (Severity.PRECAUTION, "interactions.precaution"),
        (Severity.CONSIDER, "interactions.consider"),
    ],
)
def test_every_severity_has_its_sentence(severity: Severity, code: str) -> None:
    book = InteractionBook((a_rule(side("a"), side("x"), severity=severity),))

    (answer,) = InteractionCheck(book)(a_situation(a_line("1", "a"), a_line("2", "x")))

    assert answer.findings[0].said.code == code


def test_a_drug_nobody_knows_cannot_be_looked_at() -> None:
    nameless = replace(a_line("3", "herb"), drug=None)
    answer = ask(a_line("1", "clarithromycin"), nameless, a_line("2", "simvastatin"))

    assert [one.origin.rule for one in answer.findings] == ["statin"]
    assert answer.outcome is Outcome.NOT_CHECKABLE
    (gap,) = answer.gaps
    assert gap.lines == ("3",)
    assert gap.why.message("zh_CN").code == "interactions.why.drug"


def test_a_running_drug_nobody_knows_is_a_gap_too() -> None:
    nameless = replace(a_line("2", "herb", Standing.ACTIVE), drug=None)

    assert ask(a_line("1", "x"), nameless).outcome is Outcome.NOT_CHECKABLE
    assert ask(a_line("1", "x"), a_line("2", "y", Standing.ACTIVE)).outcome is Outcome.CHECKED


def test_one_drug_alone_has_nothing_to_interact_with() -> None:
    assert ask(a_line("1", "simvastatin")).outcome is Outcome.NOT_APPLICABLE
    assert ask(a_line("1", "simvastatin", Standing.ACTIVE)).outcome is Outcome.NOT_APPLICABLE
