"""The packs of antimicrobial levels and of skin tests, read: every row or none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.kernel.faults import AppError
from app.services.antimicrobial_pack import read_antimicrobials
from app.services.skin_test_pack import read_skin_tests
from resources.reading import path
from tests.support.knowledge_kit import TODAY


def copied(pack: str, tmp_path: Path) -> Path:
    folder = tmp_path / pack
    shutil.copytree(path(f"packs/{pack}"), folder)
    return folder


def change(folder: Path, table: str, old: str, new: str) -> None:
    file = folder / f"{table}.tsv"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("levels", "\tnon-restricted\t", "\tfree\t"),
        ("levels", "benzylpenicillin\tbenzylpenicillin\t", "benzylpenicillin\t\t"),
        ("rights", "\tattending\t", "\tgardener\t"),
        ("rights", "\tinterruptive\t", "\tloud\t"),
        ("grades", "\t1\t", "\tone\t"),
    ],
)
def test_a_level_nobody_understands_stops_the_pack(
    tmp_path: Path, table: str, old: str, new: str
) -> None:
    folder = copied("antimicrobials", tmp_path)
    assert read_antimicrobials(folder, None, TODAY).grades
    change(folder, table, old, new)

    with pytest.raises(AppError) as refused:
        read_antimicrobials(folder, None, TODAY)

    assert refused.value.fault.message.code == "antimicrobials.pack-unreadable"
    assert refused.value.fault.detail.startswith(f"{table}.tsv line")


def test_a_skin_test_nobody_understands_stops_the_pack(tmp_path: Path) -> None:
    folder = copied("skin_tests", tmp_path)
    assert read_skin_tests(folder, None, TODAY).rules
    change(folder, "tests", "\tinterruptive\t", "\tloud\t")

    with pytest.raises(AppError) as refused:
        read_skin_tests(folder, None, TODAY)

    assert refused.value.fault.message.code == "skin_rules.pack-unreadable"
