from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.decision.findings import Check, Evidence, Gap, Remedy, Saying, Suggestion, Tier
from app.domain.deciding import Override
from app.domain.quantities import Quantity
from app.domain.terms import Named, Term
from tests.support.decision_kit import (
    DRAFT,
    METOPROLOL,
    NO_CREATININE,
    ONC,
    VERAPAMIL,
    a_card,
    a_finding,
    a_verdict,
)
from tests.support.desk_kit import a_desk
from ui.runtime.chart_words import ChartWords
from ui.runtime.decision_words import DecisionWords
from ui.runtime.language import Languages
from ui.runtime.override_words import passed_in_full, passed_lines

EN, ZH = DecisionWords(a_desk()), DecisionWords(a_desk(languages=Languages("zh_CN")))
AT = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)
PASSED = Override(
    "ddi",
    "hard-stop",
    "onc-hp-07@interactions@2026.11.1",
    (METOPROLOL, VERAPAMIL),
    Term("将加强监测", "", "mitigate-risk-negative-outcome", "will be monitored"),
    "q4h",
    by_name="王奕",
    at=AT,
    witness_name="赵铁民",
)


def test_the_summary_names_what_was_not_checked_and_why() -> None:
    card = a_card(a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, ("k",), METOPROLOL, VERAPAMIL))

    verdict = a_verdict((card,), (NO_CREATININE,))

    said = EN.summary(verdict)
    assert said == (
        "12 checks done · not checked: Renal function (Renal function) · 12 not applicable"
    )
    assert ZH.summary(verdict) == "已完成 12 项检查 · 未检查：肾功能（肾功能） · 12 项不适用"


def test_a_few_checks_without_a_subject_are_named() -> None:
    verdict = a_verdict()
    few = [one for one in verdict.answers if one.applies]
    idle = [replace(one, applies=False) for one in few[:2]]

    said = EN.summary(replace(verdict, answers=(*idle, *few[2:])))

    assert said.endswith("not applicable: Allergy, Cross-allergy")


def test_what_one_line_lacks_is_counted_and_a_gap_of_all_lines_counts_for_each() -> None:
    own = Gap(Check.ROUTE, Saying.of("cards.name.route"), ("k",))
    verdict = a_verdict(gaps=(NO_CREATININE, own))

    assert EN.short(verdict, "k") == "2 not checked"
    assert EN.short(verdict, "other") == "1 not checked"
    assert EN.short(a_verdict(), "k") == ""


def test_a_finding_says_what_it_rests_on() -> None:
    found = a_finding(Check.INTERACTION, Tier.INLINE, ("k",), METOPROLOL, VERAPAMIL)
    unknown = Evidence(Named("心率", "Pulse"), Quantity(Decimal(54), "/min"))
    age = Evidence(Named("年龄", "Age"), Quantity(Decimal(78), "a"))

    assert EN.title(found) == "Interaction: Metoprolol + Verapamil"
    assert ZH.title(found) == "相互作用：美托洛尔 + 维拉帕米"
    assert EN.evidence(found.evidence[0]).endswith("24-Nov-2026 06:10")
    assert EN.evidence(found.evidence[1]) == "Verapamil 80 mg oral tid"
    assert EN.evidence(unknown).endswith("time not recorded")
    assert EN.evidence(age) == "Age 78\N{NO-BREAK SPACE}a"


def test_knowledge_that_nobody_signed_is_said_to_be_a_draft() -> None:
    assert EN.badge(DRAFT) == "draft knowledge"
    assert "nobody has signed" in EN.standing(DRAFT)
    assert EN.badge(ONC) == EN.standing(ONC) == ""


def test_a_suggestion_says_what_a_click_does_to_which_order() -> None:
    dose = Suggestion(Remedy.DOSE, "k", "12.5 mg")
    less = Suggestion(Remedy.FREQUENCY, "k", "qd", Named("每日一次", "once daily"))

    assert EN.suggestion(dose, "Metoprolol") == (
        "Change Metoprolol to 12.5\N{NO-BREAK SPACE}mg per dose"
    )
    assert ZH.suggestion(less, "美托洛尔") == "美托洛尔改为每日一次"


def test_a_passed_warning_travels_with_its_reason_and_who_agreed() -> None:
    english, chinese = ChartWords(EN.desk), ChartWords(ZH.desk)

    (line,) = passed_lines(english, (PASSED, PASSED))

    assert line == (
        "signed despite Interaction: Metoprolol + Verapamil. "
        "Reason: will be monitored: q4h. Agreed: 赵铁民"
    )
    alone = replace(PASSED, text="", witness_name="")
    assert passed_lines(chinese, (alone,)) == (
        "虽有提醒（相互作用：美托洛尔 + 维拉帕米），仍签名，理由：将加强监测",
    )
    assert passed_in_full(english, (PASSED,))[1] == "王奕, 24-Nov-2026 14:02"
    assert passed_lines(english, ()) == ()
