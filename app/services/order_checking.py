"""Asking the decision engine about orders that are not signed, and noting what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.decision.engine import ANSWERED_FOR, Memory
from app.decision.findings import Moment
from app.decision.situation import Situation
from app.decision.verdict import Card, Verdict
from app.domain.deciding import OverrideReason
from app.domain.decision_events import DecisionEvent, Response
from app.domain.orders import Order, OrderDraft
from app.domain.people import Privilege, Session
from app.domain.terms import EncounterId, PatientId
from app.kernel.clock import Clock, Ids
from app.ports.deciding import DecisionJournal
from app.services.authority import needs, open_door
from app.services.decision_lines import draft_of
from app.services.decision_records import Asking
from app.services.override_reasons import override_reasons
from app.services.situation_building import Asked, SituationBuilding

Judge = Callable[[Situation, Memory], Verdict]
"""`Engine.judge`."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A card that was shown, and what became of it besides an override at signing.

    Attributes:
        response: `ACCEPTED`, `CHANGED`, `REMOVED` or `ABANDONED`.
        shown_ms: How long it was on the screen.
    """

    card: Card
    response: Response
    shown_ms: int | None = None


class OrderChecking:
    """What a page asks while orders are being written. It reads; only `note` writes."""

    def __init__(
        self,
        judge: Judge,
        building: SituationBuilding,
        journal: DecisionJournal,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._judge = judge
        self._building = building
        self._journal = journal
        self._clock = clock
        self._ids = ids

    @property
    @open_door("rows of a pack: no patient, nothing to protect")
    def reasons(self) -> tuple[OverrideReason, ...]:
        """Why a warning may be passed, in the order of their keys."""
        return override_reasons()

    @needs(Privilege.OPEN_CHART)
    def check(
        self,
        session: Session,
        patient: PatientId,
        drafts: Mapping[str, OrderDraft],
        moment: Moment = Moment.SIGN,
    ) -> Verdict:
        """What speaks against `drafts`, with everything the chart has beside them.

        Nothing is written: it may be asked at every keystroke, on the READ lane.

        Args:
            session: Who asks.
            patient: Whose orders they are.
            drafts: By the keys that findings name.
            moment: `SELECT` while they are being chosen, `SIGN` before the signature.

        Raises:
            AppError: `STORAGE` when the chart could not be read.
        """
        now = self._clock.now()
        asked = Asked(patient, drafts, moment, session.clinician.role.value)
        memory = memory_of(self._journal.answered(patient, now - ANSWERED_FOR))
        return self._judge(self._building.of(asked, now), memory)

    @needs(Privilege.OPEN_CHART)
    def check_orders(self, session: Session, orders: tuple[Order, ...]) -> Verdict:
        """The same for orders of one patient that wait on the chart: proposals, verbal orders.

        They are judged as if they were written now. Findings name them by their ids. A card for
        which they carry a reason already (`Order.overrides`) is among the cards all the same.
        """
        now = self._clock.now()
        drafts = {str(one.id): draft_of(one) for one in orders}
        judged = frozenset(one.id for one in orders)
        patient, grade = orders[0].patient, session.clinician.role.value
        memory = memory_of(self._journal.answered(patient, now - ANSWERED_FOR))
        asked = Asked(patient, drafts, Moment.SIGN, grade, judged)
        return self._judge(self._building.of(asked, now), memory)

    @needs(Privilege.OPEN_CHART)
    def note(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        noted: tuple[Noted, ...],
        moment: Moment = Moment.SIGN,
    ) -> None:
        """Keep in the journal what became of cards that no signature will tell of.

        A suggestion was taken, an order changed or taken out because of a card, or the window was
        left without signing. What is overridden is kept with the signature itself.

        Raises:
            AppError: `STORAGE`.
        """
        asking = Asking(session, patient, encounter, self._clock.now(), moment, self._ids.new())
        self._journal.record(tuple(event for one in noted for event in _events(asking, one)))


def _events(asking: Asking, noted: Noted) -> tuple[DecisionEvent, ...]:
    found = asking.events(noted.card, noted.response)
    return tuple(replace(one, shown_ms=noted.shown_ms) for one in found)


def memory_of(events: tuple[DecisionEvent, ...]) -> dict[str, datetime]:
    """Cards that were answered lately, for the engine."""
    return {one.card: one.at for one in events}
