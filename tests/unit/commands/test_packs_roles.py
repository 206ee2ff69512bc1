from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "roles"
    shutil.copytree(SHIPPED / "roles", folder)
    return folder


def test_the_roles_that_ship_are_whole(pack: Path) -> None:
    assert said(pack) == []


def test_somebody_whom_the_program_does_not_know_cannot_stand_in(pack: Path) -> None:
    line = line_of(pack, "stand_ins.tsv", "chief", "attending", "countersign")
    spoil(pack, "stand_ins.tsv", line, "attending", "professor")

    assert said(pack) == [("stand_ins.tsv", line, "packs.unknown-word")]
