"""A physician's workstation in a process of its own, to be killed while a basket is signed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from app.domain.baskets import DRAFT_KIND, Basket, BasketItem
from app.domain.terms import DraftId
from app.ports.keeping import Draft
from localdb.failpoints import Failpoint
from localdb.opening import Hazards
from tests.localdb.children import DieAt, say
from tests.support.cache_kit import SteppedClock
from tests.sync.engine.dosing import Nurse
from tests.sync.engine.hospital import Names

BASKET = DraftId("basket-1")


def work(folder: Path, base_url: str, number: str, now: str, *more: str) -> None:
    """Five orders lie in the basket and are signed at once; the process dies at a point."""
    point, nth = more
    names = Names(SteppedClock(datetime.fromisoformat(now)), base_url, int(number))
    hazards = Hazards(DieAt(Failpoint(point), int(nth)))
    nurse = Nurse(folder, names, "zhao", hazards=hazards)
    nurse.cable.out = True
    drafts = nurse.five_drafts()
    basket = Basket(tuple(BasketItem(str(n), draft) for n, draft in enumerate(drafts)))
    who = nurse.doctor.clinician.id
    kept = Draft(BASKET, DRAFT_KIND, drafts[0].patient, who, basket.body, names.clock.now())
    nurse.desk.opened.drafts.save(kept)
    say("kept")
    nurse.orders.sign_basket(nurse.doctor, drafts, (), BASKET)
    say("signed")
    nurse.close()


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    work(Path(folder), *rest)
