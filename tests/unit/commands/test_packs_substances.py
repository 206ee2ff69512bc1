from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

LAST = ("authored", "draft", "2026-11-24")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "substances"
    shutil.copytree(SHIPPED / "substances", folder)
    return folder


def test_the_substances_that_ship_are_whole(pack: Path) -> None:
    assert said(pack) == []


def test_a_medicine_nobody_describes_is_named(pack: Path) -> None:
    line = line_of(pack, "drugs.tsv", "neml2026-006")
    spoil(pack, "drugs.tsv", line, "neml2026-006", "gone-006")

    assert said(pack) == [
        ("drugs.tsv", 0, "packs.substances.undescribed"),
        ("drugs.tsv", line, "packs.not-in-pack"),
    ]


def test_what_is_not_known_is_said_where_it_is_named(pack: Path) -> None:
    drug = line_of(pack, "drugs.tsv", "neml2026-006", "amoxicillin")
    spoil(pack, "drugs.tsv", drug, "\tamoxicillin\t", "\tamoxicilin\t")
    member = add(pack, "members.tsv", "penicilins", "amoxicilin", *LAST)

    told = said(pack)
    assert ("drugs.tsv", drug, "packs.not-in-pack") in told
    assert told.count(("members.tsv", member, "packs.not-in-pack")) == 2


def test_a_mixture_of_something_unknown_or_under_a_taken_name_is_said(pack: Path) -> None:
    unknown = add(pack, "mixtures.tsv", "mixture-1", "甲", "A mix", "amoxicilin", "", *LAST)
    taken = add(pack, "mixtures.tsv", "mixture-2", "乙", "B mix", "codeine", "acyclovir", *LAST)
    told = said(pack)

    assert ("mixtures.tsv", unknown, "packs.not-in-pack") in told
    assert "packs.substances.shared" in {code for _, _, code in told}
    assert ("mixtures.tsv", taken, "packs.not-in-pack") not in told


def test_a_class_without_members_is_said(pack: Path) -> None:
    line = add(pack, "classes.tsv", "empty", "空", "Empty", "", *LAST)

    assert said(pack) == [("classes.tsv", line, "packs.substances.no-members")]


def test_a_name_of_two_substances_is_said(pack: Path) -> None:
    line = add(
        pack, "substances.tsv", "new-one", "新药", "New one", "Acyclovir", *([""] * 3), *LAST
    )

    assert said(pack) == [("substances.tsv", line, "packs.substances.shared")]


def test_a_name_of_a_medicine_that_holds_something_else_is_said(pack: Path) -> None:
    line = line_of(pack, "drugs.tsv", "neml2026-437")
    spoil(pack, "drugs.tsv", line, "PPD", "阿莫西林")

    assert ("drugs.tsv", line, "packs.substances.shared") in said(pack)


@pytest.mark.parametrize(
    "cells", [("joke", "word", "x"), ("salt", "between", "x"), ("joiner", "word", "x")]
)
def test_a_wording_nobody_reads_is_said(pack: Path, cells: tuple[str, ...]) -> None:
    line = add(pack, "wording.tsv", *cells, *LAST)

    assert said(pack) == [("wording.tsv", line, "packs.unknown-word")]


def test_a_column_that_is_missing_is_said(pack: Path) -> None:
    spoil(pack, "drugs.tsv", 1, "aliases", "nicknames")

    assert ("drugs.tsv", 1, "packs.no-column") in said(pack)


def test_an_overlay_need_not_be_whole_and_may_name_what_ships(pack: Path) -> None:
    manifest = pack / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8") + "overlay = true\n", "utf-8")
    for name in ("classes", "members", "mixtures", "substances", "wording", "drugs"):
        file = pack / f"{name}.tsv"
        file.write_text(file.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    good = add(pack, "drugs.tsv", "own-1", "amoxicillin|clavulanic-acid", "our mixture", *LAST)
    bad = add(pack, "drugs.tsv", "own-2", "amoxicilin", "", *LAST)

    told = said(pack)
    assert ("drugs.tsv", bad, "packs.not-in-pack") in told
    assert good not in {line for _, line, _ in told}
