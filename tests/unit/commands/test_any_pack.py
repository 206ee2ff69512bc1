"""What must hold in a pack of any kind, and what the loaders themselves refuse."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, line_of, said, spoil


def a_pack(folder: Path, table: str = "", **manifest: str) -> Path:
    folder.mkdir()
    told = {
        "id": folder.name,
        "version": "1",
        "source": "x",
        "licence": "x",
        "status": "draft",
        "valid_from": "2026-01-01",
    } | manifest
    lines = [f'{key} = "{value}"' for key, value in told.items() if value]
    (folder / "manifest.toml").write_text("\n".join(lines), "utf-8")
    (folder / "problems.tsv").write_text(table or A_PROBLEM, "utf-8")
    return folder


HEADING = "icd10\tname_zh\tname_en\tpinyin\tsource\tstatus\tvalid_from\n"
A_PROBLEM = HEADING + "I10\t高血压\tHypertension\tgxy\tx\tdraft\t2026-01-01\n"


def test_a_small_pack_is_whole(tmp_path: Path) -> None:
    assert said(a_pack(tmp_path / "problems")) == []


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ({"version": ""}, "packs.manifest-lacks"),
        ({"id": "problem"}, "packs.manifest-id"),
        ({"status": "fine"}, "packs.status"),
        ({"valid_from": "tomorrow"}, "packs.bad-date"),
    ],
)
def test_a_manifest_states_what_it_must(
    tmp_path: Path, manifest: dict[str, str], code: str
) -> None:
    found = said(a_pack(tmp_path / "problems", **manifest))

    assert ("manifest.toml", 0, code) in found


@pytest.mark.parametrize(
    ("table", "line", "code"),
    [
        ("\n", 1, "packs.heading"),
        ("# only a remark\n", 0, "packs.no-heading"),
        (HEADING.replace("pinyin", "icd10"), 1, "packs.heading"),
        (HEADING.replace("\tpinyin", ""), 1, "packs.no-column"),
        (A_PROBLEM.replace("高血压", ""), 2, "packs.no-translation"),
        (A_PROBLEM.replace("gxy", ""), 2, "packs.empty"),
        (A_PROBLEM.replace("\tx\t", "\t\t"), 2, "packs.empty"),
        (A_PROBLEM.replace("I10\t", ""), 2, "packs.cells"),
        (A_PROBLEM + A_PROBLEM.splitlines()[1], 3, "packs.twice"),
    ],
)
def test_a_table_is_told_where_it_is_wrong(
    tmp_path: Path, table: str, line: int, code: str
) -> None:
    assert ("problems.tsv", line, code) in said(a_pack(tmp_path / "problems", table))


def test_a_row_may_not_end_before_it_begins(tmp_path: Path) -> None:
    head, row = A_PROBLEM.splitlines()
    later = f"{head}\tvalid_to\n{row}\t2025-01-01\n"

    assert ("problems.tsv", 2, "packs.ends-before") in said(a_pack(tmp_path / "problems", later))


def test_a_kind_that_nobody_reads_is_told(tmp_path: Path) -> None:
    found = said(a_pack(tmp_path / "recipes"))

    assert ("manifest.toml", 0, "packs.unknown-kind") in found


def test_files_that_are_no_text_are_told(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "problems")
    (pack / "problems.tsv").write_bytes(b"\xff\xfe")
    (pack / "more.tsv").write_text("code\n", "utf-8")
    (pack / "manifest.toml").write_text("id =", "utf-8")

    assert said(pack) == [
        ("manifest.toml", 0, "packs.not-toml"),
        ("problems.tsv", 0, "packs.not-utf8"),
    ]


def test_tables_and_manifest_agree(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "problems")
    manifest = pack / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8") + '\ntables = ["others"]\n', "utf-8")
    (pack / "more.tsv").write_text("code\n", "utf-8")

    found = said(pack)

    assert ("others.tsv", 0, "packs.table-missing") in found
    assert ("problems.tsv", 0, "packs.table-unlisted") in found
    assert ("more.tsv", 0, "packs.unread-table") in found


def test_a_folder_of_tables_without_a_manifest_was_meant_as_a_pack(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "problems")
    (pack / "manifest.toml").unlink()

    assert said(pack) == [("manifest.toml", 0, "packs.no-manifest")]


# --- what the loaders refuse --------------------------------------------------------------------


def copied(tmp_path: Path, kind: str) -> Path:
    return Path(shutil.copytree(SHIPPED / kind, tmp_path / kind))


def test_the_loader_of_the_roles_names_the_line(tmp_path: Path) -> None:
    roles = copied(tmp_path, "roles")
    line = line_of(roles, "privileges.tsv", "resident", "open-chart")

    spoil(roles, "privileges.tsv", line, "open-chart", "opne-chart")

    assert ("privileges.tsv", line, "roles.pack-unreadable") in said(roles)


def test_the_loader_of_the_merge_pack_names_the_line(tmp_path: Path) -> None:
    merge = copied(tmp_path, "merge")

    spoil(merge, "classes.tsv", 3, "\tA\t", "\tZ\t")

    assert ("classes.tsv", 3, "sync.merge-pack-invalid") in said(merge)


def test_the_loader_of_the_scopes_is_asked(tmp_path: Path) -> None:
    scopes = copied(tmp_path, "scopes")

    spoil(scopes, "types.tsv", 2, "\t1\t", "\tfirst\t")

    found = said(scopes)
    assert ("types.tsv", 2, "packs.not-a-number") in found
    assert ("", 0, "packs.refused") in found


def test_the_timing_of_a_frequency_is_json(tmp_path: Path) -> None:
    frequencies = copied(tmp_path, "frequencies")

    spoil(frequencies, "frequencies.tsv", 2, '{"repeat"', "{repeat")

    assert ("frequencies.tsv", 2, "packs.not-json") in said(frequencies)
