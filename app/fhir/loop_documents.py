"""What a document or a Provenance says towards the steps of a closed loop (R4 pages of the types).

A step is named with system `urn:wardone:step`: in `Task.businessStatus`, `Communication.category`
or `.reasonCode`, a `meta.tag` of a QuestionnaireResponse, the `code` of anything else, and in
`Provenance.activity`. A document that follows a certain loop says so in `instantiatesUri` (R4
request.html#instantiatesUri) with `urn:wardone:loop:CODE`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.domain.loop_marks import Mark, Signature
from app.domain.loops import BIRTH
from app.domain.terms import Ref
from app.fhir.document import Document, Json, reference_to
from app.fhir.elements import (
    at,
    codings,
    dict_at,
    dicts_at,
    display_at,
    extension,
    list_at,
    ref_at,
    text_at,
    when,
)
from app.fhir.loop_statuses import status_element
from app.fhir.slots import is_slot
from app.fhir.valuesets import (
    ACT,
    INTERPRETATION_SYSTEMS,
    LOOP,
    ORDER_CLASS,
    STEP,
    TASK,
)

ORDER_TYPES = frozenset({"MedicationRequest", "ServiceRequest", "NutritionOrder"})
MARK_TYPES = frozenset(
    {
        "AdverseEvent", "AllergyIntolerance", "Appointment", "BiologicallyDerivedProduct",
        "CarePlan", "ChargeItem", "Claim", "ClinicalImpression", "Communication",
        "CommunicationRequest", "Composition", "Condition", "Consent", "DetectedIssue", "Device",
        "DeviceRequest", "DeviceUseStatement", "DiagnosticReport", "DocumentReference",
        "Encounter", "EpisodeOfCare", "Flag", "ImagingStudy", "Immunization", "List", "Location",
        "MedicationAdministration", "MedicationDispense", "MedicationRequest",
        "MedicationStatement", "NutritionOrder", "Observation", "Patient", "Procedure",
        "QuestionnaireResponse", "RequestGroup", "RiskAssessment", "ServiceRequest", "Specimen",
        "SupplyDelivery", "SupplyRequest", "Task",
    }
)  # fmt: skip
"""Every type that a node of the catalogue names, and Patient for the time of birth."""

CRITICAL_LAB = "critical-lab"
_CRITICAL = frozenset({"HH", "LL", "AA"})
_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_LINKS = (
    "basedOn",
    "request",
    "authorizingPrescription",
    "focus",
    "partOf",
    "about",
    "supportingInformation",
    "implicated",
    "specimen",
    "reasonReference",
    "derivedFrom",
    "sourceReference",
)
"""Elements by which what follows an order refers to it, or to what already follows it."""

_PATHS: tuple[tuple[str, ...], ...] = (
    ("issued",),
    ("effectiveDateTime",),
    ("effectivePeriod", "end"),
    ("effectivePeriod", "start"),
    ("performedDateTime",),
    ("performedPeriod", "end"),
    ("performedPeriod", "start"),
    ("executionPeriod", "end"),
    ("lastModified",),
    ("collection", "collectedDateTime"),
    ("whenHandedOver",),
    ("whenPrepared",),
    ("received",),
    ("sent",),
    ("started",),
    ("identifiedDateTime",),
    ("occurrenceDateTime",),
    ("date",),
    ("dateTime",),
    ("authored",),
    ("recordedDate",),
    ("created",),
    ("period", "start"),
)
_OWN_PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    # When these shall happen is another thing than when they came into their state.
    **dict.fromkeys(
        sorted(ORDER_TYPES | {"RequestGroup", "DeviceRequest", "CommunicationRequest"}),
        (("authoredOn",), ("dateTime",)),
    ),
    "SupplyRequest": (("authoredOn",),),
    "Appointment": (("created",),),
}
_STEPS_AT: dict[str, tuple[tuple[str, ...], ...]] = {
    "Task": (("businessStatus",),),
    "Communication": (("category",), ("reasonCode",)),
    "QuestionnaireResponse": (("meta", "tag"),),
}
"""Where a document names its step: R4 gives the last two no `code`."""

_WHO: tuple[tuple[str | int, ...], ...] = (
    ("requester",),
    ("orderer",),
    ("performer", 0, "actor"),
    ("performer", 0),
    ("owner",),
    ("collection", "collector"),
    ("resultsInterpreter", 0),
    ("author", 0),
    ("author",),
    ("recorder",),
    ("sender",),
    ("supplier",),
)


def read_mark(document: Document) -> Mark | None:
    """What the document says, or None when it can belong to no loop."""
    kind = text_at(document, "resourceType")
    if kind == "Patient":
        return _birth(document)
    steps, named, event = _steps(document, kind), _named(document), _event(document, kind)
    if not (kind in ORDER_TYPES or steps or named or event or _is_linked(document)):
        return None
    ref = Ref(reference_to(document))
    authored = when(at(document, "authoredOn"))
    return Mark(
        ref=ref,
        resource=kind,
        status=_status(document, kind),
        version=text_at(document, "meta", "versionId"),
        at=_moment(document, kind, authored),
        authored_at=authored,
        due=when(at(document, "restriction", "period", "end")),
        by=next((name for path in _WHO if (name := display_at(document, *path))), ""),
        instance=_instance(document, ref),
        steps=steps,
        codes=_codes(document, kind),
        named=named,
        event=event,
    )


def links(document: Document) -> tuple[Ref, ...]:
    """What the document follows from, each once."""
    found = (
        ref_at(one)
        for key in _LINKS
        if key in document
        for one in (list_at(document, key) or [document[key]])
    )
    return tuple(dict.fromkeys(ref for ref in found if ref is not None))


def read_signatures(document: Document) -> Iterator[Signature]:
    """One for each target of a Provenance whose activity is a step or an act of this house."""
    activity = codings(at(document, "activity"))
    steps = tuple(one.code for one in activity if one.system == STEP and one.code)
    act = next((one.code for one in activity if one.system == ACT), "")
    if not steps and not act:
        return
    recorded = when(at(document, "recorded"))
    occurred = when(at(document, "occurredDateTime")) or when(at(document, "occurredPeriod", "end"))
    for target in dicts_at(document, "target"):
        ref = ref_at(target)
        if ref is not None:
            yield Signature(
                target=ref,
                version=text_at(target, "reference").partition("/_history/")[2],
                steps=steps,
                act=act,
                at=recorded,
                client_at=occurred,
                by=display_at(document, "agent", 0, "who"),
                who=ref_at(document, "agent", 0, "who"),
            )


def _birth(document: Document) -> Mark | None:
    told = extension(dict_at(document, "_birthDate"), _BIRTH_TIME)
    born = when(at(told, "valueDateTime"))
    if born is None:
        return None
    ref = Ref(reference_to(document))
    return Mark(ref, "Patient", "", at=born, steps=(BIRTH,))


def _is_linked(document: Document) -> bool:
    return any(key in document for key in _LINKS)


def _status(document: Document, kind: str) -> str:
    found = at(document, status_element(kind))
    if isinstance(found, str):
        return found
    return next((one.code for one in codings(found) if one.code), "")


def _moment(document: Document, kind: str, authored: datetime | None) -> datetime | None:
    paths = _OWN_PATHS.get(kind, _PATHS)
    found = (when(at(document, *path)) for path in paths)
    return next((one for one in found if one is not None), authored)


def _steps(document: Document, kind: str) -> tuple[str, ...]:
    said = (at(document, *path) for path in _STEPS_AT.get(kind, (("code",),)))
    found = [code for value in said if value is not None for code in _step_codes(value)]
    return tuple(dict.fromkeys(found))


def _step_codes(value: Json) -> Iterator[str]:
    # Asked of every document of a download, and of most in vain: the system is looked at first.
    for concept in value if isinstance(value, list) else (value,):
        own = dicts_at(concept, "coding") or ([concept] if isinstance(concept, dict) else [])
        for coding in own:
            if coding.get("system") == STEP and (code := text_at(coding, "code")):
                yield code


def _codes(document: Document, kind: str) -> tuple[str, ...]:
    """Codes of this house by which a pack may know the document: of a task, of an order."""
    wanted = {"Task": (TASK, "code"), "ServiceRequest": (ORDER_CLASS, "category")}.get(kind)
    if wanted is None:
        return ()
    system, key = wanted
    return tuple(one.code for one in codings(at(document, key)) if one.system == system)


def _named(document: Document) -> str:
    said = document.get("instantiatesUri")
    for uri in said if isinstance(said, list) else [said]:
        if isinstance(uri, str) and uri.startswith(LOOP):
            return uri.removeprefix(LOOP)
    return ""


def _event(document: Document, kind: str) -> str:
    """A laboratory result outside its critical limits begins a loop of its own."""
    if kind != "Observation" or "interpretation" not in document:
        return ""
    flagged = any(
        one.code in _CRITICAL and one.system in INTERPRETATION_SYSTEMS
        for one in codings(document["interpretation"])
    )
    laboratory = any(one.code == "laboratory" for one in codings(at(document, "category")))
    return CRITICAL_LAB if flagged and laboratory else ""


def _instance(document: Document, ref: Ref) -> str:
    """The slot of a dose: the slot itself, or what says that it answers one."""
    if is_slot(document):
        return ref
    told = (ref_at(one) for one in list_at(document, "supportingInformation"))
    return next((one for one in told if one is not None and one.startswith("Task/")), "")
