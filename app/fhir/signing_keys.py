"""The public half of a clinician's signing key, as a `Basic` everybody may read (R4 basic.html)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import PractitionerId, Ref
from app.fhir.building import concept, person
from app.fhir.document import Document
from app.fhir.elements import at, code_of, extension, instant_text, practitioner_at, text_at
from app.fhir.valuesets import BASIC, SIGNING_KEY

_CODE = "signing-key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key (RFC 8032) and whose it is.

    Attributes:
        raw: Its 32 bytes.
    """

    owner: PractitionerId
    raw: bytes

    @property
    def id(self) -> str:
        """SHA-256 of the key in hex: nobody can put another key in its place."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def ref(self) -> Ref:
        return key_ref(self.id)


def key_ref(key: str) -> Ref:
    """Where the key with this id is kept."""
    return Ref(f"Basic/{key}")


def write_signing_key(key: PublicKey, at: datetime, name: str = "") -> Document:
    """The key as it is published."""
    return {
        "resourceType": "Basic",
        "id": key.id,
        "extension": [{"url": SIGNING_KEY, "valueString": base64.b64encode(key.raw).decode()}],
        "code": concept(BASIC, _CODE),
        "subject": person(key.owner, name),
        "created": instant_text(at)[:10],
    }


def read_signing_key(document: Document) -> PublicKey | None:
    """Read a published key; None when it is none, or not the one its id names."""
    owner = practitioner_at(document, "subject")
    if code_of(at(document, "code"), BASIC) != _CODE or owner is None:
        return None
    try:
        told = text_at(extension(document, SIGNING_KEY), "valueString")
        key = PublicKey(owner, base64.b64decode(told, validate=True))
    except binascii.Error:
        return None
    return key if key.id == text_at(document, "id") else None
