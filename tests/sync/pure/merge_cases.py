"""One encounter in three hands, and what is expected of its merge."""

from __future__ import annotations

from app.fhir.document import Document, Json
from sync.merge import Merged, NeedsClinician, merge
from tests.sync.pure.cases import RULES

HOME: Document = {"system": "phone", "value": "home", "use": "home"}
WORK: Document = {"system": "phone", "value": "work"}
MAIL: Document = {"system": "email", "value": "mail"}
ENCOUNTER: Document = {
    "resourceType": "Encounter",
    "id": "e-1",
    "meta": {"versionId": "3", "lastUpdated": "2026-03-02T12:00:00Z"},
    "status": "in-progress",
    "subject": {"reference": "Patient/p"},
    "period": {"start": "2026-03-01"},
    "participant": [{"individual": {"reference": "Practitioner/1"}}],
    "telecom": [HOME, WORK, MAIL],
}
NEWER: Document = {"versionId": "4", "lastUpdated": "2026-03-02T12:05:00Z"}


def edited_here(**changes: Json) -> Document:
    return ENCOUNTER | changes


def edited_there(**changes: Json) -> Document:
    return ENCOUNTER | {"meta": NEWER} | changes


def expect_merged(
    local: Document | None, remote: Document | None, base: Document = ENCOUNTER
) -> Merged:
    result = merge(base, local, remote, RULES)
    assert isinstance(result, Merged), result
    return result


def expect_conflict(
    local: Document | None, remote: Document | None, base: Document | None = ENCOUNTER
) -> NeedsClinician:
    result = merge(base, local, remote, RULES)
    assert isinstance(result, NeedsClinician), result
    assert (result.base, result.ours, result.theirs) == (base, local, remote)
    return result


def document_of(result: Merged) -> Document:
    assert result.document is not None
    return result.document
