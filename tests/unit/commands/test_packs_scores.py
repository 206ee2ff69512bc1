from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

LAST = ("authored", "draft", "2026-11-24")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "scores"
    shutil.copytree(SHIPPED / "scores", folder)
    return folder


def test_the_scores_that_ship_are_whole(pack: Path) -> None:
    assert said(pack) == []


@pytest.mark.parametrize(
    ("file", "at", "old", "new", "code"),
    [
        ("bands", ("NEWS2", "breaths", "", "", ">=9 <=11"), "<=11", "<=10", "packs.scores.gap"),
        ("bands", ("SOFA", "platelets", "", "", "<20"), "<20", "<19", "packs.scores.gap"),
        ("grades", ("NEWS2", "medium"), "<=6", "<=5", "packs.scores.gap"),
    ],
)
def test_a_gap_is_said_where_the_next_band_begins(
    pack: Path, file: str, at: tuple[str, ...], old: str, new: str, code: str
) -> None:
    line = line_of(pack, f"{file}.tsv", *at)
    spoil(pack, f"{file}.tsv", line, old, new)

    found = said(pack)
    assert [(name, told) for name, _, told in found] == [(f"{file}.tsv", code)]
    assert abs(found[0][1] - line) == 1


@pytest.mark.parametrize(
    ("file", "at", "old", "new"),
    [
        ("bands", ("NEWS2", "breaths", "", "", ">=9 <=11"), "<=11", "<=12"),
        ("bands", ("SOFA", "platelets", "", "", "<20"), "<20", "<21"),
        ("grades", ("NEWS2", "medium"), "<=6", "<=7"),
    ],
)
def test_an_overlap_is_said(pack: Path, file: str, at: tuple[str, ...], old: str, new: str) -> None:
    spoil(pack, f"{file}.tsv", line_of(pack, f"{file}.tsv", *at), old, new)

    assert [told for _, _, told in said(pack)] == ["packs.scores.overlap"]


@pytest.mark.parametrize(
    ("file", "at", "old", "new", "code"),
    [
        ("bands", ("NEWS2", "pulse", "", "", ">=131"), ">=131", ">=131 <=200", "scores.ends"),
        ("bands", ("NEWS2", "pulse", "", "", "<=40"), "<=40", ">=20 <=40", "scores.ends"),
        ("bands", ("NEWS2", "pulse", "", "", "<=40"), "<=40", "0-40", "scores.span"),
        ("bands", ("SOFA", "bilirubin", "mg/dL", "", "<1.2"), "mg/dL", "mg/drop", "scores.unit"),
        ("bands", ("NEWS2", "pulse", "", "", "<=40"), "pulse", "beats", "not-in-pack"),
        ("bands", ("NEWS2", "pulse", "", "", "<=40"), "pulse", "urea", "not-in-pack"),
        ("bands", ("NEWS2", "pulse", "", "", "<=40"), "NEWS2", "NEWS3", "not-in-pack"),
        ("inputs", ("pulse",), "/min", "beats", "scores.unit"),
        ("inputs", ("pulse",), "\t/min", "\t", "empty"),
        ("inputs", ("pulse",), "\tpulse", "\t", "empty"),
        ("inputs", ("pulse",), "number", "figure", "unknown-word"),
        ("scores", ("SIRS",), "\tsum", "\tproduct", "unknown-word"),
        ("scores", ("SIRS",), "\t0\t", "\t0.5\t", "not-a-number"),
        ("uses", ("NEWS2", "pulse"), "half-up", "up", "unknown-word"),
        ("uses", ("NEWS2", "pulse"), "\tyes", "\tsometimes", "scores.condition"),
        ("uses", ("SIRS", "wbc"), "\tyes", "\tno", "scores.part"),
        ("uses", ("SIRS", "wbc"), "wbc", "white", "not-in-pack"),
        ("defaults", ("NEWS2", "saturation-scale"), "saturation-scale", "scale", "not-in-pack"),
        ("aliases", ("score", "NEWS2", "", "", "news", ""), "NEWS2", "APGAR", "not-in-pack"),
        ("aliases", ("key", "", "breaths", "", "rr", ""), "breaths", "blows", "not-in-pack"),
        ("bare", ("creatinine", "mg/dL", ">=0.1 <10"), "creatinine", "urine", "not-in-pack"),
        ("limits", ("NEWS2", "pregnant"), "NEWS2 is not for pregnancy", "", "no-translation"),
    ],
)
def test_an_error_is_said_with_its_line(
    pack: Path, file: str, at: tuple[str, ...], old: str, new: str, code: str
) -> None:
    line = line_of(pack, f"{file}.tsv", *at)
    spoil(pack, f"{file}.tsv", line, old, new)

    assert (f"{file}.tsv", f"packs.{code}") in {(name, told) for name, _, told in said(pack)}


def test_every_answer_of_another_item_has_its_table(pack: Path) -> None:
    add(pack, "options.tsv", "NEWS2", "saturation-scale", "3", "0", "标尺3", "scale 3", *LAST)

    line = line_of(pack, "uses.tsv", "NEWS2", "saturation")
    # With air and with oxygen: the same finding for each, at the item that counts.
    assert set(said(pack)) == {("uses.tsv", line, "packs.scores.when")}


def test_what_counts_has_something_to_count_by(pack: Path) -> None:
    line = add(pack, "uses.tsv", "qSOFA", "urea", "urea", "yes", *([""] * 8), *LAST)

    assert said(pack) == [("uses.tsv", line, "packs.scores.nothing")]


def test_a_column_that_is_not_there_is_said(pack: Path) -> None:
    spoil(pack, "grades.tsv", 1, "single", "alone")

    assert ("grades.tsv", 1, "packs.no-column") in said(pack)


def test_what_the_program_would_refuse_is_an_error(pack: Path) -> None:
    line = line_of(pack, "constants.tsv", "MELD", "floor")
    spoil(pack, "constants.tsv", line, "floor", "ground")

    meld = line_of(pack, "scores.tsv", "MELD")
    assert said(pack) == [("scores.tsv", meld, "packs.scores.refused")]


def test_a_kind_of_name_that_nobody_reads_is_an_error(pack: Path) -> None:
    line = line_of(pack, "aliases.tsv", "key", "", "breaths", "", "rr", "")
    spoil(pack, "aliases.tsv", line, "key", "nickname")

    assert said(pack) == [("aliases.tsv", line, "packs.scores.refused")]


def test_a_pack_of_the_hospital_may_name_items_that_ship(pack: Path) -> None:
    manifest = pack / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8") + "overlay = true\n", encoding="utf-8")
    spoil(pack, "inputs.tsv", line_of(pack, "inputs.tsv", "pulse"), "pulse\t", "beat\t")

    assert ("uses.tsv", "packs.not-in-pack") not in {(file, code) for file, _, code in said(pack)}
