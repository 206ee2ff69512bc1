"""Keeping what is being typed."""

from __future__ import annotations

from app.domain.people import Session
from app.domain.terms import DraftId, PatientId
from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import Draft, Drafts
from app.services.authority import open_door

_ALWAYS = "nothing typed is ever lost: keeping one's own draft needs no privilege"


class Drafting:
    """Saves drafts every two seconds at the latest; they outlive a kill, a lock and a lease."""

    def __init__(self, drafts: Drafts, clock: Clock, ids: Ids) -> None:
        self._drafts = drafts
        self._clock = clock
        self._ids = ids

    @open_door(_ALWAYS)
    def keep(
        self,
        session: Session,
        kind: str,
        patient: PatientId | None,
        body: str,
        draft: DraftId | None = None,
    ) -> DraftId:
        """Save `body` under `draft`, or under a new id; returns the id.

        Raises:
            AppError: `STORAGE` when it could not be written; the caller keeps the text on screen.
        """
        held = draft or DraftId(self._ids.new())
        author = session.clinician.id
        if draft is not None and (there := self._drafts.get(draft)) and there.author != author:
            raise app_error(FaultKind.REFUSED, "draft.not-yours", "draft of another author")
        self._drafts.save(Draft(held, kind, patient, author, body, self._clock.now()))
        return held

    @open_door(_ALWAYS)
    def open(self, session: Session, patient: PatientId | None = None) -> tuple[Draft, ...]:
        """The clinician's own drafts, newest first."""
        return self._drafts.open_for(session.clinician.id, patient)

    @open_door(_ALWAYS)
    def discard(self, session: Session, draft: DraftId) -> None:
        """Throw a draft of one's own away.

        Raises:
            AppError: `REFUSED` when it is somebody else's.
        """
        there = self._drafts.get(draft)
        if there is None:
            return
        if there.author != session.clinician.id:
            raise app_error(FaultKind.REFUSED, "draft.not-yours", "draft of another author")
        self._drafts.discard(draft)
