"""The protocol between documents and the tables that screens read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Table

from app.domain.terms import Ref
from app.fhir.document import Document


@dataclass(frozen=True, slots=True)
class Put:
    """A document as it now stands in the cache.

    Attributes:
        document: The working copy, or None when it was removed.
        unsent: `saved`, `sent`, `conflict` or `rejected` while ours is not confirmed, else "".
        version: The server's version id; "" when the server has never seen it.
        patient: Id of the patient it is about, or None.
    """

    ref: Ref
    rtype: str
    document: Document | None
    unsent: str = ""
    version: str = ""
    patient: str | None = None


class Projector(Protocol):
    """Keeps the tables of one projection in step with the documents.

    Attributes:
        kinds: What to tell the change feed when one of its documents changed (`order`, `note` …).
        rtypes: Resource types it wants to hear of.
        tables: Its own tables, declared on `localdb.schema.metadata` with `info=DERIVED`. Full-text
            tables and triggers hang on them as `after_create` / `before_drop` DDL events.
        version: Raise it when the same documents would give other rows; the next start rebuilds.
    """

    @property
    def kinds(self) -> frozenset[str]: ...
    @property
    def rtypes(self) -> frozenset[str]: ...
    @property
    def tables(self) -> tuple[Table, ...]: ...
    @property
    def version(self) -> int: ...

    def project(self, connection: Connection, puts: Sequence[Put]) -> None:
        """Bring the rows of these documents up to date, inside the caller's transaction.

        Called with documents of `rtypes` only, each ref at most once per call, in the order they
        were written; again with the same document when only `unsent` or `version` changed. A
        document that cannot be read must not raise: keep what can be shown and note the reason.
        """
        ...


def project_all(
    connection: Connection, projectors: Sequence[Projector], puts: Sequence[Put]
) -> frozenset[str]:
    """Tell every projector what concerns it; returns the kinds that changed."""
    kinds: set[str] = set()
    for projector in projectors:
        wanted = [put for put in puts if put.rtype in projector.rtypes]
        if wanted:
            projector.project(connection, wanted)
            kinds |= projector.kinds
    return frozenset(kinds)
