"""Signatures in a Provenance (R4 provenance.html, datatypes.html#Signature), made and tried.

A signature is a detached JWS (RFC 7515, appendix F; EdDSA of RFC 8037) over the SHA-256 of what was
signed. Its header names the document, the hash and the key, and says when it was made and how far
the clock was off, so that it can be told what was signed after the content has changed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.signatures import SignatureState, Signed, SignerRole
from app.domain.terms import PractitionerId, Ref
from app.fhir.building import begin, coded, person, put, set_extension
from app.fhir.document import Document, Json, canonical_hash, reference_to
from app.fhir.elements import (
    Coding,
    at,
    dicts_at,
    display_at,
    instant_text,
    list_at,
    practitioner_at,
    text_at,
    when,
)
from app.fhir.frame import type_of
from app.fhir.valuesets import COUNTERSIGNED_AT, SIGNATURE_AUTHOR, SIGNATURE_TYPE, SIGNATURE_VERIFY

Try = Callable[[str, PractitionerId | None, bytes, bytes], bool | None]
"""(key, whose it must be, message, signature) → whether it fits; None when the key is not here."""

SIGNED_TYPES = frozenset(
    {"Composition", "DocumentReference", "MedicationRequest", "ServiceRequest"}
)
"""What a clinician signs: notes and orders."""

_ATTESTED_BY: Mapping[str, frozenset[str]] = {
    "Composition": frozenset({"status", "attester"}),
    "DocumentReference": frozenset({"docStatus", "authenticator"}),
}
"""Elements that only say who has signed: a countersignature is under the same content."""


@dataclass(frozen=True, slots=True)
class _Falling:
    """To what a document falls back, and what goes with its signature."""

    element: str
    signed: frozenset[str]
    falls_to: str
    attestation: str = ""


_SIGNED_NOTE = frozenset({"final", "amended"})
_STANDING = frozenset({"active", "on-hold"})
_UNSIGNED: Mapping[str, _Falling] = {
    "Composition": _Falling("status", _SIGNED_NOTE, "preliminary", "attester"),
    "DocumentReference": _Falling("docStatus", _SIGNED_NOTE, "preliminary", "authenticator"),
    "MedicationRequest": _Falling("status", _STANDING, "draft"),
    "ServiceRequest": _Falling("status", _STANDING, "draft"),
}

_FORMAT = "application/jose"
_ALGORITHM = "EdDSA"
_ROLES = {SIGNATURE_AUTHOR: SignerRole.AUTHOR, SIGNATURE_VERIFY: SignerRole.COUNTERSIGNER}
_CODES = {role: code for code, role in _ROLES.items()}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a signature says before it is made.

    Attributes:
        key: Id of the key it is made with.
        digest: `signed_hash` of `target`.
        skew: Seconds the workstation's clock was ahead of the server's, as last measured.
    """

    key: str
    target: Ref
    digest: str
    role: SignerRole
    at: datetime
    skew: int = 0

    @property
    def header(self) -> str:
        """The protected header, as it stands in the JWS."""
        said = {
            "alg": _ALGORITHM,
            "iat": int(self.at.timestamp()),
            "kid": self.key,
            "ref": self.target,
            "sha256": self.digest,
            "skew": self.skew,
        }
        return _encoded(json.dumps(said, separators=(",", ":"), sort_keys=True).encode())

    @property
    def message(self) -> bytes:
        """What the key signs (RFC 7515 §5.1): header and payload, the payload being the hash."""
        return _message(self.header, self.digest)


@dataclass(frozen=True, slots=True)
class Found:
    """One of our signatures, as it stands in a Provenance."""

    target: Ref
    digest: str
    key: str
    role: SignerRole
    who: PractitionerId | None
    name: str
    at: datetime | None
    message: bytes
    signature: bytes


