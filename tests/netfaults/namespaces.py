"""Network namespaces of Linux: each is a machine of its own as far as the network goes."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

PREFIX = "wardone-"
_NAMED = Path("/run/netns")
_FILES = Path("/etc/netns")
"""What `ip netns exec` lays over files of /etc: `/etc/netns/NAME/resolv.conf` (ip-netns(8))."""
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of <sched.h>


def ip(*arguments: str) -> str:
    """Run `ip`, and give what it printed.

    Raises:
        RuntimeError: It refused; the text is what it said.
    """
    command = [shutil.which("ip") or "ip", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def ours() -> list[str]:
    """The namespaces of this kind that there are, whoever made them."""
    return [
        line.split(maxsplit=1)[0] for line in ip("netns", "list").splitlines() if _is_ours(line)
    ]


def sweep() -> list[str]:
    """Remove what a run left that was killed before it could; names of what was removed."""
    left = [name for name in ours() if not _is_alive(_maker(name))]
    for name in left:
        _remove(name)
    return left


class Namespace:
    """`with Namespace("desk") as desk:` – a namespace, gone with the block.

    Attributes:
        name: Carries the process that made it, so that a later run can tell what is left over.
    """

    def __init__(self, what: str, **files: str) -> None:
        self.name = f"{PREFIX}{os.getpid()}-{what}"
        self._files = files

    def __enter__(self) -> Self:
        ip("netns", "add", self.name)
        try:
            ip("-n", self.name, "link", "set", "lo", "up")
            for name, text in self._files.items():
                (_FILES / self.name).mkdir(parents=True, exist_ok=True)
                (_FILES / self.name / name.replace("_", ".")).write_text(text, "utf-8")
        except BaseException:
            _remove(self.name)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        _remove(self.name)

    def ip(self, *arguments: str) -> str:
        """Run `ip` in here."""
        return ip("-n", self.name, *arguments)

    def command(self, *words: str) -> list[str]:
        """The command that runs `words` in here, under the files that were given."""
        return ["ip", "netns", "exec", self.name, *words]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread opens in the block belongs in here; other threads stay where they are.

        A socket stays in the namespace it was made in, wherever its thread goes afterwards.
        """
        with Path("/proc/thread-self/ns/net").open("rb") as home:
            with (_NAMED / self.name).open("rb") as there:
                _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())


def _enter(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _NEW_NETWORK):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _is_ours(line: str) -> bool:
    return line.startswith(PREFIX) and _maker(line.split(maxsplit=1)[0]) > 0


def _maker(name: str) -> int:
    """The process that made the namespace of this name, or 0."""
    number = name.removeprefix(PREFIX).partition("-")[0]
    return int(number) if number.isdigit() else 0


def _is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _remove(name: str) -> None:
    ip("netns", "delete", name)
    shutil.rmtree(_FILES / name, ignore_errors=True)
    with suppress(OSError):
        _FILES.rmdir()  # only when nobody else keeps anything in it
