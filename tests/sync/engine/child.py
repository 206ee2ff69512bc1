"""A workstation in a process of its own, to be killed in the middle of a round."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from localdb.failpoints import Failpoint
from localdb.opening import Hazards
from tests.localdb.children import DieAt, say
from tests.support.cache_kit import SteppedClock
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Names


def work(folder: Path, base_url: str, number: str, now: str, point: str, nth: str) -> None:
    """Dr Wang signs two acts, and a round sends them and fetches; dies at `point`."""
    names = Names(SteppedClock(datetime.fromisoformat(now)), base_url, int(number))
    desk = Desk(folder, names, hazards=Hazards(DieAt(Failpoint(point), int(nth))))
    desk.sign_note("killed")
    say("note")
    desk.edit(names.task(), description="第二次")
    say("task")
    desk.round()
    say("round")
    desk.close()


if __name__ == "__main__":
    folder, *more = sys.argv[1:]
    work(Path(folder), *more)
