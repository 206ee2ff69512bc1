"""Rules about one drug: found by what is in it, judged, and the one that means it most is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.decision.expressions import amount
from app.decision.findings import Check, Outcome, Remedy, Saying, Suggestion, Tier
from app.decision.knowledge.rules import ANY
from app.decision.situation import VEIN, Line, Standing, Subject, Truth
from app.domain.terms import Named
from tests.support.rules_kit import (
    a_book,
    a_patient,
    a_row,
    asked,
    of,
    order,
    running,
    sentence,
    told,
    whys,
)
from tests.support.situation_kit import NOW, a_drug

ALWAYS = '["always"]'
KIDNEYS = '["<", "egfr", "30 mL/min/{1.73_m2}"]'
X = of("x", "xs")
UNHEARD = order("unheard-of", "5 mg", "po", "qd", key="9")


def line(dose: str = "", route: str = "po", frequency: str = "", **said: object) -> Line:
    return order("x", dose, route, frequency, **{"drug": X, **said})  # type: ignore[arg-type]  # by name


def test_a_rule_is_found_by_substance_by_class_and_for_every_drug() -> None:
    for subject in ("x", "class:xs", ANY, "y|x"):
        assert told(asked(a_book(a_row(Check.AGE, subject, ALWAYS)), Check.AGE, line())) == ["r"]
    for subject in ("y", "class:x", "xs"):
        answer = asked(a_book(a_row(Check.AGE, subject, ALWAYS)), Check.AGE, line())
        assert answer.outcome is Outcome.NOT_APPLICABLE


def test_a_rule_leaves_out_what_it_says() -> None:
    book = a_book(a_row(Check.AGE, "class:xs", ALWAYS, but="x"))

    assert asked(book, Check.AGE, line()).outcome is Outcome.NOT_APPLICABLE
    assert told(asked(book, Check.AGE, line(drug=of("other", "xs")))) == ["r"]


def test_a_rule_of_another_check_does_not_answer() -> None:
    book = a_book(a_row(Check.AGE, "x", ALWAYS))

    assert asked(book, Check.HEPATIC, line()).outcome is Outcome.NOT_APPLICABLE


def test_a_rule_that_does_not_hold_was_checked() -> None:
    answer = asked(a_book(a_row(Check.AGE, "x", '["<", "age", "18 a"]')), Check.AGE, line())

    assert answer.outcome is Outcome.CHECKED
    assert answer.findings == ()


def test_what_is_not_known_is_a_gap_and_no_finding() -> None:
    book = a_book(a_row(Check.AGE, "x", '["<", "age", "18 a"]'))
    answer = asked(book, Check.AGE, line(), subject=a_patient(None))

    assert answer.outcome is Outcome.NOT_CHECKABLE
    assert answer.findings == ()
    assert [gap.why.message("en").code for gap in answer.gaps] == ["rules.why.none"]
    assert answer.gaps[0].lines == ("1",)


def test_a_drug_nobody_knows_cannot_be_checked() -> None:
    answer = asked(a_book(), Check.AGE, UNHEARD)

    assert whys(answer) == ["rules.why.drug"]
    assert answer.gaps[0].lines == ("9",)


def test_running_lines_are_not_asked_about() -> None:
    book = a_book(a_row(Check.AGE, "x", ALWAYS))

    assert asked(book, Check.AGE, running(line())).outcome is Outcome.NOT_APPLICABLE


def test_a_finding_carries_its_rule() -> None:
    book = a_book(a_row(Check.DOSE_DAILY, "x", '[">", "dose.daily", "4 g/d"]', advice="dose:1 g"))
    (finding,) = asked(book, Check.DOSE_DAILY, line("1.5 g", "po", "qid")).findings

    assert finding.check is Check.DOSE_DAILY
    assert finding.tier is Tier.INTERRUPTIVE
    assert finding.lines == ("1",)
    assert finding.subjects == (Named("x"),)
    assert finding.advice == Named("换", "change")
    assert finding.suggestions == (Suggestion(Remedy.DOSE, "1", "1 g"),)
    assert finding.evidence[0].value == amount("6 g/d")
    assert sentence(finding) == (
        "rules.over.daily",
        {"drug": "x", "told": "6 g/d", "most": "4 g/d"},
    )


@pytest.mark.parametrize(("status", "tier"), [("active", Tier.HARD_STOP), ("draft", Tier.INLINE)])
def test_a_draft_informs_and_never_interrupts(status: str, tier: Tier) -> None:
    book = a_book(a_row(Check.AGE, "x", ALWAYS, tier="hard-stop", status=status))

    assert asked(book, Check.AGE, line()).findings[0].tier is tier


# --- which one is told ----------------------------------------------------------------------------


def test_of_two_borders_the_graver_one_is_told() -> None:
    book = a_book(
        a_row(Check.RENAL, "x", '["<", "egfr", "45 mL/min/{1.73_m2}"]', rule="r45", tier="drawer"),
        a_row(Check.RENAL, "x", KIDNEYS, rule="r30"),
    )

    for rate, rule in ((29, ["r30"]), (44, ["r45"]), (46, [])):
        subject = a_patient(egfr=f"{rate} mL/min/{{1.73_m2}}")
        assert told(asked(book, Check.RENAL, line(), subject=subject)) == rule


def test_of_two_drafts_the_one_that_would_be_louder_is_told() -> None:
    book = a_book(
        a_row(Check.AGE, "x", ALWAYS, rule="one", tier="inline", status="draft"),
        a_row(Check.AGE, "x", ALWAYS, rule="two", tier="hard-stop", status="draft"),
    )

    assert told(asked(book, Check.AGE, line())) == ["two"]


def test_a_rule_about_the_substance_stands_before_one_about_its_class() -> None:
    book = a_book(
        a_row(Check.AGE, ANY, ALWAYS, rule="any"),
        a_row(Check.AGE, "class:xs", ALWAYS, rule="class"),
        a_row(Check.AGE, "x", ALWAYS, rule="own"),
        a_row(Check.AGE, "x", ALWAYS, rule="later"),
    )

    assert told(asked(book, Check.AGE, line())) == ["own"]
    assert told(asked(book, Check.AGE, line(drug=of("y", "xs")))) == ["class"]
    assert told(asked(book, Check.AGE, line(drug=of("y")))) == ["any"]


def test_values_and_diseases_speak_each_for_itself() -> None:
    low = a_row(Check.LABORATORY, "x", '["<", "k", "3.5 mmol/L"]', rule="k")
    less = a_row(Check.LABORATORY, "x", '["<", "k", "3.0 mmol/L"]', rule="k3")
    other = a_row(Check.LABORATORY, "x", '["<", "mg", "0.7 mmol/L"]', rule="mg")
    asthma = a_row(Check.DISEASE, "x", '["has", "problems", "asthma"]', rule="asthma")
    cancer = a_row(Check.DISEASE, "x", '["has", "problems", "oncology"]', rule="cancer")
    book = a_book(low, less, other, asthma, cancer)
    subject = a_patient(problems="哮喘|肺癌", k="2.9 mmol/L", mg="0.5 mmol/L")

    assert told(asked(book, Check.LABORATORY, line(), subject=subject)) == ["k", "mg"]
    assert told(asked(book, Check.DISEASE, line(), subject=subject)) == ["asthma", "cancer"]


def test_one_rule_is_told_once_for_a_drug_of_two_that_it_means() -> None:
    drug = a_drug("x", "y")

    assert told(asked(a_book(a_row(Check.AGE, ANY, ALWAYS)), Check.AGE, line(drug=drug))) == ["r"]


def test_what_a_louder_rule_settles_is_no_gap() -> None:
    unknown = '["<", "age", "18 a"]'
    loud = a_row(Check.HEPATIC, "x", ALWAYS, rule="loud")
    quiet = a_row(Check.HEPATIC, "x", unknown, rule="quiet", tier="drawer")
    nobody = a_patient(None)

    settled = asked(a_book(loud, quiet), Check.HEPATIC, line(), subject=nobody)
    assert (told(settled), settled.gaps) == (["loud"], ())

    louder = a_row(Check.HEPATIC, "x", unknown, rule="loudest", tier="hard-stop")
    open_still = asked(a_book(loud, louder), Check.HEPATIC, line(), subject=nobody)
    assert (told(open_still), whys(open_still)) == (["loud"], ["rules.why.none"])


# --- routes ---------------------------------------------------------------------------------------


def test_a_rule_about_a_route_asks_for_the_route() -> None:
    book = a_book(a_row(Check.AGE, "x", ALWAYS, routes="intravenous"))

    assert told(asked(book, Check.AGE, line(route="pump"))) == ["r"]
    assert asked(book, Check.AGE, line(route="po")).outcome is Outcome.NOT_APPLICABLE
    assert whys(asked(book, Check.AGE, line(route=""))) == ["rules.why.none"]


def test_into_a_vein_may_be_pushed_or_infused() -> None:
    push = a_book(a_row(Check.RATE, "x", ALWAYS, routes="iv"))
    mouth = a_book(a_row(Check.RATE, "x", ALWAYS, routes="po"))
    both = a_book(a_row(Check.RATE, "x", ALWAYS, routes="iv|vein"))

    assert whys(asked(push, Check.RATE, line(route=VEIN))) == ["rules.why.none"]
    assert asked(mouth, Check.RATE, line(route=VEIN)).outcome is Outcome.NOT_APPLICABLE
    assert told(asked(both, Check.RATE, line(route=VEIN))) == ["r"]


def test_a_route_nobody_said_is_no_matter_where_the_rule_does_not_hold() -> None:
    book = a_book(a_row(Check.AGE, "x", '["<", "age", "18 a"]', routes="po"))

    assert asked(book, Check.AGE, line(route="")).outcome is Outcome.CHECKED


def test_a_single_dose_has_no_frequency() -> None:
    book = a_book(a_row(Check.DOSE_FREQUENCY, "x", '[">", "per-day", "0.2"]'))

    answer = asked(book, Check.DOSE_FREQUENCY, line("", "po", "once"))
    assert answer.outcome is Outcome.NOT_APPLICABLE
    assert told(asked(book, Check.DOSE_FREQUENCY, line("", "po", "qd"))) == ["r"]


def test_a_unit_that_cannot_be_compared_is_told_by_name() -> None:
    book = a_book(a_row(Check.DOSE_DAILY, "x", FOUR))
    (gap,) = asked(book, Check.DOSE_DAILY, line("5 mL", "po", "tid")).gaps

    assert gap.why == Saying.of("decision.why.unit", fact=Named("日剂量", "daily dose"))


# --- sums and lists -------------------------------------------------------------------------------

FOUR = '[">", "dose.daily", "4 g/d"]'


def test_what_is_known_of_a_day_may_be_enough() -> None:
    book = a_book(a_row(Check.DOSE_DAILY, "x", FOUR))
    unknown = line("1 {tbl}", "po", "bid", key="2")

    over = asked(book, Check.DOSE_DAILY, line("1.5 g", "po", "tid"), running(unknown))
    assert told(over) == ["r"]
    assert sentence(over.findings[0])[1]["told"] == "4.5 g/d"
    assert whys(asked(book, Check.DOSE_DAILY, line("1 g", "po", "tid"), running(unknown))) == [
        "rules.why.pieces"
    ]


@pytest.mark.parametrize(
    ("dose", "when", "gaps"),
    [
        ("1.2 g", FOUR, []),
        ("1.4 g", FOUR, ["rules.why.combination"]),
        ("2 {tbl}", FOUR, ["rules.why.combination"]),
        ("1.2 g", f'["and", ["<", "age", "18 a"], {FOUR}]', []),
        ("1.2 g", '["<", "dose.daily", "4 g/d"]', ["rules.why.combination"]),
        ("1.2 g", f'["not", {FOUR}]', ["rules.why.combination"]),
    ],
)
def test_an_ingredient_is_never_more_than_the_whole(dose: str, when: str, gaps: list[str]) -> None:
    book = a_book(a_row(Check.DOSE_DAILY, "x", when))
    answer = asked(book, Check.DOSE_DAILY, line(dose, "po", "tid", drug=a_drug("x", "y")))

    assert (told(answer), whys(answer)) == ([], gaps)


def test_a_drug_nobody_knows_may_be_the_one_that_is_asked_for() -> None:
    book = a_book(a_row(Check.DISEASE, "x", '["has", "lines", "y"]'))
    other = running(UNHEARD)

    assert whys(asked(book, Check.DISEASE, line(), other)) == ["rules.why.drug"]
    assert asked(book, Check.DISEASE, line()).outcome is Outcome.CHECKED
    young = a_row(Check.DISEASE, "x", '["and", ["<", "age", "18 a"], ["has", "lines", "y"]]')
    assert asked(a_book(young), Check.DISEASE, line(), other).outcome is Outcome.CHECKED


def test_a_line_that_is_meant_is_shown() -> None:
    book = a_book(a_row(Check.DISEASE, "x", '["has", "lines", "y"]'))
    (finding,) = asked(book, Check.DISEASE, line(), running(line(key="2", drug=of("y")))).findings

    assert sentence(finding) == (
        "rules.seen.disease",
        {"drug": "x", "what": "given together", "value": "y"},
    )


# --- the kidneys ----------------------------------------------------------------------------------


def test_without_any_renal_function_no_systemic_drug_is_checked() -> None:
    answer = asked(a_book(), Check.RENAL, line(), line(key="2", route=""), line(key="3"))

    assert [gap.lines for gap in answer.gaps] == [("1",), ("2",), ("3",)]
    assert set(whys(answer)) == {"rules.why.none"}
    assert answer.outcome is Outcome.NOT_CHECKABLE


@pytest.mark.parametrize("value", ["egfr", "crcl", "crea"])
def test_with_any_of_them_a_drug_without_a_rule_is_none_to_check(value: str) -> None:
    unit = {"egfr": "mL/min/{1.73_m2}", "crcl": "mL/min", "crea": "umol/L"}[value]
    subject = a_patient("10", **{value: f"60 {unit}"})

    assert asked(a_book(), Check.RENAL, line(), subject=subject).outcome is Outcome.NOT_APPLICABLE


def test_what_stays_on_the_skin_needs_no_kidneys() -> None:
    assert asked(a_book(), Check.RENAL, line(route="top")).outcome is Outcome.NOT_APPLICABLE


def test_a_rule_that_lacks_renal_function_says_so_once() -> None:
    answer = asked(a_book(a_row(Check.RENAL, "x", KIDNEYS)), Check.RENAL, line())

    assert [gap.lines for gap in answer.gaps] == [("1",)]


def test_an_old_creatinine_is_said_to_be_old() -> None:
    subject = a_patient(crea="90 umol/L")
    at = NOW - timedelta(days=8)
    old = tuple(replace(one, at=at) for one in subject.readings["crea"])

    answer = asked(a_book(), Check.RENAL, line(), subject=replace(subject, readings={"crea": old}))
    assert whys(answer) == ["rules.why.old"]


def test_a_drug_nobody_knows_is_one_gap_for_the_kidneys() -> None:
    assert whys(asked(a_book(), Check.RENAL, UNHEARD)) == ["rules.why.drug"]


# --- pregnancy ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "rules", "gaps"),
    [
        (replace(a_patient("30", "female"), pregnant=Truth.YES), ["r"], []),
        (replace(a_patient("30", "female"), pregnant=Truth.NO), [], []),
        (a_patient("30", "female"), [], ["rules.why.none"]),
        (a_patient(None, ""), [], ["rules.why.none"]),
        (a_patient("60", "female"), [], []),
        (a_patient("30", "male"), [], []),
    ],
)
def test_pregnancy_has_to_be_known_where_it_may_be(
    subject: Subject, rules: list[str], gaps: list[str]
) -> None:
    book = a_book(a_row(Check.PREGNANCY, "x", '["is", "pregnant", "yes"]'))
    answer = asked(book, Check.PREGNANCY, line(), subject=subject)

    assert (told(answer), whys(answer)) == (rules, gaps)
    other = asked(book, Check.PREGNANCY, line(drug=of("y")), subject=subject)
    assert other.outcome is Outcome.NOT_APPLICABLE


def test_a_stopped_line_is_asked_about_by_nobody() -> None:
    gone = running(line(), Standing.STOPPED, NOW)

    assert asked(a_book(a_row(Check.AGE, "x", ALWAYS)), Check.AGE, gone).findings == ()
