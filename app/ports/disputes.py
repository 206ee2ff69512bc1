"""What the services need to put a conflict before a person, and to carry the decision out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.disputes import ActNamed, Dispute
from app.domain.terms import GroupId, PractitionerId, Ref
from app.fhir.document import Document
from app.kernel.faults import Message
from app.ports.acts import Act


@dataclass(frozen=True, slots=True)
class Sides:
    """The three versions; None where there is none.

    Attributes:
        theirs: None when it was deleted at the hospital.
        their_stamp: What a change onto their version is made from (`Change.stamp`), or "".
        provenances: Of the disputed document, as the hospital has them; the oldest first.
        findings: What a check found after two changes were merged.
    """

    dispute: Dispute
    base: Document | None
    mine: Document | None
    theirs: Document | None
    their_version: str
    their_stamp: str = ""
    provenances: tuple[Document, ...] = ()
    findings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, when and why; kept with the group it was about.

    Attributes:
        witness: The second person, where one was needed.
    """

    by: PractitionerId
    at: datetime
    reason: str
    witness: PractitionerId | None = None


class Disputes(Protocol):
    def disputes(self) -> tuple[Dispute, ...]:
        """Open ones, oldest first."""
        ...

    def sides(self, dispute: int) -> Sides | None:
        """None when it is open no longer."""
        ...

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        """These acts and every later one that cannot stand without them, oldest first."""
        ...

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        """The unsent documents of these acts, as they were written."""
        ...

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        """Put my version onto the hospital's newest; it is sent with the next round.

        `act` holds the Provenance of the decision and nothing else.

        Raises:
            AppError: `CONFLICT` when the dispute is open no longer.
        """
        ...

    def discard(
        self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        """Take acts back: their documents read as the hospital has them, or are gone.

        `instead` is what takes their place, written in the same transaction: whole, or none of
        it. Returns the documents that read otherwise now.

        Raises:
            AppError: `CONFLICT` when one of the acts is on its way or was sent, when another act
                has come to rest on them since they were shown, or as `Acts.commit` for `instead`.
        """
        ...
