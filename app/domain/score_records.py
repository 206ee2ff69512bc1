"""A score as it goes into the record: the total, its parts, and what was answered for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.quantities import Quantity
from app.domain.terms import EncounterId, PatientId, PractitionerId, Ref, Term


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One score of one patient, counted and looked at.

    Attributes:
        unit: UCUM code of the total.
        band: What the total means; None where the publication says nothing.
        parts: What each part counted.
        answers: What a clinician said for it, since the chart did not.
        derived: The measurements it was counted from.
        at: When it was counted: everything was true or young enough then.
    """

    ref: Ref
    patient: PatientId
    score: Term
    version: str
    total: Decimal
    unit: str
    band: Term | None
    parts: tuple[tuple[Term, Decimal], ...]
    answers: tuple[tuple[Term, Quantity | Term], ...]
    derived: tuple[Ref, ...]
    at: datetime
    by: PractitionerId
    by_name: str
    encounter: EncounterId | None = None
