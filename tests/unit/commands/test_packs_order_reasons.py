from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "order_reasons"
    shutil.copytree(SHIPPED / "order_reasons", folder)
    return folder


def test_the_reasons_that_ship_are_whole(pack: Path) -> None:
    assert said(pack) == []


def test_a_deed_and_an_answer_that_nobody_knows_are_said_with_their_line(pack: Path) -> None:
    line = line_of(pack, "reasons.tsv", "hold", "away")
    spoil(pack, "reasons.tsv", line, "hold", "pause")
    other = line_of(pack, "reasons.tsv", "hold", "procedure")
    spoil(pack, "reasons.tsv", other, "\tno\t", "\tmaybe\t")

    unknown = {("reasons.tsv", n, "packs.unknown-word") for n in (line, other)}
    assert set(said(pack)) == unknown


def test_a_reason_that_stands_twice_is_an_error(pack: Path) -> None:
    cells = ("error", "wrong-time", "时间错误", "wrong time", "no", "x", "draft", "2026-11-24")
    line = add(pack, "reasons.tsv", *cells)

    assert said(pack) == [("reasons.tsv", line, "packs.twice")]


def test_every_deed_keeps_a_reason_in_words_of_ones_own(pack: Path) -> None:
    line = line_of(pack, "reasons.tsv", "error", "other")
    spoil(pack, "reasons.tsv", line, "\tyes\t", "\tno\t")

    assert said(pack) == [("reasons.tsv", 0, "packs.reason-not-open")]


def test_a_tenth_reason_has_no_key(pack: Path) -> None:
    cells = ("stop", "tenth", "第十", "tenth", "no", "x", "draft", "2026-11-24")
    line = add(pack, "reasons.tsv", *cells)

    assert said(pack) == [("reasons.tsv", line, "packs.reason-without-key")]
