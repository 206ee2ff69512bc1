"""The book of other names: ours, the hospital's, and a row that cannot be understood."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.decision.scores.wording import plain
from app.kernel.faults import AppError
from app.services.score_pack import read_scores
from app.services.score_words import KINDS, read_wording
from resources.reading import path

TODAY = date(2026, 11, 25)
SHIPPED = path("packs/scores")
ALIASES = "kind\tscore\titem\toption\talias\tdetail\tsource\tstatus\tvalid_from\tvalid_to\n"
UNITS = "word\tunit\tkey\tsource\tstatus\tvalid_from\n"


def row(name: str, begins: str = "2026-01-01", ends: str = "") -> str:
    return f"key\t\tbreaths\t\t{name}\t\tours\tdraft\t{begins}\t{ends}\n"


def test_every_other_name_leads_to_something_that_is_there() -> None:
    book, tables = read_wording(SHIPPED, None, TODAY), read_scores(SHIPPED, None, TODAY)
    asked = {(t.code, u.item.code) for t in tables.values() for u in t.uses}
    items = {item for _, item in asked}
    options = {(u.item.code, o.code) for t in tables.values() for u in t.uses for o in u.options}

    assert {one.kind for one in book.aliases} == set(KINDS)
    for one in book.aliases:
        assert one.score in ("", *tables)
        assert one.item in ("", *items)
        assert not (one.score and one.item) or (one.score, one.item) in asked
        if one.kind in ("claim", "span"):
            assert (one.item, one.option) in options
    assert {one.item for one in book.bare} <= items


def test_no_name_of_a_key_means_two_items_of_one_score() -> None:
    book, tables = read_wording(SHIPPED, None, TODAY), read_scores(SHIPPED, None, TODAY)
    for table in tables.values():
        items = {use.item.code for use in table.uses}
        for kind, alias in book.by_name:
            meant = {one.item for one in book.named(kind, alias, table.code)} & items
            if kind == "key" and alias not in {plain(item) for item in items}:
                assert len(meant) <= 1, (table.code, alias, meant)


def test_the_hospital_adds_its_own_names(tmp_path: Path) -> None:
    text = ALIASES + row("blows") + row("later", "2027-01-01") + row("gone", ends="2026-11-24")
    (tmp_path / "aliases.tsv").write_text(text, "utf-8")
    (tmp_path / "units.tsv").write_text(UNITS + "umol\tmmol/L\t\tx\tdraft\t2026-01-01\n", "utf-8")
    book = read_wording(SHIPPED, tmp_path, TODAY)

    assert book.named("key", "blows", "NEWS2")[0].item == "breaths"
    assert book.named("key", "rr", "NEWS2")[0].item == "breaths"
    assert book.named("key", "later", "NEWS2") == book.named("key", "gone", "NEWS2") == ()
    assert book.unit("umol") == "mmol/L"


def test_a_name_may_be_of_several_scores() -> None:
    book = read_wording(SHIPPED, None, TODAY)

    assert book.scores("CHA₂DS₂-VASc") == ("CHA2DS2-VASc",)
    assert book.scores("wells") == ("Wells-DVT", "Wells-PE")
    assert book.scores("apgar") == ()


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("aliases", ALIASES + row("a").replace("key", "nickname"), "aliases.tsv line 2"),
        ("aliases", ALIASES.replace("item", "thing") + row("a"), "aliases.tsv line 2"),
        ("aliases", ALIASES + row("a") + "too\tfew\n", "aliases.tsv"),
        ("aliases", ALIASES + row("a", "soon"), "aliases.tsv line 2"),
        (
            "bare",
            "item\tunit\tspan\tvalid_from\nage\ta\tmany\t2026-01-01\n",
            "bare.tsv line 2",
        ),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, where: str
) -> None:
    (tmp_path / f"{name}.tsv").write_text(text, "utf-8")

    with pytest.raises(AppError) as told:
        read_wording(SHIPPED, tmp_path, TODAY)
    assert told.value.fault.detail.startswith(where)
