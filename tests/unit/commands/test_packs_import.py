"""`packs import-formulary`: files as hospital systems export them become an overlay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.commands.command_line import run
from app.commands.packs.checking import check
from app.services.products import read_product
from resources.reading import lay_over, rows

LINES = (
    ("药品编码", "药品名称", "剂型", "规格"),
    ("H001", "阿莫西林", "胶囊", "0.5g*24粒"),
    ("H002", "头孢地尼", "胶囊剂", "100mg×10粒/盒"),
)


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "packs"
    lay_over(None)


def _csv(file: Path, encoding: str, mark: str) -> Path:
    file.write_bytes("\r\n".join(mark.join(line) for line in LINES).encode(encoding))
    return file


def _book(file: Path) -> Path:
    book = Workbook()
    for line in LINES:
        book.worksheets[0].append(line)
    book.save(file)
    return file


def _import(file: Path, packs: Path) -> int:
    told = ["packs", "import-formulary", str(file), "--to", str(packs), "--source", 'List "A"']
    return run(["--set", "language=en", *told])


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "gbk", "gb18030", "tab", "xlsx"])
def test_a_list_becomes_a_pack_that_is_whole_and_goes_before_ours(
    kind: str, packs: Path, tmp_path: Path
) -> None:
    if kind == "xlsx":
        file = _book(tmp_path / "list.xlsx")
    else:
        tab = kind == "tab"
        file = _csv(tmp_path / "list.csv", "utf-8" if tab else kind, "\t" if tab else ",")

    assert _import(file, packs) == 0

    assert check(packs / "formulary") == ()
    before = len(rows("formulary", "medicines"))
    lay_over(packs)
    medicines = {row["name_zh"]: row for row in rows("formulary", "medicines")}
    assert len(rows("formulary", "medicines")) == before + 1
    forms = [r["strength"] for r in rows("formulary", "forms") if r["code"] == "neml2026-006"]
    assert medicines["阿莫西林"]["code"] == "neml2026-006"
    assert forms == ["0.5g"], "what the hospital stocks, and nothing of ours beside it"
    assert read_product("cap", forms[0]) is not None
    assert medicines["头孢地尼"]["pinyin"] == "tbdn"


def test_what_is_there_is_not_written_over(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _csv(tmp_path / "list.csv", "gbk", ",")
    assert _import(file, packs) == 0
    kept = (packs / "formulary" / "forms.tsv").read_bytes()

    assert _import(file, packs) == 1

    assert "is there already" in capsys.readouterr().err
    assert (packs / "formulary" / "forms.tsv").read_bytes() == kept


def test_lines_that_are_lost_are_named_and_counted(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("通用名,剂型,规格\n布洛芬,片剂,0.1g\n某药,滴丸,1g\n", encoding="utf-8")

    assert _import(file, packs) == 1

    out = capsys.readouterr().out
    assert "list.csv:3: “滴丸” is no dosage form" in out
    assert "1 lines left out" in out


@pytest.mark.parametrize("kept", [b"PK\x03\x04 no book", b"\xff\xff\xff", None])
def test_what_is_no_list_is_refused(
    kept: bytes | None, packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list"
    if kept is not None:
        file.write_bytes(kept)

    assert _import(file, packs) == 1

    assert "neither text" in capsys.readouterr().err
    assert not packs.exists()


def test_an_overlay_without_a_table_leaves_ours_as_it_is(packs: Path) -> None:
    before = rows("formulary", "medicines")
    packs.mkdir()

    lay_over(packs)

    assert rows("formulary", "medicines") == before
    assert rows("routes", "routes")
