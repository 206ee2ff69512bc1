"""States of R4 resources in the order in which they are passed (the state diagrams of R4).

Sources: R4 request.html#statemachine, event.html#statemachine, task.html#statemachine,
valueset-observation-status, valueset-diagnostic-report-status, and the pages of the types.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.domain.loop_marks import Standing
from resources.reading import path, table_rows

_REQUEST = (("draft",), ("active", "on-hold"), ("completed", "revoked"))
_FINDING = (("registered",), ("preliminary",), ("final",), ("amended", "corrected"))
_STAGES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "MedicationRequest": (("draft",), ("active", "on-hold"), ("completed", "stopped")),
    "ServiceRequest": _REQUEST,
    "NutritionOrder": _REQUEST,
    "RequestGroup": _REQUEST,
    "CarePlan": _REQUEST,
    "DeviceRequest": _REQUEST,
    "CommunicationRequest": _REQUEST,
    "SupplyRequest": (("draft",), ("active", "suspended"), ("completed",)),
    "Task": (
        ("draft",),
        ("requested",),
        ("received",),
        ("accepted",),
        ("ready",),
        ("in-progress", "on-hold"),
        ("completed",),
    ),
    "MedicationAdministration": (("in-progress", "on-hold"), ("completed", "stopped")),
    "MedicationDispense": (("preparation",), ("in-progress", "on-hold"), ("completed",)),
    "Procedure": (("preparation",), ("in-progress", "on-hold"), ("completed", "stopped")),
    "Observation": _FINDING,
    "DetectedIssue": _FINDING,
    "RiskAssessment": _FINDING,
    "DiagnosticReport": (
        ("registered",),
        ("partial",),
        ("preliminary",),
        ("final",),
        ("amended", "corrected", "appended"),
    ),
    "Composition": (("preliminary",), ("final",), ("amended",)),
    "Appointment": (
        ("proposed", "pending", "waitlist"),
        ("booked",),
        ("arrived", "checked-in"),
        ("fulfilled",),
    ),
    "Encounter": (
        ("planned",),
        ("arrived",),
        ("triaged",),
        ("in-progress", "onleave"),
        ("finished",),
    ),
    "Specimen": (("available",), ("unavailable", "unsatisfactory")),
    "SupplyDelivery": (("in-progress",), ("completed",)),
    "Communication": (("preparation",), ("in-progress", "on-hold"), ("completed",)),
    "QuestionnaireResponse": (("in-progress",), ("completed",), ("amended",)),
    "ImagingStudy": (("registered",), ("available",)),
    "Consent": (("draft", "proposed"), ("active",), ("inactive",)),
    "Flag": (("active",), ("inactive",)),
    "DeviceUseStatement": (("intended",), ("active", "on-hold"), ("completed", "stopped")),
    "ClinicalImpression": (("in-progress",), ("completed",)),
    "DocumentReference": (("current",), ("superseded",)),
    "List": (("current",), ("retired",)),
    "ChargeItem": (("planned",), ("billable",), ("billed",)),
    "BiologicallyDerivedProduct": (("available",), ("unavailable",)),
    "Claim": (("draft",), ("active",)),
    "EpisodeOfCare": (("planned", "waitlist"), ("active", "onhold"), ("finished",)),
}
_ASKED = frozenset(
    {"MedicationRequest", "SupplyRequest"}
    | {one for one, stages in _STAGES.items() if stages is _REQUEST}
)
_WORK_BEGINS = {"Task": 2, **dict.fromkeys(_ASKED, 99)}
"""Stage from which somebody is at it. What was only asked for is not begun: never a request."""

_DECLINED = frozenset(
    {"not-done", "declined", "rejected", "cancelled", "failed", "noshow", "aborted"}
)
_VOID = frozenset({"entered-in-error"})
_STATUS_ELEMENT = {
    "AdverseEvent": "actuality",
    "AllergyIntolerance": "clinicalStatus",
    "Condition": "clinicalStatus",
}
_NOT_LISTED: Mapping[str, frozenset[str]] = {
    # CodeableConcepts, and types outside the pack of search parameters.
    "AdverseEvent": frozenset({"actual", "potential"}),
    "AllergyIntolerance": frozenset({"active", "inactive", "resolved"}),
    "Condition": frozenset(
        {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}
    ),
    "BiologicallyDerivedProduct": frozenset({"available", "unavailable"}),
    "SupplyDelivery": frozenset({"in-progress", "completed", "abandoned", "entered-in-error"}),
    "SupplyRequest": frozenset({"draft", "active", "suspended", "cancelled", "completed"}),
    "RequestGroup": frozenset({"draft", "active", "on-hold", "revoked", "completed"}),
}


def lie(resource: str, now: str, wanted: str) -> Standing:
    """How a `resource` in state `now` lies to the state `wanted`.

    The first state of a stage is the one that everybody passes; a state beside it (`on-hold`,
    `revoked`) has been passed only by what is in it.
    """
    if now == wanted:
        return Standing.AT
    if now in _VOID:
        return Standing.OFF
    if now in _DECLINED:
        return Standing.DECLINED
    stages = _STAGES.get(resource, ())
    places = {status: place for place, stage in enumerate(stages) for status in stage}
    here, there = places.get(now), places.get(wanted)
    if here is None or there is None:
        return Standing.OFF
    if here < there:
        return Standing.BEFORE if here >= _WORK_BEGINS.get(resource, 0) else Standing.OFF
    return Standing.PAST if wanted == stages[there][0] else Standing.OFF


def status_element(resource: str) -> str:
    """Where R4 keeps the state of this type."""
    return _STATUS_ELEMENT.get(resource, "status")


def statuses(resource: str) -> frozenset[str]:
    """The R4 value set of the state of this type; empty for a type that R4 does not have."""
    return _NOT_LISTED.get(resource) or _listed().get(f"{resource}.status", frozenset())


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    text = path("packs/search/required_codes.tsv").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return {row["path"]: frozenset(row["codes"].split()) for row in table_rows(body)}
