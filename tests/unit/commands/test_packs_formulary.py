"""Strengths that nobody computes with are said to IT, with their line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.commands.packs.checking import check, check_folder
from app.config import load
from resources.catalogue import LANGUAGES, Catalogue
from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil


def copied(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(SHIPPED / name, tmp_path / name))


def remarks(folder: Path) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.why.code) for one in check(folder) if one.remark]


def test_a_strength_of_a_draft_row_that_is_not_understood_is_remarked(tmp_path: Path) -> None:
    folder = copied(tmp_path, "formulary")
    line = line_of(folder, "forms.tsv", "neml2026-003", "tab")
    place = ("forms.tsv", line, "packs.strength-unread")
    assert place not in remarks(folder)

    spoil(folder, "forms.tsv", line, "0.25g", "0.25 grammes")

    assert place in remarks(folder)
    assert said(folder) == []


def test_the_same_of_a_row_in_use_is_an_error(tmp_path: Path) -> None:
    folder = copied(tmp_path, "formulary")
    line = line_of(folder, "forms.tsv", "neml2026-003", "tab")
    spoil(folder, "forms.tsv", line, "\tdraft\t", "\tactive\t")
    assert said(folder) == []

    spoil(folder, "forms.tsv", line, "0.25g", "0.25 grammes")

    assert said(folder) == [("forms.tsv", line, "packs.strength-unread")]


def test_a_form_without_a_strength_is_no_finding(tmp_path: Path) -> None:
    folder = copied(tmp_path, "formulary")
    before = len(remarks(folder))
    line = line_of(folder, "forms.tsv", "neml2026-003", "tab")

    spoil(folder, "forms.tsv", line, "0.25g", "")

    assert len(remarks(folder)) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_says_remarks_and_ends_with_0(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"language": language}, environment={}, policy_folders=[], folder=tmp_path)
    words = Catalogue.load(language)
    count = len(remarks(SHIPPED / "formulary"))

    code = check_folder(SHIPPED / "formulary", settings)

    out = capsys.readouterr().out
    assert code == 0
    assert words.text("packs.strength-unread", value="7:1") in out
    assert words.text("packs.remarks", count=count) in out
    assert words.text("packs.fine", count=1) in out


@pytest.mark.parametrize(("old", "new"), [("\thalf\t", "\tthirds\t"), ("\tno\t", "\tmaybe\t")])
def test_a_rule_of_parting_that_the_program_does_not_know_is_told(
    tmp_path: Path, old: str, new: str
) -> None:
    folder = copied(tmp_path, "dispensing")
    assert said(folder) == []
    lines = (folder / "pieces.tsv").read_text("utf-8").split("\n")
    line = next(n for n, text in enumerate(lines, start=1) if old in text)

    spoil(folder, "pieces.tsv", line, old, new)

    assert said(folder) == [("pieces.tsv", line, "packs.unknown-word")]
