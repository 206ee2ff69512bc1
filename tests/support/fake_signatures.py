"""Signing keys and Provenances in memory, held to the contract of the encrypted cache."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.provenance import read_provenance
from app.fhir.signing_keys import PublicKey
from app.kernel.faults import FaultKind, app_error
from tests.support.fake_acts import FakeActs


class FakeSigningKeys:
    """Keys in a dictionary; `learn` is what a published one comes by."""

    def __init__(self) -> None:
        self._mine: dict[PractitionerId, Ed25519PrivateKey] = {}
        self._others: dict[str, PublicKey] = {}

    def learn(self, key: PublicKey) -> None:
        self._others[key.id] = key

    def own(self, who: PractitionerId) -> PublicKey | None:
        kept = self._mine.get(who)
        return None if kept is None else PublicKey(who, kept.public_key().public_bytes_raw())

    def make(self, who: PractitionerId) -> PublicKey:
        kept = self._mine.setdefault(who, Ed25519PrivateKey.generate())
        return PublicKey(who, kept.public_key().public_bytes_raw())

    def sign(self, who: PractitionerId, message: bytes) -> bytes:
        if who not in self._mine:
            raise app_error(FaultKind.STORAGE, "signature.no-key", "no signing key")
        return self._mine[who].sign(message)

    def fits(
        self, key: str, who: PractitionerId | None, message: bytes, signature: bytes
    ) -> bool | None:
        mine = [public for one in self._mine if (public := self.own(one)) is not None]
        known = next((one for one in mine if one.id == key), self._others.get(key))
        if known is None:
            return None
        try:
            Ed25519PublicKey.from_public_bytes(known.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return known.owner == who


class FakeProvenances:
    """The Provenances among what `FakeActs` has committed."""

    def __init__(self, acts: FakeActs) -> None:
        self._acts = acts

    def about(self, ref: Ref) -> tuple[Document, ...]:
        told = (act.provenance for act in self._acts.committed if act.provenance is not None)
        return tuple(p for p in told if any(t.ref == ref for t in read_provenance(p).targets))
