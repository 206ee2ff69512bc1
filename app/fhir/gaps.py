"""What of a document is not understood although the rest of it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.fhir.document import Document, Json
from app.fhir.elements import UNNAMED, at, codings, concept_term, dict_at, dicts_at, text_at
from app.fhir.medications import medication
from app.fhir.notes import read_note
from app.fhir.patients import main_name
from app.kernel.faults import Message

NO_NAME = Message.of("incomplete.no-name")
NO_TEXT = Message.of("incomplete.no-text")
FOREIGN_DOSE = Message.of("incomplete.foreign-dose")
FOREIGN_STATUS = Message.of("incomplete.foreign-status")
FOREIGN_VALUE = Message.of("incomplete.foreign-value")
NO_CLASS = Message.of("incomplete.no-class")
MODIFIER = Message.of("incomplete.modifier")
"""Of a `guarded` document; its table says so, `gaps` does not look for it again."""

_ELEMENT = frozenset({"id", "extension", "modifierExtension"})
_GIVEN = _ELEMENT | {"text", "site", "route", "method", "dose", "rateRatio", "rateQuantity"}
"""R4 MedicationAdministration.dosage."""

_ORDERED = _ELEMENT | {
    "sequence", "text", "additionalInstruction", "patientInstruction", "timing", "asNeededBoolean",
    "asNeededCodeableConcept", "site", "route", "method", "doseAndRate", "maxDosePerPeriod",
    "maxDosePerAdministration", "maxDosePerLifetime",
}  # fmt: skip
"""R4 datatypes: Dosage."""

_VALUES = frozenset(
    {
        "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger",
        "valueRange", "valueRatio", "valueTime", "valueDateTime", "valuePeriod",
    }
)  # fmt: skip
"""The `Observation.value[x]` that are shown; R4 also has `valueSampledData`."""

_REQUEST = frozenset(
    {"active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft"}
    | {"revoked", "unknown", ""}
)
_STATUSES: dict[str, frozenset[str]] = {
    "Encounter": frozenset(
        {"planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled"}
        | {"entered-in-error", "unknown"}
    ),
    "MedicationRequest": _REQUEST,
    "ServiceRequest": _REQUEST,
    "MedicationAdministration": frozenset(
        {"in-progress", "not-done", "on-hold", "completed", "entered-in-error", "stopped"}
        | {"unknown"}
    ),
}
"""R4 statuses that decide what holds now. Any other word may mean anything."""

_CODED = frozenset(
    {"Condition", "DiagnosticReport", "Flag", "Observation", "Procedure", "ServiceRequest"}
)
_NOTES = frozenset({"Composition", "DocumentReference"})
_DRUGS = frozenset({"MedicationAdministration", "MedicationRequest"})
READ_FOR_GAPS = _CODED | _NOTES | _DRUGS | {"AllergyIntolerance", "Encounter", "Patient"}
"""The types that `gaps` knows something about."""


def gaps(document: Document) -> tuple[Message, ...]:
    """Why what is shown of a document is not all that it says; nothing means that it is.

    An element that is missing is no gap: a screen says "not recorded" of it. An unknown
    modifier is not counted here either; the document is `guarded`.
    """
    kind = text_at(document, "resourceType")
    found: list[Message] = []
    if kind in _STATUSES and text_at(document, "status") not in _STATUSES[kind]:
        found.append(FOREIGN_STATUS)
    if kind in READ_FOR_GAPS and not _is_named(kind, document):
        found.append(NO_NAME)
    if kind == "Encounter" and not any(coding.code for coding in codings(document.get("class"))):
        found.append(NO_CLASS)
    written = "content" in document or "section" in document
    if kind in _NOTES and written and read_note(document).text is None:
        found.append(NO_TEXT)
    if kind in _DRUGS and any(_is_foreign(one, _KNOWN[kind]) for one in _dosages(kind, document)):
        found.append(FOREIGN_DOSE)
    if kind == "Observation" and any(
        _has_foreign_value(one) for one in (document, *dicts_at(document, "component"))
    ):
        found.append(FOREIGN_VALUE)
    return tuple(found)


_KNOWN = {"MedicationAdministration": _GIVEN, "MedicationRequest": _ORDERED}


def _is_named(kind: str, document: Document) -> bool:
    """Whether the document says of whom or of what it speaks, in words that can be shown."""
    if kind == "Patient":
        return bool(main_name(document))
    if kind in _DRUGS:
        named, elsewhere = medication(document)
        # Whether the Medication that is referred to came along is seen where both are.
        return named != UNNAMED or elsewhere is not None
    if kind == "AllergyIntolerance":
        return any(concept_term(one) is not None for one in _agents(document))
    return kind not in _CODED or concept_term(document.get("code")) is not None


def _agents(document: Document) -> Iterator[Json]:
    yield document.get("code")
    yield from (at(one, "substance") for one in dicts_at(document, "reaction"))


def _dosages(kind: str, document: Document) -> list[Document]:
    if kind == "MedicationRequest":
        return dicts_at(document, "dosageInstruction")
    return [dict_at(document, "dosage")]


def _is_foreign(element: Mapping[str, Json], known: frozenset[str]) -> bool:
    """Whether an element has parts that R4 does not know: a dose may hide there."""
    return any(key not in known and not key.startswith("_") for key in element)


def _has_foreign_value(element: Document) -> bool:
    return any(key.startswith("value") and key not in _VALUES for key in element)
