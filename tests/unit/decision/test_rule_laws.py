"""Laws of the rules: what is not known gives no finding, and a draft never interrupts."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.decision.checks.rule_checks import CHECKS, RuleChecks
from app.decision.expressions import amount
from app.decision.findings import Check, Outcome
from app.decision.situation import Situation, Subject
from tests.support.rules_kit import a_book, a_patient, a_row, asked, of, order, rules_that_ship
from tests.support.situation_kit import NOW

KIDNEYS = '["<", "egfr", "30 mL/min/{1.73_m2}"]'
FOUR = '[">", "dose.daily", "4 g/d"]'
LINE = order("x", route="po", drug=of("x", "xs"))


def test_every_check_answers_once_and_in_order() -> None:
    answers = RuleChecks(rules_that_ship())(Situation(NOW, Subject(), (LINE,)))

    assert tuple(one.check for one in answers) == CHECKS


DRUGS = st.sampled_from(
    ["warfarin", "metformin", "digoxin", "paracetamol", "vancomycin", "氯化钾", "spironolactone"]
)
ASKING = st.sampled_from(
    [
        *['["<", "age", "18 a"]', '[">=", "k", "5.5 mmol/L", "72 h"]', KIDNEYS],
        *['["<", "crcl", "30 mL/min"]', '["is", "pregnant", "yes"]', '["in", "child_pugh", "C"]'],
        *['["has", "problems", "asthma"]', '["has", "indication", "asthma"]', FOUR],
        *['[">", "dose.single/kg", "15 mg/kg"]', '[">", "rate", "10 mmol/h"]'],
        *['[">", "per-day", "1"]', '["is", "sex", "female"]', '[">", "product.single", "1 g"]'],
    ]
)
"""Questions about something that nobody has told."""


@given(ASKING, ASKING, st.sampled_from(["and", "or"]), st.sampled_from(CHECKS))
def test_what_nobody_knows_gives_no_finding_and_is_never_checked(
    one: str, other: str, joined: str, check: Check
) -> None:
    for when in (one, f'["{joined}", {one}, {other}]', f'["not", {one}]'):
        answer = asked(a_book(a_row(check, "x", when)), check, LINE, subject=Subject())

        assert answer.findings == ()
        assert answer.outcome is Outcome.NOT_CHECKABLE


@given(
    DRUGS,
    st.decimals(min_value=1, max_value=5000, places=1),
    st.sampled_from(["mg", "g", "U", "mL"]),
    st.sampled_from(["po", "iv", "ivgtt", "it"]),
)
def test_drafts_never_interrupt_and_say_what_the_signed_say(
    name: str, value: Decimal, unit: str, route: str
) -> None:
    one = order(name, f"{value} {unit}", route, "tid", rate=amount("3 g/h"))
    situation = Situation(NOW, a_patient("80", crea="400 umol/L", weight="50 kg"), (one,))
    drafts = RuleChecks(rules_that_ship(as_active=False))(situation)
    signed = RuleChecks(rules_that_ship())(situation)

    for draft, told in zip(drafts, signed, strict=True):
        assert [f.origin.rule for f in draft.findings] == [f.origin.rule for f in told.findings]
        assert not any(f.tier.interrupts for f in draft.findings)
        assert draft.gaps == told.gaps
