"""Says how this installation is: for IT, in lines that can be sent to the developers."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from app.config import DECLARED, Settings
from app.kernel.clock import SystemClock
from app.main import Workstation
from app.services.pack_keys import DEVELOPMENT, pack_keys
from app.services.pack_seals import SealState, seal_of
from localdb.machine_secret import machine_secrets
from resources.reading import path

_ENOUGH = 2 * 1024**3


def examine(settings: Settings) -> int:
    """Print the findings; the exit code is 1 when something needs a hand."""
    troubles = 0
    for name, said, fine in _findings(settings):
        troubles += not fine
        print(f"{'ok  ' if fine else 'LOOK'}  {name:<20}{said}")
    return 1 if troubles else 0


def _findings(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    yield "system", f"{platform.platform()}, Python {platform.python_version()}", True
    yield "folder", str(settings.folder), True
    policies = Path(platformdirs.site_config_dir("wardone", appauthor=False)) / "policy.d"
    yield "policies", str(policies), True
    yield from _storage(settings.folder)
    yield "machine secret", *_secret(settings)
    yield "server", settings.string("server") or "not set", bool(settings.string("server"))
    yield "recovery key", *_recovery(settings)
    yield "packs", *_seal(path("packs"), settings)
    if settings.string("hospital_packs"):
        yield "hospital packs", *_seal(Path(settings.string("hospital_packs")), settings)
    station = Workstation(settings, SystemClock())
    users = [one.username for one in station.signing_in.enrolled()]
    yield "enrolled users", str(len(users)), True
    for name in DECLARED:
        if settings.sources[name] != "default":
            yield name, f"{settings.values[name]} ({settings.sources[name]})", True
    for remark in settings.remarks:
        yield remark.name or "settings", f"{remark.source}: {remark.why}", False


def _storage(folder: Path) -> Iterator[tuple[str, str, bool]]:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    yield "free space", f"{free / 1024**3:.1f} GB", free > _ENOUGH
    if folder.exists():
        mode = folder.stat().st_mode & 0o777
        yield "folder mode", oct(mode), mode & 0o077 == 0


def _secret(settings: Settings) -> tuple[str, bool]:
    """A file holds the secret where there is no key store; that is weaker, and said."""
    kind = machine_secrets(settings.folder / "machine.secret").kind
    return kind, kind == "os-key-store"


def _recovery(settings: Settings) -> tuple[str, bool]:
    name = settings.string("recovery_key")
    if not name:
        return "not set: a lost passphrase or a damaged file cannot be recovered", False
    return name, Path(name).exists()


def _seal(folder: Path, settings: Settings) -> tuple[str, bool]:
    """Packs that nobody signed inform and never interrupt; the development key is nobody."""
    seal = seal_of(folder, pack_keys(settings))
    if seal.state is SealState.BROKEN:
        return f"the signature does not fit: {', '.join(seal.wrong)}", False
    if seal.state is SealState.UNSEALED:
        return "not signed: they inform and never interrupt", False
    return f"signed by {seal.signer}, {seal.signed_at}", seal.key != DEVELOPMENT
