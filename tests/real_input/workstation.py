"""A workstation at a hospital of real input: it follows everybody and opens every chart."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.commands.demo import demo_settings, enrol_workstation
from app.config import load
from app.domain.people import Session
from app.domain.terms import PatientId, Ref
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise
from app.ports.directory import Credentials
from app.services.access import Access
from app.services.signing_in import Newcomer
from localdb.opening import OpenCache
from localdb.schema import resource
from tests.real_input.feeds import PASSWORD, USERNAME

_PASSPHRASE = "reads-every-single-chart"  # noqa: S105 - of a workstation made for a test


@dataclass
class Reader:
    """The workstation, and the person who reads at it."""

    work: Workstation
    services: Services
    session: Session

    @property
    def cache(self) -> OpenCache:
        assert self.work.door.opened is not None
        return self.work.door.opened

    def follow(self, patients: Iterable[str]) -> None:
        """Mark these people, in bed or not, as one's own: whoever is marked is followed."""
        for one in patients:
            self.services.wards.mark(self.session, PatientId(one), marked=True)

    def round(self) -> None:
        """One synchronisation, as the program runs it at its start: everything is due."""
        self.services.close()
        self.services = self.work.services()
        self.services.tokens.attend(self.session)
        clinician = self.session.clinician
        self.services.engine.follow(clinician.wards, clinician.id)
        synchronise(self.services, self.session, CancelToken())

    def refs(self) -> dict[Ref, bytes]:
        """Every document here, as packed in the cache."""
        with self.cache.cache.read() as connection:
            rows = connection.execute(select(resource.c.ref, resource.c.body))
            return {Ref(row.ref): bytes(row.body) for row in rows}

    def patients(self) -> tuple[PatientId, ...]:
        """Everybody whose Patient is here."""
        with self.cache.cache.read() as connection:
            rows = connection.scalars(
                select(resource.c.ref).where(resource.c.rtype == "Patient").order_by(resource.c.ref)
            )
            return tuple(PatientId(one.partition("/")[2]) for one in rows)


@dataclass
class Opened:
    """What opening one chart gave: how much of it there was, and how long it took."""

    patient: PatientId
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()


def open_chart(reader: Reader, patient: PatientId) -> Opened:
    """Open a chart as the pages do: overview, results, series, orders, notes, vitals, reports."""
    charts, who = reader.services.charts, reader.session
    began = time.perf_counter()
    opening = charts.open(who, patient)
    if opening.access is Access.NEEDS_REASON:
        charts.break_glass(who, patient, "reads every chart of a feed")
    overview = charts.overview(who, patient)
    first = time.perf_counter() - began
    results = charts.results(who, patient)
    codes = {row.observed.component or row.observed.term.code for row in results}
    counts = {
        "problems": len(overview.problems),
        "medications": len(overview.medications),
        "events": len(overview.events),
        "results": len(results),
        "series": sum(charts.series(who, patient, code) is not None for code in sorted(codes)),
        "vitals": sum(len(one.points) for one in charts.vitals(who, patient, 36500)),
        "reports": len(charts.reports(who, patient)),
        "notes": len(charts.notes(who, patient)),
        "orders": len(charts.orders(who, patient)),
    }
    return Opened(patient, first, counts, charts.unreadable(who, patient))


@contextmanager
def reader_at(base_url: str, folder: Path) -> Iterator[Reader]:
    """Enrol the reader and a workstation at the hospital behind `base_url`."""
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    work = Workstation(demo_settings(plain, folder, base_url))
    try:
        arrived = work.signing_in.at_the_hospital(Credentials(USERNAME, PASSWORD), lambda: False)
        if isinstance(arrived, Newcomer):
            arrived = work.signing_in.enrol(arrived, _PASSPHRASE)
        enrol_workstation(work, arrived)
        reader = Reader(work, work.services(), arrived)
        try:
            yield reader
        finally:
            reader.services.close()
    finally:
        work.close()
