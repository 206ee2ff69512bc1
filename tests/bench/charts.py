"""Opening a chart: from the click to the painted page, in the real window over the real cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from app.commands.demo import repository
from app.desktop import Desktop
from app.domain.terms import PatientId, Ref
from app.ports.sync_store import Incoming, Piece
from localdb.bodies import unpack
from tests.bench.figures import Figure, Target, Watch
from tests.bench.hospital import AS_OF
from tests.bench.stage import Stage, Station, enrolled, station_at, synchronise_whole
from tests.bench.windowed import (
    content_of,
    desktop_at,
    run_one_round,
    run_until,
    window_of,
)

_TARGET = (Target("p95", 150, source="issue: chart open p95"),)
_MOST = 2_000
_COUNT = """
    SELECT patient, count(*) AS known FROM resource
    WHERE patient IN ({gaps}) GROUP BY patient ORDER BY known DESC LIMIT 2
"""
_TIME = re.compile(rb'"effectiveDateTime":"[^"]+"')


def opening(stage: Stage) -> Iterator[Figure]:
    """The fullest chart of the demo, and one with at least two thousand observations."""
    folder = stage.folder / "station"
    with repository(stage.cdr(stage.size(20_000, 3_000))) as base_url:
        with station_at(base_url, folder) as station:
            synchronise_whole(station)
            fullest, second = _fullest(station)
            observations = _grow(station, second, stage.size(_MOST, 200))
            known = _documents_of(station, fullest)
        with desktop_at(*enrolled(base_url, folder)) as desktop:
            run_one_round(desktop, 120)
            runs = stage.size(40, 4)
            for patient, size in (
                (fullest, {"documents of the patient": known}),
                (second, {"observations of the patient": observations}),
            ):
                for page in ("overview", "results"):
                    yield _figure(desktop, patient, page, runs, size)


def _figure(
    desktop: Desktop, patient: PatientId, page: str, runs: int, size: dict[str, int]
) -> Figure:
    watch = Watch()
    for _ in range(runs + 1):
        _open(desktop, patient, page, watch)
    first, *rest = watch.samples
    what = "fullest chart of the demo" if "documents of the patient" in size else "large chart"
    return Figure(
        f"chart: {what}, {page}",
        "ms",
        tuple(rest),
        _TARGET,
        size,
        aside={"first opening in this process": first},
        processor=watch.used[1:],
    )


def _open(desktop: Desktop, patient: PatientId, page: str, watch: Watch) -> None:
    """Click, wait until the page shows its content, paint the whole window; then close it."""
    window = window_of(desktop)

    def shown() -> bool:
        view = window.charts.view
        if view is None or not window.shows(patient, page) or view.host.page is None:
            return False
        return content_of(view.host.page)

    with watch.lap():
        window.open_patient(patient, page)
        run_until(shown)
        window.repaint()
    window.close_chart()
    run_until(lambda: window.charts.view is None)


def _fullest(station: Station) -> tuple[PatientId, PatientId]:
    boards = (
        station.services.wards.board(station.session, ward)
        for ward in station.session.clinician.wards
    )
    lying = [row.patient.id for board in boards for row in board.rows if row.patient is not None]
    statement = _COUNT.format(gaps=", ".join("?" * len(lying)))
    with station.cache.cache.read() as connection:
        rows = connection.exec_driver_sql(statement, tuple(lying)).all()
    return PatientId(rows[0][0]), PatientId(rows[1][0])


def _documents_of(station: Station, patient: PatientId) -> int:
    with station.cache.cache.read() as connection:
        asked = "SELECT count(*) FROM resource WHERE patient = ?"
        return int(connection.exec_driver_sql(asked, (patient,)).scalar_one())


def _grow(station: Station, patient: PatientId, most: int) -> int:
    """Add older values of what was measured already until there are `most` observations."""
    with station.cache.cache.read() as connection:
        asked = "SELECT ref, body FROM resource WHERE patient = ? AND rtype = 'Observation'"
        rows = connection.exec_driver_sql(asked, (patient,)).all()
    made: list[Incoming] = []
    days = 0
    while len(rows) + len(made) < most:
        days += 1
        made += [_older(row.ref, unpack(row.body), days) for row in rows]
    for at in range(0, len(made), 40):
        piece = Piece("patient:bench", "Observation", 1, tuple(made[at : at + 40]))
        station.cache.sync_store.apply(piece)
    return len(rows) + len(made)


def _older(ref: str, body: bytes, days: int) -> Incoming:
    rid = ref.partition("/")[2]
    at = (AS_OF - timedelta(days=days)).isoformat(timespec="seconds").encode()
    old = _TIME.sub(b'"effectiveDateTime":"' + at + b'"', body, count=1)
    own = old.replace(f'"id":"{rid}"'.encode(), f'"id":"{rid}-d{days}"'.encode(), 1)
    return Incoming(Ref(f"{ref}-d{days}"), own, "1", AS_OF)
