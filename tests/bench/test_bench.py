"""The bench runs and writes what docs/performance.md describes. How fast it was is not asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import Alternative, Figure, Target, at, spread
from tests.bench.machine import ROOT


def run_bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *words]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_a_quick_measurement_writes_its_figures_with_machine_target_and_alternative(
    tmp_path: Path,
) -> None:
    out = tmp_path / "bench.json"

    done = run_bench("--quick", "--only", "apply", "--out", str(out))

    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text("utf-8"))
    assert report["schema"] == 1
    assert report["quick"] is True
    assert report["failed"] == {}
    assert {"cpu", "cores", "memory_gb", "os", "python", "sqlcipher", "pyside6"} <= set(
        report["machine"]
    )
    names = [one["name"] for one in report["measurements"]]
    assert names == [
        "apply: new resource",
        "apply: newer version",
        "apply: one commit of a piece",
    ]
    for one in report["measurements"]:
        assert one["runs"] > 0
        assert one["min"] <= one["median"] <= one["p95"] <= one["max"]
        assert one["targets"]
    first = report["measurements"][0]
    assert first["size"]["resources"] == 600
    assert [beside["name"][:12] for beside in first["alternatives"]] == ["android-fhir"] * 3


def test_the_groups_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0

    listed = capsys.readouterr().out
    assert "sync-100k" in listed
    assert "stall" in listed


def test_an_unknown_measurement_is_refused() -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--only", "no-such-thing"])

    assert refused.value.code == 2


def test_percentiles_are_samples_of_their_rank() -> None:
    samples = [float(one) for one in range(1, 101)]

    found = spread(samples)

    assert (found["median"], found["p95"], found["p99"], found["max"]) == (50.5, 95, 99, 100)
    assert at([7.0], 0.95) == 7.0


def test_a_target_is_met_from_its_own_side() -> None:
    slow = Figure("slow", "ms", (30.0,), (Target("median", 20),)).to_json()
    fast = Figure("fast", "x/s", (30.0,), (Target("median", 20, at_least=True),)).to_json()

    assert slow["targets"] == [
        {"statistic": "median", "at most": 20, "source": "sync.md §9", "met": False}
    ]
    assert fast["targets"] == [
        {"statistic": "median", "at least": 20, "source": "sync.md §9", "met": True}
    ]


def test_the_ratio_says_how_many_times_better_ours_is() -> None:
    shorter = Figure("time", "ms", (2.0,), alternatives=(Alternative("other", (6.0,)),)).to_json()
    more = Figure("rate", "x/s", (6.0,), alternatives=(Alternative("other", (2.0,)),)).to_json()

    assert [one["alternatives"][0]["times better"] for one in (shorter, more)] == [3.0, 3.0]  # type: ignore[index,call-overload]  # as `to_json` wrote it
