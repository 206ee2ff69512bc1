"""What every measurement is given: a folder of its own, its sizes, the demo at hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.commands.demo import demo_settings, enter
from app.config import load
from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import SystemClock
from app.kernel.tasks import CancelToken
from app.main import Services, Workstation, synchronise
from localdb.opening import OpenCache, open_cache
from localdb.projections.all import all_projectors
from sync.scopes import cohorts_for, next_cohort_number
from sync.store_lane import Turn, at_once
from tests.bench import hospital
from tests.bench.figures import Figure, Watch

KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a measurement runs.

    Attributes:
        folder: Its own; empty at the beginning.
        shared: Of the whole run: repositories that several measurements read.
        quick: Small sizes; what they were stands in each figure.
    """

    folder: Path
    shared: Path
    quick: bool

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    def cdr(self, most: int) -> Path:
        """A file of a repository with `most` resources of the demo, filled once per run."""
        return hospital.fill(self.shared / f"hospital-{most}.sqlite3", most)

    def own_cdr(self, most: int) -> Path:
        """The same, to be written to: a copy that nobody else reads."""
        whole = self.cdr(most)
        own = self.folder / whole.name
        for suffix in (".sqlite3", ".staff"):
            shutil.copy(whole.with_suffix(suffix), own.with_suffix(suffix))
        return own

    def cache(self, name: str = "cache") -> OpenCache:
        """An empty encrypted cache with every projector."""
        return open_cache(self.folder / name, KEY, all_projectors(), SystemClock())


Group = Callable[[Stage], Iterator[Figure]]


@dataclass(frozen=True, slots=True)
class Station:
    """An enrolled workstation, signed in at the demo hospital."""

    work: Workstation
    services: Services
    session: Session

    @property
    def cache(self) -> OpenCache:
        assert self.work.door.opened is not None
        return self.work.door.opened

    def follow(self, patients: tuple[str, ...]) -> None:
        """Follow these people, in bed or not, in cohorts as a census would make them."""
        store = self.cache.sync_store
        existing = [scope for scope in store.scopes() if scope.kind == "cohort"]
        wanted = [PatientId(one) for one in patients]
        store.put_scopes(cohorts_for(wanted, existing, next_cohort_number(existing)))

    def documents(self) -> int:
        with self.cache.cache.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM resource").scalar_one())


def enrolled(base_url: str, folder: Path) -> tuple[Workstation, Session]:
    """Enrol the doctor and this workstation at the repository behind `base_url`."""
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    work = Workstation(demo_settings(plain, folder, base_url))
    try:
        return work, enter(work, hospital.DOCTOR)
    except BaseException:
        work.close()
        raise


@contextmanager
def station_at(
    base_url: str, folder: Path, turn: Turn = at_once, feed: ChangeFeed | None = None
) -> Iterator[Station]:
    """A workstation with services, following the wards of its doctor."""
    work, session = enrolled(base_url, folder)
    try:
        services = work.services(turn, feed)
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        try:
            yield Station(work, services, session)
        finally:
            services.close()
    finally:
        work.close()


def synchronise_whole(station: Station, watch: Watch | None = None) -> float:
    """One round to its end; the seconds it took.

    Raises:
        AssertionError: Something was left undone.
    """
    watch = watch or Watch(1)
    with watch.lap():
        synchronise(station.services, station.session, CancelToken())
    status = station.services.engine.status()
    if not status.last_pass_complete:
        raise AssertionError(f"the round did not end: {status}")
    return watch.samples[-1]


def peak_memory_mb() -> float:
    """Most memory this process ever had resident; 0.0 where the system does not say."""
    try:
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def isolate(folder: Path) -> None:
    """Keep the user's own settings, data and key store out of reach."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder / name.lower())
