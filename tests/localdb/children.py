"""Other processes on the same cache: they hold it, fail in it, or die in it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from localdb.failpoints import Failpoint, Failpoints
from localdb.opening import Hazards
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    SteppedClock,
    a_piece,
    an_act,
    edited,
    enrol,
    freeze_all,
    incoming,
    open_kit,
)
from tests.support.order_builders import a_note, a_task

ROOT = Path(__file__).parents[2]
SAYS = "confirmed"


class DieAt(Failpoints):
    """Ends the process the hard way the `nth` time `point` is reached."""

    def __init__(self, point: Failpoint, nth: int = 1) -> None:
        self._point = point
        self._left = nth

    def reach(self, point: Failpoint) -> None:
        if point is self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def run_child(story: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run one of the stories below in a process of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tests.localdb.children", story, str(folder), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextlib.contextmanager
def child_holding(folder: Path) -> Iterator[None]:
    """Another process has the cache open while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.localdb.children", "hold", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == SAYS
    try:
        yield
    finally:
        process.communicate("\n", timeout=30)


def say(what: str) -> None:
    """Tell the parent what the user would have been told, before anything else can happen."""
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def hold(folder: Path) -> None:
    opened = open_kit(folder)
    say(SAYS)
    sys.stdin.readline()
    opened.close()


def work(folder: Path, point: str, nth: str) -> None:
    """A morning on the ward: acts, a download, a batch and its answer; dies at `point`."""
    hazards = Hazards(DieAt(Failpoint(point), int(nth)))
    opened = open_kit(folder, hazards=hazards)
    enrol(opened)
    opened.sync_store.put_scopes((SCOPE,))
    for n in range(3):
        opened.acts.commit(an_act(f"g{n}", a_note(f"note-{n}"), a_task(f"task-{n}")))
        say(f"g{n}")
    opened.sync_store.apply(a_piece(incoming(a_note("from-others"), "1")))
    say("piece")
    freeze_all(opened)
    say("frozen")
    opened.sync_store.mark_sent("batch-1", NOW)
    say("sent")
    opened.acts.commit(an_act("late", edited(opened, "DocumentReference/note-0", language="zh")))
    say("late")
    (batch,) = opened.sync_store.open_batches()
    opened.sync_store.acknowledge("batch-1", {e.ref: "1" for e in batch.entries}, "2", NOW)
    say("acknowledged")
    freeze_all(opened, "batch-2")
    opened.sync_store.mark_sent("batch-2", NOW)
    (batch,) = opened.sync_store.open_batches()
    opened.sync_store.acknowledge("batch-2", {e.ref: "2" for e in batch.entries}, "3", NOW)
    say("drained")
    opened.close()
    say("closed")


def read_only(folder: Path) -> None:
    """As another account that may read the folder and not write into it."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    from app.kernel.faults import AppError

    try:
        open_kit(folder, clock=SteppedClock()).close()
    except AppError as error:
        say(error.fault.message.code)
    else:
        say("opened")


if __name__ == "__main__":
    {"hold": hold, "work": work, "read_only": read_only}[sys.argv[1]](
        Path(sys.argv[2]), *sys.argv[3:]
    )
