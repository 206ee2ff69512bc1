"""What must be looked at again because it was merged without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.document import Document
from app.kernel.faults import Message


@dataclass(frozen=True, slots=True)
class AutomaticMerge:
    """A document that holds two people's changes, and nobody has looked at it yet.

    Attributes:
        document: As it reads now; None when it is here no longer.
        elements: What came from the hospital's side; names, no values.
        author: Whose unsent change is in it; None when it has been settled meanwhile.
    """

    id: int
    ref: Ref
    patient: PatientId | None
    document: Document | None
    elements: tuple[str, ...]
    author: PractitionerId | None


class Merges(Protocol):
    def unchecked(self) -> tuple[AutomaticMerge, ...]:
        """Oldest first."""
        ...

    def settle(self, merge: int, findings: tuple[Message, ...], at: datetime) -> None:
        """Note what the check found. With a finding its acts wait for a person (kind `cds`)."""
        ...


class Rechecks(Protocol):
    """What is asked about a document before it is signed, asked again after a merge.

    The checks of form and the decision support both stand behind this.
    """

    def findings(self, patient: PatientId | None, document: Document) -> tuple[Message, ...]:
        """What speaks against sending `document` as it reads now; nothing if nothing does."""
        ...
