"""`packs check` of clinical pathways: every error is said with file, line and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

ELEMENTS, ORDERS, LINES, STAGES = "elements.tsv", "orders.tsv", "lines.tsv", "stages.tsv"
PATHWAYS, WORDS, REASONS = "pathways.tsv", "words.tsv", "reasons.tsv"
CULTURE = ("cap|1", "day-1", "culture")
TAIL = ("s", "draft", "2026-11-24")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pathways"
    shutil.copytree(SHIPPED / "pathways", folder)
    return folder


def test_nothing_is_wrong_with_the_pathways_that_ship(pack: Path) -> None:
    assert said(pack) == []


@pytest.mark.parametrize(
    ("table", "begins", "old", "new", "code"),
    [
        (PATHWAYS, ("cap",), "cap\t1\t", "cap\tone\t", "packs.pathways.version"),
        (PATHWAYS, ("cap",), "J13 J14", "J13 pneumonia", "packs.pathways.entry"),
        (PATHWAYS, ("cap",), "\t7\t14\t", "\t15\t14\t", "packs.pathways.stay"),
        (PATHWAYS, ("cap",), "\t7\t14\t", "\t7\tmany\t", "packs.not-a-number"),
        (PATHWAYS, ("cap",), "sqhdxfy", "", "packs.empty"),
        (PATHWAYS, ("cap",), "Community-acquired pneumonia", "", "packs.no-translation"),
        (PATHWAYS, ("cap",), "\t7\t14\t\t", "\t7\t14\tno-such\t", "packs.not-in-pack"),
        (STAGES, ("cap|1", "day-2-3"), "\t2\t3\t", "\t1\t3\t", "packs.pathways.overlap"),
        (STAGES, ("cap|1", "day-2-3"), "\t2\t3\t", "\t3\t2\t", "packs.pathways.days"),
        (STAGES, ("cap|1", "day-1"), "\t1\t1\t", "\t0\t1\t", "packs.pathways.days"),
        (STAGES, ("cap|1", "day-1"), "\t1\t1\t", "\tone\t1\t", "packs.not-a-number"),
        (STAGES, ("cap|1", "discharge"), "\t7\t14\t", "\t7\t15\t", "packs.pathways.outside"),
        (STAGES, ("lc|1", "discharge"), "\t2\t4\t", "\t2\t7\t", "packs.pathways.outside"),
        (STAGES, ("lc|1", "pre-op"), "\t-1\t-1\t", "\t-7\t-1\t", "packs.pathways.outside"),
        (STAGES, ("cap|1", "day-1"), "admission", "birth", "packs.unknown-word"),
        (STAGES, ("cap|1", "day-1"), "admission", "operation", "packs.pathways.no-operation"),
        (STAGES, ("cap|1", "day-1"), "cap|1", "cap|9", "packs.not-in-pack"),
        (ELEMENTS, ("cap|1", "day-1", "history"), "cap|1", "cap|9", "packs.not-in-pack"),
        (ELEMENTS, ("cap|1", "day-1", "history"), "day-1", "day-9", "packs.not-in-pack"),
        (ELEMENTS, ("cap|1", "day-1", "history"), "\tyes\t", "\tmust\t", "packs.unknown-word"),
        (ELEMENTS, ("cap|1", "day-1", "history"), "physician", "doctor", "packs.unknown-word"),
        (ELEMENTS, ("cap|1", "day-1", "expectorant"), "祛痰药", "x", "packs.not-in-pack"),
        (
            ELEMENTS,
            ("cap|1", "day-1", "culture"),
            "\tyes\t2\t",
            "\tyes\t1\t",
            "packs.pathways.choice",
        ),
        (
            ELEMENTS,
            ("cap|1", "day-1", "culture"),
            "\tyes\t2\t",
            "\tyes\t3\t",
            "packs.pathways.choice",
        ),
        (
            ELEMENTS,
            ("cap|1", "day-1", "culture"),
            "\tyes\t2\t",
            "\tyes\t\t",
            "packs.pathways.choice",
        ),
        (
            ELEMENTS,
            ("cap|1", "day-1", "culture"),
            "\tyes\t2\t",
            "\tyes\ttwo\t",
            "packs.not-a-number",
        ),
        (ORDERS, ("cap|1", "day-1", "cbc"), "cbc\tcbc", "cbc\tno-such", "packs.not-in-pack"),
        (ORDERS, ("cap|1", "day-1", "cbc"), "day-1\tcbc", "day-1\tno-such", "packs.not-in-pack"),
        (ORDERS, ("cap|1", "day-1", "cbc"), "\tyes\tyes", "\tyes\tso", "packs.unknown-word"),
        (ORDERS, ("cap|1", "day-1", "cbc"), "day-1\tcbc", "day-1\tlevel", "packs.pathways.kind"),
        (
            *(ORDERS, ("cap|1", "day-1", "cbc"), "day-1\tcbc", "day-1\thistory"),
            "packs.pathways.orders-of-work",
        ),
        (LINES, ("aspirin",), "neml2026-077", "no-such", "packs.not-in-pack"),
        (LINES, ("aspirin",), "\tpo\t", "\tby mouth\t", "packs.not-in-pack"),
        (LINES, ("aspirin",), "no-nsaid-allergy", "no-such", "packs.not-in-pack"),
        (LINES, ("aspirin",), "\t300\t", "\tmany\t", "packs.not-a-number"),
        (LINES, ("aspirin",), "\t300\t", "\t\t", "packs.order_sets.no-dosage"),
        (LINES, ("aspirin",), "\tformulary\t", "\tpharmacy\t", "packs.unknown-word"),
        (LINES, ("heparin",), "adult weight-30-days", "adult", "packs.order_sets.no-weight"),
        (LINES, ("ceftriaxone-ns",), "\tqd\t", "\tbid\t", "packs.order_sets.group-differs"),
        (REASONS, ("variance", "other"), "variance", "excuse", "packs.unknown-word"),
        (REASONS, ("variance", "other"), "\tOther\t", "\t\t", "packs.no-translation"),
        (WORDS, ("row", "nursing"), "row", "line", "packs.unknown-word"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    pack: Path, table: str, begins: tuple[str, ...], old: str, new: str, code: str
) -> None:
    line = line_of(pack, table, *begins)
    spoil(pack, table, line, old, new)

    assert (table, line, code) in said(pack)


def test_an_operation_that_nothing_is_counted_from_is_named(pack: Path) -> None:
    line = line_of(pack, PATHWAYS, "stemi-pci")
    spoil(pack, PATHWAYS, line, "\t7\t14\t\t", "\t7\t14\tcoronary-angiography\t")

    assert said(pack) == [(PATHWAYS, line, "packs.pathways.operation-unread")]


def test_a_pathway_without_stages_is_named(pack: Path) -> None:
    row = ("spare", "1", "备", "Spare", "b", "J18", "无", "none", "1", "2", "", *TAIL, "")
    line = add(pack, PATHWAYS, *row)

    assert said(pack) == [(PATHWAYS, line, "packs.pathways.no-stages")]


def test_a_stage_in_which_nothing_must_be_done_is_named(pack: Path) -> None:
    line = add(pack, STAGES, "lc|1", "spare", "备", "Spare", "admission", "3", "3", *TAIL)

    assert said(pack) == [(STAGES, line, "packs.pathways.no-mandatory")]


def test_an_ordered_element_that_nothing_would_meet_is_named(pack: Path) -> None:
    row = ("cap|1", "day-1", "spare", "temporary", "no", "", "", "备", "Spare", *TAIL)
    line = add(pack, ELEMENTS, *row)
    assert said(pack) == [(ELEMENTS, line, "packs.pathways.no-orders")]

    beside = add(pack, ORDERS, "cap|1", "day-1", "spare", "cbc", "no", "no", *TAIL)
    assert said(pack) == [(ELEMENTS, line, "packs.pathways.no-orders")]
    spoil(pack, ORDERS, beside, "\tno\tno", "\tno\tyes")
    assert said(pack) == []


def test_a_torn_infusion_is_named(pack: Path) -> None:
    line = line_of(pack, ORDERS, "cap|1", "day-1", "antibiotic", "ceftriaxone")
    beside = line_of(pack, ORDERS, "cap|1", "day-1", "antibiotic", "ceftriaxone-ns")
    spoil(pack, ORDERS, beside, "antibiotic", "atypical")

    named = said(pack)

    assert (ORDERS, line, "packs.pathways.group") in named
    assert (ORDERS, beside, "packs.pathways.group") in named


def test_one_infusion_twice_in_a_stage_is_named(pack: Path) -> None:
    for line in ("ceftriaxone", "ceftriaxone-ns"):
        add(pack, ORDERS, "cap|1", "day-1", "atypical", line, "no", "yes", *TAIL)

    first = line_of(pack, ORDERS, "cap|1", "day-1", "atypical", "ceftriaxone")
    assert said(pack) == [(ORDERS, first, "packs.pathways.group")]


def test_an_infusion_of_one_is_named(pack: Path) -> None:
    line = line_of(pack, LINES, "aspirin")
    spoil(pack, LINES, line, "\tpo\tst\t\t\t\t", "\tpo\tst\t\t\talone\t")

    assert (LINES, line, "packs.order_sets.group-of-one") in said(pack)


def test_rows_that_nothing_reads_are_named(pack: Path) -> None:
    cells = ["spare", "nursing", "order_items", "daily-weight", "long-term", *[""] * 2, "no"]
    rest = ["", "", "", "", "", "", "", "", "routine", "", "", "", "", "", ""]
    line = add(pack, LINES, *cells, *rest, *TAIL)
    word = add(pack, WORDS, "group", "weather", "天气", "Weather", *TAIL)

    assert said(pack) == [
        (LINES, line, "packs.unread-row"),
        (WORDS, word, "packs.unread-row"),
    ]


def test_a_row_of_the_form_or_a_group_of_reasons_without_a_name_is_named(pack: Path) -> None:
    file = pack / WORDS
    kept = [one for one in file.read_text("utf-8").split("\n") if "nursing" not in one]
    file.write_text("\n".join(kept), "utf-8")
    add(pack, REASONS, "variance", "rain", "weather", "下雨", "Rain", "no", *TAIL)

    assert said(pack) == [
        (WORDS, 0, "packs.pathways.word-missing"),
        (WORDS, 0, "packs.pathways.word-missing"),
    ]


def test_a_table_without_its_columns_is_not_read_row_by_row(pack: Path) -> None:
    spoil(pack, STAGES, 1, "\tanchor\t", "\tcounted from\t")

    assert said(pack) == [(STAGES, 1, "packs.no-column")]


def test_an_overlay_is_held_against_what_ships(tmp_path: Path) -> None:
    folder = tmp_path / "hospital" / "pathways"
    folder.mkdir(parents=True)
    manifest = (SHIPPED / "pathways" / "manifest.toml").read_text("utf-8")
    tables = 'tables = ["pathways", "stages", "elements", "orders"]'
    head, _, tail = manifest.partition("tables = [")
    rest = tail.partition("]")[2]
    (folder / "manifest.toml").write_text(f"overlay = true\n{head}{tables}{rest}", "utf-8")
    for table in (PATHWAYS, STAGES, ELEMENTS, ORDERS):
        heading = (SHIPPED / "pathways" / table).read_text("utf-8").split("\n")[0]
        (folder / table).write_text(heading + "\n", "utf-8")
    add(folder, PATHWAYS, "x", "1", "甲", "X", "j", "J18", "无", "none", "1", "3", "", *TAIL, "")
    add(folder, STAGES, "x|1", "one", "一", "One", "admission", "1", "1", *TAIL)
    add(folder, ELEMENTS, "x|1", "one", "cbc", "temporary", "yes", "", "", "血", "Blood", *TAIL)
    order = add(folder, ORDERS, "x|1", "one", "cbc", "cbc", "yes", "yes", *TAIL)
    assert said(folder) == []

    spoil(folder, ORDERS, order, "\tcbc\tyes", "\tno-such\tyes")
    shutil.copytree(SHIPPED / "order_sets", folder.parent / "order_sets")

    assert (ORDERS, order, "packs.not-in-pack") in said(folder)
