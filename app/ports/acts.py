"""One clinical act: written whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.decision_events import DecisionEvent
from app.domain.terms import DraftId, GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document

ReadSet = tuple[tuple[Ref, str], ...]
"""(ref, server version) of what was on the screen when the clinician decided."""


@dataclass(frozen=True, slots=True)
class Held:
    """A document of the cache as a form opens it.

    Attributes:
        stamp: Token of this very content; a change made from an older one is refused.
        version: The server's version id, or "" when the server has never seen it.
        state: `clean`, `dirty`, `inflight`, `conflict` or `tombstone`.
    """

    ref: Ref
    document: Document
    stamp: str
    version: str
    state: str


@dataclass(frozen=True, slots=True)
class Change:
    """One document as it shall read.

    Attributes:
        stamp: `Held.stamp` it was written onto, or None to create it.
    """

    document: Document
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a clinician did, as one change group.

    Attributes:
        group: Client-made UUID: identity and idempotency key of the act.
        kind: `note.sign`, `order.place`, `order.stop`, `result.acknowledge`, `task.complete`,
            `message.send`, `audit.upload`, …; the catalogue names it as `act.<kind>`.
        provenance: The Provenance document of the group (also among the sent documents).
        draft: The draft this act came from; it is removed in the same transaction.
        decisions: What decision support said to it and was answered; kept in its journal in the
            same transaction, and sent to nobody.
    """

    group: GroupId
    kind: str
    patient: PatientId | None
    author: PractitionerId
    at: datetime
    changes: tuple[Change, ...]
    read_set: ReadSet = ()
    provenance: Document | None = None
    reason: str = ""
    draft: DraftId | None = None
    kinds: frozenset[str] = field(default_factory=frozenset)
    decisions: tuple[DecisionEvent, ...] = ()


class Acts(Protocol):
    def commit(self, act: Act) -> None:
        """Write documents, projections, outbox, Provenance and read-set in one transaction.

        Returns when it is durable (`synchronous=FULL`). A change that alters nothing is dropped;
        an act of which nothing is left stores nothing. Committing the same group twice is a no-op.

        Raises:
            AppError: `CONFLICT` when a document has changed since it was opened, `REFUSED` when a
                document holds an unknown modifierExtension, `STORAGE` when it could not be written.
        """
        ...

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        """Write several acts in one transaction: all of them are here, or none.

        They stay change groups of their own: each is sent, refused or disputed by itself. Later
        ones may be written onto what earlier ones wrote.

        Raises:
            AppError: As `commit`; then nothing of any of them was written.
        """
        ...


class Documents(Protocol):
    def held(self, ref: Ref) -> Held | None:
        """The working copy, or None when the cache has no such document."""
        ...

    def versions(self, refs: tuple[Ref, ...]) -> ReadSet:
        """Server versions of those that are in the cache."""
        ...
