"""The facts of a line: how it is ordered, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.decision.expressions import Fact, Unknown, amount
from app.decision.facts import LineFacts, is_fact
from app.decision.patient_facts import PatientFacts
from app.decision.situation import Line, Situation, Standing, Subject
from app.decision.substances import Drug
from app.domain.terms import Named
from tests.support.rules_kit import a_knowledge, a_patient, a_row, of, order, running
from tests.support.situation_kit import NOW, a_drug

X = of("x")
WATER = of("water", "fluids")
BAG = {"group": "1"}
UNHEARD = order("unheard-of", "5 mg", "po", "qd", key="9")


def line(dose: str = "", route: str = "", frequency: str = "", **told: object) -> Line:
    return order("x", dose, route, frequency, **{"drug": X, **told})  # type: ignore[arg-type]  # by name


def facts(
    *lines: Line, subject: Subject | None = None, least: bool = False, doubting: bool = False
) -> LineFacts:
    """Of the first line and its first ingredient."""
    situation = Situation(NOW, subject or a_patient(weight="50 kg"), lines)
    drug = lines[0].drug
    assert drug is not None
    patient = PatientFacts(situation, a_knowledge())
    return LineFacts(patient, lines[0], drug.substances[0], least=least, doubting=doubting)


def value(name: str, told: LineFacts) -> object:
    found = told.fact(name, None)
    assert isinstance(found, Fact), found
    return found.value


def why(name: str, told: LineFacts) -> str:
    found = told.fact(name, None)
    assert isinstance(found, Unknown), found
    return found.why.code


def test_the_patient_is_known_to_every_line() -> None:
    assert value("age", facts(line())) == amount("50 a")


def test_route_and_frequency_are_words_or_not_said() -> None:
    told = facts(line("", "po", "bid"))

    assert value("route", told) == "po"
    assert value("frequency", told) == "bid"
    assert why("route", facts(line())) == "rules.why.none"
    assert why("frequency", facts(line())) == "rules.why.none"


def test_how_often_a_day() -> None:
    assert value("per-day", facts(line("", "", "bid"))) == amount("2")
    assert value("interval", facts(line("", "", "bid"))) == amount("12 h")
    assert value("per-day", facts(line("", "", "once"))) == amount("1")
    assert why("interval", facts(line("", "", "once"))) == "rules.why.no-frequency"
    assert why("per-day", facts(line())) == "rules.why.no-frequency"
    assert why("interval", facts(line())) == "rules.why.no-frequency"


def test_a_silence_is_told_by_the_name_that_was_written() -> None:
    unnamed = facts(line())
    found = LineFacts(unnamed.patient, UNHEARD, unnamed.substance).fact("per-day", None)
    assert isinstance(found, Fact)
    silent = replace(UNHEARD, per_day=None)
    missing = LineFacts(unnamed.patient, silent, unnamed.substance).fact("per-day", None)

    assert isinstance(missing, Unknown)
    assert dict(missing.why.message("en").parameters) == {"drug": "unheard-of"}


def test_what_it_is_for() -> None:
    assert value("indication", facts(line(indication="lung cancer"))) == {"oncology"}
    assert value("indication", facts(line(indication="pain"))) == frozenset()
    assert why("indication", facts(line(indication=" "))) == "rules.why.none"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((line(),), "no"),
        ((line(diluent=WATER),), "yes"),
        ((line(diluent_text="5% GS 500 mL"),), "yes"),
        ((line(diluent_text=" "),), "no"),
        ((line(**BAG), line(key="2", drug=WATER, **BAG)), "yes"),
        ((line(**BAG), line(key="2", drug=of("y"), **BAG)), "no"),
        ((line(**BAG), line(key="2", drug=WATER, group="2")), "no"),
        ((line(), line(key="2", drug=WATER)), "no"),
        ((line(drug=Drug("p", Named("p"), (*X.substances, *WATER.substances))),), "yes"),
    ],
)
def test_whether_something_is_ordered_to_dissolve_it_in(lines: tuple[Line, ...], told: str) -> None:
    assert value("diluted", facts(*lines)) == told


def test_beside_something_nobody_knows_it_is_not_known_whether_it_is_diluted() -> None:
    assert why("diluted", facts(line(**BAG), replace(UNHEARD, group="1"))) == (
        "rules.why.unknown-mate"
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dose.single", "500 mg"),
        ("dose.daily", "1000 mg/d"),
        ("dose.single/kg", "10 mg/kg"),
        ("dose.daily/kg", "20 mg/kg/d"),
        ("product.single", "500 mg"),
        ("product.daily", "1000 mg/d"),
        ("rate", "100 mg/h"),
        ("rate/kg", "2 mg/kg/h"),
    ],
)
def test_doses_come_with_what_they_rest_on(name: str, told: str) -> None:
    found = facts(line("500 mg", "iv", "bid", rate=amount("100 mg/h"))).fact(name, None)

    assert isinstance(found, Fact)
    assert found.value == amount(told)
    assert len(found.evidence) == (2 if name.endswith("/kg") else 1)


def saline(dose: str = "500 mL", flow: str = "") -> Line:
    rate = amount(flow) if flow else None
    return line(dose, key="2", drug=WATER, group="1", rate=rate)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((line("1 g", rate=amount("100 mL/h"), diluent_text="NS 500 mL"),), "0.2 g/h"),
        ((line("1 g", rate=amount("100 mL/h"), diluent_text="1 L of NS"),), "0.1 g/h"),
        ((line("1 g", rate=amount("2 mL/min"), diluent_text="盐水500毫升"),), "0.24 g/h"),
        (
            (line("1 g", **BAG), saline(flow="100 mL/h")),
            "0.2 g/h",
        ),
        (
            (line("1 g", rate=amount("100 mL/h"), **BAG), saline()),
            "0.2 g/h",
        ),
        ((line("1 g", rate=amount("100 mL/h"), **BAG), saline("5 g")), "100 mL/h"),
        ((line("1 g", rate=amount("3 g/h"), **BAG), saline()), "3 g/h"),
        ((line("50 mL", rate=amount("9 mL/h"), diluent_text="NS 500 mL"),), "9 mL/h"),
        ((line("1 g", rate=amount("9 mL/h"), diluent_text="NS"),), "9 mL/h"),
        ((line("1 g", rate=amount("9 mL/h"), diluent_text="100 mL or 250 mL"),), "9 mL/h"),
        ((line("", rate=amount("9 mL/h"), diluent_text="100 mL"),), "9 mL/h"),
    ],
)
def test_a_bag_that_runs_carries_its_drug_along(lines: tuple[Line, ...], told: str) -> None:
    assert value("rate", facts(*lines)) == amount(told)


def test_a_bag_with_two_flows_or_one_in_drops_has_no_rate() -> None:
    bag = saline(flow="100 mL/h")
    drops = saline(flow="40 {drop}/min")

    two = facts(line("1 g", rate=amount("90 mL/h"), **BAG), bag)
    assert value("rate", two) == amount("90 mL/h")
    assert why("rate", facts(line("1 g", **BAG), drops)) == "rules.why.no-rate"
    assert why("rate", facts(line("1 g", **BAG), saline())) == "rules.why.no-rate"


def test_a_rate_of_a_bag_is_told_by_the_kilogram_too() -> None:
    lines = (line("1 g", **BAG), saline(flow="100 mL/h"))

    assert value("rate/kg", facts(*lines)) == amount("0.004 g/kg/h")


def test_without_a_weight_nothing_is_told_by_the_kilogram() -> None:
    told = facts(line("500 mg", "iv", "bid"), subject=a_patient())

    assert why("dose.single/kg", told) == "rules.why.none"
    assert why("dose.daily/kg", told) == "rules.why.none"
    assert value("dose.daily", told) == amount("1000 mg/d")


def test_an_old_weight_is_none_where_the_rule_says_so() -> None:
    told = facts(line("500 mg", "iv", "bid"))

    assert isinstance(told.fact("dose.single/kg", timedelta(minutes=5)), Unknown)
    assert isinstance(told.fact("dose.single/kg", timedelta(days=1)), Fact)


def test_the_day_counts_every_line_of_the_ingredient_that_acts_alike() -> None:
    mine = line("1 g", "po", "bid")
    lines = (
        running(line("500 mg", "po", "bid", key="2")),
        line("1 g", "iv", "qd", key="3"),
        line("9 g", "top", "qd", key="4"),
        running(line("9 g", "po", "qd", key="5"), Standing.STOPPED, NOW),
        line("9 g", "po", "qd", key="6", drug=of("y")),
        UNHEARD,
    )

    assert value("dose.daily", facts(mine, *lines)) == amount("4 g/d")
    assert value("dose.daily", facts(lines[2], mine)) == amount("9 g/d")


def test_what_a_new_line_takes_the_place_of_is_not_there_any_more() -> None:
    old = running(line("1 g", "po", "qid", key="2"))
    lines = (line("1 g", "po", "bid", replaces="2"), old)

    assert value("dose.daily", facts(*lines)) == amount("2 g/d")
    assert value("lines", facts(*lines)) == frozenset()
    assert value("dose.daily", facts(lines[0], replace(old, key="3"))) == amount("6 g/d")


def test_a_day_with_a_part_nobody_knows_is_at_least_the_rest() -> None:
    lines = (line("1 g", "po", "bid"), line("1 {tbl}", "po", "bid", key="2"))

    assert why("dose.daily", facts(*lines)) == "rules.why.pieces"
    assert value("dose.daily", facts(*lines, least=True)) == amount("2 g/d")


def test_other_lines_are_told_by_substance_and_class() -> None:
    lines = (line(), line(key="2", drug=of("y", "nsaids")), running(line(key="3", drug=of("z"))))

    assert value("lines", facts(*lines)) == {"y", "class:nsaids", "z"}


def test_what_ended_counts_for_as_long_as_the_rule_says() -> None:
    gone = running(line(key="2", drug=of("y")), Standing.STOPPED, NOW - timedelta(hours=36))
    undated = replace(gone, stopped_at=None)

    assert value("lines", facts(line(), gone)) == frozenset()
    assert value("lines-36h", facts(line(), gone)) == {"y"}
    assert value("lines-35h", facts(line(), gone)) == frozenset()
    assert value("lines-2d", facts(line(), gone)) == {"y"}
    assert value("lines-1d", facts(line(), undated)) == {"y"}


def test_a_drug_nobody_knows_may_be_the_one() -> None:
    assert value("lines", facts(line(), UNHEARD)) == frozenset()
    assert why("lines", facts(line(), UNHEARD, doubting=True)) == "rules.why.drug"


def test_the_bag_holds_its_lines_and_the_diluent() -> None:
    mine = line(diluent=WATER, **BAG)
    lines = (mine, line(key="2", drug=of("y"), **BAG), line(key="3", drug=of("z")))

    assert value("same-bag", facts(*lines)) == {"water", "class:fluids", "y"}
    assert value("same-bag", facts(line())) == frozenset()


def test_a_diluent_nobody_understands_may_be_the_one() -> None:
    told = line(diluent_text="the usual")

    assert value("same-bag", facts(told)) == frozenset()
    assert why("same-bag", facts(told, doubting=True)) == "rules.why.unknown-mate"


def test_what_the_words_of_a_rule_mean_is_shown() -> None:
    mine = line(indication="癌痛", **BAG)
    subject = replace(a_patient(problems="哮喘|gout"), readings={})
    lines = (mine, line(key="2", drug=of("y"), **BAG), line(key="3", drug=of("z")), UNHEARD)
    row = a_row(
        "disease",
        "x",
        '["and", ["has", "problems", "asthma"], ["has", "indication", "oncology"],'
        ' ["has", "same-bag", "y"], ["has", "lines", "z"]]',
    )

    shown = [(one.what.english, one.value) for one in facts(*lines, subject=subject).behind(row)]

    assert shown == [
        ("problem", "哮喘"),
        ("indication", "癌痛"),
        ("given together", Named("y")),
        ("given together", Named("z")),
    ]


def test_what_a_rule_does_not_mean_is_not_shown() -> None:
    row = a_row("disease", "x", '["or", ["has", "indication", "asthma"], ["is", "route", "po"]]')

    assert list(facts(line(indication="pain")).behind(row)) == []
    asks = a_row("disease", "x", '["has", "problems", "asthma"]')
    assert list(facts(line(), subject=a_patient(problems=None)).behind(asks)) == []


@pytest.mark.parametrize(
    "name",
    ["age", "k", "lines", "lines-36h", "same-bag", "dose.daily/kg"],
)
def test_names_of_facts(name: str) -> None:
    assert is_fact(name, a_knowledge().kinds)
    assert not is_fact(f"{name}-x", a_knowledge().kinds)


def test_a_combination_has_no_dose_of_one_ingredient() -> None:
    told = facts(order("p", "4.5 g", "iv", "q8h", drug=a_drug("x", "y")))

    assert why("dose.single", told) == "rules.why.combination"
    assert value("product.daily", told) == amount("13.5 g/d")
