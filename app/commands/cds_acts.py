"""What `cds` does: the engine as a service, the key services know us by, whom we may ask."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

from app.commands.repository import READY, when_input_ends
from app.config import Settings
from app.kernel.clock import RandomIds, SystemClock
from app.kernel.faults import FaultKind, app_error
from app.main import Workstation
from app.remote_checking import allow_list, make_answering, service_key
from sync.cds_hooks.serving import HookDoor, HookServer, serve
from sync.cds_hooks.tokens import TokenCheck
from sync.store_lane import at_once

TOKEN = "token "  # noqa: S105 - the word before it


def answer_hooks(settings: Settings, port: int, jwks: Path | None, *, for_parent: bool) -> int:
    """Serve until interrupted; `for_parent` ends it when the standard input does.

    Raises:
        AppError: `STORAGE` when the keys or a pack cannot be read.
    """
    clock = SystemClock()
    clients = TokenCheck.of(_read(jwks), clock) if jwks is not None else None
    door = HookDoor.of_this_start(clients)
    server = HookServer(make_answering(settings, clock, RandomIds()), door, port)

    def ready(bound: HookServer) -> None:
        if for_parent:
            when_input_ends(bound.ask_to_stop)
        print(f"{READY}{bound.base_url}", flush=True)
        if clients is None:
            print(f"{TOKEN}{door.token}", flush=True)

    try:
        serve(server, ready=ready)
    except OSError as error:
        print(f"port {port} cannot be used: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def print_keys(settings: Settings, username: str) -> int:
    """Print the key set; the private half never leaves the encrypted cache.

    Raises:
        AppError: As unlocking.
    """
    station = Workstation(settings)
    try:
        station.signing_in.offline(username, getpass.getpass("passphrase: "))
        cache = station.door.opened
        if cache is None:
            raise app_error(FaultKind.SIGNED_OUT, "signin.closed", "cache is closed")
        told = service_key(cache, at_once).public()
    finally:
        station.close()
    print(json.dumps(told, indent=2))
    return 0


def print_services(settings: Settings) -> int:
    """The list as it was understood; the exit code is 1 when some of it was not."""
    allowed = allow_list(settings)
    for one in allowed.services:
        print(f"{one.id}  {one.name}  {one.base}  [{', '.join(sorted(one.hooks))}]")
    for remark in allowed.remarks:
        print(f"LOOK  {remark}", file=sys.stderr)
    return 1 if allowed.remarks else 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        detail = type(error).__name__
        raise app_error(FaultKind.STORAGE, "cds.keys-unreadable", detail) from error
