"""A signature holds for one content and for no other (I14)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signatures import SignatureState, SignerRole
from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document, Json
from app.fhir.notes import write_countersign
from app.fhir.provenance import write_provenance
from app.fhir.signatures import (
    read_signatures,
    seal_of,
    signed_hash,
    unsigned,
    verify,
    write_signature,
)
from app.fhir.signing_keys import PublicKey, read_signing_key, write_signing_key
from tests.support.fake_signatures import FakeSigningKeys
from tests.support.order_builders import a_note

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
WANG, CHEN = PractitionerId("wang"), PractitionerId("chen")
NOTE = Ref("DocumentReference/note-1")


def a_provenance() -> Document:
    return write_provenance(
        provenance_id="p", targets=(NOTE,), author=WANG, occurred=NOW, recorded=NOW, activity="x"
    )


def signed(
    keys: FakeSigningKeys, document: Document, who: PractitionerId = WANG, skew: int = 2
) -> Document:
    role = SignerRole.AUTHOR if who == WANG else SignerRole.COUNTERSIGNER
    seal = seal_of(document, key=keys.make(who).id, role=role, at=NOW, skew=skew)
    return write_signature(a_provenance(), seal, keys.sign(who, seal.message), who, "王奕")


def states(document: Document, provenance: Document, keys: FakeSigningKeys) -> list[SignatureState]:
    return [one.state for one in verify(document, (provenance,), keys.fits)]


def test_what_was_signed_is_signed() -> None:
    keys = FakeSigningKeys()
    (one,) = verify(a_note(), (signed(keys, a_note()),), keys.fits)

    assert one.state is SignatureState.VALID
    assert (one.who, one.name, one.role, one.at) == (WANG, "王奕", SignerRole.AUTHOR, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"description": "改过的标题"},
        {"content": [{"attachment": {"contentType": "text/plain", "data": "eA=="}}]},
        {"status": "entered-in-error"},
        {"subject": {"reference": "Patient/somebody-else"}},
        {"extension": [{"url": "http://x", "valueString": "y"}]},
    ],
)
def test_changed_content_is_not_signed(change: Document) -> None:
    keys = FakeSigningKeys()

    assert states(a_note() | change, signed(keys, a_note()), keys) == [SignatureState.SUPERSEDED]


@pytest.mark.parametrize(
    "change",
    [
        {"meta": {"versionId": "9"}},
        {"text": {"status": "generated", "div": "<div/>"}},
        {"docStatus": "preliminary"},
    ],
)
def test_what_servers_and_other_signers_write_is_not_under_it(change: Document) -> None:
    keys = FakeSigningKeys()

    assert states(a_note() | change, signed(keys, a_note()), keys) == [SignatureState.VALID]


def test_the_countersigner_signs_the_same_content() -> None:
    keys = FakeSigningKeys()
    draft = a_note(doc_status="preliminary")
    final = write_countersign(draft, by=CHEN, by_name="陈国栋", at=NOW)
    both = (signed(keys, draft), signed(keys, final, CHEN))

    assert signed_hash(draft) == signed_hash(final)
    assert [one.state for one in verify(final, both, keys.fits)] == [SignatureState.VALID] * 2


def test_a_stopped_order_is_not_what_was_signed() -> None:
    order: Document = {"resourceType": "MedicationRequest", "id": "m-1", "status": "active"}

    assert signed_hash(order | {"status": "stopped"}) != signed_hash(order)
    assert signed_hash(order | {"meta": {"versionId": "2"}}) == signed_hash(order)


def test_a_key_that_is_not_here_proves_nothing() -> None:
    provenance = signed(FakeSigningKeys(), a_note())

    assert states(a_note(), provenance, FakeSigningKeys()) == [SignatureState.UNKNOWN_KEY]
    assert states(a_note() | {"language": "x"}, provenance, FakeSigningKeys()) == [
        SignatureState.SUPERSEDED
    ]


def test_a_signature_with_somebody_elses_key_is_broken() -> None:
    keys = FakeSigningKeys()
    seal = seal_of(a_note(), key=keys.make(CHEN).id, role=SignerRole.AUTHOR, at=NOW, skew=0)
    forged = write_signature(a_provenance(), seal, keys.sign(CHEN, seal.message), WANG)

    assert states(a_note(), forged, keys) == [SignatureState.BROKEN]


def test_an_altered_signature_is_broken() -> None:
    keys = FakeSigningKeys()
    other = Ed25519PrivateKey.generate()
    seal = seal_of(a_note(), key=keys.make(WANG).id, role=SignerRole.AUTHOR, at=NOW, skew=0)
    forged = write_signature(a_provenance(), seal, other.sign(seal.message), WANG)

    assert states(a_note(), forged, keys) == [SignatureState.BROKEN]


def test_the_header_tells_what_it_is_under_and_how_right_the_clock_was() -> None:
    keys = FakeSigningKeys()
    (found,) = read_signatures(signed(keys, a_note(), skew=-7))
    raw = signed(keys, a_note(), skew=-7)["signature"]
    assert isinstance(raw, list)
    assert isinstance(raw[0], dict)
    jws = base64.b64decode(str(raw[0]["data"])).decode()
    header, payload, _ = jws.split(".")
    said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))

    assert (found.target, found.digest) == (NOTE, signed_hash(a_note()))
    assert payload == ""
    assert said["alg"] == "EdDSA"
    assert (said["ref"], said["skew"], said["iat"]) == (NOTE, -7, int(NOW.timestamp()))


def test_signatures_of_another_document_say_nothing_about_this_one() -> None:
    keys = FakeSigningKeys()

    assert states(a_note("note-2"), signed(keys, a_note()), keys) == []


def jose(header: object, payload: str = "") -> str:
    made = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return base64.b64encode(f"{made}.{payload}.eA".encode()).decode()


WHOLE = {"alg": "EdDSA", "ref": NOTE, "sha256": "x", "kid": "k"}


@pytest.mark.parametrize(
    "signature",
    [
        {},
        {"sigFormat": "application/signature+xml", "data": "eA=="},
        {"sigFormat": "application/jose", "data": "no base64!"},
        {"sigFormat": "application/jose", "data": "/w=="},
        {"sigFormat": "application/jose", "data": base64.b64encode(b"a.b").decode()},
        {"sigFormat": "application/jose", "data": jose([])},
        {"sigFormat": "application/jose", "data": jose({"alg": "EdDSA"})},
        {"sigFormat": "application/jose", "data": jose(WHOLE | {"alg": "none"})},
        {"sigFormat": "application/jose", "data": jose(WHOLE, payload="eA")},
    ],
)
def test_signatures_of_other_programs_are_passed_over(signature: Json) -> None:
    assert list(read_signatures(a_provenance() | {"signature": [signature]})) == []


def test_one_that_is_whole_is_read() -> None:
    data: Json = {"sigFormat": "application/jose", "data": jose(WHOLE)}

    (found,) = read_signatures(a_provenance() | {"signature": [data]})

    assert (found.role, found.who, found.at) == (SignerRole.AUTHOR, None, None)


WORDS = st.text(max_size=5)


@given(st.dictionaries(st.sampled_from(["description", "date", "language", "x"]), WORDS), WORDS)
def test_signed_means_that_the_hashes_are_the_same(change: dict[str, str], tag: str) -> None:
    keys = FakeSigningKeys()
    now: Document = a_note() | {**change} | {"meta": {"tag": [{"code": tag}]}}
    same = all(a_note().get(name) == value for name, value in change.items())

    (state,) = states(now, signed(keys, a_note()), keys)

    assert (state is SignatureState.VALID) == same


# --- what nobody has signed does not claim to be signed


def test_a_final_note_falls_back_to_preliminary_without_its_countersignature() -> None:
    final = write_countersign(a_note(), by=CHEN, at=NOW)

    fallen = unsigned(final)

    assert fallen["docStatus"] == "preliminary"
    assert "authenticator" not in fallen
    assert "extension" not in fallen
    assert signed_hash(fallen) == signed_hash(final)


@pytest.mark.parametrize("kind", ["MedicationRequest", "ServiceRequest"])
def test_a_standing_order_falls_back_to_a_draft(kind: str) -> None:
    assert unsigned({"resourceType": kind, "status": "active"})["status"] == "draft"


@pytest.mark.parametrize(
    "document",
    [
        {"resourceType": "Task", "status": "requested"},
        {"resourceType": "DocumentReference", "docStatus": "preliminary"},
        {"resourceType": "MedicationRequest", "status": "stopped"},
    ],
)
def test_what_does_not_claim_to_be_signed_stays(document: Document) -> None:
    assert unsigned(document) == document


# --- published keys


def key_of(private: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(WANG, private.public_key().public_bytes_raw())


def test_a_published_key_reads_back() -> None:
    key = key_of(Ed25519PrivateKey.generate())
    document = write_signing_key(key, NOW, "王奕")

    assert read_signing_key(document) == key
    assert document["id"] == key.id
    assert key.ref == f"Basic/{key.id}"


def without(name: str) -> Callable[[Document], Document]:
    return lambda document: {k: v for k, v in document.items() if k != name}


@pytest.mark.parametrize(
    "spoilt",
    [
        without("subject"),
        without("code"),
        without("extension"),
        lambda document: document | {"id": "0" * 64},
        lambda document: (
            document | {"extension": [{"url": "urn:wardone:signing-key", "valueString": "a"}]}
        ),
    ],
)
def test_a_key_that_is_not_the_one_its_id_names_is_none(
    spoilt: Callable[[Document], Document],
) -> None:
    document = write_signing_key(key_of(Ed25519PrivateKey.generate()), NOW)

    assert read_signing_key(spoilt(document)) is None
