"""`packs sign` and `packs new-key`, and what `packs check` says about a signature."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.commands.command_line import run
from app.commands.packs.checking import check_folder
from app.config import Settings, load
from resources.reading import path


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    shutil.copytree(path("packs/passphrases"), folder / "passphrases")
    return folder


def _settings(folder: Path) -> Settings:
    told = {"language": "en", "pack_keys": str(folder / "keys")}
    return load(told, environment={}, policy_folders=[], folder=folder)


def _sign(packs: Path, key: Path) -> int:
    told = ["packs", "sign", str(packs), "--key", str(key), "--signer", "Chief pharmacist"]
    return run(["--set", "language=en", *told])


def test_a_hospital_makes_a_key_signs_and_is_believed(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "pharmacy.pem"
    assert run(["--set", "language=en", "packs", "new-key", str(key)]) == 0
    assert key.stat().st_mode & 0o077 == 0

    assert _sign(packs, key) == 0
    assert check_folder(packs, _settings(tmp_path)) == 1, "its public key is not laid down"
    assert "does not fit" in capsys.readouterr().out

    (tmp_path / "keys").mkdir()
    shutil.copy(tmp_path / "pharmacy.public.pem", tmp_path / "keys")
    assert check_folder(packs, _settings(tmp_path)) == 0
    assert "Signed by Chief pharmacist" in capsys.readouterr().out


def test_a_key_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "pharmacy.pem"
    key.write_text("somebody's key", encoding="utf-8")

    assert run(["--set", "language=en", "packs", "new-key", str(key)]) == 1

    assert key.read_text(encoding="utf-8") == "somebody's key"
    assert "is there already" in capsys.readouterr().out


def test_without_a_key_nothing_is_signed(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sign(packs, tmp_path / "none.pem") == 1

    assert "no key in this file" in capsys.readouterr().out
    assert check_folder(packs, _settings(tmp_path)) == 0
    assert "Nobody has signed" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "pharmacy.pem"
    run(["packs", "new-key", str(key)])

    assert _sign(tmp_path / "none", key) == 1

    assert "could not be written" in capsys.readouterr().out
