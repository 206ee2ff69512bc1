"""Programs that nobody here wrote: started for a test, stopped after it, never left behind."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

READY = "ready "
_PATIENCE = 300.0


@contextmanager
def serving(command: list[str], folder: Path) -> Iterator[str]:
    """Start `command` and give the address it prints after `ready `.

    What else it says goes to `folder/said.txt`; a program that ends or stays silent fails the
    test with the last of it.
    """
    said = folder / "said.txt"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
        silent = threading.Timer(_PATIENCE, process.kill)
        silent.start()
        try:
            address = _address(process)
            silent.cancel()
            if not address:
                pytest.fail(f"{command[0]} did not start: {said.read_text('utf-8')[-2000:]}")
            yield address
        finally:
            silent.cancel()
            silent.join()
            process.terminate()
            process.wait(60)
            if process.stdout is not None:
                process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    return ""
