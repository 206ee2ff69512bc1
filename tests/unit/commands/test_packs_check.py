"""`packs check`: every error of a pack is said with file, line and reason; a whole pack is not."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from app.commands.packs.checking import check_folder, packs_in
from app.config import load
from resources.catalogue import LANGUAGES, Catalogue
from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

FEW = (
    *("MED-001", "MED-002", "MED-003", "MED-004", "MED-005", "MED-027"),
    *("AMS-005", "CRI-001", "NUT-001"),
)


@functools.cache
def a_few_loops() -> dict[str, str]:
    """The shipped catalogue cut down to a few loops and the words that they use: whole, small."""
    texts = {file.name: file.read_text("utf-8") for file in (SHIPPED / "loops").iterdir()}

    def cut(text: str, words: set[str]) -> str:
        head, *rows = text.splitlines()
        return "\n".join([head, *(r for r in rows if r.split("\t")[0] in words)]) + "\n"

    loops = set(FEW)
    for name in ("loops", "nodes", "limits", "matching"):
        texts[f"{name}.tsv"] = cut(texts[f"{name}.tsv"], loops)
    nodes = [row.split("\t") for row in texts["nodes.tsv"].splitlines()]
    texts["steps.tsv"] = cut(texts["steps.tsv"], {row[2] for row in nodes})
    texts["actors.tsv"] = cut(texts["actors.tsv"], {row[3] for row in nodes})
    groups = {row.split("\t")[1] for row in texts["loops.tsv"].splitlines()}
    texts["groups.tsv"] = cut(texts["groups.tsv"], groups)
    steps = {row.split("\t")[0] for row in texts["steps.tsv"].splitlines()}
    head, *marks = texts["marks.tsv"].splitlines()
    used = [row for row in marks if row.split("\t")[4] in steps]
    texts["marks.tsv"] = "\n".join([head, *used]) + "\n"
    return texts


@pytest.fixture
def loops(tmp_path: Path) -> Path:
    """A small catalogue of loops, to be spoilt."""
    folder = tmp_path / "loops"
    folder.mkdir()
    for name, text in a_few_loops().items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_nothing_is_wrong_with_the_packs_that_ship() -> None:
    wrong = {pack.name: said(pack) for pack in packs_in(SHIPPED) if said(pack)}

    assert wrong == {}


def test_the_small_catalogue_of_loops_is_whole(loops: Path) -> None:
    assert said(loops) == []


SPOILT = [
    ("nodes.tsv", ("MED-001", "3"), "\tSIGN\t", "\tSIGNED\t", "packs.loops.unknown-step"),
    ("nodes.tsv", ("MED-001", "3"), "\tphysician\t", "\tdoctor\t", "packs.loops.unknown-actor"),
    ("nodes.tsv", ("MED-001", "3"), "\tactive\t", "\tsigned\t", "packs.loops.pair"),
    ("nodes.tsv", ("MED-001", "3"), "\tMedicationRequest\t", "\tRecipe\t", "packs.loops.resource"),
    ("nodes.tsv", ("MED-001", "3"), "MED-001\t3", "MED-001\t4", "packs.loops.place"),
    ("nodes.tsv", ("MED-001", "3"), "MED-001\t", "MED-999\t", "packs.loops.unknown-loop"),
    ("nodes.tsv", ("MED-001", "3"), "mandatory", "needed", "packs.unknown-word"),
    ("nodes.tsv", ("MED-001", "3"), "serial\t\t", "serial\tNOSUCH\t", "packs.loops.undoes-nothing"),
    ("nodes.tsv", ("MED-001", "3"), "serial\t\t", "serial\tSIGN\t", "packs.loops.cycle"),
    ("nodes.tsv", ("MED-001", "3"), "\tS13;S14;S15\t", "\t\t", "packs.empty"),
    ("nodes.tsv", ("MED-001", "3"), "sourced", "reviewed", "packs.status"),
    ("nodes.tsv", ("MED-001", "3"), "\tno\t", "\tno\tmore\t", "packs.cells"),
    ("loops.tsv", ("MED-002", "medication"), "MED-002", "MED-001", "packs.twice"),
    ("loops.tsv", ("MED-002", "medication"), "\tmedication\t", "\tdrugs\t", "packs.loops.group"),
    (
        "loops.tsv",
        ("MED-002", "medication"),
        "Temporary (one-off) oral medication",
        "Long-term oral medication",
        "packs.twice",
    ),
    ("loops.tsv", ("MED-002", "medication"), "临时口服药闭环", "", "packs.no-translation"),
    ("loops.tsv", ("MED-002", "medication"), "2026-01-01", "2026-02-30", "packs.bad-date"),
    ("steps.tsv", ("ACK",), "ACK\t", "ACKNOW\t", "packs.unread-row"),
    ("limits.tsv", ("MED-003", "SIGN"), "\tGIVE\t", "\tPREP\t", "packs.loops.limit-node"),
    ("limits.tsv", ("MED-003", "SIGN"), "PT30M", "-PT30M", "packs.loops.negative"),
    ("limits.tsv", ("MED-003", "SIGN"), "PT30M", "30 min", "packs.loops.duration"),
    ("limits.tsv", ("MED-003", "SIGN"), "PT30M", "", "packs.loops.bound-lacks"),
    ("limits.tsv", ("MED-003", "SIGN"), "max\t\t", "max\tPT1M\t", "packs.loops.bound-unread"),
    ("limits.tsv", ("MED-003", "SIGN"), "\tmax\t", "\tmost\t", "packs.unknown-word"),
    ("limits.tsv", ("MED-003", "SIGN"), "\tmax\t", "\tinterval\t", "packs.loops.interval-once"),
    ("limits.tsv", ("MED-003", "SIGN"), "SIGN\tGIVE", "GIVE\tSIGN", "packs.loops.limit-backwards"),
    ("limits.tsv", ("MED-003", "SIGN"), "MED-003", "MED-998", "packs.loops.unknown-loop"),
    ("limits.tsv", ("AMS-005", "PREOPDOSE", "STOP24"), "PT24H", "PT72H", "packs.loops.bounds"),
    ("limits.tsv", ("MED-003", "SIGN"), "low", "certain", "packs.unknown-word"),
    ("matching.tsv", ("MED-001", "order"), "po|sl|ng", "po|mouth", "packs.loops.rule-never"),
    ("matching.tsv", ("MED-003", "order"), "\tstat\t", "\tnow\t", "packs.loops.rule-never"),
    ("matching.tsv", ("NUT-001", "order"), "\tdiet\t", "\t\t", "packs.loops.rule-empty"),
    ("matching.tsv", ("NUT-001", "order"), "NUT-001", "NUT-997", "packs.loops.unknown-loop"),
    ("matching.tsv", ("NUT-001", "order"), "\torder\t", "\tnamed\t", "packs.loops.rule-unread"),
    ("matching.tsv", ("MED-005", "order"), "\tsos\t", "\tprn\t", "packs.loops.rule-shared"),
    ("matching.tsv", ("CRI-001", "event"), "critical-lab", "critical", "packs.loops.event"),
    (
        "matching.tsv",
        ("MED-027", "order"),
        "血液/抗凝血药|",
        "血液/抗凝|",
        "packs.loops.rule-never",
    ),
    ("marks.tsv", ("act", "order.stop"), "order.stop", "order.halt", "packs.loops.mark-never"),
    ("marks.tsv", ("act", "order.stop"), "\tstopped\t", "\thalted\t", "packs.loops.pair"),
    ("marks.tsv", ("act", "order.stop"), "\tSTOP\t", "\tHALT\t", "packs.loops.unknown-step"),
    ("marks.tsv", ("code", "give-dose"), "give-dose", "give-pill", "packs.loops.mark-never"),
    ("marks.tsv", ("code", "give-dose"), "\tTask\t", "\tFlag\t", "packs.loops.mark-never"),
]


@pytest.mark.parametrize(("table", "row", "old", "new", "code"), SPOILT)
def test_an_error_is_found_at_its_line(
    loops: Path, table: str, row: tuple[str, ...], old: str, new: str, code: str
) -> None:
    line = line_of(loops, table, *row)

    spoil(loops, table, line, old, new)

    assert (table, line, code) in said(loops)


def test_two_loops_may_not_have_the_same_chain(loops: Path) -> None:
    cells = ("DRAFT physician MedicationRequest draft", "SIGN physician MedicationRequest active")
    for loop in ("NEW-001", "NEW-002"):
        for place, cell in enumerate(cells, start=1):
            rest = ("mandatory", "serial", "", "no", "DK", "hospital must review")
            add(loops, "nodes.tsv", loop, str(place), *cell.split(), *rest)
        name = f"Loop {loop}", f"闭环 {loop}"
        add(loops, "loops.tsv", loop, "medication", *name, "x", "DK", "draft", "2026-01-01")
        add(loops, "matching.tsv", loop, "named", *[""] * 7, "DK", "draft")

    found = said(loops)

    assert [code for _, _, code in found] == ["packs.loops.same-chain"]


def test_reverse_nodes_may_not_undo_each_other(loops: Path) -> None:
    first = line_of(loops, "nodes.tsv", "MED-001", "1")
    second = line_of(loops, "nodes.tsv", "MED-001", "3")
    spoil(loops, "nodes.tsv", first, "serial\t\t", "serial\tSIGN\t")
    assert said(loops) == []

    spoil(loops, "nodes.tsv", second, "serial\t\t", "serial\tDRAFT\t")

    assert ("nodes.tsv", first, "packs.loops.cycle") in said(loops)


def test_a_loop_without_nodes_or_without_a_rule_is_told(loops: Path) -> None:
    line = add(
        loops, "loops.tsv", "NEW-003", "diet", "New", "新闭环", "x", "DK", "draft", "2026-01-01"
    )

    assert said(loops) == [
        ("loops.tsv", line, "packs.loops.no-nodes"),
        ("loops.tsv", line, "packs.loops.no-rule"),
    ]


def test_a_loop_may_be_withdrawn(loops: Path) -> None:
    line = line_of(loops, "loops.tsv", "MED-002", "medication")

    spoil(loops, "loops.tsv", line, "sourced", "withdrawn")

    assert said(loops) == []


def test_a_missing_column_or_table_is_told_once(loops: Path) -> None:
    spoil(loops, "nodes.tsv", 1, "actor", "who")
    (loops / "marks.tsv").unlink()

    found = said(loops)

    assert ("nodes.tsv", 1, "packs.no-column") in found
    assert ("marks.tsv", 0, "packs.table-missing") in found
    assert all(code != "packs.loops.unknown-actor" for _, _, code in found)


def test_a_hospital_overlay_refers_to_what_ships(tmp_path: Path) -> None:
    overlay = tmp_path / "hospital"
    overlay.mkdir()
    manifest = (SHIPPED / "loops" / "manifest.toml").read_text("utf-8")
    kept = [line for line in manifest.splitlines() if not line.startswith("tables")]
    (overlay / "manifest.toml").write_text("\n".join([*kept, "overlay = true"]), "utf-8")
    heading = (SHIPPED / "loops" / "limits.tsv").read_text("utf-8").splitlines()[0]
    (overlay / "limits.tsv").write_text(heading + "\n", "utf-8")
    cells = ("max", "", "", "PT15M", "", "", "call", "电话通知", "hospital", "high", "active")
    add(overlay, "limits.tsv", "MED-003", "SIGN", "GIVE", *cells, "2026-01-01")
    assert said(overlay) == []

    line = add(overlay, "limits.tsv", "MED-003", "SIGN", "DRAFT2", *cells, "2026-01-01")

    assert said(overlay) == [("limits.tsv", line, "packs.loops.limit-node")]


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_speaks_the_language_of_it_and_ends_with_1(
    loops: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"language": language}, environment={}, policy_folders=[], folder=loops)
    line = line_of(loops, "nodes.tsv", "MED-001", "3")
    spoil(loops, "nodes.tsv", line, "\tSIGN\t", "\tSIGNED\t")
    reason = Catalogue.load(language).text("packs.loops.unknown-step", step="SIGNED")

    code = check_folder(loops, settings)

    assert code == 1
    assert f"{loops / 'nodes.tsv'}:{line}: {reason}" in capsys.readouterr().out


def test_the_command_ends_with_0_for_whole_packs_and_2_without_any(
    loops: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"language": "en"}, environment={}, policy_folders=[], folder=tmp_path)

    assert check_folder(loops.parent, settings) == 0
    assert check_folder(tmp_path / "none", settings) == 2

    assert "1 pack checked" in capsys.readouterr().out
