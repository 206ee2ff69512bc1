"""Shifts that are no day are said before anybody works by them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "administration"
    shutil.copytree(SHIPPED / "administration", folder)
    return folder


def test_the_shifts_that_ship_are_a_day(pack: Path) -> None:
    assert said(pack) == []


@pytest.mark.parametrize(
    ("old", "new"), [("\t16:00\t00:00", "\t16:00\t23:00"), ("00:00\t0", "x\t0")]
)
def test_a_gap_and_a_time_that_is_none_are_errors(pack: Path, old: str, new: str) -> None:
    code = "evening" if "16:00" in old else "night"
    spoil(pack, "shifts.tsv", line_of(pack, "shifts.tsv", code), old, new)

    assert said(pack) == [("shifts.tsv", 0, "packs.shifts-no-day")]
