"""`Basic`: what R4 has no resource for; ours are ledgers, registers, keys and printed paper."""

from __future__ import annotations

from app.fhir.document import Document
from app.fhir.elements import at, code_of
from app.fhir.valuesets import BASIC


def is_ours(document: Document) -> bool:
    """Whether a Basic is of a kind this program writes and reads."""
    return bool(code_of(at(document, "code"), BASIC))
