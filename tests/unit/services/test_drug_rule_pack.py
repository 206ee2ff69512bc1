"""The pack of rules about one drug, read: every row or none, and the hospital's over ours."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.decision.expressions import amount
from app.decision.findings import Check, Remedy, Tier
from app.decision.knowledge.rules import Rule, RuleBook
from app.domain.terms import Named
from app.kernel.faults import AppError
from app.services.drug_rule_pack import RULE_TABLES, read_drug_rules, span_of
from resources.reading import path
from tests.support.knowledge_kit import TODAY

SHIPPED = path("packs/drug_rules")
HEADING = (
    *("rule", "check", "subjects", "but", "routes", "when", "tier", "text_zh", "text_en"),
    *("advice", "signed_by", "source", "status", "valid_from"),
)
ROW = {
    "rule": "paracetamol-day",
    "check": "dose-daily",
    "subjects": "paracetamol",
    "routes": "oral|pr",
    "when": '[">", "dose.daily", "3 g/d"]',
    "tier": "drawer",
    "text_zh": "三克",
    "text_en": "three grams",
    "source": "the hospital",
    "status": "active",
    "valid_from": "2026-01-01",
    "signed_by": "a pharmacist",
}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """What ships, with one row in `dosing.tsv` to change."""
    folder = tmp_path / "drug_rules"
    shutil.copytree(SHIPPED, folder)
    for table in RULE_TABLES:
        (folder / f"{table}.tsv").write_text("\t".join(HEADING) + "\n", "utf-8")
    write(folder)
    return folder


def write(folder: Path, **cells: str) -> None:
    row = {**ROW, **cells}
    lines = ["\t".join(HEADING), "\t".join(row.get(name, "") for name in HEADING)]
    (folder / "dosing.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def overlay(tmp_path: Path, **cells: str) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "manifest.toml").write_text('id = "drug_rules"\nversion = "9"\n', "utf-8")
    write(folder, **cells)
    return folder


def only(book: RuleBook) -> Rule:
    (rule,) = book.rules
    return rule


def test_a_row_is_a_rule(ours: Path) -> None:
    write(ours, but="x", advice="dose:1 g; remove")
    rule = only(read_drug_rules(ours, None, TODAY))

    assert rule.check is Check.DOSE_DAILY
    assert rule.subjects == {"paracetamol"}
    assert rule.but == {"x"}
    assert rule.routes == {"po", "ng", "pr"}
    assert rule.tier is Tier.DRAWER
    assert rule.text == Named("三克", "three grams")
    assert rule.asked == {"dose.daily"}
    assert [(bound.fact, bound.literal) for bound in rule.bounds] == [
        ("dose.daily", amount("3 g/d"))
    ]
    assert rule.advice == ((Remedy.DOSE, "1 g"), (Remedy.REMOVE, ""))
    assert (rule.origin.rule, rule.origin.status) == ("paracetamol-day", "active")
    assert rule.origin.pack.startswith("drug_rules@")


def test_only_what_may_not_be_exceeded_is_a_border(ours: Path) -> None:
    write(
        ours,
        when='["and", ["<", "age", "18 a"], [">", "dose.single/kg", "15 mg/kg", "30 d"],'
        ' ["not", [">", "dose.daily", "1 g/d"]], ["has", "problems", "gout", "af"],'
        ' ["or", [">", "weight", "90 kg"], ["and", [">", "k", "5 mmol/L"], ["always"]]]]',
    )
    rule = only(read_drug_rules(ours, None, TODAY))

    assert [bound.fact for bound in rule.bounds] == ["dose.single/kg"]
    assert rule.words == {"gout", "af"}
    assert rule.asked == {"age", "dose.single/kg", "dose.daily", "problems", "weight", "k"}


@pytest.mark.parametrize(
    "cells",
    [
        {"check": "ddi"},
        {"check": "gone"},
        {"tier": "loud"},
        {"subjects": ""},
        {"when": '["<", "age"]'},
        {"when": "perhaps"},
        {"advice": "pray"},
        {"valid_from": "soon"},
    ],
)
def test_a_row_nobody_understands_stops_the_whole_pack(ours: Path, cells: dict[str, str]) -> None:
    write(ours, **cells)

    with pytest.raises(AppError) as refused:
        read_drug_rules(ours, None, TODAY)

    assert refused.value.fault.message.code == "rules.pack-unreadable"
    assert refused.value.fault.detail.startswith("dosing.tsv line 2")


def test_a_table_that_is_not_there_stops_it_too(ours: Path) -> None:
    (ours / "states.tsv").unlink()

    with pytest.raises(AppError):
        read_drug_rules(ours, None, TODAY)


def test_a_row_of_another_day_is_left_out(ours: Path) -> None:
    write(ours, valid_from="2026-11-26")

    assert read_drug_rules(ours, None, TODAY).rules == ()
    assert len(read_drug_rules(ours, None, date(2026, 11, 26)).rules) == 1


def test_a_day_on_which_the_facts_do_not_hold_yet_reads_nothing(ours: Path) -> None:
    with pytest.raises(AppError) as refused:
        read_drug_rules(ours, None, date(2025, 12, 31))

    assert "CKD-EPI-2021" in refused.value.fault.detail
    assert "dose.daily" in refused.value.fault.detail


def test_a_row_of_the_hospital_takes_the_place_of_ours(ours: Path, tmp_path: Path) -> None:
    theirs = overlay(tmp_path, tier="interruptive")
    rule = only(read_drug_rules(ours, theirs, TODAY))

    assert (rule.tier, rule.origin.pack) == (Tier.INTERRUPTIVE, "drug_rules@9")


def test_a_withdrawn_row_of_the_hospital_switches_ours_off(ours: Path, tmp_path: Path) -> None:
    theirs = overlay(tmp_path, status="withdrawn")

    assert read_drug_rules(ours, theirs, TODAY).rules == ()
    assert read_drug_rules(ours, theirs, TODAY, as_active=True).rules == ()


def test_a_draft_may_be_judged_as_if_it_were_signed(ours: Path) -> None:
    write(ours, status="draft")

    assert only(read_drug_rules(ours, None, TODAY)).origin.status == "draft"
    assert only(read_drug_rules(ours, None, TODAY, as_active=True)).origin.status == "active"


@pytest.mark.parametrize("factor", ["0", "-1", "much", "1/0"])
def test_a_unit_counts_something(ours: Path, factor: str) -> None:
    file = ours / "substance_units.tsv"
    file.write_text(file.read_text("utf-8").replace("\t20000/1491\t", f"\t{factor}\t"), "utf-8")

    with pytest.raises(AppError) as refused:
        read_drug_rules(ours, None, TODAY)

    assert refused.value.fault.detail.startswith("substance_units.tsv line 2")


def test_what_ships_says_what_facts_are_read_with() -> None:
    facts = read_drug_rules(SHIPPED, None, TODAY).facts

    assert facts.kinds["k"].fresh == timedelta(hours=72)
    assert facts.kinds["alt"].unit == "U/L"
    assert facts.kinds["sex"].words == ("male", "female")
    assert {"top", "eye", "ear"} <= facts.local
    assert not {"po", "iv", "td"} & facts.local
    assert {"sodium-chloride", "glucose"} <= facts.carriers
    (step,) = facts.units["potassium-chloride"]
    assert (step.unit, step.into) == ("g", "mmol")


@pytest.mark.parametrize(
    ("text", "span"),
    [("", None), ("72 h", timedelta(hours=72)), ("7 d", timedelta(days=7))],
)
def test_spans_of_time(text: str, span: timedelta | None) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize("text", ["7", "7 y", "d d"])
def test_what_is_no_span_of_time(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        span_of(text)
