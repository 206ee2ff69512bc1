"""Keeps what one form holds as a draft: saves in order, restores, lets go when signed."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.people import Session
from app.domain.terms import DraftId, PatientId
from app.kernel.faults import Result
from app.kernel.tasks import TaskScope
from app.ports.keeping import Draft
from app.services.drafting import Drafting


class DraftKeeper:
    """The draft of one form for one patient.

    The id is read and written inside the work of the STORE lane, which is one thread in the order
    of the clicks: a signature that was clicked after an unfinished save still knows the draft
    that it removes, and no save can bring a signed draft back.
    """

    def __init__(
        self,
        drafting: Drafting,
        session: Callable[[], Session],
        patient: PatientId,
        kind: str,
        tasks: TaskScope,
    ) -> None:
        self._drafting = drafting
        self._session = session
        self._patient = patient
        self._kind = kind
        self._tasks = tasks
        self._id: DraftId | None = None

    @property
    def id(self) -> DraftId | None:
        """The id, for the work of the act that signs it. Ask on the STORE lane."""
        return self._id

    def newest(self, session: Session) -> Draft | None:
        """The newest kept draft of this form. Ask on a lane."""
        kept = self._drafting.open(session, self._patient)
        return next((draft for draft in kept if draft.kind == self._kind), None)

    def adopt(self, draft: Draft) -> None:
        """Go on with `draft`."""
        self._id = draft.id

    def keep(self, body: str, done: Callable[[Result[DraftId]], None]) -> None:
        """Save `body`; durable when `done` hears of it."""
        session = self._session()

        def save() -> DraftId:
            self._id = self._drafting.keep(session, self._kind, self._patient, body, self._id)
            return self._id

        self._tasks.write(save, done)

    def discard(self, done: Callable[[Result[None]], None]) -> None:
        """Throw the draft away."""
        session = self._session()

        def drop() -> None:
            if self._id is not None:
                self._drafting.discard(session, self._id)
                self._id = None

        self._tasks.write(drop, done)

    def forget(self) -> None:
        """The act that signed the draft has removed it. Call inside its work."""
        self._id = None
