"""Who answers for a folder of packs: sums of its files, and a detached signature over them.

`SHA256SUMS` is what `sha256sum -c` reads; its first lines say who signed and when.
`SHA256SUMS.sig` is an Ed25519 signature (RFC 8032) over the bytes of that file, in Base64. One pair
covers every pack in the folder, so that no pack can be taken out of it or put into it unseen.
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kernel.faults import FaultKind, app_error

SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
_SIGNER, _AT = "# signed by: ", "# signed at: "
_MANIFEST = "manifest.toml"


class SealState(enum.Enum):
    """What a signature is worth."""

    SEALED = "sealed"
    UNSEALED = "unsealed"
    """Nobody signed it."""
    BROKEN = "broken"
    """Somebody signed something else, or the key is none of ours."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Who answers for the packs of a folder.

    Attributes:
        signer: As the signature says it; "" without one.
        signed_at: ISO date, or "".
        key: File name of the key that fits, without its ending; "" where none does.
        wrong: Files that differ, are missing or were not signed, relative to the folder.
    """

    state: SealState
    signer: str = ""
    signed_at: str = ""
    key: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.state is SealState.SEALED


UNSEALED = Seal(SealState.UNSEALED)


def seal_of(folder: Path, keys: Mapping[str, Ed25519PublicKey]) -> Seal:
    """What the signature of `folder` is worth under `keys`."""
    try:
        sums = (folder / SUMS).read_bytes()
        signature = base64.b64decode((folder / SIGNATURE).read_bytes(), validate=False)
    except FileNotFoundError:
        return UNSEALED
    except (OSError, binascii.Error):
        return Seal(SealState.BROKEN, wrong=(SIGNATURE,))
    key = next((name for name, one in keys.items() if _fits(one, signature, sums)), "")
    if not key:
        return Seal(SealState.BROKEN, wrong=(SIGNATURE,))
    text = sums.decode("utf-8", errors="replace")
    signer, at = _said(text, _SIGNER), _said(text, _AT)
    wrong = tuple(sorted(_wrong(text, folder)))
    return Seal(SealState.BROKEN if wrong else SealState.SEALED, signer, at, key, wrong)


def write_seal(folder: Path, key: Ed25519PrivateKey, signer: str, at: date) -> Seal:
    """Sign every pack in `folder` as it lies there; the seal as it reads from now on."""
    lines = [f"{_SIGNER}{' '.join(signer.split())}", f"{_AT}{at.isoformat()}"]
    lines += [f"{digest}  {name}" for name, digest in sorted(_digests(folder).items())]
    sums = ("\n".join(lines) + "\n").encode()
    (folder / SUMS).write_bytes(sums)
    (folder / SIGNATURE).write_bytes(base64.b64encode(key.sign(sums)) + b"\n")
    return seal_of(folder, {"own": key.public_key()})


def public_keys(folders: Iterable[Path]) -> Mapping[str, Ed25519PublicKey]:
    """The keys of `*.pem` in the folders, by file name; what is none is left out."""
    found: dict[str, Ed25519PublicKey] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.pem")):
            key = _public(file)
            if key is not None:
                found[file.stem] = key
    return found


def private_key(file: Path) -> Ed25519PrivateKey:
    """The key in a PEM file (PKCS#8, without a passphrase).

    Raises:
        AppError: `STORAGE` when there is none in it that could sign a pack.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise app_error(FaultKind.STORAGE, "packs.no-key", type(error).__name__) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise app_error(FaultKind.STORAGE, "packs.no-key", "no Ed25519 key")
    return key


def _public(file: Path) -> Ed25519PublicKey | None:
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except (OSError, ValueError):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def _fits(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _said(text: str, before: str) -> str:
    return next(
        (line.removeprefix(before) for line in text.splitlines() if line.startswith(before)), ""
    )


def _wrong(text: str, folder: Path) -> Iterator[str]:
    lines = (line.partition("  ") for line in text.splitlines() if not line.startswith("#"))
    signed = {name: digest for digest, _, name in lines}
    there = _digests(folder)
    yield from (
        name for name in signed.keys() | there.keys() if signed.get(name) != there.get(name)
    )


def _digests(folder: Path) -> dict[str, str]:
    files = (*folder.glob(f"*/{_MANIFEST}"), *folder.glob("*/*.tsv"))
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }
