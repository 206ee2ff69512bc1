"""Practitioner, PractitionerRole, CareTeam (R4 pages of those names): who works here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.people import Post, PractitionerRecord, Role
from app.domain.terms import Named, PractitionerId, WardId
from app.fhir.building import begin, put, reference, set_code
from app.fhir.document import Document, Json, references
from app.fhir.elements import (
    at,
    bool_at,
    code_of,
    concept_term,
    dicts_at,
    id_at,
    list_at,
    practitioner_at,
    ref_at,
    text_at,
)
from app.fhir.patients import read_names
from app.fhir.valuesets import ROLE, STAFF

_NOT_AT_WORK = frozenset({"proposed", "suspended", "inactive", "entered-in-error"})
"""`care-team-status` of a team that does not look after its patient."""
_ROLES = {role.value: role for role in Role}


def read_practitioner(document: Document) -> PractitionerRecord:
    """Read a Practitioner."""
    numbers = (
        text_at(one, "value")
        for one in dicts_at(document, "identifier")
        if text_at(one, "system") == STAFF
    )
    return PractitionerRecord(
        id=PractitionerId(text_at(document, "id")),
        name=read_names(document),
        staff_number=next(numbers, ""),
        active=bool_at(document, "active"),
    )


def write_practitioner(practitioner: PractitionerId, name: Named) -> Document:
    """A Practitioner who was not in the record before; there is none to write onto."""
    made = begin({}, "Practitioner", practitioner)
    names: list[Json] = [{"use": "official", "text": name.name}]
    if name.english:
        names.append({"use": "usual", "text": name.english})
    made["active"] = True
    put(made, "name", names)
    return made


def write_role(
    post: str,
    practitioner: PractitionerId,
    role: Role,
    wards: Iterable[WardId],
    onto: Mapping[str, Json],
) -> Document:
    """The post of a practitioner with one of our roles, on these wards and no others."""
    made = begin(onto, "PractitionerRole", post)
    made["active"] = True
    made["practitioner"] = reference("Practitioner", practitioner, onto=made.get("practitioner"))
    set_code(made, "code", ROLE, role.value)
    put(made, "location", [reference("Location", ward) for ward in wards])
    return made


def read_role(document: Document) -> Post:
    """Read a PractitionerRole; a foreign role keeps its title and grants nothing."""
    concepts = list_at(document, "code")
    titles = (concept_term(one, ROLE) for one in concepts)
    wards = (id_at(one, "Location") for one in list_at(document, "location"))
    return Post(
        id=text_at(document, "id"),
        practitioner=practitioner_at(document, "practitioner"),
        role=_ROLES.get(code_of(at(document, "code"), ROLE)),
        title=next((title for title in titles if title is not None), None),
        organisation=ref_at(document, "organization"),
        wards=tuple(WardId(ward) for ward in wards if ward),
        active=bool_at(document, "active"),
    )


def read_team(document: Document) -> tuple[PractitionerId, ...]:
    """The practitioners of a CareTeam, each once; nobody while it is not at work."""
    if text_at(document, "status") in _NOT_AT_WORK:
        return ()
    refs = (ref.partition("/") for ref in references(document.get("participant")))
    members = (PractitionerId(key) for kind, _, key in refs if kind == "Practitioner")
    return tuple(dict.fromkeys(members))
