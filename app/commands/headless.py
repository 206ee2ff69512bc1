"""The core at work without a window: enrol, synchronise once, recover."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from app.config import Settings
from app.domain.people import Session
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.main import Workstation, synchronise
from app.ports.directory import Credentials
from app.services.signing_in import Newcomer
from resources.catalogue import Catalogue

_WHOLE_DIARY = 50_000


def synchronise_once(settings: Settings, username: str) -> int:
    """Unlock, run one round, print the status."""
    station = Workstation(settings)
    try:
        session = station.signing_in.offline(username, getpass.getpass("passphrase: "))
        services = station.services()
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        synchronise(services, session, CancelToken())
        status = services.engine.status()
        late = _late_updates(station)
        services.close()
    finally:
        station.close()
    print(
        f"{status.connection.value}: {status.waiting} waiting, {status.conflicts} conflicts, "
        f"{status.rejected} rejected, {status.held} held"
    )
    if late:
        print(f"{late} updates came late and were caught by the overlap")
    if status.trouble is not None:
        print(Catalogue.load(settings.string("language")).render(status.trouble), file=sys.stderr)
    return 0 if status.all_sent else 1


def _late_updates(station: Workstation) -> int:
    """What a download that never looks back would have lost, as far as the diary goes."""
    cache = station.door.opened
    notes = cache.sync_store.diary(_WHOLE_DIARY) if cache is not None else ()
    return sum(note.counts.get("late", 0) for note in notes if note.kind == "overlap")


def enrol(settings: Settings, username: str) -> int:
    """Sign in at the hospital, choose a passphrase, probe the server, create the register."""
    station = Workstation(settings)
    try:
        session = _arrive(station, username)
        services = station.services()
        services.tokens.attend(session)
        report = services.engine.enrol(settings.string("server"))
        services.close()
    finally:
        station.close()
    print(f"{report.software} (FHIR {report.fhir_version}) at {report.base_url}")
    for finding in report.findings:
        print(f"  {'ok  ' if finding.passed else 'FAIL'} {finding.case}: {finding.seen}")
    return 0


def recover(settings: Settings, private_key: Path) -> int:
    """Give a clinician a fresh passphrase with the hospital's private key.

    Raises:
        AppError: `STORAGE` when the key does not fit or the vault cannot be read.
    """
    station = Workstation(settings)
    try:
        password = getpass.getpass("password of the key file (empty for none): ")
        key = station.vault.recover(private_key.read_bytes(), password.encode() or None)
        username = input("username who shall be able to unlock: ").strip()
        station.vault.rebind(key, username, _chosen_passphrase())
    except OSError as error:
        raise app_error(
            FaultKind.STORAGE, "storage.recovery-key-unreadable", type(error).__name__
        ) from error
    finally:
        station.close()
    print("done: this person unlocks with the new passphrase.")
    return 0


def _arrive(station: Workstation, username: str) -> Session:
    credentials = None
    if not station.signing_in.in_browser:
        credentials = Credentials(username, getpass.getpass("hospital password: "))
    arrived = station.signing_in.at_the_hospital(credentials, lambda: False)
    if isinstance(arrived, Newcomer):
        return station.signing_in.enrol(arrived, _chosen_passphrase())
    return arrived


def _chosen_passphrase() -> str:
    first = getpass.getpass("new workstation passphrase: ")
    if getpass.getpass("once more: ") != first:
        raise app_error(FaultKind.REFUSED, "signin.passphrases-differ", "typed twice, differently")
    return first
