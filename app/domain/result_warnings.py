"""A result that came in and speaks against a drug that is running."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.domain.terms import PatientId, PractitionerId, Ref, TaskId

_WARNINGS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:result-warning")


@dataclass(frozen=True, slots=True)
class ResultWarning:
    """One rule that a new result met for one running order.

    Attributes:
        order: The drug.
        rule: `rule@pack` without its version: a new edition says the same of an old result.
        results: What was measured, with value and time, as recorded: the same everywhere.
        told: Drug and results for a reader.
        advice: What the rule advises, or "".
        urgent: It would interrupt, were the drug ordered now.
        ordered_by: Whose order it is; None where the record does not say.
    """

    order: Ref
    patient: PatientId
    rule: str
    results: tuple[str, ...]
    told: str
    advice: str = ""
    urgent: bool = False
    ordered_by: PractitionerId | None = None


def warning_id(found: ResultWarning, whose: str) -> TaskId:
    """UUIDv5 of order, rule, results and whom to tell: every workstation raises the same task."""
    said = "|".join((found.order, found.rule, *found.results, whose))
    return TaskId(str(uuid.uuid5(_WARNINGS, said)))
