"""Scores by file: what goes in, what comes out, and what is said of a bad row."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from app.commands.command_line import run
from app.commands.evaluate_score import moment_of, rows_of, score_file

WELL = {"rr": 16, "spo2": 97, "on_oxygen": False, "sbp": 120, "hr": 70, "avpu": "A", "temp": 36.8}
ILL = "22,93,{scale},yes,104,112,A,{temp}"
CSV = "id,RR,SpO2 (%),scale,on_oxygen,SBP,pulse,ACVPU,temp"


def written(folder: Path, text: str, name: str = "rows.csv") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def of(
    capsys: pytest.CaptureFixture[str], folder: Path, name: str, *rows: dict[str, object]
) -> list[dict[str, object]]:
    lines = "\n".join(json.dumps(row) for row in rows)
    assert score_file(name, written(folder, lines)) == 0
    return answers(capsys)


def test_a_table_is_scored_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [ILL.format(scale=1, temp=38.4), ILL.format(scale=2, temp="101.1 F")]
    rows = [CSV, *(f"x{n},{line}" for n, line in enumerate(lines)), "x2,16,97,,no,120,70,A,"]
    file = written(tmp_path, "\n".join(rows))

    code = run(["--folder", str(tmp_path), "evaluate", "score", "news-2", str(file)])

    first, second, third = answers(capsys)
    assert code == 0
    assert (first["id"], first["score"], first["status"]) == ("x0", "NEWS2", "complete")
    assert (first["total"], first["band"], first["unit"]) == (10, "high", "{score}")
    assert first["response"] == "emergency assessment, continuous monitoring"
    assert first["subscores"] == {
        "oxygen": 2, "breaths": 2, "saturation": 2, "systolic": 1, "pulse": 2,
        "consciousness": 0, "temperature": 1,
    }  # fmt: skip
    assert second["total"] == 9
    assert (third["status"], third["total"], third["missing"]) == (
        "incomplete", None, ["temperature"],
    )  # fmt: skip
    assert third["taken"] == {
        "saturation-scale": "1: scale 1 unless scale 2 (target 88-92 %) has been prescribed"
    }


def test_every_way_to_write_rows_gives_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nested = {"id": "n", "vitals": WELL | {"temp": {"value": 98.2, "unit": "F"}}}
    for text in (json.dumps(nested), json.dumps([nested], indent=1), f"{json.dumps(nested)}\n\n"):
        assert score_file("NEWS2", written(tmp_path, text)) == 0
        (found,) = answers(capsys)
        assert (found["id"], found["total"], found["band"]) == ("n", 0, "zero")


def test_the_input_is_read_as_a_file_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(WELL)))

    assert score_file("NEWS2", None) == 0
    (found,) = answers(capsys)
    assert (found["id"], found["total"], found["knowledge"]) == (None, 0, "draft")


def test_a_candidate_can_be_judged_as_if_it_were_released(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, json.dumps(WELL))

    run(["--folder", str(tmp_path), "evaluate", "score", "news2", str(file), "--as-active"])
    assert answers(capsys)[0]["knowledge"] == "active"


def test_a_child_and_a_pregnant_patient_have_no_news2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child, woman = of(
        capsys, tmp_path, "NEWS2", WELL | {"age": 8}, WELL | {"pregnant": True, "id": 7}
    )

    assert (child["status"], child["total"]) == ("not-applicable", None)
    assert child["why"] == ["NEWS2 is not for patients under 16"]
    assert (woman["id"], woman["why"]) == (7, ["NEWS2 is not for pregnancy"])


def test_what_was_refused_is_said_and_not_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    liver: dict[str, object] = {"inr": 1.8, "creatinine": 1.5, "shoe": 43}
    vague, plain = of(
        capsys, tmp_path, "meld", liver | {"bilirubin": 3}, liver | {"bilirubin_mgdl": 3}
    )

    assert vague["status"] == "incomplete"
    assert vague["problems"] == [
        {
            "item": "bilirubin",
            "lack": "unknown-answer",
            "said": "bilirubin 3: no unit is written and more than one is possible. "
            "Write one of umol/L, mg/dL, mmol/L.",
        }
    ]
    assert vague["unread"] == ["shoe"]
    assert (plain["total"], plain["read_as"]) == (21, {"creatinine": "1.5 mg/dL"})
    assert plain["without"] == [
        {"item": "age", "lack": "missing", "said": "age: not told."},
        {"item": "dialysis", "lack": "missing", "said": "dialysis: not told."},
    ]


def test_an_old_value_is_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = {"now": "2026-11-25T08:00:00+08:00"}
    old, fresh, beside = of(
        capsys,
        tmp_path,
        "news2",
        WELL | now | {"rr": {"value": 16, "at": "2026-11-23T08:00:00+08:00"}},
        WELL | now | {"rr": {"value": 16, "time": "2026-11-25T07:00:00+08:00"}},
        WELL | now | {"rr_time": "2026-11-20T08:00:00"},
    )

    problem = {"item": "breaths", "lack": "stale", "said": "breaths: too old."}
    assert old["problems"] == beside["problems"] == [problem]
    assert (fresh["total"], fresh["status"]) == (0, "complete")


def test_a_unit_may_stand_in_a_column_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "age,sex,creatinine,creatinine_unit\n72,F,20,umol/L\n72,F,20,\n"

    assert score_file("eGFR", written(tmp_path, text)) == 0
    told, vague = answers(capsys)
    assert (told["status"], vague["status"]) == ("complete", "incomplete")


def test_the_weight_and_its_kind_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = of(
        capsys,
        tmp_path,
        "cg",
        {"age": 72, "sex": "F", "weight": "60 kg", "creatinine": "1.2 mg/dL"},
    )

    assert (found["total"], found["unit"]) == (40.1, "mL/min")
    assert found["subscores"] == {"weight-used": 60}
    assert "weight-kind" in str(found["taken"])


def test_a_baseline_that_nobody_told_is_assumed_from_age_and_sex_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """KDIGO AKI 2012: back-calculated from 75 mL/min; M 60 y 1.12 mg/dL by CKD-EPI 2021."""
    who = {"age": 60, "sex": "M", "creatinine_mgdl": 2.4}
    assumed, told, unknown = of(
        capsys, tmp_path, "kdigo", who, who | {"baseline_mgdl": 1.0}, who | {"sex": None}
    )

    assert (assumed["total"], assumed["band"]) == (2, "stage-2")
    assert assumed["baseline"] == "1.12 mg/dL, back-calculated"
    assert assumed["unread"] == []
    assert (told["total"], told["baseline"]) == (2, None)
    assert (unknown["status"], unknown["missing"]) == ("incomplete", ["creatinine-baseline"])


@pytest.mark.parametrize("name", ["wells", "apgar"])
def test_a_name_that_is_no_score_or_several_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert score_file(name, written(tmp_path, "{}")) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{name} is no score by itself. Scores: ")
    assert "Wells-DVT, Wells-PE" in told.err


def test_what_is_no_row_is_said_and_the_others_are_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{json.dumps(WELL)}\nnot json\n[1]\n"

    assert score_file("news2", written(tmp_path, text)) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert told.err.splitlines() == ["row 2: no object of inputs", "row 3: no object of inputs"]


def test_without_a_file_nothing_is_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = ["--folder", str(tmp_path), "evaluate", "score"]

    assert run([*begin, "news2", str(tmp_path / "none.csv")]) == 2
    assert run([*begin, "news2"]) == 2
    assert capsys.readouterr().out == ""


def test_the_list_says_what_is_asked_and_how_it_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = ["--folder", str(tmp_path), "evaluate", "score"]

    assert run([*begin, "--list"]) == 0
    told = capsys.readouterr().out
    assert sum(not line.startswith(" ") for line in told.splitlines()) == 22
    for part in ("NEWS2", "A | C | V | P | U", ">=0.1 <10 mg/dL", "1 if not told", "or gcs"):
        assert part in told
    assert run([*begin, "cha2ds2-vasc", "--list"]) == 0
    assert capsys.readouterr().out.startswith("CHA2DS2-VASc")
    assert run([*begin, "apgar", "--list"]) == 2


def test_times_and_rows_that_are_none() -> None:
    assert moment_of("yesterday") is None
    assert list(rows_of("")) == []
    for between in ",;\t":
        assert list(rows_of(f"a{between}b\n1{between}2\n")) == [{"a": "1", "b": "2"}]
