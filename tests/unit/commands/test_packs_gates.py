"""What is said of levels and skin tests that could never be looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

LAST = ("a list", "draft", "2026-11-25")


def copied(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    shutil.copytree(SHIPPED / name, folder)
    return folder


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("r", "stone", "", "special", ""), "packs.rules.subject"),
        (("r", "class:stones", "", "special", ""), "packs.rules.subject"),
        (("r", "linezolid", "mouth", "special", ""), "packs.rules.route"),
        (("r", "linezolid", "po", "top", ""), "packs.unknown-word"),
    ],
)
def test_a_level_nobody_understands_is_said(
    tmp_path: Path, cells: tuple[str, ...], code: str
) -> None:
    pack = copied(tmp_path, "antimicrobials")
    line = add(pack, "levels.tsv", *cells, *LAST)

    assert said(pack) == [("levels.tsv", line, code)]


def test_a_level_without_a_right_is_said(tmp_path: Path) -> None:
    pack = copied(tmp_path, "antimicrobials")
    line = line_of(pack, "rights.tsv", "special")
    spoil(pack, "rights.tsv", line, "special\t", "none\t")

    told = said(pack)
    assert ("rights.tsv", 0, "packs.rules.no-right") in told
    assert ("rights.tsv", line, "packs.unknown-word") in told


def test_a_right_of_a_grade_that_does_not_exist_is_said(tmp_path: Path) -> None:
    pack = copied(tmp_path, "antimicrobials")
    line = line_of(pack, "rights.tsv", "special")
    spoil(pack, "rights.tsv", line, "\tassociate-chief\t", "\tgardener\t")

    assert said(pack) == [("rights.tsv", line, "packs.unknown-word")]


def test_a_pack_of_the_hospital_uses_our_grades(tmp_path: Path) -> None:
    pack = tmp_path / "antimicrobials"
    pack.mkdir()
    manifest = (SHIPPED / "antimicrobials" / "manifest.toml").read_text("utf-8")
    (pack / "manifest.toml").write_text(manifest + "overlay = true\n", "utf-8")
    heading = (SHIPPED / "antimicrobials" / "rights.tsv").read_text("utf-8").splitlines()[0]
    (pack / "rights.tsv").write_text(heading + "\n", "utf-8")
    cells = ("special", "特殊", "special", "chief", "inline", "", "", "", *LAST)
    add(pack, "rights.tsv", *cells)

    assert not [one for one in said(pack) if one[0] == "rights.tsv"]


@pytest.mark.parametrize("table", ["levels", "rights"])
def test_a_missing_column_is_said(tmp_path: Path, table: str) -> None:
    pack = copied(tmp_path, "antimicrobials")
    spoil(pack, f"{table}.tsv", 1, "level\t", "height\t")

    assert "packs.no-column" in [code for _, _, code in said(pack)]


def test_what_the_program_refuses_is_refused_here(tmp_path: Path) -> None:
    pack = copied(tmp_path, "antimicrobials")
    line = line_of(pack, "grades.tsv", "chief")
    spoil(pack, "grades.tsv", line, "\t4\t", "\t4.5\t")

    assert said(pack) == [("grades.tsv", line, "packs.rules.refused")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("stone", "", "", "amoxicillin", "", "inline"), "packs.rules.subject"),
        (("amoxicillin", "stone", "", "amoxicillin", "", "inline"), "packs.rules.subject"),
        (("amoxicillin", "", "", "stone", "", "inline"), "packs.rules.subject"),
        (("amoxicillin", "", "", "amoxicillin", "stones", "inline"), "packs.rules.subject"),
        (("amoxicillin", "", "mouth", "amoxicillin", "", "inline"), "packs.rules.route"),
        (("amoxicillin", "", "po", "amoxicillin", "", "loud"), "packs.unknown-word"),
    ],
)
def test_a_skin_test_nobody_understands_is_said(
    tmp_path: Path, cells: tuple[str, ...], code: str
) -> None:
    pack = copied(tmp_path, "skin_tests")
    line = add(pack, "tests.tsv", "r", *cells, "试", "test", "", *LAST)

    assert said(pack) == [("tests.tsv", line, code)]


def test_a_skin_test_without_a_column_is_said(tmp_path: Path) -> None:
    pack = copied(tmp_path, "skin_tests")
    spoil(pack, "tests.tsv", 1, "severe\t", "grave\t")

    assert "packs.no-column" in [code for _, _, code in said(pack)]
