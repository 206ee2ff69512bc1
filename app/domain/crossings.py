"""A dose that was given after its order had been stopped: a stop crossed it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import PatientId, PractitionerId, Ref, TaskId, Term

_CROSSINGS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:dose-after-stop")


@dataclass(frozen=True, slots=True)
class Crossing:
    """One dose recorded as given after the end of its order.

    Attributes:
        order, dose: Where they are recorded.
        stopped_by, ordered_by: Who has to know; None where the record does not say.
    """

    order: Ref
    dose: Ref
    patient: PatientId
    item: Term
    stopped_at: datetime
    given_at: datetime
    stopped_by: PractitionerId | None = None
    ordered_by: PractitionerId | None = None

    @property
    def people(self) -> tuple[PractitionerId, ...]:
        """Who ended the order and who wrote it; one person is told once."""
        told = (self.stopped_by, self.ordered_by)
        return tuple(dict.fromkeys(one for one in told if one is not None))


def crossing_id(order: Ref, dose: Ref, whose: str) -> TaskId:
    """UUIDv5 of order, dose and whom to tell: every workstation raises the same alert."""
    return TaskId(str(uuid.uuid5(_CROSSINGS, f"{order}|{dose}|{whose}")))
