"""What the engine makes of what its checks say."""

from __future__ import annotations

import logging

import pytest

from app.decision.engine import Checking, Engine, Seat
from app.decision.findings import (
    Answer,
    Check,
    Finding,
    Gap,
    Moment,
    Origin,
    Outcome,
    Saying,
    Tier,
)
from app.decision.situation import Standing
from app.decision.verdict import Hiding, Verdict
from app.kernel.faults import FaultKind, app_error
from tests.support.situation_kit import (
    DRAFT,
    SIGNED,
    AsksLines,
    Breaks,
    SaysAlways,
    a_finding,
    a_line,
    a_situation,
)

LINES = (a_line("1", "simvastatin"), a_line("2", "clarithromycin"), a_line("3", "warfarin"))


def seat(checking: Checking, *checks: Check) -> Seat:
    return Seat(checks, checking)


def an_engine(*findings: Finding, gaps: tuple[Gap, ...] = ()) -> Engine:
    checks = dict.fromkeys((*(one.check for one in findings), *(gap.check for gap in gaps)))
    return Engine(
        tuple(
            seat(
                SaysAlways(
                    (
                        Answer(
                            check,
                            tuple(one for one in findings if one.check is check),
                            tuple(gap for gap in gaps if gap.check is check),
                        ),
                    )
                ),
                check,
            )
            for check in checks
        )
    )


def judged(*findings: Finding, moment: Moment = Moment.SIGN) -> Verdict:
    return an_engine(*findings).judge(a_situation(*LINES, moment=moment))


# --- how loud ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "pilot", "", "retired"])
def test_what_nobody_signed_never_interrupts(status: str) -> None:
    origin = Origin("r", "p@1", "s", status)

    verdict = judged(a_finding(Check.RENAL, Tier.HARD_STOP, "1", origin=origin))

    assert [card.tier for card in verdict.cards] == [Tier.INLINE]
    assert verdict.interrupting == ()


def test_what_somebody_signed_is_as_loud_as_it_says() -> None:
    verdict = judged(a_finding(Check.RENAL, Tier.INTERRUPTIVE, "1"))

    assert [card.tier for card in verdict.interrupting] == [Tier.INTERRUPTIVE]


def test_a_dose_without_a_unit_is_a_hard_stop_whatever_the_packs_say() -> None:
    verdict = judged(a_finding(Check.DOSE_UNIT, Tier.DRAWER, "1", origin=DRAFT))

    assert [card.tier for card in verdict.cards] == [Tier.HARD_STOP]


def test_a_quiet_finding_is_never_made_louder() -> None:
    verdict = judged(a_finding(Check.RENAL, Tier.DRAWER, "1", origin=DRAFT))

    assert [card.tier for card in verdict.cards] == [Tier.DRAWER]


def test_a_silent_finding_is_kept_and_not_told() -> None:
    verdict = judged(a_finding(Check.RENAL, Tier.SILENT, "1"))

    assert verdict.cards == ()
    assert [one.why for one in verdict.hidden] == [Hiding.SILENT]


# --- moments ----------------------------------------------------------------------------------


def test_while_one_chooses_nothing_interrupts_and_no_dose_is_missed() -> None:
    verdict = judged(
        a_finding(Check.DOSE_UNIT, Tier.HARD_STOP, "1"),
        a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, "1", "2"),
        moment=Moment.SELECT,
    )

    assert [(card.lead.check, card.tier) for card in verdict.cards] == [
        (Check.INTERACTION, Tier.INLINE)
    ]


def test_at_the_bed_allergies_and_skin_tests_are_asked_and_doses_are_not() -> None:
    verdict = judged(
        a_finding(Check.ALLERGY, Tier.INTERRUPTIVE, "1"),
        a_finding(Check.SKIN_TEST, Tier.INTERRUPTIVE, "2"),
        a_finding(Check.DOSE_DAILY, Tier.INTERRUPTIVE, "3"),
        moment=Moment.ADMINISTER,
    )

    assert {one.check for one in verdict.findings} == {Check.ALLERGY, Check.SKIN_TEST}


@pytest.mark.parametrize("moment", [Moment.SIGN, Moment.DISPATCH, Moment.DISCHARGE])
def test_who_signs_is_asked_everything(moment: Moment) -> None:
    findings = [a_finding(check, Tier.INLINE, "1") for check in Check]
    keep = {Check.ALLERGY_CLASS, Check.ALLERGY_CROSS, Check.DUPLICATE_CLASS}

    verdict = judged(*findings, moment=moment)

    assert {one.check for one in verdict.findings} >= frozenset(Check) - keep


def test_a_result_is_compared_with_what_is_running() -> None:
    def answer(keys: tuple[str, ...]) -> Answer:
        return Answer(
            Check.LABORATORY, tuple(a_finding(Check.LABORATORY, Tier.INLINE, k) for k in keys)
        )

    engine = Engine((seat(AsksLines(answer), Check.LABORATORY),))
    lines = (
        a_line("draft"),
        a_line("running", standing=Standing.ACTIVE),
        a_line("ended", standing=Standing.STOPPED),
    )

    at_result = engine.judge(a_situation(*lines, moment=Moment.RESULT))
    at_signing = engine.judge(a_situation(*lines))

    assert [card.lines for card in at_result.cards] == [("running",)]
    assert [card.lines for card in at_signing.cards] == [("draft",)]


def test_opening_a_chart_only_fills_the_drawer() -> None:
    finding = a_finding(Check.LABORATORY, Tier.INTERRUPTIVE, "1")

    assert [card.tier for card in judged(finding, moment=Moment.OPEN).cards] == [Tier.DRAWER]


