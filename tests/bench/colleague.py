"""A colleague at a workstation of their own: `python -m tests.bench.colleague BASE_URL FOLDER`.

Says `ready` with the patients of the ward, then signs a note for every line on its input
(`PATIENT ENCOUNTER TEXT`), sends it at once as the window does, and says when it was signed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from app.domain.notes import NoteDraft
from app.domain.terms import EncounterId, PatientId
from app.kernel.tasks import CancelToken
from app.main import synchronise
from tests.bench.stage import Station, station_at, synchronise_whole


def main(base_url: str, folder: str) -> int:
    """Work until the input ends."""
    with station_at(base_url, Path(folder)) as station:
        synchronise_whole(station)
        _say("ready", _patients(station))
        for line in sys.stdin:
            patient, stay, text = line.strip().split(" ", 2)
            _sign(station, PatientId(patient), EncounterId(stay), text)
    return 0


def _sign(station: Station, patient: PatientId, stay: EncounterId, text: str) -> None:
    session, services = station.session, station.services
    seen = services.charts.seen(session, patient)
    # The clock is the system's, not the process's: the other side reads the same.
    began = time.monotonic()
    services.notes.sign(session, NoteDraft(patient, stay, title="查房", text=text), seen)
    _say("signed", began)
    synchronise(services, session, CancelToken())


def _patients(station: Station) -> list[tuple[str, str]]:
    session = station.session
    boards = (station.services.wards.board(session, ward) for ward in session.clinician.wards)
    return [
        (row.patient.id, row.stay.id)
        for board in boards
        for row in board.rows
        if row.patient is not None and row.stay is not None
    ]


def _say(word: str, value: object) -> None:
    print(f"{word} {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
