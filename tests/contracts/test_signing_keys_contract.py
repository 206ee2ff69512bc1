"""`SigningKeys` and `Provenances`: fakes and the encrypted cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.provenance import write_provenance
from app.fhir.signing_keys import PublicKey, write_signing_key
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act
from app.ports.signatures import Provenances, SigningKeys
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances
from localdb.signing_keys import KeptSigningKeys
from tests.support.cache_kit import NOW, a_cache, a_piece, an_act, enrol, incoming
from tests.support.fake_acts import FakeActs
from tests.support.fake_signatures import FakeProvenances, FakeSigningKeys
from tests.support.order_builders import a_note

WANG, CHEN = PractitionerId("dr-wang"), PractitionerId("dr-chen")
NOTE = Ref("DocumentReference/note-1")


@dataclass(frozen=True)
class Grant:
    keys: SigningKeys
    provenances: Provenances
    commit: Callable[[Act], None]
    learn: Callable[[PublicKey], None]


@pytest.fixture(params=["fake", "encrypted cache"])
def grant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grant]:
    if request.param == "fake":
        acts, keys = FakeActs(), FakeSigningKeys()
        yield Grant(keys, FakeProvenances(acts), acts.commit, keys.learn)
        return
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)

        def learn(key: PublicKey) -> None:
            opened.sync_store.apply(a_piece(incoming(write_signing_key(key, NOW))))

        kept = KeptSigningKeys(opened.people, opened.documents)
        yield Grant(kept, SqlProvenances(opened.cache), opened.acts.commit, learn)


def test_a_key_is_made_once_and_stays(grant: Grant) -> None:
    assert grant.keys.own(WANG) is None

    made = grant.keys.make(WANG)

    assert grant.keys.make(WANG) == made == grant.keys.own(WANG)
    assert grant.keys.make(CHEN) != made


def test_what_somebody_signed_fits_them_and_nobody_else(grant: Grant) -> None:
    key = grant.keys.make(WANG).id
    signature = grant.keys.sign(WANG, b"said")

    assert grant.keys.fits(key, WANG, b"said", signature) is True
    assert grant.keys.fits(key, WANG, b"else", signature) is False
    assert grant.keys.fits(key, WANG, b"said", b"no signature") is False
    assert not grant.keys.fits(key, CHEN, b"said", signature)
    assert not grant.keys.fits(key, None, b"said", signature)


def test_without_a_key_nobody_signs(grant: Grant) -> None:
    with pytest.raises(AppError) as caught:
        grant.keys.sign(WANG, b"said")

    assert caught.value.fault.kind is FaultKind.STORAGE
    assert caught.value.fault.message.code == "signature.no-key"


def test_a_colleagues_key_is_known_once_it_was_published(grant: Grant) -> None:
    private = Ed25519PrivateKey.generate()
    key = PublicKey(CHEN, private.public_key().public_bytes_raw())
    signature = private.sign(b"said")

    assert grant.keys.fits(key.id, CHEN, b"said", signature) is None
    grant.learn(key)

    assert grant.keys.fits(key.id, CHEN, b"said", signature) is True
    assert grant.keys.fits(key.id, WANG, b"said", signature) is False


def a_provenance(key: str, target: str = NOTE) -> Document:
    return write_provenance(
        provenance_id=key,
        targets=(Ref(target),),
        author=WANG,
        occurred=NOW,
        recorded=NOW,
        activity="note.sign",
    )


def test_the_provenances_of_a_document_are_found_and_no_others(grant: Grant) -> None:
    grant.commit(an_act("g1", a_note(), provenance=a_provenance("p1")))
    other = a_provenance("p2", "DocumentReference/note-2")
    grant.commit(an_act("g2", a_note("note-2"), provenance=other))

    assert grant.provenances.about(NOTE) == (a_provenance("p1"),)
    assert grant.provenances.about(Ref("DocumentReference/none")) == ()