def test_of_a_seat_only_what_is_asked_is_heard() -> None:
    answers = tuple(
        Answer(check, (a_finding(check, Tier.INLINE, "1"),))
        for check in (Check.DOSE_DAILY, Check.ALLERGY)
    )
    engine = Engine((seat(SaysAlways(answers), Check.DOSE_DAILY, Check.ALLERGY),))

    verdict = engine.judge(a_situation(*LINES, moment=Moment.ADMINISTER))

    assert [one.check for one in verdict.answers] == [Check.ALLERGY]


def test_a_seat_that_answers_for_nothing_that_is_asked_stays_quiet() -> None:
    engine = Engine((seat(Breaks(ValueError()), Check.DOSE_DAILY),))

    assert engine.judge(a_situation(*LINES, moment=Moment.ADMINISTER)).answers == ()


# --- what a check cannot do -------------------------------------------------------------------


@pytest.mark.expects_log(r"^a check failed: route, rate \(\w+\)$")
@pytest.mark.parametrize(
    "error",
    [
        KeyError("amoxicillin"),
        TypeError(),
        ZeroDivisionError(),
        AttributeError(),
        RecursionError(),
        AssertionError(),
        app_error(FaultKind.STORAGE, "fault.bug"),
    ],
)
def test_a_check_that_fails_says_so_and_the_others_answer(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    well = SaysAlways((Answer(Check.RENAL, (a_finding(Check.RENAL, Tier.INLINE, "1"),)),))
    engine = Engine(
        (seat(Breaks(error), Check.ROUTE, Check.RATE), seat(well, Check.RENAL, Check.AGE))
    )

    with caplog.at_level(logging.ERROR):
        verdict = engine.judge(a_situation(*LINES))

    assert verdict.checks(Outcome.NOT_CHECKABLE) == (Check.ROUTE, Check.RATE)
    assert {gap.why.code for gap in verdict.gaps} == {"decision.why.failed"}
    assert verdict.checks(Outcome.CHECKED) == (Check.RENAL,)
    assert type(error).__name__ in caplog.text
    assert "amoxicillin" not in caplog.text
    caplog.clear()


def test_two_seats_of_one_check_give_one_answer() -> None:
    why, other = Saying.of("decision.why.unit", fact="a"), Saying.of("decision.why.unit", fact="b")
    one = Answer(
        Check.RENAL,
        (a_finding(Check.RENAL, Tier.INLINE, "1"),),
        (Gap(Check.RENAL, why, ("1",)), Gap(Check.RENAL, other, ("1",))),
    )
    two = Answer(
        Check.RENAL,
        gaps=(Gap(Check.RENAL, why, ("2",)), Gap(Check.RENAL, other), Gap(Check.RENAL, other)),
    )
    engine = Engine((seat(SaysAlways((one,)), Check.RENAL), seat(SaysAlways((two,)), Check.RENAL)))

    (answer,) = engine.judge(a_situation(*LINES)).answers

    assert answer.gaps == (Gap(Check.RENAL, why, ("1", "2")), Gap(Check.RENAL, other))
    assert len(answer.findings) == 1


def test_nothing_that_applies_is_not_checked() -> None:
    engine = Engine(
        (
            seat(SaysAlways((Answer(Check.AGE, applies=False),)), Check.AGE),
            seat(SaysAlways((Answer(Check.LACTATION),)), Check.LACTATION),
        )
    )

    verdict = engine.judge(a_situation(*LINES))

    assert verdict.checks(Outcome.NOT_APPLICABLE) == (Check.AGE,)
    assert verdict.checks(Outcome.CHECKED) == (Check.LACTATION,)


# --- each thing once --------------------------------------------------------------------------


def test_of_two_sources_of_one_interaction_the_louder_is_told() -> None:
    onc = Origin("onc-25", "interactions@1", "ONC", "active")
    ansm = Origin("ansm-7", "interactions@1", "ANSM", "active")

    verdict = judged(
        a_finding(Check.INTERACTION, Tier.INLINE, "1", "2", origin=ansm),
        a_finding(Check.INTERACTION, Tier.INTERRUPTIVE, "2", "1", origin=onc),
        a_finding(Check.INTERACTION, Tier.DRAWER, "1", "2", origin=ansm),
    )

    assert [(one.tier, one.origin) for one in verdict.findings] == [(Tier.INTERRUPTIVE, onc)]
    assert len(verdict.answers[0].findings) == 1


def test_two_rules_of_one_check_are_two_findings() -> None:
    other = Origin("r-9", "drug_rules@1", "a label", "active")

    verdict = judged(
        a_finding(Check.RENAL, Tier.INLINE, "1"),
        a_finding(Check.RENAL, Tier.INLINE, "1", origin=other),
        a_finding(Check.RENAL, Tier.INLINE, "1"),
    )

    assert [one.origin.rule for one in verdict.findings] == [SIGNED.rule, other.rule]


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (Check.ALLERGY, Check.ALLERGY_CLASS),
        (Check.ALLERGY, Check.ALLERGY_CROSS),
        (Check.ALLERGY_CLASS, Check.ALLERGY_CROSS),
        (Check.DUPLICATE, Check.DUPLICATE_CLASS),
    ],
)
def test_the_drug_itself_is_told_before_its_class(near: Check, far: Check) -> None:
    def told(tier: Tier, *lines: str) -> list[Check]:
        verdict = judged(a_finding(far, tier, *lines), a_finding(near, Tier.INTERRUPTIVE, "1", "2"))
        return [one.check for one in verdict.findings]

    assert told(Tier.INTERRUPTIVE, "2", "1") == [near]
    assert told(Tier.HARD_STOP, "2", "1") == [far, near]
    assert told(Tier.INTERRUPTIVE, "2", "3") == [near, far]
