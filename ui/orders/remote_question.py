"""What the hospital's own services are asked about a basket. Nobody waits for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from app.domain.orders import Order, OrderDraft
from app.domain.people import Session
from app.domain.terms import EncounterId, OrderId, PatientId
from app.kernel.faults import AppError, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from app.ports.remote_checks import Asked
from ui.runtime.visits import Visit

log = logging.getLogger(__name__)

Told = Callable[[Asked], None]


class RemoteServices(Protocol):
    """Those of the hospital; `RemoteAsking`."""

    def ask(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        drafts: Mapping[str, OrderDraft],
    ) -> Asked: ...

    def signed(self, session: Session, asked: Asked, orders: Mapping[str, OrderId]) -> None: ...


class RemoteQuestion:
    """One question at a time: a new one drops the one before."""

    def __init__(
        self, services: RemoteServices, visit: Visit, patient: PatientId, tasks: TaskScope
    ) -> None:
        self._services = services
        self._visit = visit
        self._patient = patient
        self._tasks = tasks
        self._keys: tuple[str, ...] = ()
        self._asked: Asked | None = None
        self._told: Told | None = None
        self._token: CancelToken | None = None

    def begin(self, drafts: Mapping[str, OrderDraft], encounter: EncounterId | None) -> None:
        """Ask about what is about to be signed; who listens hears of it later."""
        if self._token is not None:
            self._token.cancel()
        self._keys, self._asked = tuple(drafts), None
        session, asked = self._visit.session(), dict(drafts)

        def work(_: CancelToken) -> Asked:
            return self._services.ask(session, self._patient, encounter, asked)

        self._token = self._tasks.read(work, self._on_answer, lane=Lane.REMOTE)

    def listen(self, told: Told) -> None:
        """Tell `told` what was said, at once where it is known already."""
        self._told = told
        if self._asked is not None:
            told(self._asked)

    def forget(self) -> None:
        """Nobody listens any more; what comes is kept all the same."""
        self._told = None

    def signed(self, session: Session, orders: tuple[Order, ...]) -> None:
        """The orders of the question are signed: what comes late belongs to them.

        They are signed whatever becomes of this: nothing is raised.
        """
        asked = self._asked
        if asked is None or not asked.answers or len(orders) != len(self._keys):
            return
        placed = {key: order.id for key, order in zip(self._keys, orders, strict=True)}
        try:
            self._services.signed(session, asked, placed)
        except AppError as error:
            # Whoever only proposes has no orders to which a late card could belong.
            log.info("late cards have no order: %s", error.fault.message.code)

    def _on_answer(self, result: Result[Asked]) -> None:
        # What a service does raises nothing; that it could not be asked at all is in the log.
        if isinstance(result, Ok):
            self._asked = result.value
            if self._told is not None:
                self._told(result.value)
