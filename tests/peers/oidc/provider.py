"""Starts oidc-provider in front of a repository, and tells it what to do to us."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.support.skips import needs_tool

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def installed() -> str:
    """Node.js, with the packages of the lock beside it; installed when they are not there.

    Skips the test where there is no Node.js, or no registry to install from.
    """
    node = needs_tool("node", "oidc-provider runs on Node.js 20 or newer")
    lock, stamp = HERE / "package-lock.json", MODULES / ".installed-lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        npm = needs_tool("npm", "it installs oidc-provider")
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip("oidc-provider 9.13.3 cannot be installed: no package registry is reached")
        shutil.copy(lock, stamp)
    return node


class Provider:
    """The provider as a process.

    Attributes:
        base_url: The FHIR base of the gateway; what a workstation is given as its server.
        issuer: Who signs the id_tokens.
    """

    def __init__(self, upstream: str, log: Path) -> None:
        node = installed()
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            [node, "server.mjs", upstream],
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the provider did not start: {log.read_text('utf-8')}"
        places = json.loads(line)
        self.base_url: str = places["base_url"]
        self.issuer: str = places["issuer"]
        self._control: str = places["control"]

    def close_account(self, name: str) -> None:
        self._tell("close", account=name)

    def mode(self, **mode: object) -> None:
        """Make it misbehave until `reset`."""
        self._tell("mode", **mode)

    def reset(self) -> None:
        self._tell("reset")

    @property
    def logins(self) -> int:
        """How many times a right password has been typed."""
        return self._tell("seen")["logins"]

    @property
    def refreshes(self) -> int:
        return self._tell("seen")["refreshes"]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _tell(self, what: str, **asked: object) -> dict[str, int]:
        answer = requests.post(f"{self._control}/{what}", json=asked, timeout=10)
        answer.raise_for_status()
        found: dict[str, int] = answer.json()
        return found
