"""Medplum's FHIR router over its memory repository, which undoes nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.processes import serving
from tests.support.skips import needs_tool

VERSION = "5.2.13"
PROJECT = Path(__file__).parent / "medplum"
_PLACE = Path(__file__).parents[2] / ".wardone" / "peers" / f"medplum-{VERSION}"
_WHY = "Medplum's router runs on Node.js"


def installed() -> list[str]:
    """The command that starts the server; installs its packages from the lock where it must.

    Skips the test where Node.js or the registry of its packages is missing.
    """
    node, npm = needs_tool("node", _WHY), needs_tool("npm", _WHY)
    _PLACE.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copy(PROJECT / file, _PLACE)
    if not (_PLACE / "node_modules" / ".package-lock.json").exists():
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=_PLACE, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"Medplum's router {VERSION} cannot be installed: {done.stderr[-300:]}")
    return [node, str(_PLACE / "server.mjs")]


@contextmanager
def medplum(folder: Path) -> Iterator[str]:
    """An empty server; gives its base URL."""
    with serving(installed(), folder) as base_url:
        yield base_url
