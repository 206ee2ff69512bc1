"""The key of the cache, and who may unwrap it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wrap:
    """What the vault shows of one enrolled user without any key."""

    username: str
    enrolled_at: datetime
    failed_attempts: int
    locked_until: datetime | None


class MachineSecrets(Protocol):
    """The 32 bytes that bind the cache to this PC: OS key store, or a 0600 file."""

    @property
    def kind(self) -> str:
        """`os-key-store` or `file`; the doctor reports it."""
        ...

    def get(self) -> bytes | None: ...

    def create(self) -> bytes: ...


class Vault(Protocol):
    """Wraps of one random 256-bit database key; HKDF(Argon2id(passphrase), machine secret)."""

    @property
    def exists(self) -> bool: ...

    def wraps(self) -> tuple[Wrap, ...]: ...

    def create(self, username: str, passphrase: str) -> bytes:
        """Make the database key and its first wrap.

        Raises:
            AppError: `REFUSED` when the passphrase is too weak or a vault exists,
                `STORAGE` when it cannot be written.
        """
        ...

    def unlock(self, username: str, passphrase: str) -> bytes:
        """Return the database key.

        Raises:
            AppError: `SIGNED_OUT` for a wrong passphrase or unknown user (told apart only in the
                detail) and while locked after too many attempts; `STORAGE` when the vault file is
                damaged or the machine secret is missing. Nothing is ever recreated.
        """
        ...

    def add(self, key: bytes, username: str, passphrase: str) -> None: ...

    def change(self, username: str, old: str, new: str) -> None: ...

    def remove(self, username: str) -> None: ...

    def recover(self, private_key_pem: bytes, password: bytes | None) -> bytes:
        """The database key from the recovery wrap, with the hospital's private key."""
        ...
