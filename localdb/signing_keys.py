"""Signing keys: each clinician's own inside the encrypted database, others' as they are published.

The private half never leaves the database file, so it opens with a passphrase *and* this PC's
machine secret, as everything else in it (docs/decisions).
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.terms import PractitionerId
from app.fhir.signing_keys import PublicKey, key_ref, read_signing_key
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Documents
from app.ports.keeping import People

_SECRET = "signing"  # noqa: S105 - the name it is kept under


class KeptSigningKeys:
    """`SigningKeys` over what the cache keeps secret and what it has of other people's keys."""

    def __init__(self, people: People, documents: Documents) -> None:
        self._people = people
        self._documents = documents

    def own(self, who: PractitionerId) -> PublicKey | None:
        kept = self._private(who)
        return None if kept is None else _public(who, kept)

    def make(self, who: PractitionerId) -> PublicKey:
        kept = self._private(who)
        if kept is None:
            kept = Ed25519PrivateKey.generate()
            self._people.keep_secret(_name(who), kept.private_bytes_raw())
        return _public(who, kept)

    def sign(self, who: PractitionerId, message: bytes) -> bytes:
        kept = self._private(who)
        if kept is None:
            raise app_error(FaultKind.STORAGE, "signature.no-key", "no signing key")
        return kept.sign(message)

    def fits(
        self, key: str, who: PractitionerId | None, message: bytes, signature: bytes
    ) -> bool | None:
        known = self._known(key, who)
        if known is None:
            return None
        if known.owner != who:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(known.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _known(self, key: str, who: PractitionerId | None) -> PublicKey | None:
        mine = self.own(who) if who is not None else None
        if mine is not None and mine.id == key:
            return mine
        held = self._documents.held(key_ref(key))
        return None if held is None else read_signing_key(held.document)

    def _private(self, who: PractitionerId) -> Ed25519PrivateKey | None:
        kept = self._people.secret(_name(who))
        return None if kept is None else Ed25519PrivateKey.from_private_bytes(kept)


def _name(who: PractitionerId) -> str:
    return f"{_SECRET}:{who}"


def _public(who: PractitionerId, key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(who, key.public_key().public_bytes_raw())
