"""The facts of a patient: what is not known is not known, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decision.expressions import Fact, Unknown, amount
from app.decision.patient_facts import PatientFacts, span_text
from app.decision.situation import Problem, Reading, Situation, Subject, Truth
from app.domain.quantities import Quantity
from app.domain.terms import Named
from tests.support.rules_kit import a_knowledge, a_patient
from tests.support.situation_kit import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def known(subject: Subject, name: str, oldest: timedelta | None = None) -> Fact | Unknown:
    return PatientFacts(Situation(NOW, subject), a_knowledge()).fact(name, oldest)


def value(subject: Subject, name: str, oldest: timedelta | None = None) -> object:
    found = known(subject, name, oldest)
    assert isinstance(found, Fact), found
    return found.value


def why(subject: Subject, name: str, oldest: timedelta | None = None) -> tuple[str, str]:
    found = known(subject, name, oldest)
    assert isinstance(found, Unknown), found
    words = dict(found.why.message("en").parameters)
    return found.why.code, str(words.get("what", ""))


def measured(code: str, told: str, *ages: timedelta | None) -> Subject:
    at = [None if age is None else NOW - age for age in ages]
    return Subject(readings={code: tuple(Reading(amount(told), one) for one in at)})


def test_a_reading_is_told_with_its_time() -> None:
    found = known(measured("k", "5.9 mmol/L", DAY), "k")

    assert isinstance(found, Fact)
    (evidence,) = found.evidence
    assert evidence.what == Named("血钾", "potassium")
    assert evidence.value == amount("5.9 mmol/L")
    assert evidence.at == NOW - DAY


def test_what_was_never_measured_is_not_known() -> None:
    assert why(Subject(), "k") == ("rules.why.none", "potassium")
    assert why(Subject(), "crea") == ("rules.why.none", "creatinine")
    assert why(Subject(), "alt") == ("rules.why.none", "Alanine aminotransferase")


def test_an_old_reading_is_not_known() -> None:
    old = measured("k", "5.9 mmol/L", timedelta(hours=73))

    assert why(old, "k") == ("rules.why.old", "potassium")
    assert value(old, "k", timedelta(hours=73)) == amount("5.9 mmol/L")
    assert why(old, "k", timedelta(hours=72)) == ("rules.why.old", "potassium")


def test_a_value_without_a_limit_of_age_is_known_as_long_as_it_stands() -> None:
    assert value(measured("alt", "40 U/L", 400 * DAY), "alt") == amount("40 U/L")


def test_what_is_yet_to_come_is_not_known() -> None:
    assert why(measured("k", "5.9 mmol/L", -DAY), "k")[0] == "rules.why.none"
    assert value(measured("k", "5.9 mmol/L", -DAY, DAY), "k") == amount("5.9 mmol/L")


def test_a_reading_without_a_time_is_so_now() -> None:
    assert value(measured("k", "5.9 mmol/L", None), "k") == amount("5.9 mmol/L")


def test_age_counts_in_years_and_days() -> None:
    assert value(a_patient("0.5"), "age") == amount("0.5 a")
    assert value(a_patient("2"), "age-days") == amount("730.5 d")
    assert why(a_patient(None), "age") == ("rules.why.none", "age")
    assert why(a_patient(None), "age-days")[0] == "rules.why.none"


def test_sex_and_emergency_are_words() -> None:
    assert value(a_patient(), "sex") == "male"
    assert why(a_patient(sex=""), "sex") == ("rules.why.none", "sex")
    assert value(a_patient(), "emergency") == "no"
    assert value(replace(a_patient(), emergency=True), "emergency") == "yes"


def test_measured_renal_function_stands_before_a_computed_one() -> None:
    both = a_patient(egfr="55 mL/min/{1.73_m2}", crcl="33 mL/min", crea="900 umol/L")

    assert value(both, "egfr") == amount("55 mL/min/{1.73_m2}")
    assert value(both, "crcl") == amount("33 mL/min")


def test_renal_function_is_computed_from_creatinine() -> None:
    woman = a_patient("72", "female", crea="106.08 umol/L", weight="60 kg")
    found = known(woman, "crcl")

    assert isinstance(found, Fact)
    assert found.value == amount("40.1 mL/min")
    assert [one.what.english for one in found.evidence] == ["creatinine clearance", "creatinine"]
    assert isinstance(value(woman, "egfr"), Quantity)


@pytest.mark.parametrize(
    ("subject", "name", "told"),
    [
        (a_patient(), "egfr", ("rules.why.none", "creatinine")),
        (a_patient(), "crcl", ("rules.why.none", "creatinine")),
        (a_patient(crea="90 umol/L"), "crcl", ("rules.why.none", "weight")),
        (a_patient(None, crea="90 umol/L"), "egfr", ("rules.why.none", "age")),
        (a_patient("17", crea="90 umol/L"), "egfr", ("rules.why.renal-child", "")),
        (a_patient(sex="other", crea="90 umol/L"), "egfr", ("rules.why.none", "sex")),
        (a_patient(crea="9 kg"), "egfr", ("rules.why.unreadable", "creatinine")),
        (
            *(a_patient(crea="90 umol/L", weight="9 g"), "crcl"),
            ("rules.why.unreadable", "weight"),
        ),
        (
            *(a_patient(crea="90 umol/L", weight="0 kg"), "crcl"),
            ("rules.why.unreadable", "weight"),
        ),
    ],
)
def test_renal_function_says_what_it_lacks(
    subject: Subject, name: str, told: tuple[str, str]
) -> None:
    assert why(subject, name) == told


def test_an_old_creatinine_gives_no_renal_function() -> None:
    old = replace(measured("crea", "90 umol/L", 8 * DAY), age=Decimal(50), sex="male")

    assert why(old, "egfr") == ("rules.why.old", "creatinine")
    assert value(old, "egfr", 9 * DAY) is not None


@pytest.mark.parametrize("name", ["pregnant", "lactating"])
@pytest.mark.parametrize(
    ("age", "sex", "known_as"),
    [
        ("30", "male", "no"),
        ("11.9", "female", "no"),
        ("12", "female", ""),
        ("55.9", "female", ""),
        ("56", "female", "no"),
        ("30", "", ""),
        (None, "female", ""),
        (None, "", ""),
        (None, "male", "no"),
        ("70", "", "no"),
    ],
)
def test_of_a_woman_who_may_be_it_has_to_be_said(
    name: str, age: str | None, sex: str, known_as: str
) -> None:
    found = known(a_patient(age, sex), name)

    assert (found.value if isinstance(found, Fact) else "") == known_as


@pytest.mark.parametrize(("truth", "word"), [(Truth.YES, "yes"), (Truth.NO, "no")])
def test_what_is_said_of_a_woman_holds_at_any_age(truth: Truth, word: str) -> None:
    subject = replace(a_patient("60", "female"), pregnant=truth, lactating=truth)

    assert value(subject, "pregnant") == word
    assert value(subject, "lactating") == word


def test_the_class_of_the_liver() -> None:
    assert value(replace(a_patient(), child_pugh="B"), "child_pugh") == "B"
    assert value(a_patient(problems="hypertension"), "child_pugh") == "none"
    assert why(a_patient(problems="肝硬化"), "child_pugh")[0] == "rules.why.none"
    assert why(a_patient(problems=None), "child_pugh") == ("rules.why.none", "Child-Pugh class")


def test_problems_are_recognised_by_words_and_codes() -> None:
    both = replace(a_patient(), problems=(Problem("哮喘"), Problem("tumour", "C50.9")))

    assert value(both, "problems") == {"asthma", "oncology"}
    assert value(a_patient(), "problems") == frozenset()
    assert why(a_patient(problems=None), "problems")[0] == "rules.why.no-problems"


def test_a_fact_nobody_keeps_is_a_wrong_rule() -> None:
    with pytest.raises(LookupError):
        known(a_patient(), "shoe-size")


@pytest.mark.parametrize(("hours", "text"), [(2, "2 h"), (72, "72 h"), (96, "96 h"), (168, "7 d")])
def test_a_span_is_told_in_hours_or_days(hours: int, text: str) -> None:
    assert span_text(timedelta(hours=hours)) == text


@given(st.sampled_from(["k", "crea", "egfr", "crcl", "weight", "age", "sex", "problems"]))
def test_of_nobody_nothing_is_known(name: str) -> None:
    assert isinstance(known(Subject(), name), Unknown)


def test_glucose_is_the_newer_of_the_laboratory_and_the_bedside() -> None:
    def of(**at: int | None) -> object:
        told = {"glu": "6 mmol/L", "poct": "3 mmol/L"}
        readings = {
            "poct-glu" if code == "poct" else code: (
                Reading(amount(told[code]), None if ago is None else NOW - ago * HOUR),
            )
            for code, ago in at.items()
        }
        return value(Subject(readings=readings), "glu", 4 * HOUR)

    assert of(glu=1) == of(glu=1, poct=2) == of(glu=1, poct=5) == amount("6 mmol/L")
    assert of(poct=1) == of(glu=2, poct=1) == of(glu=2, poct=None) == amount("3 mmol/L")
    assert why(Subject(), "glu") == ("rules.why.none", "glucose")
    assert why(measured("poct-glu", "3 mmol/L", DAY), "glu", 4 * HOUR)[0] == "rules.why.none"


def test_how_far_the_platelets_have_fallen() -> None:
    def of(*told: tuple[str, int | None]) -> Subject:
        readings = (
            Reading(amount(f"{count} 10*9/L"), None if days is None else NOW - days * DAY)
            for count, days in told
        )
        return Subject(readings={"plt": tuple(readings)})

    fallen = "plt.fall"
    assert value(of(("80", 0), ("200", 4), ("90", 6)), fallen) == Quantity(Decimal(60), "%")
    assert value(of(("80", None), ("100", 4)), fallen) == Quantity(Decimal(20), "%")
    assert value(of(("100", 0), ("80", 4)), fallen) == Quantity(Decimal(-25), "%")
    assert value(of(("50", 0), ("100", 14), ("500", 15)), fallen) == Quantity(Decimal(50), "%")
    for alone in (of(("80", 0)), of(("80", 0), ("200", 20)), of(("80", 0), ("0", 1))):
        assert why(alone, fallen) == ("rules.why.none", "fall of platelets")
    assert why(Subject(), fallen) == ("rules.why.none", "platelets")
    assert why(of(("80", 9), ("200", 12)), fallen)[0] == "rules.why.old"
