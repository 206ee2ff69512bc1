"""What giving a dose needs to know: slots, what was given, limits, and how old all that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.dose_limits import DoseLimits
from app.domain.duplicates import Duplicate
from app.domain.slots import DoseGiven, DoseSlot
from app.domain.terms import OrderId, PatientId, Ref


@dataclass(frozen=True, slots=True)
class GivenUnder:
    """All that was given under one order, and what the order allows."""

    order: OrderId
    limits: DoseLimits
    doses: tuple[DoseGiven, ...]


class DoseReads(Protocol):
    def slots(
        self, patients: tuple[PatientId, ...], since: datetime, until: datetime
    ) -> tuple[DoseSlot, ...]:
        """Slots due in [`since`, `until`), in every state, by due time."""
        ...

    def due_of(self, order: OrderId, after: datetime) -> tuple[Ref, ...]:
        """Slots of an order that are due after `after` and not dealt with."""
        ...

    def ending_before(self, until: datetime) -> tuple[tuple[Ref, datetime], ...]:
        """Active medication orders that were laid out, and whose last slot is due before `until`.

        Each with the time of that slot. An order nobody has laid out yet is none of them.
        """
        ...

    def left_behind(self, after: datetime) -> tuple[Ref, ...]:
        """Slots due after `after`, not dealt with, of orders that hold no longer."""
        ...

    def given(self, order: OrderId) -> tuple[DoseGiven, ...]:
        """What was given under an order, oldest first."""
        ...

    def suspects(self) -> tuple[GivenUnder, ...]:
        """Orders under which two doses answer one slot, or that state limits and have two doses."""
        ...

    def data_as_of(self, patient: PatientId) -> datetime | None:
        """Until when the chart of a patient is whole; None when it never came whole."""
        ...


class DuplicateActs(Protocol):
    def open_duplicates(self) -> frozenset[tuple[Ref, Ref]]:
        """Pairs that are before a person now."""
        ...

    def keep_duplicates(
        self, found: tuple[Duplicate, ...], over: frozenset[tuple[Ref, Ref]], at: datetime
    ) -> bool:
        """Put these pairs before a person, once each; close those that are `over`.

        Both administrations stay as they are. Answers whether anything changed.
        """
        ...
