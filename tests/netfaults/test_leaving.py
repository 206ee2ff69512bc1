"""Nothing of a network test stays on the machine, however it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.netfaults.cable import HOSPITAL, Cable
from tests.netfaults.conftest import two_ends
from tests.netfaults.namespaces import Namespace, ours, sweep

pytestmark = pytest.mark.netfaults

_ROOT = Path(__file__).parents[2]
_HOLDS = """
import sys
from tests.netfaults.namespaces import Namespace
with Namespace("held", resolv_conf="nameserver 192.0.2.1\\n") as held:
    print(held.name, flush=True)
    sys.stdin.read()
"""


def _own() -> list[str]:
    return [name for name in ours() if f"-{os.getpid()}-" in name]


def test_a_test_that_fails_leaves_no_namespace_and_no_file() -> None:
    seen: list[str] = []

    def fails() -> None:
        with two_ends() as (desk, hospital), Cable(desk, hospital):
            seen.extend(_own())
            assert desk.ip("address", "show").count(HOSPITAL) == 1
            raise LookupError

    with pytest.raises(LookupError):
        fails()

    assert len(seen) == 2
    assert _own() == []
    assert [name for name in seen if Path("/etc/netns", name).exists()] == []


def test_what_a_killed_run_left_is_swept_and_what_a_living_one_holds_is_not() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    with Namespace("mine") as mine:
        assert name not in sweep()
        assert name in ours()
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert name in sweep()

        assert name not in ours()
        assert not Path("/etc/netns", name).exists()
        assert mine.name in ours()
