"""A nurse's workstation in a process of its own, to be killed while a dose is on its way."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from app.domain.terms import Ref
from app.fhir.orders import read_order
from localdb.failpoints import Failpoint
from localdb.opening import Hazards
from tests.localdb.children import DieAt, say
from tests.support.cache_kit import SteppedClock
from tests.sync.engine.dosing import OTHERS_SEEN, Nurse
from tests.sync.engine.hospital import Names


def work(folder: Path, base_url: str, number: str, now: str, *more: str) -> None:
    """The nurse gives the dose offline and without a claim; then the network comes back."""
    order_id, slot, point, nth = more
    names = Names(SteppedClock(datetime.fromisoformat(now)), base_url, int(number))
    hazards = Hazards(DieAt(Failpoint(point), int(nth)))
    nurse = Nurse(folder, names, "qian", hazards=hazards)
    nurse.cable.out = True
    held = nurse.desk.opened.documents.held(Ref(f"MedicationRequest/{order_id}"))
    assert held is not None
    order = read_order(held.document)
    assert order is not None
    nurse.give(order, Ref(slot), OTHERS_SEEN)
    say("given")
    nurse.plug_in()
    say("round")
    nurse.close()


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    work(Path(folder), *rest)
