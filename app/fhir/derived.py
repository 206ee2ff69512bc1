"""Documents whose id follows from what they stand for: several may make the same one."""

from __future__ import annotations

from app.fhir.alerts import combined_alert
from app.fhir.document import Document
from app.fhir.dose_limits import combined_ledger
from app.fhir.order_tasks import combined_verification
from app.fhir.slots import combined_slot


def combined(ours: Document, theirs: Document) -> Document | None:
    """What both made of one derived document; None where the usual rules of merging hold."""
    for combine in (combined_slot, combined_ledger, combined_alert, combined_verification):
        made = combine(ours, theirs)
        if made is not None:
            return made
    return None
