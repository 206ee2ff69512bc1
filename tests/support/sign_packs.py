"""Signs the packs of the tree with the development key: `python -m tests.support.sign_packs`.

The key is no secret, and nothing a hospital installs believes it: a release is signed by the
release key, and its public key takes the place of `resources/keys/development.pem`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.kernel.clock import SystemClock
from app.services.pack_seals import Seal, write_seal
from resources.reading import path

SIGNER = "WardOne development, for tests and trials only"
PUBLIC = path("keys/development.pem")
PACKS = path("packs")


def development_key() -> Ed25519PrivateKey:
    """The private half of `resources/keys/development.pem`; everybody can make it."""
    seed = hashlib.sha256(b"WardOne development key for packs; not a secret").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_pem() -> bytes:
    """What stands in `resources/keys/development.pem`."""
    return (
        development_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def sign(folder: Path = PACKS) -> Seal:
    """Sign every pack in `folder`."""
    return write_seal(folder, development_key(), SIGNER, SystemClock().now().date())


if __name__ == "__main__":
    PUBLIC.write_bytes(public_pem())
    sign()
