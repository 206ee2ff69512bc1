"""The demonstration: repository, hospital, enrolled workstation, signed in."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.commands.repository import READY
from app.config import Settings, Value
from app.domain.people import Session
from app.kernel.clock import SystemClock
from app.kernel.loading import loading
from app.logs import set_up_logging
from app.main import Workstation
from app.ports.directory import Credentials
from app.services.signing_in import Newcomer
from resources.demo.staff import users

PASSPHRASE = "rounds-at-eight"  # noqa: S105 - printed in the README: the demo keeps no secret
_OLDEST = timedelta(hours=20)


def run(settings: Settings, username: str, *, fresh: bool) -> int:
    """Open the window on the demo hospital, signed in as `username`."""
    with loading():
        from app.desktop import run as run_window

    folder = demo_folder(settings, fresh=fresh)
    with repository(folder / "cdr.sqlite3") as base_url:
        demo = demo_settings(settings, folder / "workstation", base_url)
        set_up_logging(demo)
        station = Workstation(demo)
        try:
            session = enter(station, username)
        except BaseException:
            station.close()
            raise
        print(f"demo hospital at {base_url}; passphrase of this workstation: {PASSPHRASE}")
        return run_window(demo, station, session)


def demo_folder(settings: Settings, *, fresh: bool) -> Path:
    """The demo's own folder; a hospital of yesterday is set aside and begun anew.

    Its feed is always "now": an old one would show a ward without today.
    """
    folder = settings.folder / "demo"
    database = folder / "cdr.sqlite3"
    if database.exists():
        age = SystemClock().now().timestamp() - database.stat().st_ctime
        begun = folder / "begun"
        if begun.exists():
            age = SystemClock().now().timestamp() - begun.stat().st_mtime
        if fresh or age > _OLDEST.total_seconds():
            _set_aside(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not database.exists():
        (folder / "begun").touch()
    return folder


@contextlib.contextmanager
def repository(database: Path) -> Iterator[str]:
    """The embedded repository in a process of its own; gives its base URL.

    Raises:
        RuntimeError: It ended before it took requests.
    """
    module = "wardone" if getattr(sys.modules.get("wardone"), "__file__", None) else "app"
    command = [sys.executable, "-m", module, "cdr", "serve", "--port", "0", "--demo"]
    # Its end of the pipe closes when this process is gone, however it went, on every system.
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--until-input-ends", "--file", str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _base_url(process)
    finally:
        process.terminate()
        process.wait(timeout=30)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def demo_settings(settings: Settings, folder: Path, base_url: str) -> Settings:
    """The same settings, for the demo server and its own folder."""
    told: dict[str, Value] = {"server": base_url, "directory": "demo"}
    return replace(
        settings,
        folder=folder,
        user_file=folder / "settings.toml",
        values={**settings.values, **told},
        sources={**settings.sources, **dict.fromkeys(told, "command line")},
    )


def enter(station: Workstation, username: str) -> Session:
    """Sign in at the demo hospital, enrolling person and workstation where that is still to do.

    Raises:
        AppError: As signing in; `REFUSED` when the probe refuses the server.
    """
    password = next((u.password for u in users() if u.username == username), "")
    if any(one.username == username for one in station.signing_in.enrolled()):
        station.signing_in.offline(username, PASSPHRASE)
    arrived = station.signing_in.at_the_hospital(Credentials(username, password), lambda: False)
    if isinstance(arrived, Newcomer):
        arrived = station.signing_in.enrol(arrived, PASSPHRASE)
    enrol_workstation(station, arrived)
    return arrived


def enrol_workstation(station: Workstation, session: Session) -> None:
    """Create this workstation's register at the server, once, and follow its new address.

    The demo server takes a free port each time; the register behind it is the same.
    """
    services = station.services()
    cache = station.door.opened
    base_url = station.settings.string("server")
    try:
        services.tokens.attend(session)
        store = cache.sync_store if cache is not None else None
        enrolment = store.enrolment() if store is not None else None
        if store is None or enrolment is None:
            services.engine.enrol(base_url)
        elif enrolment.base_url != base_url:
            store.record_enrolment(replace(enrolment, base_url=base_url))
    finally:
        services.close()


def _base_url(process: subprocess.Popen[str]) -> str:
    if process.stdout is not None:
        for line in process.stdout:
            if line.startswith(READY):
                return line.removeprefix(READY).strip()
    raise RuntimeError("the demo repository did not start")


def _set_aside(folder: Path) -> None:
    """Keep the last demo under another name; the one before it goes."""
    before = folder.with_name("demo-before")
    if before.exists():
        shutil.rmtree(before)
    folder.rename(before)
