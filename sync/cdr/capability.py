"""The CapabilityStatement (R4 §5.3): what this server does, and that it is not for patients."""

from __future__ import annotations

from app.fhir.document import Document, Json
from app.fhir.valuesets import WEBSOCKET_ADDRESS
from sync.cdr.definitions import Definitions
from sync.cdr.subscriptions import TYPE as SUBSCRIPTION
from sync.cdr.values import Policy

_INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)
_SPECIAL = (("_id", "token"), ("_lastUpdated", "date"))


def capability(
    definitions: Definitions,
    policy: Policy,
    base: str,
    date: str,
    security: Document | None,
    websocket: str = "",
) -> Document:
    """The statement for a base address.

    `security` is `rest.security` when there is a sign-in, `websocket` where changes are announced.
    """
    listed: list[Json] = [
        _resource(type_, definitions, policy)
        for type_ in definitions.types
        if definitions.serves(type_)
    ]
    rest: Document = {
        "mode": "server",
        "resource": listed,
        "interaction": [{"code": code} for code in ("transaction", "batch", "history-system")],
    }
    if security:
        rest["security"] = security
    if websocket:
        rest["extension"] = [{"url": WEBSOCKET_ADDRESS, "valueUri": websocket}]
        rest["resource"] = [*listed, _resource(SUBSCRIPTION, definitions, policy)]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "publisher": "WardOne",
        "kind": "instance",
        "software": {"name": "WardOne embedded CDR (demo - not for patients)"},
        "implementation": {"description": "demo - not for patients", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [rest],
    }


def _resource(type_: str, definitions: Definitions, policy: Policy) -> Json:
    parameters = definitions.parameters(type_)
    links = sorted(p.name for p in parameters if p.kind == "reference")
    found: Document = {
        "type": type_,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
    }
    if policy.referential_integrity:
        found["referencePolicy"] = ["literal", "logical", "enforced"]
    if links:
        found["searchInclude"] = [f"{type_}:{name}" for name in links]
    shown = [*_SPECIAL, *((p.name, p.kind) for p in parameters)]
    found["searchParam"] = [{"name": name, "type": kind} for name, kind in shown]
    operation = "http://hl7.org/fhir/OperationDefinition/"
    operations: list[Json] = [{"name": "validate", "definition": operation + "Resource-validate"}]
    if type_ == "Patient":
        definition = operation + "Patient-everything"
        operations.append({"name": "everything", "definition": definition})
    found["operation"] = operations
    return found
