"""Whose a document is: the patient compartment (R4 compartmentdefinition-patient.html)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.terms import PatientId
from app.fhir.document import Json
from app.fhir.elements import id_at

_ELEMENTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Account": (("subject",),),
    "AdverseEvent": (("subject",),),
    "Appointment": (("participant", "actor"),),
    "AppointmentResponse": (("actor",),),
    "AuditEvent": (("entity", "what"), ("agent", "who")),
    "Basic": (("subject",),),
    "Communication": (("subject",), ("sender",), ("recipient",)),
    "CommunicationRequest": (("subject",), ("requester",), ("recipient",)),
    "Coverage": (("beneficiary",), ("subscriber",)),
    "EnrollmentRequest": (("candidate",),),
    "Group": (("member", "entity"),),
    "Media": (("subject",),),
    "Person": (("link", "target"),),
    "Provenance": (("target",), ("entity", "what")),
    "ResearchSubject": (("individual",),),
    "Schedule": (("actor",),),
    "Task": (("for",),),
}
_USUAL: tuple[tuple[str, ...], ...] = (("subject",), ("patient",))


def patient_of(document: Mapping[str, Json]) -> PatientId | None:
    """The patient a document belongs to, or None when it belongs to none that it names.

    The elements are those of the R4 patient compartment. A Provenance belongs to the patient
    among its targets; one that targets only a patient's resources names no patient, and its
    patient is that of the change group it came with.
    """
    kind = document.get("resourceType")
    if kind == "Patient":
        own = document.get("id")
        return PatientId(own) if isinstance(own, str) and own else None
    paths = _ELEMENTS.get(kind, _USUAL) if isinstance(kind, str) else _USUAL
    for path in paths:
        for reference in _walk(dict(document), path):
            if found := id_at({"it": reference}, "Patient", "it"):
                return PatientId(found)
    return None


def _walk(value: Json, path: tuple[str, ...]) -> Iterator[Json]:
    if isinstance(value, list):
        for inner in value:
            yield from _walk(inner, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        yield from _walk(value.get(path[0]), path[1:])
