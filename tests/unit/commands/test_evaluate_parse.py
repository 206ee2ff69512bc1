"""Order lines by file: what goes in, what comes out, and what is said of a bad line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app.commands.command_line import run
from app.commands.evaluate_parse import VOCABULARY, parse_file
from app.decision.order_text.drafts import ASKABLE, REASONS


def written(folder: Path, *lines: str) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_file_of_lines_is_read_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path,
        '{"id": "a", "text": "NS 100 ml + 头孢曲松 2 g ivgtt qd 40 gtt/min 皮试"}',
        "",
        '{"id": 2, "text": "stop aspirin"}',
    )

    code = run(["--folder", str(tmp_path), "evaluate", "parse", str(path)])

    first, second = answers(capsys)
    assert code == 0
    assert first["id"] == "a"
    orders = first["orders"]
    assert isinstance(orders, list)
    (order,) = orders
    source = order.pop("source")
    assert order == {
        "kind": "medication", "drug": "ceftriaxone", "dose": [2, "g"], "route": "IV_DRIP",
        "freq": "QD", "diluent": ["sodium chloride", 100], "diluent_strength": "0.9%",
        "rate": "40 gtt/min", "skin_test": True,
    }  # fmt: skip
    assert source["dose"] == [[17, 20]]
    assert (second["orders"], second["ask"], second["refused"]) == ([], [], "negation")


def test_every_field_has_its_place_in_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "出院带药 布洛芬混悬液 100mg/5ml .5-1.0 g po q6h prn 发热 ×3天 max 2 g/day;"
        "GS 1L + 维C 2g + 维B6 1g ivgtt"
    )
    path = written(tmp_path, json.dumps({"text": text}))

    assert parse_file(path) == 0

    (answer,) = answers(capsys)
    orders = answer["orders"]
    assert isinstance(orders, list)
    first, second, _ = orders
    assert first["dose_range"] == [0.5, 1, "g"]
    assert (first["max"], first["term"], first["duration_d"]) == ("2 g/d", "discharge", 3)
    assert (first["strength"], first["prn"], first["reason"]) == ("100mg/5ml", "PRN", "发热")
    assert first["notes"] == [["naked-decimal", 22, 30]]
    assert (second["diluent"], second["group"]) == (["glucose", 1000], 1)
    assert answer["id"] is None


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}', '{"text": 5}'])
def test_a_bad_line_is_named_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    path = written(tmp_path, line, '{"id": "x", "text": "CBC stat"}')

    code = parse_file(path)

    said = capsys.readouterr()
    assert code == 1
    assert "line 1" in said.err
    assert json.loads(said.out)["orders"][0]["item"] == "Full blood count"


def test_the_input_is_read_where_the_file_is_a_dash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"id": 1, "text": "NS 加 头孢曲松 2g qd 静滴"}\n')
    )

    assert parse_file(None) == 0
    orders = answers(capsys)[0]["orders"]
    assert isinstance(orders, list)
    assert orders[0]["diluent"] == ["sodium chloride", None]


def test_a_file_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse_file(tmp_path / "none") == 1
    assert "no such file" in capsys.readouterr().err


def test_the_help_names_every_reason_and_every_question() -> None:
    assert all(word in VOCABULARY for word in (*ASKABLE, *REASONS))
