"""What is said of the packs of allergies, duplicates and compatibility that are wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil

PENICILLINS = "allergies/of_class/class-penicillins"
AMIODARONE = "compatibility/pairs/amiodarone-sodium-chloride"
CALCIUM = "compatibility/pairs/ceftriaxone-calcium"
PACKS = ("allergies", "duplicates", "compatibility")


def a_copy(folder: Path, pack: str) -> Path:
    shutil.copytree(SHIPPED / pack, folder / pack)
    return folder / pack


@pytest.mark.parametrize("pack", PACKS)
def test_what_ships_is_whole(tmp_path: Path, pack: str) -> None:
    assert said(a_copy(tmp_path, pack)) == []


@pytest.mark.parametrize(
    ("place", "old", "new", "code"),
    [
        ("allergies/reactions/rash", "\tmild\t", "\tbad\t", "packs.unknown-word"),
        ("allergies/reactions/rash", "|dermatitis", "|hives", "packs.twice"),
        (PENICILLINS, "\tyes\t", "\tperhaps\t", "packs.unknown-word"),
        (PENICILLINS, "\tpenicillins\t", "\tpens\t", "packs.rules.subject"),
        ("allergies/crosses/cross-contrast", "\tyes\t", "\tboth\t", "packs.unknown-word"),
        ("allergies/crosses/cross-contrast", "\tinline\t", "\tloud\t", "packs.unknown-word"),
        ("allergies/crosses/cross-nsaids", "urticaria", "hives", "packs.unknown-word"),
        ("allergies/crosses/cross-egg-propofol", "\tpropofol", "\tmilk", "packs.rules.subject"),
        ("allergies/crosses/cross-egg-propofol", "class:egg", "class:eg", "packs.rules.subject"),
        ("allergies/nones/none-sulfonamide-diuretics", "furosemide", "f", "packs.rules.subject"),
        ("duplicates/rules/two-ppis", "duplicate-class", "ddi", "packs.unknown-word"),
        ("duplicates/rules/two-ppis", "systemic", "far", "packs.unknown-word"),
        ("duplicates/rules/two-ppis", "inline\tinline", "inline\tloud", "packs.unknown-word"),
        ("duplicates/rules/two-ppis", "class:ppis", "class:ppi", "packs.rules.subject"),
        ("duplicates/exempt/exempt-dapt", "two-antiplatelets", "two", "packs.unknown-word"),
        ("duplicates/exempt/exempt-dapt", "aspirin", "asa", "packs.rules.subject"),
        ("duplicates/exempt/exempt-dapt", "\tno\t", "\tperhaps\t", "packs.unknown-word"),
        ("duplicates/exempt/exempt-vitamin-fluids", "ivgtt", "drip", "packs.rules.route"),
        ("duplicates/lesser/below-enoxaparin", "40 mg", "40 pills", "packs.duplicates.dose"),
        ("duplicates/lesser/below-enoxaparin", "40 mg", "much", "packs.duplicates.dose"),
        ("duplicates/local/local-eye", "\teye\t", "\teyes\t", "packs.rules.route"),
        ("compatibility/fluids/ns", "sodium-chloride", "salt", "packs.rules.subject"),
        ("compatibility/fluids/d5w", "|D5|", "|NS|", "packs.twice"),
        (AMIODARONE, "fluid:ns", "fluid:n", "packs.rules.subject"),
        (AMIODARONE, "\tinterruptive\t", "\tno\t", "packs.unknown-word"),
        (AMIODARONE, "\td5w\t", "\tsugar\t", "packs.unknown-word"),
        (CALCIUM, "\tdrawer\t", "\tloud\t", "packs.unknown-word"),
        ("compatibility/reaches/route-iv", "running", "far", "packs.unknown-word"),
        ("compatibility/reaches/route-iv", "\tiv\t", "\tblood\t", "packs.rules.route"),
    ],
)  # fmt: skip
def test_an_error_is_said_with_its_line(
    tmp_path: Path, place: str, old: str, new: str, code: str
) -> None:
    name, table, rule = place.split("/")
    pack = a_copy(tmp_path, name)
    line = line_of(pack, f"{table}.tsv", rule)
    spoil(pack, f"{table}.tsv", line, old, new)

    assert (f"{table}.tsv", line, code) in said(pack)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("allergies/nones", "first"),
        ("duplicates/lesser", "daily"),
        ("compatibility/pairs", "apart"),
    ],
)
def test_a_column_that_is_missing_is_said_once(tmp_path: Path, table: str, column: str) -> None:
    name, file = table.split("/")
    pack = a_copy(tmp_path, name)
    spoil(pack, f"{file}.tsv", 1, f"\t{column}\t", "\tother\t")

    assert (f"{file}.tsv", 1, "packs.no-column") in said(pack)


def test_what_only_the_loader_knows_is_said_too(tmp_path: Path) -> None:
    pack = a_copy(tmp_path, "compatibility")
    line = line_of(pack, "pairs.tsv", "ceftriaxone-calcium-neonate")
    spoil(pack, "pairs.tsv", line, "29 d", "29 days")

    assert [(file, at) for file, at, _ in said(pack)] == [("pairs.tsv", line)]


@pytest.mark.parametrize("pack", PACKS)
def test_an_overlay_may_lean_on_what_ships(tmp_path: Path, pack: str) -> None:
    folder = a_copy(tmp_path, pack)
    kept = {"allergies": "crosses", "duplicates": "exempt", "compatibility": "pairs"}[pack]
    for file in folder.glob("*.tsv"):
        if file.stem != kept:
            file.write_text(file.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    manifest = folder / "manifest.toml"
    text = manifest.read_text("utf-8")
    assert said(folder) != []
    manifest.write_text("overlay = true\n" + text, "utf-8")

    assert said(folder) == []
