"""Which version of a resource a document is (R4 resource.html#Meta)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.fhir.document import Json
from app.fhir.elements import dict_at, text_at, when


def version_of(document: Mapping[str, Json]) -> str:
    """`meta.versionId`, or "" when the server has never seen the document."""
    return text_at(document.get("meta"), "versionId")


def last_updated_of(document: Mapping[str, Json]) -> datetime | None:
    """`meta.lastUpdated`, or None."""
    return when(dict_at(document.get("meta")).get("lastUpdated"))
