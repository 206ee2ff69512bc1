"""What claiming a dose needs of the server: one small write that only one workstation can win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domain.terms import Ref
from app.fhir.document import Document


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the server holds after the write was tried.

    Attributes:
        document: The newest version, which the cache holds by now; None when it is gone.
        won: The write was taken. False when somebody else was faster.
    """

    document: Document | None
    won: bool


class Claims(Protocol):
    def look(self, ref: Ref) -> Document | None:
        """The newest version, which the cache holds by now; None when it is gone.

        Raises:
            AppError: `OFFLINE` or as the server refuses.
        """
        ...

    def write(self, ref: Ref, document: Document, version: str) -> Claimed:
        """Replace exactly `version` of the resource, now, past the queue.

        Of several workstations that replace the same version, one wins. A lost answer is looked
        after before anything is said. Called where the engine works (SYNC lane): never while a
        round is under way.

        Raises:
            AppError: `OFFLINE` or as the server refuses; then nobody knows of a claim.
        """
        ...
