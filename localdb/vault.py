"""Who may open the database: its random key, wrapped for each enrolled clinician."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from app.kernel.clock import Clock
from app.kernel.faults import AppError, Fault, FaultKind, app_error
from app.ports.vault import MachineSecrets, Wrap
from localdb.marker import key_check
from localdb.passphrases import LockOut, PassphrasePolicy, as_typed, plain
from localdb.sealing import (
    HospitalKey,
    HospitalPrivateKey,
    Unopenable,
    derive,
    seal,
    unseal,
)
from localdb.vault_file import StoredWrap, VaultContent, VaultFile

_WRAPPING = "wardone database key wrap"
_MACHINE = "wardone machine secret check"


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """Cost of deriving a key from a passphrase (RFC 9106 §4, second recommendation)."""

    time_cost: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class VaultRules:
    """What the hospital decides about the vault."""

    policy: PassphrasePolicy = field(default_factory=PassphrasePolicy)
    lock_out: LockOut = field(default_factory=LockOut)
    cost: Argon2Cost = field(default_factory=Argon2Cost)
    hospital: HospitalKey | None = None


class FileVault:
    """`Vault` in a file beside the database.

    A wrap opens with the passphrase *and* the machine secret: the file alone, or this PC without
    a passphrase, opens nothing (architecture.md, Security).
    """

    def __init__(
        self, path: Path, machine: MachineSecrets, clock: Clock, rules: VaultRules
    ) -> None:
        self._file = VaultFile(path)
        self._machine = machine
        self._clock = clock
        self._rules = rules
        self._lock = threading.Lock()
        self._failed_here: dict[str, int] = {}

    @property
    def exists(self) -> bool:
        return self._file.exists

    def wraps(self) -> tuple[Wrap, ...]:
        if not self.exists:
            return ()
        return tuple(
            Wrap(name, wrap.enrolled_at, wrap.failed_attempts, wrap.locked_until)
            for name, wrap in sorted(self._file.read().wraps.items())
        )

    def create(self, username: str, passphrase: str) -> bytes:
        with self._lock:
            if self.exists:
                raise app_error(FaultKind.REFUSED, "vault.exists")
            self._check_passphrase(username, passphrase)
            machine = self._machine.create()
            key = os.urandom(32)
            content = VaultContent(key_check(key), _machine_check(machine))
            self._write_with(content, key, username, passphrase, machine)
            return key

    def unlock(self, username: str, passphrase: str) -> bytes:
        with self._lock:
            content = self._file.read()
            machine = self._machine_secret(content)
            key, content = self._unwrap(content, username, passphrase, machine)
            refreshed = self._with_recovery(content, key)
            if refreshed != content:
                self._file.write(refreshed)
            return key

    def add(self, key: bytes, username: str, passphrase: str) -> None:
        with self._lock:
            content = self._file.read()
            machine = self._machine_secret(content)
            if key_check(key) != content.key_check:
                raise app_error(FaultKind.REFUSED, "vault.another-key")
            if plain(username) in content.wraps:
                raise app_error(FaultKind.REFUSED, "vault.user-exists")
            self._check_passphrase(username, passphrase)
            self._write_with(content, key, username, passphrase, machine)

    def change(self, username: str, old: str, new: str) -> None:
        with self._lock:
            content = self._file.read()
            machine = self._machine_secret(content)
            key, content = self._unwrap(content, username, old, machine)
            self._check_passphrase(username, new)
            enrolled_at = content.wraps[plain(username)].enrolled_at
            fresh = replace(self._wrap(key, username, new, machine), enrolled_at=enrolled_at)
            self._file.write(replace(content, wraps={**content.wraps, plain(username): fresh}))

    def remove(self, username: str) -> None:
        """Take the user's wrap away.

        Raises:
            AppError: `REFUSED` for the last one, without which nobody could open the database.
        """
        with self._lock:
            content = self._file.read()
            name = plain(username)
            if name not in content.wraps:
                return
            if len(content.wraps) == 1:
                raise app_error(FaultKind.REFUSED, "vault.last-user")
            left = {user: wrap for user, wrap in content.wraps.items() if user != name}
            self._file.write(replace(content, wraps=left))

    def recover(self, private_key_pem: bytes, password: bytes | None) -> bytes:
        """The database key from the recovery wrap, with the hospital's private key.

        Raises:
            AppError: `REFUSED` for a wrong key or password, or when no recovery wrap was made;
                `STORAGE` when the vault file is damaged.
        """
        content = self._file.read()
        if not content.recovery:
            raise app_error(FaultKind.REFUSED, "vault.no-recovery")
        private = HospitalPrivateKey.load(private_key_pem, password)
        try:
            key = private.unseal(content.recovery)
        except Unopenable as error:
            raise app_error(FaultKind.REFUSED, "vault.recovery-key-bad", "no match") from error
        if key_check(key) != content.key_check:
            raise app_error(FaultKind.STORAGE, "vault.damaged", "recovery")
        return key

    def rebind(self, key: bytes, username: str, passphrase: str) -> None:
        """Let `username` in after a recovery with `key`, on this PC or a new one.

        Wraps that were bound to a machine secret that is lost go; those users enrol again.

        Raises:
            AppError: `REFUSED` for a weak passphrase or another key, `STORAGE`.
        """
        with self._lock:
            content = self._file.read()
            if key_check(key) != content.key_check:
                raise app_error(FaultKind.REFUSED, "vault.another-key")
            self._check_passphrase(username, passphrase)
            machine = self._machine.create()
            check = _machine_check(machine)
            wraps = content.wraps if check == content.machine_check else {}
            bound = replace(content, machine_check=check, wraps=wraps)
            self._write_with(bound, key, username, passphrase, machine)

    def _unwrap(
        self, content: VaultContent, username: str, passphrase: str, machine: bytes
    ) -> tuple[bytes, VaultContent]:
        """The key, and the content with the user's failures forgotten."""
        name = plain(username)
        wrap = content.wraps.get(name)
        if wrap is None:
            # The same work as for a known user, so that the time tells nobody who is enrolled.
            self._derive(passphrase, os.urandom(16), machine, self._rules.cost)
            raise app_error(FaultKind.SIGNED_OUT, "vault.wrong-passphrase", "unknown user")
        self._refuse_while_locked(wrap)
        content = self._count_attempt(content, name, wrap)
        cost = Argon2Cost(wrap.time_cost, wrap.memory_kib, wrap.lanes)
        try:
            key = unseal(
                self._derive(passphrase, wrap.salt, machine, cost), wrap.sealed, _about(name)
            )
        except Unopenable as error:
            raise self._wrong(content.wraps[name]) from error
        if key_check(key) != content.key_check:
            raise app_error(FaultKind.STORAGE, "vault.damaged", "key check")
        self._failed_here.pop(name, None)
        forgiven = replace(wrap, failed_attempts=0, locked_until=None)
        clean = replace(content, wraps={**content.wraps, name: forgiven})
        self._write_if_possible(clean)
        return key, clean

    def _count_attempt(self, content: VaultContent, name: str, wrap: StoredWrap) -> VaultContent:
        """Count before trying, so that pulling the plug does not give a free attempt."""
        failed = max(wrap.failed_attempts, self._failed_here.get(name, 0)) + 1
        self._failed_here[name] = failed
        until = self._rules.lock_out.until(failed, self._clock.now())
        counted = replace(wrap, failed_attempts=failed, locked_until=until)
        after = replace(content, wraps={**content.wraps, name: counted})
        self._write_if_possible(after)
        return after

    def _write_if_possible(self, content: VaultContent) -> None:
        """Keep the count; a full disk must not keep a clinician from reading the chart."""
        try:
            self._file.write(content)
        except AppError as error:
            if error.fault.kind is not FaultKind.STORAGE:
                raise

    def _refuse_while_locked(self, wrap: StoredWrap) -> None:
        left = self._rules.lock_out.remaining(wrap.locked_until, self._clock.now())
        if left:
            seconds = int(left.total_seconds()) + 1
            raise app_error(FaultKind.SIGNED_OUT, "vault.locked", "lock-out", seconds=seconds)

    def _wrong(self, wrap: StoredWrap) -> AppError:
        left = self._rules.lock_out.remaining(wrap.locked_until, self._clock.now())
        if left:
            seconds = int(left.total_seconds()) + 1
            return app_error(
                FaultKind.SIGNED_OUT, "vault.locked", "wrong passphrase", seconds=seconds
            )
        return app_error(FaultKind.SIGNED_OUT, "vault.wrong-passphrase", "wrong passphrase")

    def _machine_secret(self, content: VaultContent) -> bytes:
        secret = self._machine.get()
        if secret is None:
            raise app_error(FaultKind.STORAGE, "vault.machine-secret-missing", self._machine.kind)
        if _machine_check(secret) != content.machine_check:
            raise app_error(FaultKind.STORAGE, "vault.another-machine", self._machine.kind)
        return secret

    def _check_passphrase(self, username: str, passphrase: str) -> None:
        objection = self._rules.policy.objection(username, passphrase)
        if objection is not None:
            raise AppError(Fault(FaultKind.REFUSED, objection))

    def _write_with(
        self, content: VaultContent, key: bytes, username: str, passphrase: str, machine: bytes
    ) -> None:
        wrap = self._wrap(key, username, passphrase, machine)
        grown = replace(content, wraps={**content.wraps, plain(username): wrap})
        self._file.write(self._with_recovery(grown, key))

    def _with_recovery(self, content: VaultContent, key: bytes) -> VaultContent:
        """The recovery wrap for the hospital's present key, made when it is missing or older."""
        hospital = self._rules.hospital
        if hospital is None or content.recovery_for == hospital.fingerprint:
            return content
        return replace(content, recovery=hospital.seal(key), recovery_for=hospital.fingerprint)

    def _wrap(self, key: bytes, username: str, passphrase: str, machine: bytes) -> StoredWrap:
        salt = os.urandom(16)
        cost = self._rules.cost
        sealed = seal(self._derive(passphrase, salt, machine, cost), key, _about(plain(username)))
        return StoredWrap(
            salt, sealed, cost.time_cost, cost.memory_kib, cost.lanes, self._clock.now()
        )

    def _derive(self, passphrase: str, salt: bytes, machine: bytes, cost: Argon2Cost) -> bytes:
        slow = hash_secret_raw(
            as_typed(passphrase),
            salt,
            time_cost=cost.time_cost,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
        return derive(slow, _WRAPPING, machine)


def _about(name: str) -> bytes:
    return b"wardone vault wrap 1\n" + name.encode()


def _machine_check(secret: bytes) -> str:
    return hashlib.sha256(derive(secret, _MACHINE)).hexdigest()
