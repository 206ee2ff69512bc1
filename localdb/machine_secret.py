"""The 32 bytes that bind the cache to this PC: in the OS key store, or in a private file."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from app.kernel.faults import FaultKind, app_error
from app.ports.vault import MachineSecrets
from localdb.faults import storage_error
from localdb.files import replace_whole

_SERVICE = "WardOne"
_ACCOUNT = "machine-secret"
_LENGTH = 32


class KeyStoreSecret:
    """In the key store of the operating system.

    Only these 32 bytes go in: the Windows store takes 2,560 bytes at most.
    """

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    @property
    def kind(self) -> str:
        return "os-key-store"

    def get(self) -> bytes | None:
        """The secret, or None when the store has none.

        Raises:
            AppError: `STORAGE` when the store does not answer, is locked, or holds rubbish.
        """
        try:
            kept = self._backend.get_password(_SERVICE, _ACCOUNT)
        except (KeyringError, OSError) as error:
            detail = type(error).__name__
            raise app_error(FaultKind.STORAGE, "vault.key-store-silent", detail) from error
        return None if kept is None else _decoded(kept)

    def create(self) -> bytes:
        """Make the secret, or give the one that is there.

        Raises:
            AppError: `STORAGE`.
        """
        here = self.get()
        if here is not None:
            return here
        fresh = os.urandom(_LENGTH)
        try:
            self._backend.set_password(_SERVICE, _ACCOUNT, _encoded(fresh))
        except (KeyringError, OSError) as error:
            detail = type(error).__name__
            raise app_error(FaultKind.STORAGE, "vault.key-store-silent", detail) from error
        return fresh


class FileSecret:
    """In a file that only this OS account may read; the doctor says that it is weaker."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def kind(self) -> str:
        return "file"

    def get(self) -> bytes | None:
        """The secret, or None when there is no file.

        Raises:
            AppError: `STORAGE`.
        """
        try:
            return _decoded(self._path.read_text("ascii"))
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise app_error(FaultKind.STORAGE, "vault.machine-secret-damaged", "text") from error
        except OSError as error:
            raise storage_error(error, "machine secret") from error

    def create(self) -> bytes:
        """Make the secret, or give the one that is there.

        Raises:
            AppError: `STORAGE`.
        """
        here = self.get()
        if here is not None:
            return here
        fresh = os.urandom(_LENGTH)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_whole(self._path, _encoded(fresh).encode("ascii"))
        except OSError as error:
            raise storage_error(error, "machine secret") from error
        return fresh


def machine_secrets(file: Path, backend: KeyringBackend | None = None) -> MachineSecrets:
    """The key store where there is one that works, else the file.

    A file that is there already wins: a key store that appears later does not know its secret.
    """
    in_file = FileSecret(file)
    if file.exists():
        return in_file
    found = backend if backend is not None else keyring.get_keyring()
    if found.priority <= 0:
        return in_file
    in_store = KeyStoreSecret(found)
    try:
        found.get_password(_SERVICE, _ACCOUNT)
    except (KeyringError, OSError):
        return in_file
    return in_store


def _encoded(secret: bytes) -> str:
    return base64.b64encode(secret).decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise app_error(FaultKind.STORAGE, "vault.machine-secret-damaged", "base64") from error
    if len(secret) != _LENGTH:
        raise app_error(FaultKind.STORAGE, "vault.machine-secret-damaged", f"{len(secret)} bytes")
    return secret
