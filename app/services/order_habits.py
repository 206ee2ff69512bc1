"""Favourites and recents of one person, kept beside their other preferences."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.order_templates import (
    MOST_FAVOURITES,
    MOST_RECENTS,
    Habits,
    OrderTemplate,
    favourites_body,
    recents_body,
    templates_of,
)
from app.domain.orders import OrderDraft
from app.domain.people import Session
from app.kernel.faults import FaultKind, app_error
from app.ports.keeping import People
from app.services.authority import open_door

FAVOURITES = "orders.favourites"
RECENTS = "orders.recents"
_OWN = "one's own preferences: they hold no patient, and nobody else's are reached"


class OrderHabits:
    """Remembers what a clinician pins and signs. It reads and writes: call it on a lane."""

    def __init__(self, people: People) -> None:
        self._people = people

    @open_door(_OWN)
    def habits(self, session: Session) -> Habits:
        """What the person of `session` has pinned and signed; unreadable ones are left out."""
        who = session.clinician.id
        return Habits(
            templates_of(self._people.preference(who, FAVOURITES), MOST_FAVOURITES),
            templates_of(self._people.preference(who, RECENTS), MOST_RECENTS),
        )

    @open_door(_OWN)
    def pin(self, session: Session, template: OrderTemplate) -> Habits:
        """Make `template` a favourite; an item that is one already takes the new dosage.

        Raises:
            AppError: `REFUSED` when there are as many favourites as may be.
        """
        before = self.habits(session)
        if before.full and not before.pins(template):
            raise app_error(
                FaultKind.REFUSED, "order_habits.full", "favourites", most=MOST_FAVOURITES
            )
        return self._kept_favourites(session, before.pinned(template))

    @open_door(_OWN)
    def unpin(self, session: Session, template: OrderTemplate) -> Habits:
        """Take the item of `template` off the favourites, whatever its dosage there."""
        return self._kept_favourites(session, self.habits(session).unpinned(template))

    @open_door(_OWN)
    def remember(
        self,
        session: Session,
        drafts: Iterable[OrderDraft],
        worked_out: frozenset[int] = frozenset(),
    ) -> Habits:
        """Keep what was signed as recent.

        Args:
            session: Who signed.
            drafts: The signed ones.
            worked_out: Places of those whose dose was worked out from the patient's body.
        """
        found = (
            OrderTemplate.of(draft, worked_out=place in worked_out)
            for place, draft in enumerate(drafts)
        )
        habits = self.habits(session).signed(tuple(one for one in found if one is not None))
        self._people.remember(session.clinician.id, RECENTS, recents_body(habits))
        return habits

    def _kept_favourites(self, session: Session, habits: Habits) -> Habits:
        self._people.remember(session.clinician.id, FAVOURITES, favourites_body(habits))
        return habits
