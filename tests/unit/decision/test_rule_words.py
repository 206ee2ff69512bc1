"""The sentences of rules: how much it is and may be, what of the chart speaks against it."""

from __future__ import annotations

import pytest

from app.decision.checks.rule_checks import CHECKS
from app.decision.checks.rule_words import said
from app.decision.expressions import Fact, amount
from app.decision.findings import Check, Evidence
from app.decision.knowledge.rules import Bound
from app.domain.terms import Named
from resources.catalogue import LANGUAGES, Catalogue

X = Named("某药", "x")
K = Evidence(Named("血钾", "potassium"), amount("5.9 mmol/L"))


def over(name: str, told: str, most: str) -> tuple[Bound, Fact]:
    return Bound(name, amount(most)), Fact(amount(told))


@pytest.mark.parametrize(
    ("check", "name", "told", "most", "sentence"),
    [
        *[(Check.DOSE_SINGLE, "dose.single", "1.5 g", "1 g", "x: 1.5 g at once, at most 1 g.")],
        *[(Check.DOSE_DAILY, "dose.daily", "6000 mg/d", "4 g/d", "x: 6 g/d, at most 4 g/d.")],
        (
            *(Check.DOSE_BODY, "dose.single/kg", "18.75123456 mg/kg", "15 mg/kg"),
            "x: 18.751 mg/kg of body weight, at most 15 mg/kg.",
        ),
        *[(Check.DOSE_FREQUENCY, "per-day", "3", "1", "x: 3 times a day, at most 1.")],
        (
            *(Check.DOSE_FREQUENCY, "per-day", "1", "0.2"),
            "x: this frequency needs a second look.",
        ),
        *[(Check.RATE, "rate", "0.02 mol/h", "10 mmol/h", "x: 20 mmol/h, at most 10 mmol/h.")],
        *[(Check.AGE, "dose.daily", "6 g/d", "4 g/d", "x: age speaks against it.")],
    ],
)
def test_how_much_it_is_and_how_much_it_may_be(
    check: Check, name: str, told: str, most: str, sentence: str
) -> None:
    message = said(check, X, over(name, told, most), None).message("en")

    assert Catalogue.load("en").text(message.code, **dict(message.parameters)) == sentence


def test_a_word_is_no_amount_to_exceed() -> None:
    word = (Bound("dose.daily", amount("1 g")), Fact("much"))

    assert said(Check.DOSE_DAILY, X, word, None).code == "rules.bare.daily"


def test_what_of_the_chart_speaks_against_it() -> None:
    assert dict(said(Check.LABORATORY, X, None, K).message("en").parameters) == {
        "drug": "x",
        "what": "potassium",
        "value": "5.9 mmol/L",
    }
    asthma = Evidence(Named("问题", "problem"), "asthma")
    assert dict(said(Check.DISEASE, X, None, asthma).words)["value"] == "asthma"
    assert said(Check.ROUTE, X, None, K).code == "rules.bare.route"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_its_sentences(language: str) -> None:
    catalogue = Catalogue.load(language)

    for check in CHECKS:
        assert catalogue.has(said(check, X, None, K).code)
        assert catalogue.has(said(check, X, None, None).code)
