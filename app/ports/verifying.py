"""What nurse verification reads: the orders of a ward, and what was said of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.census import Ward
from app.domain.order_verification import Recorded
from app.domain.skin_tests import SkinResult
from app.domain.terms import PatientId, WardId


@dataclass(frozen=True, slots=True)
class WardRecord:
    """Who lies in a ward with their orders; `as_of` is until when its census is complete."""

    ward: Ward
    patients: tuple[Recorded, ...]
    as_of: datetime | None


class VerificationReads(Protocol):
    def ward(self, ward: WardId, since: datetime) -> WardRecord:
        """Patients in bed order, each with the orders that hold, in the order of their signing.

        Of those that are over: the ones that ended after `since`, and every one that a nurse has
        acknowledged before.
        """
        ...

    def patients(self, patients: tuple[PatientId, ...], since: datetime) -> tuple[Recorded, ...]:
        """The same of these patients, wherever they lie; one who is not here is missing."""
        ...

    def skin_tests(self, patient: PatientId) -> tuple[SkinResult, ...]:
        """The skin tests of a patient that were read, whoever read them."""
        ...
