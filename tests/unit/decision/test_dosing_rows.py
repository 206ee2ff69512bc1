"""The rows about doses that ship: each speaks beyond its border, and not before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from app.decision.expressions import amount, expression
from app.decision.findings import Check, Tier
from app.decision.situation import Line, Subject, Truth
from app.domain.quantities import Quantity
from app.services.drug_rule_pack import RULE_TABLES
from resources import reading
from tests.support.rules_kit import (
    Told,
    a_patient,
    asked,
    order,
    rules_that_ship,
    told,
    without,
)

ROWS = reading.rows("drug_rules", "dosing")
Values = dict[str, Quantity | str | frozenset[str]]


def moved(text: str, by: str) -> Quantity:
    found = amount(text)
    return Quantity(found.value * Decimal(by), found.unit)


def meeting(when: object, by: str) -> Values:
    """Facts under which a condition holds: beyond its borders by a share, at them by 1."""
    match when:
        case ["and", *parts]:
            return {name: value for part in parts for name, value in meeting(part, by).items()}
        case ["or", first, *_]:
            return meeting(first, by)
        case ["not", _]:
            return {}
        case [str(sign), str(name), str(text), *_] if sign[0] in "<>":
            share = "0.99" if sign[0] == "<" else ("1.01" if name == "age" else by)
            return {name: moved(text, share)}
        case [str(question), str(name), str(word), *_]:
            return {name: frozenset({word}) if question == "has" else word}
    raise AssertionError(when)


def bordered(when: object) -> Iterator[str]:
    """Facts with an upper border."""
    match when:
        case ["and", *parts]:
            for part in parts:
                yield from bordered(part)
        case [">", str(name), *_] if name != "age":
            yield name


@pytest.mark.parametrize("check", sorted({row["check"] for row in ROWS}))
def test_every_row_speaks_beyond_its_border_only(check: str) -> None:
    for row in ROWS:
        if row["check"] != check:
            continue
        when, judge = json.loads(row["when"]), expression(row["when"])
        beyond = meeting(when, "1.01")
        assert judge(Told(beyond)).truth is Truth.YES, row["rule"]
        for name in bordered(when):
            assert judge(Told(meeting(when, "1"))).truth is Truth.NO, row["rule"]
            assert judge(without(beyond, name)).truth is Truth.UNKNOWN, row["rule"]


def test_nothing_is_said_of_what_nobody_knows() -> None:
    for row in ROWS:
        assert expression(row["when"])(Told()).truth is not Truth.YES, row["rule"]


def test_rows_are_drafts_with_a_source_and_two_languages() -> None:
    for table in RULE_TABLES:
        for row in reading.rows("drug_rules", table):
            assert row["status"] == "draft", row["rule"]
            assert row["signed_by"] == ""
            assert row["source"]
            assert row["text_zh"]
            assert row["text_en"]


def test_few_rules_stop_everything() -> None:
    rules = rules_that_ship().rules
    hard = [one.origin.rule for one in rules if one.tier is Tier.HARD_STOP]

    assert {"methotrexate-daily", "potassium-undiluted", "vinca-intrathecal"} <= set(hard)
    assert {"promethazine-sc-ia", "benzathine-intravenous"} <= set(hard)
    assert len(hard) <= 15


def test_the_rows_know_the_most_used_drugs() -> None:
    dosed = {s for row in ROWS for s in row["subjects"].split("|") if not s.startswith("class:")}

    assert len(dosed) >= 150


def test_a_row_about_a_route_concerns_that_route() -> None:
    book = rules_that_ship()
    for rule in book.rules:
        if rule.check is Check.ROUTE and "it" in rule.routes:
            assert rule.when(Told({"route": "it"})).truth is not Truth.NO


CHILD = a_patient("4", weight="20 kg")
RESTED = a_patient()
CANCER = a_patient(problems="急性淋巴细胞白血病")
RA = "类风湿关节炎"
Case = tuple[Check, Line, Subject, str]

CASES: tuple[Case, ...] = (
    (Check.DOSE_DAILY, order("对乙酰氨基酚", "1.5 g", "po", "tid"), a_patient(), "paracetamol-day"),
    (Check.DOSE_DAILY, order("paracetamol", "1 g", "po", "qid"), a_patient(), ""),
    (Check.DOSE_SINGLE, order("paracetamol", "1001 mg", "po"), a_patient(), "paracetamol-single"),
    (
        *(Check.DOSE_BODY, order("paracetamol", "301 mg", "po"), CHILD),
        "paracetamol-single-kg-child",
    ),
    (Check.DOSE_BODY, order("paracetamol", "300 mg", "po", "tid"), CHILD, ""),
    (
        *(Check.DOSE_BODY, order("ibuprofen", "201 mg", "po", "tid"), CHILD),
        "ibuprofen-single-kg-child",
    ),
    (Check.DOSE_BODY, order("ibuprofen", "201 mg", "po", "tid"), a_patient(), ""),
    (
        *(Check.DOSE_BODY, order("amoxicillin", "601 mg", "po", "tid"), CHILD),
        "amoxicillin-day-kg-child",
    ),
    (Check.DOSE_DAILY, order("citalopram", "40 mg", "po", "qd"), a_patient("60"), ""),
    (
        *(Check.DOSE_DAILY, order("citalopram", "40 mg", "po", "qd"), a_patient("61")),
        "citalopram-day-over-60",
    ),
    (Check.DOSE_DAILY, order("citalopram", "20 mg", "po", "qd"), a_patient("61"), ""),
    (
        *(Check.DOSE_DAILY, order("digoxin", "0.25 mg", "po", "qd"), a_patient("71")),
        "digoxin-day-over-70",
    ),
    (Check.DOSE_DAILY, order("digoxin", "0.25 mg", "po", "qd"), a_patient("70"), ""),
    (Check.DOSE_SINGLE, order("colchicine", "1.3 mg", "po"), a_patient(), "colchicine-single"),
    (
        *(Check.DOSE_FREQUENCY, order("methotrexate", "10 mg", "po", "qd"), a_patient()),
        "methotrexate-daily",
    ),
    (
        *(Check.DOSE_FREQUENCY, order("methotrexate", "10 mg", "po", "qd", indication=RA), CANCER),
        "methotrexate-daily",
    ),
    (Check.DOSE_FREQUENCY, order("methotrexate", "10 mg", "po", "qd"), CANCER, ""),
    (
        Check.DOSE_FREQUENCY,
        order("methotrexate", "10 mg", "po", "qw", indication=RA),
        a_patient(),
        "",
    ),
    (Check.DOSE_FREQUENCY, order("methotrexate", "1 g", "ivgtt", "qd"), a_patient(), ""),
    (
        *(Check.DOSE_FREQUENCY, order("amlodipine", "5 mg", "po", "tid"), a_patient()),
        "amlodipine-times",
    ),
    (Check.DOSE_FREQUENCY, order("amlodipine", "5 mg", "po", "qd"), a_patient(), ""),
    (
        *(Check.DOSE_FREQUENCY, order("alendronate", "70 mg", "po", "qd"), a_patient()),
        "alendronate-weekly",
    ),
    (Check.DOSE_FREQUENCY, order("alendronate", "70 mg", "po", "qw"), a_patient(), ""),
    (Check.DOSE_FREQUENCY, order("alendronate", "10 mg", "po", "qd"), a_patient(), ""),
    (
        *(Check.DOSE_FREQUENCY, order("levothyroxine", "50 ug", "po", "bid"), a_patient()),
        "levothyroxine-times",
    ),
    (
        *(Check.DOSE_FREQUENCY, order("digoxin", "0.125 mg", "po", "tid"), a_patient()),
        "digoxin-thrice",
    ),
    (
        *(Check.DOSE_FREQUENCY, order("tiotropium", "18 ug", "inhaler", "bid"), a_patient()),
        "tiotropium-times",
    ),
    (Check.ROUTE, order("氯化钾", "1.5 g", "iv"), a_patient(), "potassium-undiluted"),
    (Check.ROUTE, order("氯化钾", "1.5 g", "ivgtt"), a_patient(), "potassium-undiluted"),
    (Check.ROUTE, order("氯化钾", "1.5 g", "vein"), a_patient(), "potassium-undiluted"),
    (Check.ROUTE, order("氯化钾", "1.5 g", "ivgtt", diluent_text="NS"), a_patient(), ""),
    (Check.ROUTE, order("氯化钾", "1 g", "po"), a_patient(), ""),
    (Check.ROUTE, order("长春新碱", "2 mg", "it"), a_patient(), "vinca-intrathecal"),
    (Check.ROUTE, order("长春新碱", "2 mg", "iv"), a_patient(), ""),
    (Check.ROUTE, order("异丙嗪", "25 mg", "sc"), a_patient(), "promethazine-sc-ia"),
    (Check.ROUTE, order("异丙嗪", "25 mg", "ia"), a_patient(), "promethazine-sc-ia"),
    (Check.ROUTE, order("异丙嗪", "25 mg", "im"), a_patient(), ""),
    (Check.ROUTE, order("苄星青霉素", "1200000 U", "iv"), a_patient(), "benzathine-intravenous"),
    (Check.ROUTE, order("苄星青霉素", "1200000 U", "im"), a_patient(), ""),
    (
        *(Check.RATE, order("氯化钾", "1.5 g", "ivgtt", rate=amount("11 mmol/h")), a_patient()),
        "potassium-chloride-rate-peripheral",
    ),
    (
        *(Check.RATE, order("氯化钾", "1.5 g", "ivgtt", rate=amount("0.8 g/h")), a_patient()),
        "potassium-chloride-rate-peripheral",
    ),
    (Check.RATE, order("氯化钾", "1.5 g", "ivgtt", rate=amount("10 mmol/h")), a_patient(), ""),
    (
        *(Check.RATE, order("苯妥英", "1 g", "iv", rate=amount("51 mg/min")), a_patient()),
        "phenytoin-rate",
    ),
    (
        *(Check.RATE, order("万古霉素", "1 g", "ivgtt", rate=amount("2 g/h")), a_patient()),
        "vancomycin-rate",
    ),
    (Check.RATE, order("万古霉素", "1 g", "ivgtt", rate=amount("1 g/h")), a_patient(), ""),
    (Check.DOSE_SINGLE, order("普通胰岛素", "101 U", "sc"), a_patient(), "insulins-single"),
    (Check.DOSE_SINGLE, order("普通胰岛素", "101 [iU]", "sc"), a_patient(), "insulins-single"),
    (Check.DOSE_DAILY, order("二甲双胍", "1 g", "po", "tid"), a_patient(), "metformin-day"),
    (Check.DOSE_DAILY, order("辛伐他汀", "80 mg", "po", "qd"), a_patient(), "simvastatin-day"),
    (Check.DOSE_DAILY, order("曲马多", "101 mg", "po", "qid"), a_patient(), "tramadol-day"),
)


@pytest.mark.parametrize(("check", "line", "subject", "rule"), CASES)
def test_orders_that_a_ward_pharmacist_would_stop_and_their_twins(
    check: Check, line: Line, subject: Subject, rule: str
) -> None:
    assert line.drug is not None

    answer = asked(rules_that_ship(), check, line, subject=subject)

    assert told(answer) == [rule] if rule else told(answer) == []
    assert answer.gaps == ()


def test_potassium_in_a_bag_of_saline_is_diluted() -> None:
    salt = order("氯化钾", "1.5 g", "ivgtt", group="1")
    bag = order("氯化钠", "500 mL", "ivgtt", key="2", group="1")

    assert told(asked(rules_that_ship(), Check.ROUTE, salt, bag)) == []
    assert told(asked(rules_that_ship(), Check.ROUTE, salt, replace(bag, group="2"))) == [
        "potassium-undiluted"
    ]


def test_potassium_runs_as_fast_as_its_bag() -> None:
    salt = order("氯化钾", "3 g", "ivgtt", group="1")
    bag = order("氯化钠", "500 mL", "ivgtt", key="2", group="1", rate=amount("125 mL/h"))
    slow = replace(bag, rate=amount("124 mL/h"))
    book = rules_that_ship()

    assert told(asked(book, Check.RATE, salt, bag)) == ["potassium-chloride-rate-peripheral"]
    assert told(asked(book, Check.RATE, salt, slow)) == []
    assert asked(book, Check.RATE, salt, slow).gaps == ()


def test_a_draft_row_never_interrupts() -> None:
    line = order("氯化钾", "1.5 g", "iv")
    (finding,) = asked(rules_that_ship(as_active=False), Check.ROUTE, line).findings

    assert finding.tier is Tier.INLINE


def test_simvastatin_beside_amlodipine_has_a_limit_of_its_own() -> None:
    lines = (order("辛伐他汀", "40 mg", "po", "qd"), order("氨氯地平", "5 mg", "po", "qd", key="2"))

    assert told(asked(rules_that_ship(), Check.DOSE_DAILY, *lines)) == ["simvastatin-amlodipine"]
    assert told(asked(rules_that_ship(), Check.DOSE_DAILY, lines[0])) == []
