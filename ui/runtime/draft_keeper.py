"""Keeps what one form holds as a draft: restores it, saves in order, lets go when signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.domain.people import Session
from app.domain.terms import DraftId, PatientId
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from app.ports.keeping import Draft
from app.services.drafting import Drafting

Said = Callable[[Fault | None], None]
"""Hears why something could not be kept, or None when it is."""


class Form(Protocol):
    """What is being written, as one value."""

    @property
    def blank(self) -> bool:
        """Nothing has been typed: there is nothing to keep."""
        ...

    @property
    def body(self) -> str:
        """As the draft keeps it."""
        ...


class DraftKeeper:
    """The draft of one form, about one patient or about none.

    The id is read and written inside the work of the STORE lane, which is one thread in the order
    of the clicks: a signature that was clicked after an unfinished save still knows the draft
    that it removes, and no save can bring a signed draft back.
    """

    def __init__(
        self,
        drafting: Drafting,
        session: Callable[[], Session],
        patient: PatientId | None,
        kind: str,
        tasks: TaskScope,
    ) -> None:
        self._drafting = drafting
        self._session = session
        self._patient = patient
        self._kind = kind
        self._tasks = tasks
        self._id: DraftId | None = None
        self._restored = False

    @property
    def restored(self) -> bool:
        """Whether it is known what was left here; nothing is begun before that."""
        return self._restored

    @property
    def id(self) -> DraftId | None:
        """The id, for the work of the act that signs it. Ask on the STORE lane."""
        return self._id

    def restore(self, found: Callable[[Draft], None], failed: Said) -> None:
        """Look for what was typed before a kill, a lock or a walk away: the newest draft.

        On the STORE lane, behind whatever the page that was left has still to save.
        """
        session = self._session()

        def newest(_: CancelToken) -> Draft | None:
            kept = self._drafting.open(session, self._patient)
            return next((draft for draft in kept if draft.kind == self._kind), None)

        def answer(result: Result[Draft | None]) -> None:
            self._restored = True
            match result:
                case Ok(Draft() as draft):
                    found(draft)
                case Failed(fault):
                    failed(fault)
                case Ok():
                    pass

        self._tasks.read(newest, answer, lane=Lane.STORE)

    def adopt(self, draft: Draft) -> None:
        """Go on with `draft`."""
        self._id = draft.id

    def keep(self, form: Form, said: Said) -> None:
        """Save what `form` holds; durable when `said` hears of it. An emptied one leaves none."""

        def answer(result: Result[None]) -> None:
            said(result.fault if isinstance(result, Failed) else None)

        if form.blank:
            self.discard(answer)
            return
        session, body = self._session(), form.body

        def save() -> None:
            self._id = self._drafting.keep(session, self._kind, self._patient, body, self._id)

        self._tasks.write(save, answer)

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
