"""A second workstation in a process of its own: says what it finds of what the first one wrote.

`python -m tests.tour.colleague BASE_URL FOLDER USERNAME` signs a colleague of the same ward in,
fetches the ward, reads from standard input what was written meanwhile, and looks for it. The exit
code is 0 when everything has arrived. It loads no screen.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from app.commands.demo import demo_settings, enter
from app.config import load
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise

PATIENCE = 90.0


class Colleague:
    """A colleague at the second workstation."""

    def __init__(self, base_url: str, folder: Path, username: str) -> None:
        settings = demo_settings(load({}, folder=folder, environment={}), folder, base_url)
        self._station = Workstation(settings)
        self.session: Session = enter(self._station, username)
        self.services: Services = self._station.services()
        self.services.tokens.attend(self.session)
        self.services.engine.follow(self.session.clinician.wards, self.session.clinician.id)

    def synchronise(self) -> None:
        """One round."""
        synchronise(self.services, self.session, CancelToken())

    def has(self, expected: dict[str, str]) -> bool:
        """Note, order and acknowledgement stand in the chart, and the message in the inbox."""
        patient = PatientId(expected["patient"])
        services, session = self.services, self.session
        services.engine.look_at(patient)
        orders = [line.order.dosage.text for line in services.charts.orders(session, patient)]
        return (
            expected["note"] in [n.text for n in services.charts.notes(session, patient)]
            and any(text and text in expected["ordered"] for text in orders)
            and expected["acknowledged"]
            in [r.observed.id for r in services.charts.results(session, patient) if r.acknowledged]
            and expected["message"] in [item.body for item in services.inbox.items(session)]
        )

    def finds(self, expected: dict[str, str]) -> bool:
        """Synchronise until everything is here, and say whether it came in time.

        A pass ends at the server's last whole second: what was sent in this one comes with the
        next one.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.synchronise()
            if self.has(expected):
                return True
        return False

    def close(self) -> None:
        self.services.close()
        self._station.close()


def main() -> int:
    """Look for what the first workstation wrote."""
    base_url, folder, username = sys.argv[1:]
    one = Colleague(base_url, Path(folder), username)
    try:
        one.synchronise()
        found = one.finds(json.loads(sys.stdin.readline()))
    finally:
        one.close()
    if not found:
        sys.stderr.write("the second workstation did not find what the first one wrote\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
