"""`evaluate orders`: one answer for every line, whatever the line is."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.commands.command_line import run

EXAMPLE = {
    "id": "x1",
    "patient": {"age": 70, "active": ["simvastatin"]},
    "orders": [{"drug": "clarithromycin", "dose": "500 mg", "route": "PO", "freq": "BID"}],
}


LOUD = {
    "id": "x2",
    "patient": {"age": 40, "egfr": 90},
    "orders": [{"drug": "paracetamol", "dose": "2 g", "route": "PO", "freq": "qid"}],
}
ODD = {
    "id": "x3",
    "patient": {"age": 40, "labs": {"Zorb": 3}, "wieght": 70, "prescriber_grade": "wizard"},
    "orders": [{"drug": "paracetamol", "dose": "1 g", "route": "by owl", "freq": "often"}],
}


class Desk:
    """Runs the command over lines, in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def judge(self, *lines: object, words: tuple[str, ...] = ()) -> tuple[int, list[Any], str]:
        """Exit code, the answers, and what was said beside them."""
        file = self._folder / "cases.jsonl"
        told = (one if isinstance(one, str) else json.dumps(one) for one in lines)
        file.write_text("\n".join(told) + "\n", "utf-8")
        code = run(["--folder", str(self._folder), "evaluate", "orders", str(file), *words])
        said = self._capsys.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def tiers(answer: dict[str, Any], check: str) -> list[str]:
    return [one["tier"] for one in answer["findings"] if one["check"] == check]


def test_every_line_is_answered_as_the_help_says(desk: Desk) -> None:
    code, [example, loud, odd], beside = desk.judge(EXAMPLE, LOUD, "", ODD)

    [finding] = example["findings"]
    assert (code, beside) == (0, "")
    assert example["id"] == "x1"
    assert (finding["check"], finding["tier"]) == ("ddi", "interruptive")
    assert finding["subjects"] == ["clarithromycin", "simvastatin"]
    assert finding["rule"]
    assert finding["source"]
    assert finding["message"].isascii()
    told = {one["check"]: one["why"] for one in example["not_checkable"]}
    assert set(told) == {"renal", "allergy-unknown"}
    assert told["renal"] == "no creatinine"
    assert "unread" not in example

    assert tiers(loud, "dose-daily") == ["inline"]

    assert set(odd["unread"]) == {
        "patient.labs.Zorb",
        "patient.wieght",
        "patient.prescriber_grade",
        "orders[0].route",
        "orders[0].freq",
    }
    assert "dose-daily" in {one["check"] for one in odd["not_checkable"]}


def test_drafts_are_judged_as_if_signed_and_told_in_chinese_where_asked(desk: Desk) -> None:
    words = ("--as-active", "--language", "zh_CN")

    code, [example, loud], _ = desk.judge(EXAMPLE, LOUD, words=words)

    [finding] = example["findings"]
    assert code == 0
    assert "克拉霉素" in finding["message"]
    assert "。" in finding["message"]
    assert finding["subjects"] == ["clarithromycin", "simvastatin"]
    assert tiers(loud, "dose-daily") == ["interruptive"]


def test_a_line_that_is_no_case_is_named_and_the_others_are_judged(desk: Desk) -> None:
    code, answers, beside = desk.judge(
        "no JSON",
        "[1]",
        {"id": 2, "orders": []},
        {"id": 3, "orders": [{"dose": "1 g"}]},
        {"id": 4, "patient": {"age": "old"}, "orders": [{"drug": "paracetamol"}]},
        {"id": 5, "patient": {"weight": -3}, "orders": [{"drug": "paracetamol"}]},
        '{"id": 6, "patient": {"weight": NaN}, "orders": [{"drug": "paracetamol"}]}',
        EXAMPLE,
    )

    assert code == 1
    assert [one["id"] for one in answers] == [None, None, 2, 3, 4, 5, 6, "x1"]
    assert ["error" in one for one in answers] == [True] * 7 + [False]
    assert [line.partition(":")[0] for line in beside.splitlines()] == [
        f"line {n}" for n in (1, 2, 3, 4, 5, 6, 7)
    ]


def test_the_input_is_read_where_no_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(EXAMPLE)))

    assert run(["--folder", str(tmp_path), "evaluate", "orders", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "x1"


def test_a_file_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "gone.jsonl")

    assert run(["--folder", str(tmp_path), "evaluate", "orders", gone]) == 1
    assert "no such file" in capsys.readouterr().err
