"""The hospital's repository in a process of its own, with a cable that can be pulled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.commands.repository import READY
from app.fhir.document import Document, to_bytes


class Hospital:
    """A server that can go away and come back at the same address with what it had."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def plug_in(self) -> None:
        """Start, or start again.

        Raises:
            RuntimeError: It ended before it took requests.
        """
        command = [sys.executable, "-m", "app", "cdr", "serve", "--demo", "--until-input-ends"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port), "--file", str(self._database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said = self._process.stdout
        line = next((one for one in said or () if one.startswith(READY)), "")
        if not line:
            raise RuntimeError("the hospital did not open")
        self.base_url = line.removeprefix(READY).strip()
        self._port = int(self.base_url.split(":")[2].partition("/")[0])

    def change_behind_the_cable(self, document: Document, scratch: Path) -> None:
        """A colleague changes a document while the cable is out: nobody here can see it."""
        file = scratch / "change.ndjson"
        file.write_bytes(to_bytes(document))
        command = [sys.executable, "-m", "app", "cdr", "load", "--file", str(self._database)]
        subprocess.run([*command, str(file)], check=True, capture_output=True)

    def pull_the_cable(self) -> None:
        """Nothing answers at the address any more."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        process.wait(timeout=30)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
