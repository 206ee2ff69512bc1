"""Whether a document is R4, as somebody else sees it."""

from __future__ import annotations

import fhirkit

from app.fhir.document import Document, to_bytes


def problems(document: Document) -> list[str]:
    return [f"{issue.path}: {issue.message}" for issue in fhirkit.validate(to_bytes(document))]
