"""The queue of what has not left this workstation."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.people import Privilege, Session
from app.domain.sending import Fetching, QueueItem, SendingStatus
from app.domain.terms import GroupId
from app.ports.reading import QueueReads
from app.ports.sync_store import SyncStore
from app.ports.syncing import Synchronisation
from app.services.authority import needs, open_door


def _nobody_says() -> Fetching | None:
    return None


class QueueKeeping:
    """Says what waits and why, and puts a group back on its way."""

    def __init__(
        self,
        reads: QueueReads,
        store: SyncStore,
        synchronisation: Synchronisation,
        fetching: Callable[[], Fetching | None] = _nobody_says,
    ) -> None:
        self._reads = reads
        self._store = store
        self._synchronisation = synchronisation
        self._fetching = fetching

    @needs(Privilege.SEE_QUEUE)
    def items(self, session: Session) -> tuple[QueueItem, ...]:  # noqa: ARG002 - read by the guard
        return self._reads.queue()

    @needs(Privilege.SEE_QUEUE)
    def retry(self, session: Session, group: GroupId) -> None:  # noqa: ARG002 - read by the guard
        """Put a refused, held or waiting group back in line; it is sent with the next round."""
        self._store.release(group)

    @open_door("the status bar is honest to everybody, signed in or not")
    def status(self) -> SendingStatus:
        return self._synchronisation.status()

    @open_door("how changes come here is no secret")
    def fetching(self) -> Fetching | None:
        """How changes come here; None where nobody fetches by the clock."""
        return self._fetching()
