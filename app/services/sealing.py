"""Puts a clinician's signature under what they sign, and says what signatures are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.people import Clinician, Privilege, Session
from app.domain.signatures import VOID, Signed, SignerRole, standing
from app.domain.terms import NoteId, Ref
from app.fhir.document import Document
from app.fhir.frame import type_of
from app.fhir.signatures import SIGNED_TYPES, seal_of, verify, write_signature
from app.fhir.signing_keys import write_signing_key
from app.ports.acts import Acts, Change, Documents
from app.ports.signatures import Provenances, SigningKeys
from app.services.act_making import ActMaker
from app.services.authority import needs, open_door

_COUNTERSIGNING = frozenset({"note.countersign"})
_SIGNING = frozenset({Privilege.WRITE_NOTE, Privilege.COUNTERSIGN, Privilege.PLACE_ORDER})


@dataclass(frozen=True, slots=True)
class Sealing:
    """`Seal` of the act maker (sync.md §7.7).

    Attributes:
        skew: Seconds this PC's clock is ahead of the server's, as last measured.
    """

    keys: SigningKeys
    skew: Callable[[], int]

    def __call__(
        self,
        kind: str,
        provenance: Document,
        documents: Iterable[Document],
        who: Clinician,
        at: datetime,
    ) -> Document:
        """`provenance` with a signature of `who` under every note and order among `documents`."""
        signed = [one for one in documents if type_of(one) in SIGNED_TYPES]
        if not signed:
            return provenance
        key = self.keys.make(who.id).id
        role = SignerRole.COUNTERSIGNER if kind in _COUNTERSIGNING else SignerRole.AUTHOR
        for document in signed:
            seal = seal_of(document, key=key, role=role, at=at, skew=self.skew())
            signature = self.keys.sign(who.id, seal.message)
            provenance = write_signature(provenance, seal, signature, who.id, who.name.name)
        return provenance


class SignatureReading:
    """Tries the signatures under a document of the cache."""

    def __init__(self, documents: Documents, provenances: Provenances, keys: SigningKeys) -> None:
        self._documents = documents
        self._provenances = provenances
        self._keys = keys

    @needs(Privilege.OPEN_CHART)
    def of(self, session: Session, ref: Ref) -> tuple[Signed, ...]:  # noqa: ARG002 - read by the guard
        """The signatures under the document as it reads here now; none if it is not here."""
        held = self._documents.held(ref)
        if held is None:
            return ()
        return verify(held.document, self._provenances.about(ref), self._keys.fits)

    @needs(Privilege.OPEN_CHART)
    def of_note(self, session: Session, note: NoteId) -> tuple[Signed, ...]:
        """The same of a note, whichever of the two resources it is kept in."""
        found = self.of(session, Ref(f"DocumentReference/{note}"))
        return found or self.of(session, Ref(f"Composition/{note}"))

    @needs(Privilege.OPEN_CHART)
    def voided(self, session: Session, notes: Iterable[NoteId]) -> frozenset[NoteId]:
        """Those of `notes` that do not read any more as somebody signed them."""
        return frozenset(n for n in notes if standing(self.of_note(session, n)) in VOID)


class KeyPublishing:
    """Publishes the public half of a clinician's key, so that everybody can try signatures."""

    def __init__(
        self, keys: SigningKeys, acts: Acts, documents: Documents, maker: ActMaker
    ) -> None:
        self._keys = keys
        self._acts = acts
        self._documents = documents
        self._maker = maker

    @open_door("a public key is public")
    def publish(self, session: Session) -> bool:
        """Queue the key of whoever may sign, unless it is known already.

        Before the first signature, so that a colleague who sees the note can try it at once.
        """
        if not session.may & _SIGNING:
            return False
        key = self._keys.make(session.clinician.id)
        if self._documents.held(key.ref) is not None:
            return False
        document = write_signing_key(key, self._maker.clock.now(), session.clinician.name.name)
        self._acts.commit(self._maker.make("key.publish", session, None, (Change(document),)))
        return True
