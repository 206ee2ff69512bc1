"""What is said of a rule that could never speak."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.commands.packs.drug_rules import can_be
from app.services.drug_rule_pack import RULE_TABLES
from tests.unit.commands.packs_kit import SHIPPED, add, said, spoil

FILE = "dosing.tsv"
HEADING = (
    "rule check subjects but routes when tier text_zh text_en advice signed_by source status"
    " valid_from"
)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """What ships, without its rules."""
    folder = tmp_path / "drug_rules"
    shutil.copytree(SHIPPED / "drug_rules", folder)
    for table in RULE_TABLES:
        (folder / f"{table}.tsv").write_text("\t".join(HEADING.split()) + "\n", "utf-8")
    return folder


def rule(pack: Path, when: str = '["always"]', *, table: str = FILE, **cells: str) -> int:
    row = {
        "rule": "r",
        "check": "age",
        "subjects": "paracetamol",
        "but": "",
        "routes": "",
        "when": when,
        "tier": "inline",
        "text_zh": "换",
        "text_en": "change",
        "advice": "",
        "signed_by": "",
        "source": "a label",
        "status": "draft",
        "valid_from": "2026-11-25",
        **cells,
    }
    return add(pack, table, *(row[name] for name in HEADING.split()))


def codes(pack: Path) -> list[str]:
    return [code for _, _, code in said(pack)]


@pytest.mark.parametrize("name", ["drug_rules", "antimicrobials", "skin_tests"])
def test_what_ships_is_whole(name: str) -> None:
    assert said(SHIPPED / name) == []


def test_a_rule_that_is_understood_is_passed(pack: Path) -> None:
    rule(
        pack,
        '["and", ["has", "problems", "gout"], ["in", "route", "po", "ia"], ["is", "sex", "male"],'
        ' ["has", "lines-36h", "warfarin", "class:statins"], ["known", "weight"],'
        ' ["not", [">", "dose.single/kg", "15 mg/kg"]], ["is", "frequency", "bid"]]',
        advice="dose:1 g;remove;frequency:qd",
        but="aspirin",
        routes="oral|ia|iv",
    )

    assert said(pack) == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"check": "ddi"}, "packs.unknown-word"),
        ({"tier": "loud"}, "packs.unknown-word"),
        ({"subjects": "paracetamoll"}, "packs.rules.subject"),
        ({"subjects": "class:nothing"}, "packs.rules.subject"),
        ({"but": "x"}, "packs.rules.subject"),
        ({"routes": "mouth"}, "packs.rules.route"),
        ({"advice": "pray"}, "packs.rules.advice"),
        ({"advice": "dose:much"}, "packs.rules.advice"),
        ({"advice": "replace:"}, "packs.rules.advice"),
    ],
)
def test_a_cell_nobody_understands_is_said(pack: Path, cells: dict[str, str], code: str) -> None:
    line = rule(pack, **cells)

    assert said(pack) == [(FILE, line, code)]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("perhaps", "packs.rules.when"),
        ('["<", "age"]', "packs.rules.when"),
        ('["is", "shoe", "red"]', "packs.rules.fact"),
        ('["<", "lines-x", "1"]', "packs.rules.fact"),
        ('["<", "age", "18 kg"]', "packs.rules.unit"),
        ('["<", "sex", "18 a"]', "packs.rules.unit"),
        ('["<", "lines-2d", "18 a"]', "packs.rules.unit"),
        ('[">", "dose.daily", "4 g"]', "packs.rules.unit"),
        ('[">", "k", "5.5 mg/L"]', "packs.rules.unit"),
        ('["is", "sex", "man"]', "packs.rules.word"),
        ('["is", "age", "old"]', "packs.rules.word"),
        ('["is", "route", "mouth"]', "packs.rules.word"),
        ('["is", "frequency", "often"]', "packs.rules.word"),
        ('["has", "problems", "sadness"]', "packs.rules.word"),
        ('["has", "same-bag", "stones"]', "packs.rules.word"),
        ('["not", ["is", "sex", "man"]]', "packs.rules.word"),
    ],
)
def test_a_condition_that_can_never_hold_is_said(pack: Path, when: str, code: str) -> None:
    line = rule(pack, when)

    assert said(pack) == [(FILE, line, code)]


@pytest.mark.parametrize(
    ("unit", "kind", "can"),
    [
        *[("mg", "amount", "yes"), ("mg/d", "amount", ""), ("mmol", "amount", "yes")],
        *[("U", "amount", "yes"), ("mg/wk", "amount/d", "yes"), ("mg", "amount/d", "")],
        *[("mg/kg", "amount/kg", "yes"), ("mg/kg/d", "amount/kg", ""), ("d", "amount", "")],
        *[("mg/kg/d", "amount/kg/d", "yes"), ("ug/kg/min", "amount/kg/h", "yes")],
        *[("mg/min", "amount/h", "yes"), ("mg/kg/h", "amount/h", ""), ("foo", "amount", "")],
        *[("kg", "amount", ""), ("d", "h", "yes"), ("1", "1", "yes"), ("a", "d", "")],
    ],
)
def test_units_a_fact_can_have(unit: str, kind: str, can: str) -> None:
    assert can_be(unit, kind) is bool(can)


def test_a_carrier_nobody_knows_is_said(pack: Path) -> None:
    line = add(pack, "carriers.tsv", "stone soup", "authored", "draft", "2026-11-25")

    assert said(pack) == [("carriers.tsv", line, "packs.rules.subject")]


def test_a_rule_that_stands_twice_is_said(pack: Path) -> None:
    rule(pack)
    other = rule(pack, '["<", "age", "1 a"]', table="states.tsv")

    assert said(pack) == [("states.tsv", other, "packs.rules.twice")]


def test_more_than_fifteen_hard_stops_stop_nothing(pack: Path) -> None:
    for place in range(15):
        rule(pack, f'["<", "age", "{place + 1} a"]', rule=f"r{place}", tier="hard-stop")
    assert said(pack) == []
    last = rule(pack, '["<", "age", "99 a"]', rule="last", tier="hard-stop")

    assert (FILE, last, "packs.rules.hard-stops") in said(pack)


@pytest.mark.parametrize(
    ("first", "second", "never"),
    [
        ({}, {}, "yes"),
        ({}, {"tier": "interruptive"}, ""),
        ({"tier": "hard-stop"}, {"tier": "interruptive"}, "yes"),
        ({"routes": "po"}, {}, ""),
        ({"routes": "po|ng"}, {"routes": "po"}, "yes"),
        ({}, {"routes": "po"}, "yes"),
        ({"but": "aspirin"}, {}, ""),
        ({"subjects": "paracetamol|aspirin"}, {}, "yes"),
        ({}, {"subjects": "paracetamol|aspirin"}, ""),
        ({}, {"check": "hepatic"}, ""),
    ],
)
def test_the_later_of_two_that_say_the_same_never_speaks(
    pack: Path, first: dict[str, str], second: dict[str, str], never: str
) -> None:
    rule(pack, rule="one", **first)
    line = rule(pack, rule="two", **second)

    assert said(pack) == [(FILE, line, "packs.rules.shadowed")] * bool(never)


@pytest.mark.parametrize(
    ("first", "second", "never"),
    [
        ('[">", "dose.daily", "3 g/d"]', '[">", "dose.daily", "4000 mg/d"]', "yes"),
        ('[">", "dose.daily", "4 g/d"]', '[">", "dose.daily", "3 g/d"]', ""),
        ('[">", "dose.daily", "3 g/d"]', '[">", "dose.daily", "4 U/d"]', ""),
        ('["<", "age", "18 a"]', '["<", "age", "12 a"]', "yes"),
        ('["<", "age", "12 a"]', '["<", "age", "18 a"]', ""),
        ('["<", "age", "18 a"]', '["<=", "age", "12 a"]', ""),
        (
            '["and", ["is", "sex", "male"], ["<", "age", "18 a"]]',
            '["and", ["is", "sex", "male"], ["<", "age", "12 a"]]',
            "yes",
        ),
        (
            '["and", ["is", "sex", "male"], ["<", "age", "18 a"]]',
            '["and", ["is", "sex", "female"], ["<", "age", "12 a"]]',
            "",
        ),
        ('["is", "sex", "male"]', '["is", "sex", "male"]', "yes"),
        ('["is", "sex", "male"]', '["is", "sex", "female"]', ""),
    ],
)
def test_a_wider_border_above_is_a_shadow(pack: Path, first: str, second: str, never: str) -> None:
    rule(pack, first, rule="one")
    line = rule(pack, second, rule="two")

    assert said(pack) == [(FILE, line, "packs.rules.shadowed")] * bool(never)


def test_a_condition_nobody_reads_casts_no_shadow(pack: Path) -> None:
    rule(pack, '["<", "age", "x"]', rule="one")
    rule(pack, "perhaps", rule="two")

    assert codes(pack) == ["packs.rules.when", "packs.rules.when"]


def test_a_missing_column_is_said_first(pack: Path) -> None:
    rule(pack)
    spoil(pack, FILE, 1, "\ttier\t", "\tloudness\t")

    assert "packs.no-column" in codes(pack)


def test_what_the_program_refuses_is_refused_here(pack: Path) -> None:
    spoil(pack, "substance_units.tsv", 2, "20000/1491", "much")

    assert said(pack) == [("substance_units.tsv", 2, "packs.rules.refused")]


def test_a_pack_of_the_hospital_may_name_what_ships(tmp_path: Path) -> None:
    folder = tmp_path / "drug_rules"
    folder.mkdir()
    manifest = (SHIPPED / "drug_rules" / "manifest.toml").read_text("utf-8")
    begun = "".join(line for line in manifest.splitlines(keepends=True) if "tables" not in line)
    (folder / "manifest.toml").write_text(begun + "overlay = true\n", "utf-8")
    for table in RULE_TABLES:
        (folder / f"{table}.tsv").write_text("\t".join(HEADING.split()) + "\n", "utf-8")
    rule(folder, '["and", ["has", "problems", "gout"], ["<", "age", "1 a"]]', routes="oral")

    found = codes(folder)

    assert not {one for one in found if one.startswith("packs.rules.")}
