"""The public keys under which packs are believed: ours, and those the hospital's IT laid down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.config import Settings
from app.services.pack_seals import public_keys
from resources.reading import path

DEVELOPMENT = "development"
"""The key of the source tree: everybody can sign with it. No release believes it."""


def key_folders(settings: Settings) -> tuple[Path, ...]:
    """Where they lie; ours last, because a later one of the same name wins."""
    told = settings.string("pack_keys")
    ours = path("keys")
    return (Path(told), ours) if told else (ours,)


def pack_keys(settings: Settings) -> Mapping[str, Ed25519PublicKey]:
    """Keys by name; one of the hospital cannot take the name of one of ours."""
    return public_keys(key_folders(settings))
