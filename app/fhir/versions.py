"""Which version of a resource a document is (R4 §2.27.4, §3.1.0.1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from app.domain.terms import Ref
from app.fhir.document import Json
from app.fhir.elements import dict_at, text_at, when

_LOCATION = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/([^/?#]+))?$")


def version_of(document: Mapping[str, Json]) -> str:
    """`meta.versionId`, or "" when the server has never seen the document."""
    return text_at(document.get("meta"), "versionId")


def last_updated_of(document: Mapping[str, Json]) -> datetime | None:
    """`meta.lastUpdated`, or None."""
    return when(dict_at(document.get("meta")).get("lastUpdated"))


def etag(version: str) -> str:
    """A version id as the weak ETag that `If-Match` wants (R4 §3.1.0.5)."""
    return f'W/"{version}"'


def version_in_etag(value: str) -> str:
    """The version id in an ETag, weak or (as some servers have it) strong or bare."""
    return value.strip().removeprefix("W/").strip('"')


def located(location: str) -> tuple[Ref | None, str]:
    """`Type/id` and version in a `location`, relative or absolute; None and "" where missing."""
    found = _LOCATION.search(location)
    if found is None:
        return None, ""
    return Ref(f"{found[1]}/{found[2]}"), found[3] or ""
