"""A repository that was started by the program does not outlive it, however the program ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from app.commands.repository import load_files

_ROOT = Path(__file__).parents[2]
_PROGRAM = """
import pathlib, sys
from app.commands.demo import repository
with repository(pathlib.Path(sys.argv[1])) as base_url:
    print(base_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A repository that is not empty, and so need not be filled first."""
    patient = tmp_path / "patient.ndjson"
    patient.write_text(json.dumps({"resourceType": "Patient", "id": "li-ming"}))
    assert load_files(tmp_path / "cdr.sqlite3", (patient,)) == 0
    return tmp_path / "cdr.sqlite3"


@pytest.fixture
def program(database: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(database)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _base_url(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    base_url = program.stdout.readline().strip()
    assert requests.get(f"{base_url}/metadata", timeout=30).status_code == 200
    return base_url


def _is_there(base_url: str) -> bool:
    try:
        requests.get(f"{base_url}/metadata", timeout=5)
    except requests.exceptions.ConnectionError:
        return False
    return True


def test_the_repository_ends_when_the_program_is_killed(program: subprocess.Popen[str]) -> None:
    base_url = _base_url(program)

    program.kill()
    # Both write to this pipe: it ends when the last of them has gone.
    program.communicate(timeout=60)

    assert not _is_there(base_url)


def test_it_stays_as_long_as_the_program_and_ends_with_it(program: subprocess.Popen[str]) -> None:
    base_url = _base_url(program)
    assert _is_there(base_url)

    program.communicate("the program goes on, and ends", timeout=60)

    assert program.returncode == 0
    assert not _is_there(base_url)
