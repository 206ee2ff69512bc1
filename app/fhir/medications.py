"""Medication, and `medication[x]` of R4 medication resources: a concept, or a reference to one."""

from __future__ import annotations

from app.domain.terms import Ref, Term
from app.fhir.document import Document, Json
from app.fhir.elements import (
    UNNAMED,
    at,
    concept_term,
    dicts_at,
    display_at,
    ref_at,
    term_or_unnamed,
    text_at,
)
from app.fhir.valuesets import FORMULARY


def read_medication(document: Document) -> Term:
    """What a Medication is called."""
    return term_or_unnamed(at(document, "code"), FORMULARY)


def medication(document: Document) -> tuple[Term, Ref | None]:
    """What is given, and the Medication that tells more when it is only referred to.

    A contained Medication is read in place (R4 references.html#contained); one elsewhere lends
    its display.
    """
    named = concept_term(at(document, "medicationCodeableConcept"), FORMULARY)
    if named is not None:
        return named, None
    told = at(document, "medicationReference")
    inside = _contained(document, text_at(told, "reference"))
    named = concept_term(at(inside, "code"), FORMULARY) or _mixture(inside)
    words = display_at(document, "medicationReference")
    return named or (Term(words) if words else UNNAMED), ref_at(document, "medicationReference")


def _mixture(inside: Json) -> Term | None:
    """A Medication without a code of its own is what it consists of."""
    parts = (concept_term(at(one, "itemCodeableConcept")) for one in dicts_at(inside, "ingredient"))
    texts = [part.text for part in parts if part is not None]
    return Term(" + ".join(texts)) if texts else None


def _contained(document: Document, reference: str) -> Json:
    found = (one for one in dicts_at(document, "contained") if text_at(one, "id"))
    return next((one for one in found if f"#{text_at(one, 'id')}" == reference), None)
