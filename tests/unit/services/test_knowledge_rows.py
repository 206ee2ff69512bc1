"""Rows as they hold on a day, the hospital's over ours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.terms import Named
from app.kernel.faults import AppError, FaultKind
from app.services.knowledge_rows import PackShelf, holds, subjects_of, text_of, words_of
from tests.support.pack_folders import lay_pack

TODAY = date(2026, 11, 25)
COLUMNS = {"rules": ("tier",), "more": ("tier",)}


def shelf(ours: Path, theirs: Path | None = None, *, as_active: bool = False) -> PackShelf:
    return PackShelf(ours, theirs, TODAY, "x.unreadable", as_active)


def rules(shelved: PackShelf) -> list[tuple[str, str]]:
    return [(one.origin.rule, one.row["tier"]) for one in shelved.rows("rules")]


def a_row(rule: str, tier: str, **cells: str) -> dict[str, str]:
    return {"rule": rule, "tier": tier, **cells}


def test_a_row_says_where_it_comes_from(tmp_path: Path) -> None:
    row = a_row("a", "inline", signed_by="somebody", source="a paper", status="active")
    (found,) = shelf(lay_pack(tmp_path / "p", COLUMNS, rules=[row])).rows("rules")

    origin = found.origin
    assert (origin.rule, origin.pack, origin.source) == ("a", "a-pack@7", "a paper")
    assert (origin.status, origin.signed_by, origin.valid_from) == (
        "active",
        "somebody",
        "2026-01-01",
    )
    assert found.where == "rules.tsv line 2"


def test_a_pack_to_be_judged_is_taken_as_signed_but_not_what_is_withdrawn(tmp_path: Path) -> None:
    ours = lay_pack(
        tmp_path / "p",
        COLUMNS,
        rules=[a_row("a", "inline"), a_row("b", "inline", status="withdrawn")],
    )

    def status(*, as_active: bool) -> list[str]:
        return [one.origin.status for one in shelf(ours, as_active=as_active).rows("rules")]

    assert (status(as_active=False), status(as_active=True)) == (["draft"], ["active"])


@pytest.mark.parametrize(
    ("cells", "there"),
    [
        ({"valid_from": "2026-11-25"}, True),
        ({"valid_from": "2026-11-26"}, False),
        ({"valid_to": "2026-11-25"}, True),
        ({"valid_to": "2026-11-24"}, False),
        ({"status": "withdrawn"}, False),
    ],
)
def test_what_does_not_hold_today_is_not_there(
    tmp_path: Path,
    cells: dict[str, str],
    there: bool,  # noqa: FBT001 - a column of the table
) -> None:
    ours = lay_pack(tmp_path / "p", COLUMNS, rules=[a_row("a", "inline", **cells)])

    assert bool(rules(shelf(ours))) is there


def test_the_hospital_replaces_adds_and_takes_away(tmp_path: Path) -> None:
    ours = lay_pack(
        tmp_path / "ours", COLUMNS, rules=[a_row(one, "inline") for one in ("a", "b", "c")]
    )
    theirs = lay_pack(
        tmp_path / "theirs",
        {"rules": COLUMNS["rules"]},
        rules=[
            a_row("b", "drawer"),
            a_row("c", "inline", status="withdrawn"),
            a_row("d", "silent"),
            a_row("a", "silent", valid_from="2027-01-01"),
        ],
    )

    assert rules(shelf(ours, theirs)) == [("b", "drawer"), ("d", "silent"), ("a", "inline")]
    assert shelf(ours, theirs).rows("more") == ()
    assert rules(shelf(ours)) == [(one, "inline") for one in ("a", "b", "c")]


def test_what_cannot_be_read_is_named_by_file_and_line(tmp_path: Path) -> None:
    ours = lay_pack(tmp_path / "p", COLUMNS, rules=[a_row("a", "inline", valid_from="soon")])

    with pytest.raises(AppError) as refused:
        shelf(ours).rows("rules")
    assert refused.value.fault.kind is FaultKind.STORAGE
    assert refused.value.fault.message.code == "x.unreadable"
    assert refused.value.fault.detail == "rules.tsv line 2: ValueError"
    with pytest.raises(AppError) as missing:
        shelf(tmp_path / "nowhere").rows("rules")
    assert missing.value.fault.detail == "rules.tsv: FileNotFoundError"


def test_a_row_that_is_not_understood_is_named_too(tmp_path: Path) -> None:
    (row,) = shelf(lay_pack(tmp_path / "p", COLUMNS, rules=[a_row("a", "inline")])).rows("rules")

    assert row.read(lambda told: told["tier"]) == "inline"
    with pytest.raises(AppError) as refused:
        row.read(lambda told: told["nothing"])
    assert refused.value.fault.detail == "rules.tsv line 2: KeyError"


def test_cells() -> None:
    assert subjects_of("a|class:b") == {"a", "class:b"}
    assert words_of(" a | |b") == ("a", "b")
    assert text_of({"text_zh": "停", "text_en": "stop"}) == Named("停", "stop")
    assert text_of({"text_zh": "", "text_en": "stop"}) == Named("stop", "stop")
    assert text_of({"text_zh": "", "text_en": ""}) is None
    assert holds({"valid_from": "2026-11-25"}, TODAY)
    for empty in ("", "a|"):
        with pytest.raises(ValueError, match=r".*"):
            subjects_of(empty)
