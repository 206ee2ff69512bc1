"""`packs check` of order sets: every error is said with file, line and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

LINES = "lines.tsv"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "order_sets"
    shutil.copytree(SHIPPED / "order_sets", folder)
    return folder


def test_nothing_is_wrong_with_the_sets_that_ship(pack: Path) -> None:
    assert said(pack) == []


@pytest.mark.parametrize(
    ("begins", "old", "new", "code"),
    [
        (("stemi", "aspirin"), "neml2026-077", "no-such", "packs.not-in-pack"),
        (("stemi", "aspirin"), "\tpo\t", "\tby mouth\t", "packs.not-in-pack"),
        (("stemi", "aspirin"), "\tpo\tst\t", "\tpo\tnever\t", "packs.not-in-pack"),
        (("stemi", "aspirin"), "no-nsaid-allergy", "no-allergy", "packs.not-in-pack"),
        (("stemi", "aspirin"), "aspirin\tdrug", "aspirin\tpills", "packs.not-in-pack"),
        (("stemi", "aspirin"), "aspirin\tdrug\t", "aspirin\tdrug\tone", "packs.not-in-pack"),
        (("stemi", "aspirin"), "\tmg\t", "\tmilligram\t", "packs.order_sets.unit"),
        (("stemi", "aspirin"), "\t300\t", "\t\t", "packs.order_sets.no-dosage"),
        (("stemi", "aspirin"), "\t300\t", "\tmany\t", "packs.not-a-number"),
        (("stemi", "aspirin"), "\tformulary\t", "\tpharmacy\t", "packs.unknown-word"),
        (("stemi", "aspirin"), "\tmedication\t", "\tpill\t", "packs.unknown-word"),
        (("stemi", "aspirin"), "aspirin\tdrug", "\tdrug", "packs.empty"),
        (("stemi", "heparin"), "adult weight-30-days", "adult", "packs.order_sets.no-weight"),
        (("stemi", "aspirin"), "\tno\t\t\t", "\tno\t500\t\t", "packs.order_sets.not-worked-out"),
        (("stemi", "heparin"), "\t7000\t", "\tlots\t", "packs.not-a-number"),
        (("stemi", "level"), "\tlong-term\t", "\tstat\t", "packs.order_sets.kind"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    pack: Path, begins: tuple[str, str], old: str, new: str, code: str
) -> None:
    line = line_of(pack, LINES, *begins)
    spoil(pack, LINES, line, old, new)

    assert (LINES, line, code) in said(pack)


def test_a_line_of_no_set_is_named(pack: Path) -> None:
    line = line_of(pack, LINES, "stemi", "aspirin")
    spoil(pack, LINES, line, "stemi", "stemmi")

    assert (LINES, line, "packs.not-in-pack") in said(pack)


def test_members_of_an_infusion_that_run_differently_are_named(pack: Path) -> None:
    line = line_of(pack, LINES, "pneumonia-community", "ceftriaxone-ns")
    spoil(pack, LINES, line, "\tqd\t", "\tbid\t")
    assert said(pack) == [(LINES, line, "packs.order_sets.group-differs")]

    alone = line_of(pack, LINES, "pneumonia-community", "ceftriaxone")
    spoil(pack, LINES, line, "\tceftriaxone\t", "\tother\t")
    named = said(pack)
    assert (LINES, alone, "packs.order_sets.group-of-one") in named
    assert (LINES, line, "packs.order_sets.group-of-one") in named


@pytest.mark.parametrize(("old", "new"), [("\t1\t1\t", "\t2\t1\t"), ("\t1\t1\t", "\t1\t9\t")])
def test_a_choice_that_cannot_be_made_is_named(pack: Path, old: str, new: str) -> None:
    line = line_of(pack, "choices.tsv", "stemi", "statin")
    spoil(pack, "choices.tsv", line, old, new)

    assert said(pack) == [("choices.tsv", line, "packs.order_sets.choice")]


def test_a_choice_with_more_preselected_than_may_be_chosen_is_named(pack: Path) -> None:
    row = line_of(pack, LINES, "stemi", "rosuvastatin")
    spoil(pack, LINES, row, "statin\tno\t", "statin\tyes\t")
    line = line_of(pack, "choices.tsv", "stemi", "statin")

    assert said(pack) == [("choices.tsv", line, "packs.order_sets.choice")]


def test_rows_that_nothing_reads_are_named(pack: Path) -> None:
    tail = ("s", "draft", "2026-11-24")
    added = [
        ("headings.tsv", add(pack, "headings.tsv", "spare", "备", "Spare", *tail)),
        ("items.tsv", add(pack, "items.tsv", "spare", "laboratory", "备", "Spare", *tail)),
        (
            "conditions.tsv",
            add(pack, "conditions.tsv", "spare", "weight", "", "", "备", "S", *tail),
        ),
        ("choices.tsv", add(pack, "choices.tsv", "stemi", "spare", "0", "1", "备", "S", *tail)),
    ]

    assert said(pack) == sorted((file, line, "packs.unread-row") for file, line in added)


def test_conditions_and_allergens_that_mean_nothing_are_named(pack: Path) -> None:
    tail = ("s", "draft", "2026-11-24")
    age = line_of(pack, "conditions.tsv", "adult")
    spoil(pack, "conditions.tsv", age, "\t18\t", "\tgrown\t")
    macrolide = line_of(pack, "conditions.tsv", "no-macrolide-allergy")
    spoil(pack, "conditions.tsv", macrolide, "\tmacrolide\t", "\tmacro\t")
    drug = add(pack, "allergens.tsv", "food", "formulary-class", "no such class", *tail)

    assert said(pack) == [
        ("allergens.tsv", drug, "packs.not-in-pack"),
        ("conditions.tsv", macrolide, "packs.not-in-pack"),
        ("conditions.tsv", age, "packs.order_sets.condition"),
    ]


def test_a_set_without_lines_and_a_version_that_is_none_are_named(pack: Path) -> None:
    cells = ("bare", "1", "空", "Bare", "k", "空", "Bare", "s", "draft", "2026-11-24", "")
    bare = add(pack, "sets.tsv", *cells)
    stemi = line_of(pack, "sets.tsv", "stemi")
    spoil(pack, "sets.tsv", stemi, "\t1\t", "\tfirst\t")

    assert said(pack) == [
        ("sets.tsv", stemi, "packs.order_sets.version"),
        ("sets.tsv", bare, "packs.order_sets.no-lines"),
    ]


def test_a_table_that_is_missing_and_one_that_nothing_reads_are_named(pack: Path) -> None:
    (pack / "items.tsv").rename(pack / "more.tsv")
    spoil(pack, "headings.tsv", 1, "name_zh", "name")

    codes = {(file, code) for file, _, code in said(pack)}
    assert ("items.tsv", "packs.table-missing") in codes
    assert ("more.tsv", "packs.unread-table") in codes
    assert ("headings.tsv", "packs.no-column") in codes


def test_an_overlay_may_refer_to_what_ships(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hospital"
    folder.mkdir()
    (folder / "manifest.toml").write_text(
        'id = "order_sets"\noverlay = true\nversion = "1"\nsource = "s"\nlicence = "own"\n'
        'status = "draft"\nvalid_from = "2026-11-24"\ntables = ["sets", "lines"]\n',
        "utf-8",
    )
    for table in ("sets.tsv", LINES):
        head, *rows = (pack / table).read_text("utf-8").splitlines()
        kept = [one for one in rows if one.startswith(("transfusion\t1", "transfusion\tconsent"))]
        (folder / table).write_text("\n".join([head, *kept]) + "\n", "utf-8")

    assert said(folder) == []
    spoil(folder, LINES, 2, "\tconsult\t", "\tnowhere\t")
    assert said(folder) == [(LINES, 2, "packs.not-in-pack")]
