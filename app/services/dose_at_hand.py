"""A dose about to be given, with everything that is known about it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.administration_hurdles import DoseAsked
from app.domain.dose_limits import LedgerLine, lines_of, with_line
from app.domain.orders import Order, OrderKind
from app.domain.slots import DoseGiven, DoseSlot
from app.fhir.dose_limits import read_ledger
from app.ports.acts import Held
from app.services.frequencies import is_as_needed


@dataclass(frozen=True, slots=True)
class DoseAtHand:
    """What was asked for, the order and the slot as they read, and what was given before."""

    asked: DoseAsked
    at: datetime
    order: Order
    held: Held
    slot: DoseSlot | None
    slot_held: Held | None
    given: tuple[DoseGiven, ...]
    ledger: Held | None

    @property
    def as_needed(self) -> bool:
        """Whether it is given when needed; then its ledger is kept."""
        kinds = (OrderKind.PRN, OrderKind.SOS)
        return self.order.kind in kinds or is_as_needed(self.order.dosage)

    @property
    def lines(self) -> tuple[LedgerLine, ...]:
        """The ledger, and what the administrations here say besides."""
        found = lines_of(self.given)
        kept = read_ledger(self.ledger.document) if self.ledger is not None else None
        for line in kept.lines if kept is not None else ():
            found = with_line(found, line)
        return found