def signed_hash(document: Mapping[str, Json]) -> str:
    """SHA-256 in hex of what a signature is under: the canonical content.

    `meta` and `text` are out of it, for servers change both, and so is what only says who signed.
    """
    left_out = _ATTESTED_BY.get(type_of(document), frozenset())
    kept: Document = {name: value for name, value in document.items() if name not in left_out}
    extensions = list_at(kept, "extension")
    put(kept, "extension", [one for one in extensions if text_at(one, "url") != COUNTERSIGNED_AT])
    return canonical_hash(kept)


def unsigned(document: Document) -> Document:
    """The document without the claim to be signed: preliminary, or a draft (I14).

    One that makes no such claim, and one that is no note and no order, stays as it is.
    """
    kind = type_of(document)
    found = _UNSIGNED.get(kind)
    if found is None or text_at(document, found.element) not in found.signed:
        return document
    kept: Document = {name: value for name, value in document.items() if name != found.attestation}
    set_extension(kept, COUNTERSIGNED_AT, "valueDateTime", None)
    return kept | {found.element: found.falls_to}


def seal_of(document: Document, *, key: str, role: SignerRole, at: datetime, skew: int) -> Seal:
    """What a signature under `document` as it reads now will say."""
    return Seal(key, Ref(reference_to(document)), signed_hash(document), role, at, skew)


def write_signature(
    onto: Document, seal: Seal, signature: bytes, who: PractitionerId, name: str = ""
) -> Document:
    """The Provenance `onto` with one more signature."""
    provenance = begin(onto, "Provenance", text_at(onto, "id"))
    jws = f"{seal.header}..{_encoded(signature)}"
    made: Document = {
        "type": [coded(Coding(SIGNATURE_TYPE, _CODES[seal.role], ""))],
        "when": instant_text(seal.at),
        "who": person(who, name),
        "targetFormat": "application/fhir+json",
        "sigFormat": _FORMAT,
        "data": base64.b64encode(jws.encode()).decode(),
    }
    provenance["signature"] = [*list_at(provenance, "signature"), made]
    return provenance


def read_signatures(provenance: Document) -> Iterator[Found]:
    """Our signatures in a Provenance; those of other programs are passed over."""
    for one in dicts_at(provenance, "signature"):
        found = _found(one) if text_at(one, "sigFormat") == _FORMAT else None
        if found is not None:
            yield found


def verify(document: Document, provenances: Iterable[Document], fits: Try) -> tuple[Signed, ...]:
    """Every signature of ours under `document`, tried against how it reads now."""
    own, digest = reference_to(document), signed_hash(document)
    return tuple(
        Signed(one.who, one.name, one.role, one.at, _state(one, digest, fits))
        for provenance in provenances
        for one in read_signatures(provenance)
        if one.target == own
    )


def _state(one: Found, digest: str, fits: Try) -> SignatureState:
    fitting = fits(one.key, one.who, one.message, one.signature)
    if fitting is False:
        return SignatureState.BROKEN
    if one.digest != digest:
        return SignatureState.SUPERSEDED
    return SignatureState.VALID if fitting else SignatureState.UNKNOWN_KEY


def _found(one: Document) -> Found | None:
    try:
        jws = base64.b64decode(text_at(one, "data"), validate=True).decode("ascii")
        header, payload, signature = jws.split(".")
        said = json.loads(_decoded(header))
        target, digest, key = (str(said[name]) for name in ("ref", "sha256", "kid"))
        told = _decoded(signature)
    except (ValueError, KeyError, TypeError, RecursionError):  # of base64, UTF-8 and JSON alike
        return None
    if payload or said.get("alg") != _ALGORITHM:
        return None
    return Found(
        target=Ref(target),
        digest=digest,
        key=key,
        role=_ROLES.get(text_at(one, "type", 0, "code"), SignerRole.AUTHOR),
        who=practitioner_at(one, "who"),
        name=display_at(one, "who"),
        at=when(at(one, "when")),
        message=_message(header, digest),
        signature=told,
    )


def _message(header: str, digest: str) -> bytes:
    return f"{header}.{_encoded(digest.encode())}".encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
