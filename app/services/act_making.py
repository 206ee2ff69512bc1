"""Builds the change group of an act, with its Provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.people import Clinician, Session
from app.domain.terms import DraftId, GroupId, PatientId, Ref
from app.fhir.document import Document, reference_to
from app.fhir.provenance import write_provenance
from app.kernel.clock import Clock, Ids
from app.ports.acts import Act, Change, ReadSet

Seal = Callable[[str, Document, Iterable[Document], Clinician, datetime], Document]
"""(kind of the act, its Provenance, its documents, who, when) → the Provenance, signed."""


def unsealed(
    kind: str, provenance: Document, documents: Iterable[Document], who: Clinician, at: datetime
) -> Document:
    """The seal of a program without keys: the Provenance names its author and proves nothing."""
    del kind, documents, who, at
    return provenance


@dataclass(frozen=True, slots=True)
class ActMaker:
    """Gives every act its group id, its time and its Provenance, signed (sync.md §7.7)."""

    clock: Clock
    ids: Ids
    seal: Seal = unsealed

    def make(  # noqa: PLR0913 - these are what an act consists of
        self,
        kind: str,
        session: Session,
        patient: PatientId | None,
        changes: tuple[Change, ...],
        *,
        seen: ReadSet = (),
        reason: str = "",
        draft: DraftId | None = None,
        kinds: frozenset[str] = frozenset(),
    ) -> Act:
        now = self.clock.now()
        author = session.clinician.id
        return Act(
            group=GroupId(self.ids.new()),
            kind=kind,
            patient=patient,
            author=author,
            at=now,
            changes=changes,
            read_set=seen,
            provenance=self._provenance(kind, session, changes, reason),
            reason=reason,
            draft=draft,
            kinds=kinds,
        )

    def _provenance(
        self, kind: str, session: Session, changes: tuple[Change, ...], reason: str
    ) -> Document:
        now = self.clock.now()
        documents = tuple(change.document for change in changes)
        provenance = write_provenance(
            provenance_id=self.ids.new(),
            targets=tuple(Ref(reference_to(document)) for document in documents),
            author=session.clinician.id,
            author_name=session.clinician.name.name,
            occurred=now,
            recorded=now,
            activity=kind,
            reason=reason,
        )
        return self.seal(kind, provenance, documents, session.clinician, now)
