"""What `cds` says on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commands.command_line import run

GOOD = """
[[service]]
base = "https://pass.hospital.example/r4"
id = "interactions"
name = "合理用药"
hooks = ["order-sign", "order-select"]
"""


def services(tmp_path: Path, text: str) -> int:
    file = tmp_path / "services.toml"
    file.write_text(text, encoding="utf-8")
    return run(["--folder", str(tmp_path), "--set", f"cds_services={file}", "cds", "services"])


def test_the_list_is_printed_as_it_was_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert services(tmp_path, GOOD) == 0

    said = capsys.readouterr()
    assert said.out == (
        "interactions  合理用药  https://pass.hospital.example/r4  [order-select, order-sign]\n"
    )
    assert said.err == ""


def test_a_mistake_is_told_and_the_others_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = GOOD.replace("https:", "http:").replace("interactions", "other")
    assert services(tmp_path, GOOD + wrong) == 1

    said = capsys.readouterr()
    assert said.out.startswith("interactions")
    assert said.err.startswith("LOOK  service 2: base must begin with https://")


def test_a_list_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--folder", str(tmp_path), "--set", f"cds_services={tmp_path / 'none.toml'}"]
    assert run([*words, "cds", "services"]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_list_nobody_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--folder", str(tmp_path), "cds", "services"]) == 0
    assert capsys.readouterr().out == ""


def test_keys_that_cannot_be_read_stop_the_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--folder", str(tmp_path), "--set", "language=en", "cds", "serve"]
    assert run([*words, "--jwks", str(tmp_path / "none.json")]) == 1
    assert "The keys of the clients cannot be read." in capsys.readouterr().err
