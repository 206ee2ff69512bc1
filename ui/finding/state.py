"""What the patient search shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.kernel.faults import Fault
from app.ports.reading import PatientHit

MOST = 50
"""So many are found at most; more means that the query says too little."""


@dataclass(frozen=True, slots=True)
class FindingState:
    """The page as a value.

    Attributes:
        query: What is looked for; empty looks for nobody.
        hits: The answer to `answered`; None before the first one.
        now: When it was read, for the ages.
    """

    now: datetime
    query: str = ""
    answered: str = ""
    hits: tuple[PatientHit, ...] | None = None
    fault: Fault | None = None

    @property
    def waiting(self) -> bool:
        """The list on the screen answers an older query."""
        return bool(self.query) and self.query != self.answered and self.fault is None

    @property
    def may_be_more(self) -> bool:
        return len(self.hits or ()) >= MOST

    def alike(self, hit: PatientHit) -> bool:
        """Another one in the list has the same name, or one that sounds the same."""
        return any(
            other.patient.id != hit.patient.id
            and (
                other.patient.name == hit.patient.name
                or (
                    bool(hit.patient.phonetic)
                    and other.patient.phonetic.casefold() == hit.patient.phonetic.casefold()
                )
            )
            for other in self.hits or ()
        )
