"""Location (R4 location.html) as `Place`, Organization (R4 organization.html) as `Organisation`."""

from __future__ import annotations

from app.domain.census import Organisation, Place, PlaceKind
from app.domain.terms import Named, Ref
from app.fhir.document import Document
from app.fhir.elements import at, bool_at, codings, is_latin, list_at, ref_at, text_at

_KINDS = {"wa": PlaceKind.WARD, "ro": PlaceKind.ROOM, "bd": PlaceKind.BED}
_ORGANISATIONS = {"dept": "department", "prov": "hospital"}


def read_location(document: Document) -> Place:
    """Read a Location; `physicalType` alone says what it is."""
    kinds = [_KINDS[c.code] for c in codings(at(document, "physicalType")) if c.code in _KINDS]
    return Place(
        ref=Ref(f"Location/{text_at(document, 'id')}"),
        kind=kinds[0] if kinds else PlaceKind.OTHER,
        name=_named(document),
        part_of=ref_at(document, "partOf"),
        status=text_at(document, "status"),
        organisation=ref_at(document, "managingOrganization"),
    )


def read_organization(document: Document) -> Organisation:
    """Read an Organization."""
    codes = [c.code for c in codings(at(document, "type")) if c.code in _ORGANISATIONS]
    return Organisation(
        ref=Ref(f"Organization/{text_at(document, 'id')}"),
        kind=_ORGANISATIONS[codes[0]] if codes else "",
        name=_named(document),
        part_of=ref_at(document, "partOf"),
        active=bool_at(document, "active"),
    )


def _named(document: Document) -> Named:
    """The name, and the first Latin alias as its English form where the name is not Latin."""
    name = text_at(document, "name")
    if is_latin(name):
        return Named(name)
    aliases = (text_at(alias) for alias in list_at(document, "alias"))
    return Named(name, next((alias for alias in aliases if alias and is_latin(alias)), ""))
