"""A dose without a unit stops whatever the packs say; one that is not understood is said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.decision.checks.dose_units import DoseUnitCheck, bare
from app.decision.findings import Answer, Outcome, Tier
from app.decision.situation import Line, Standing
from app.domain.quantities import Quantity
from app.domain.terms import Named
from tests.support.rules_kit import of, order, running, sentence, whys
from tests.support.situation_kit import a_situation


def written(text: str) -> Line:
    return order("x", drug=of("x"), dose_text=text)


def ask(*lines: Line) -> Answer:
    (answer,) = DoseUnitCheck()(a_situation(*lines))
    return answer


@pytest.mark.parametrize("text", ["0.25", " 5 ", "1/2", "2-3", "1，5", "两", "0.5 x 2"])
def test_a_number_alone_is_a_hard_stop(text: str) -> None:
    (finding,) = ask(written(text)).findings

    assert finding.tier is Tier.HARD_STOP
    assert finding.origin.may_interrupt
    assert finding.lines == ("1",)
    assert sentence(finding) == (
        "dose_units.missing",
        {"drug": "x", "written": text.strip()},
    )


def test_an_amount_without_a_unit_is_one_too() -> None:
    number = replace(written(""), dose=Quantity(Decimal("0.250"), ""))

    assert bare(number) == "0.25"
    assert bare(replace(number, dose=Quantity(Decimal("0.250"), "mg"))) == ""


def test_a_drug_nobody_knows_is_told_by_its_written_name() -> None:
    (finding,) = ask(order("unheard-of", dose_text="5")).findings

    assert finding.subjects == (Named("unheard-of"),)


def test_a_dose_with_its_unit_was_checked() -> None:
    answer = ask(order("x", "0.25 mg", drug=of("x")))

    assert answer.outcome is Outcome.CHECKED
    assert answer.findings == ()


@pytest.mark.parametrize("text", ["a spoonful", "0.25 foo", "-", "一片半左右"])
def test_what_is_not_understood_is_not_checked(text: str) -> None:
    answer = ask(written(text))

    assert answer.findings == ()
    assert whys(answer) == ["dose_units.unreadable"]


def test_without_a_dose_there_is_nothing_to_look_at() -> None:
    assert ask(written(" ")).outcome is Outcome.NOT_APPLICABLE
    assert ask(running(written("5"), Standing.ACTIVE)).outcome is Outcome.NOT_APPLICABLE
