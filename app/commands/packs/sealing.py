"""Signing packs, and saying who signed them: for whoever answers for clinical knowledge."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.config import Settings
from app.kernel.faults import AppError
from app.services.pack_keys import pack_keys
from app.services.pack_seals import Seal, SealState, private_key, seal_of, write_seal
from resources.catalogue import Catalogue


def sign_packs(folder: Path, key: Path, signer: str, today: date, settings: Settings) -> int:
    """Sign every pack in `folder`; 0 when it stands, 1 with a sentence when not."""
    catalogue = Catalogue.load(settings.string("language"))
    try:
        seal = write_seal(folder, private_key(key), signer, today)
    except (AppError, OSError) as error:
        told = error.fault.message if isinstance(error, AppError) else None
        print(catalogue.render(told) if told else catalogue.text("packs.not-written"))
        return 1
    print(catalogue.text("packs.signed", folder=str(folder), signer=seal.signer))
    return 0


def new_key(file: Path, settings: Settings) -> int:
    """Write a private key to `file` (0600), and its public key beside it.

    Nothing is overwritten: a key that is gone cannot sign again.
    """
    catalogue = Catalogue.load(settings.string("language"))
    public = file.with_suffix(".public.pem")
    if file.exists() or public.exists():
        print(catalogue.text("packs.key-there", file=str(file)))
        return 1
    key = Ed25519PrivateKey.generate()
    kept = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(kept)
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    print(catalogue.text("packs.key-made", file=str(file), public=str(public)))
    return 0


def say_seal(folder: Path, catalogue: Catalogue, settings: Settings) -> bool:
    """Print who signed the packs of `folder`; False when the signature is broken."""
    seal = seal_of(folder, pack_keys(settings))
    print(_said(seal, catalogue))
    return seal.state is not SealState.BROKEN


def _said(seal: Seal, catalogue: Catalogue) -> str:
    if seal.state is SealState.UNSEALED:
        return catalogue.text("packs.unsealed")
    if seal.holds:
        return catalogue.text("packs.sealed", signer=seal.signer, at=seal.signed_at, key=seal.key)
    return catalogue.text("packs.seal-broken", files=", ".join(seal.wrong))
