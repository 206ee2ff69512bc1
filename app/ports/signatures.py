"""What signing and trying a signature need: keys, and the Provenances about a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.signing_keys import PublicKey


class SigningKeys(Protocol):
    """The signing keys of the clinicians enrolled here, and the public ones of everybody else."""

    def own(self, who: PractitionerId) -> PublicKey | None:
        """The public half of the key of somebody who has signed here, or None."""
        ...

    def make(self, who: PractitionerId) -> PublicKey:
        """The same, made now if there is none yet. Durable when it returns.

        Raises:
            AppError: `STORAGE` if it could not be kept; then nothing may be signed with it.
        """
        ...

    def sign(self, who: PractitionerId, message: bytes) -> bytes:
        """Sign with the key of `who` (Ed25519, RFC 8032).

        Raises:
            AppError: `STORAGE` if there is no such key here.
        """
        ...

    def fits(
        self, key: str, who: PractitionerId | None, message: bytes, signature: bytes
    ) -> bool | None:
        """Whether `signature` is that of `who` with `key` under `message`.

        None when no key of that id is here; False for a key that is somebody else's.
        """
        ...


class Provenances(Protocol):
    """Who did what to a document, as far as the cache knows."""

    def about(self, ref: Ref) -> tuple[Document, ...]:
        """Every Provenance that names the document, the oldest first."""
        ...


class Unattributed(Protocol):
    """Versions of which the record may say more than their documents do."""

    def versions(self) -> Iterator[tuple[Ref, str]]:
        """(ref, server version) of what is in dispute, then of the notes here, newest first."""
        ...
