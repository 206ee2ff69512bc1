"""CapabilityStatement (R4 capabilitystatement.html): what a server says it is."""

from __future__ import annotations

from dataclasses import dataclass

from app.fhir.document import Document
from app.fhir.elements import dicts_at, extension, text_at
from app.fhir.valuesets import WEBSOCKET_ADDRESS


@dataclass(frozen=True, slots=True)
class Capability:
    """What a server says of itself.

    Attributes:
        kind: `instance`, `capability`, `requirements`, or "".
        software: Name and version as the server gives them, or "".
        interactions: What it offers for the whole system, such as `transaction`.
        types: Resource types it knows.
        websocket: Where it announces changes, absolute or relative to its base, or "".
    """

    fhir_version: str
    kind: str
    software: str
    interactions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    websocket: str = ""


def read_capability(document: Document) -> Capability | None:
    """Read a CapabilityStatement; None when the document is something else."""
    if document.get("resourceType") != "CapabilityStatement":
        return None
    words = (text_at(document, "software", "name"), text_at(document, "software", "version"))
    servers = [one for one in dicts_at(document, "rest") if text_at(one, "mode") != "client"]
    return Capability(
        fhir_version=text_at(document, "fhirVersion"),
        kind=text_at(document, "kind"),
        software=" ".join(word for word in words if word),
        interactions=_codes(servers, "interaction", "code"),
        types=_codes(servers, "resource", "type"),
        websocket=_websocket(servers),
    )


def _websocket(servers: list[Document]) -> str:
    found = (text_at(extension(one, WEBSOCKET_ADDRESS), "valueUri") for one in servers)
    return next((address for address in found if address), "")


def _codes(servers: list[Document], rows: str, key: str) -> frozenset[str]:
    found = (text_at(row, key) for server in servers for row in dicts_at(server, rows))
    return frozenset(code for code in found if code)
