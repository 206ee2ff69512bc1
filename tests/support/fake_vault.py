"""A vault and a machine secret in memory, held to the contract of the file."""

from __future__ import annotations

import os
from datetime import timedelta

from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.vault import Wrap

_SHORTEST = 10
_FREE = 5


class FakeMachineSecret:
    """Holds the secret in memory; `lost` makes it as if the key store had been emptied."""

    kind = "file"

    def __init__(self) -> None:
        self.lost = False
        self._secret: bytes | None = None

    def get(self) -> bytes | None:
        return None if self.lost else self._secret

    def create(self) -> bytes:
        if self.get() is None:
            self._secret = os.urandom(32)
            self.lost = False
        assert self._secret is not None
        return self._secret


class FakeVault:
    """Compares passphrases in plain text; locks for 30 s from the fifth failure on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key: bytes | None = None
        self._wraps: dict[str, Wrap] = {}
        self._passphrases: dict[str, str] = {}

    @property
    def exists(self) -> bool:
        return self._key is not None

    def wraps(self) -> tuple[Wrap, ...]:
        return tuple(wrap for _, wrap in sorted(self._wraps.items()))

    def create(self, username: str, passphrase: str) -> bytes:
        if self.exists:
            raise app_error(FaultKind.REFUSED, "vault.exists")
        self._take(username, passphrase)
        self._key = os.urandom(32)
        return self._key

    def unlock(self, username: str, passphrase: str) -> bytes:
        name = username.casefold()
        if self._key is None:
            raise app_error(FaultKind.STORAGE, "vault.missing")
        wrap = self._wraps.get(name)
        if wrap is None:
            raise app_error(FaultKind.SIGNED_OUT, "vault.wrong-passphrase", "unknown user")
        now = self._clock.now()
        if wrap.locked_until is not None and now < wrap.locked_until:
            seconds = int((wrap.locked_until - now).total_seconds()) + 1
            raise app_error(FaultKind.SIGNED_OUT, "vault.locked", seconds=seconds)
        if self._passphrases[name] != passphrase:
            failed = wrap.failed_attempts + 1
            until = now + timedelta(seconds=30) if failed >= _FREE else None
            self._wraps[name] = Wrap(name, wrap.enrolled_at, failed, until)
            if until is not None:
                raise app_error(FaultKind.SIGNED_OUT, "vault.locked", seconds=31)
            raise app_error(FaultKind.SIGNED_OUT, "vault.wrong-passphrase", "wrong passphrase")
        self._wraps[name] = Wrap(name, wrap.enrolled_at, 0, None)
        return self._key

    def add(self, key: bytes, username: str, passphrase: str) -> None:
        if key != self._key:
            raise app_error(FaultKind.REFUSED, "vault.another-key")
        if username.casefold() in self._wraps:
            raise app_error(FaultKind.REFUSED, "vault.user-exists")
        self._take(username, passphrase)

    def change(self, username: str, old: str, new: str) -> None:
        self.unlock(username, old)
        self._take(username, new)

    def remove(self, username: str) -> None:
        name = username.casefold()
        if list(self._wraps) == [name]:
            raise app_error(FaultKind.REFUSED, "vault.last-user")
        self._wraps.pop(name, None)

    def recover(self, private_key_pem: bytes, password: bytes | None) -> bytes:
        del private_key_pem, password
        raise app_error(FaultKind.REFUSED, "vault.no-recovery")

    def _take(self, username: str, passphrase: str) -> None:
        if len(passphrase) < _SHORTEST:
            raise app_error(FaultKind.REFUSED, "vault.passphrase-short", shortest=_SHORTEST)
        name = username.casefold()
        known = self._wraps.get(name)
        enrolled_at = known.enrolled_at if known is not None else self._clock.now()
        self._wraps[name] = Wrap(name, enrolled_at, 0, None)
        self._passphrases[name] = passphrase
