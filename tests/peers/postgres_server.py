"""A PostgreSQL cluster of its own in a temporary folder, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def postgres() -> Iterator[str]:
    """An empty database "peer" of the user "peer"; gives its JDBC address.

    Skips the test where PostgreSQL is not installed. It refuses to run as root, so root hands it
    to a user who has nothing else here.
    """
    program = _program("initdb").parent
    user = _unprivileged()
    with TemporaryDirectory(prefix="wardone-postgres-") as scratch:
        data = Path(scratch) / "data"
        if user is not None:
            shutil.chown(scratch, user)
        port = _free_port()
        initdb = [str(program / "initdb"), "-D", str(data), "-U", "peer", "-A", "trust"]
        _run([*initdb, "-E", "UTF8", "--no-locale"], user, scratch)
        options = f"-p {port} -h 127.0.0.1 -k {scratch}"
        options += "".join(f" -c {setting}" for setting in _FAST)
        control = [str(program / "pg_ctl"), "-D", str(data), "-w", "-l", f"{scratch}/log"]
        _run([*control, "-o", options, "start"], user, scratch)
        try:
            create = [str(program / "createdb"), "-h", "127.0.0.1", "-p", str(port)]
            _run([*create, "-U", "peer", "peer"], user, scratch)
            yield f"jdbc:postgresql://127.0.0.1:{port}/peer"
        finally:
            _run([*control, "-m", "immediate", "stop"], user, scratch)


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found is not None:
        return Path(found).resolve()
    for place in _PLACES:
        root, _, pattern = place.lstrip("/").partition("/")
        for folder in sorted(Path(f"/{root}").glob(pattern), reverse=True):
            if (folder / name).exists():
                return folder / name
    pytest.skip("PostgreSQL is not installed; Debian's package is called postgresql")


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _run(command: list[str], user: str | None, folder: str) -> None:
    # pg_ctl's server keeps what it is given as output open, so it is given nothing.
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=folder, user=user, stdout=quiet, stdin=quiet, check=True)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
