"""The loops pack: whole as it ships, refused with its line when not, and under a hospital's."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from app.domain.loops import LABELS, LimitKind
from app.kernel.faults import AppError, FaultKind
from app.services.loop_pack import TABLES, read_loops
from resources.reading import manifest, path, rows

SHIPPED = path("packs/loops")
SOURCED_GROUPS = {
    *("medication", "infusion", "laboratory", "transfusion", "surgery", "anaesthesia"),
    *("nursing-care", "nursing-assessment", "consultation", "critical-value"),
    *("admission-transfer-discharge", "records"),
}
"""Groups whose spine follows a named source; every other is domain knowledge."""


def test_the_whole_catalogue_is_there() -> None:
    pack = read_loops(SHIPPED)
    loops = pack.book.loops

    assert len(loops) == 377
    assert len(pack.book.steps) == 628
    assert len(pack.book.groups) == 36
    assert sum(len(one.nodes) for one in loops.values()) == 2689
    pairs = {(n, lim.origin, lim.target) for n, one in loops.items() for lim in one.limits}
    assert len(pairs) == 89
    assert manifest("loops")["tables"] == list(TABLES)


def test_every_loop_says_whether_a_hospital_must_review_it() -> None:
    loops = read_loops(SHIPPED).book.loops.values()

    assert {one.status for one in loops} == set(LABELS)
    assert {one.group for one in loops if one.sourced} == SOURCED_GROUPS
    assert all(row["source"] and row["status"] for table in TABLES for row in rows("loops", table))


def test_nodes_are_mandatory_and_serial_until_reviewed() -> None:
    nodes = [node for one in read_loops(SHIPPED).book.loops.values() for node in one.nodes]

    assert all(node.mandatory and not node.parallel and not node.undoes for node in nodes)
    assert {node.step for node in nodes if node.repeats} == {"VITAL5", "RCHECK"}


def test_a_limit_keeps_its_numbers_and_its_words() -> None:
    loops = read_loops(SHIPPED).book.loops
    (window,) = [
        one for one in loops["MED-001"].limits if one.target == "GIVE" and one.origin == "PLAN"
    ]
    (score,) = loops["NUR-003"].limits

    assert window.kind is LimitKind.WINDOW
    assert score.strict is not None
    assert score.most is not None
    assert (score.strict.seconds, score.most.seconds) == (1800, 3600)
    assert score.wording.shown("en") == "NEWS2 5-6: 60 min; 7 and over: 30 min"
    assert score.action.shown("zh_CN") == "升级上报"


def test_names_and_chains_are_told_apart() -> None:
    loops = read_loops(SHIPPED).book.loops.values()

    assert Counter(one.nodes for one in loops).most_common(1)[0][1] == 1
    assert Counter(one.name.name for one in loops).most_common(1)[0][1] == 1


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("nodes.tsv", "mandatory", "needed"),
        ("nodes.tsv", "\tserial\t\t", "\tserial\tNOSUCH\t"),
        ("limits.tsv", "\tGIVE\t", "\tGAVE\t"),
        ("limits.tsv", "PT30M", "half an hour"),
        ("limits.tsv", "\tmax\t", "\tmost\t"),
        ("matching.tsv", "\torder\t", "\torders\t"),
        ("actors.tsv", "\tyes\t", "\tperhaps\t"),
        ("loops.tsv", "group\t", "groups\t"),
        ("steps.tsv", "name_en", "name"),
        ("marks.tsv", "fhir_status", "state"),
        ("groups.tsv", "\tMedication\t", "\t"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused(
    tmp_path: Path, table: str, old: str, new: str
) -> None:
    copy = Path(shutil.copytree(SHIPPED, tmp_path / "loops"))
    text = (copy / table).read_text("utf-8")
    assert old in text
    (copy / table).write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(AppError) as refused:
        read_loops(copy)

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert refused.value.fault.message.code == "loops.pack-unreadable"
    assert table in refused.value.fault.detail or "loops.tsv" in refused.value.fault.detail


def test_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AppError):
        read_loops(tmp_path)


# --- the hospital's own ---------------------------------------------------------------------------


def overlay(folder: Path, table: str, *lines: dict[str, str]) -> None:
    columns = list(rows("loops", table)[0])
    folder.mkdir(exist_ok=True)
    with (folder / f"{table}.tsv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, delimiter="\t", lineterminator="\n", restval="")
        out.writeheader()
        out.writerows(lines)


def row(table: str, **key: str) -> dict[str, str]:
    return dict(next(r for r in rows("loops", table) if all(r[k] == v for k, v in key.items())))


def test_what_the_hospital_says_of_a_loop_goes_before_what_ships(tmp_path: Path) -> None:
    quarter = row("limits", loop="MED-003") | {"most": "PT15M"}
    nodes = [
        dict(r) | {"need": "optional" if r["step"] == "CDS" else "mandatory", "place": str(n)}
        for n, r in enumerate((r for r in rows("loops", "nodes") if r["loop"] == "MED-003"), 1)
    ]
    overlay(tmp_path, "limits", quarter)
    overlay(tmp_path, "nodes", *nodes)
    overlay(tmp_path, "steps", row("steps", code="GIVE") | {"name_zh": "给药（扫码）"})

    pack = read_loops(SHIPPED, tmp_path)

    (limit,) = pack.book.loops["MED-003"].limits
    assert limit.most is not None
    assert limit.most.seconds == 900
    assert [n.step for n in pack.book.loops["MED-003"].nodes if not n.mandatory] == ["CDS"]
    assert pack.book.steps["GIVE"].name == "给药（扫码）"
    assert len(pack.book.loops) == 377
    assert len(pack.book.loops["CRI-001"].limits) == 3


def test_the_hospital_may_withdraw_a_loop(tmp_path: Path) -> None:
    overlay(tmp_path, "loops", row("loops", code="MED-003") | {"status": "withdrawn"})

    pack = read_loops(SHIPPED, tmp_path)

    assert "MED-003" not in pack.book.loops
    assert all(rule.loop != "MED-003" for rule in pack.matching)


def test_a_folder_without_loops_changes_nothing(tmp_path: Path) -> None:
    assert read_loops(SHIPPED, tmp_path / "loops") == read_loops(SHIPPED)
