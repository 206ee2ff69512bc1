"""`packs check` of the orderable items: what the program cannot read is said with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """The shipped pack, to be spoilt."""
    folder = tmp_path / "order_items"
    shutil.copytree(SHIPPED / "order_items", folder)
    return folder


def test_nothing_is_wrong_with_the_pack_that_ships(items: Path) -> None:
    assert said(items) == []


@pytest.mark.parametrize(
    ("table", "row", "old", "new", "code"),
    [
        ("classes", ("diet",), "NutritionOrder", "Food", "packs.unknown-word"),
        ("classes", ("diet",), "long-term,temporary", "long-term,daily", "packs.unknown-word"),
        (
            "classes",
            ("discharge",),
            "temporary\ttemporary",
            "stat\ttemporary",
            "packs.unknown-word",
        ),
        ("classes", ("diet",), "\tyes\t", "\tperhaps\t", "packs.unknown-word"),
        ("kinds", ("sos",), "\t12\t", "\ttwelve\t", "packs.not-a-number"),
        ("kinds", ("sos",), "short", "medium", "packs.unknown-word"),
        ("items", ("supine",), "position", "posture", "packs.unknown-word"),
        ("items", ("turning-and-back-care",), "\tq2h\t", "\tq2hours\t", "packs.unknown-word"),
        ("items", ("regular-diet",), "\tmain\t", "\tfirst\t", "packs.unknown-word"),
        ("items", ("suctioning",), "\tprn\tprn", "\tsos\tprn", "packs.unknown-word"),
        ("look_alike", ("Dobutamine",), "Dopamine", "Dopamin", "packs.order-items.medicine"),
        ("tall_man", ("Dopamine",), "DOPamine", "DOPamin", "packs.order-items.tall"),
    ],
)
def test_a_word_that_the_program_does_not_know_is_said_with_its_line(
    items: Path, table: str, row: tuple[str, ...], old: str, new: str, code: str
) -> None:
    line = line_of(items, f"{table}.tsv", *row)

    spoil(items, f"{table}.tsv", line, old, new)

    assert (f"{table}.tsv", line, code) in said(items)


@pytest.mark.parametrize(("table", "row"), [("classes", "position"), ("kinds", "verbal")])
def test_a_class_or_kind_without_a_row_is_missed(items: Path, table: str, row: str) -> None:
    file = items / f"{table}.tsv"
    lines = file.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(f"{row}\t")]
    file.write_text("\n".join(kept) + "\n", "utf-8")

    assert (f"{table}.tsv", 0, "packs.order-items.lacks") in said(items)


def test_an_overlay_need_not_have_every_class(items: Path) -> None:
    manifest = items / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8") + "overlay = true\n", "utf-8")
    file = items / "kinds.tsv"
    file.write_text("\n".join(file.read_text("utf-8").splitlines()[:3]) + "\n", "utf-8")

    assert said(items) == []
