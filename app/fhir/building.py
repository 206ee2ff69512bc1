"""Building FHIR JSON onto what is there already: everything that is not ours survives."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal

from app.domain.terms import PractitionerId, Term
from app.fhir.document import Document, Json
from app.fhir.elements import (
    Coding,
    code_of,
    concept_term,
    dict_at,
    dicts_at,
    list_at,
    ref_at,
    text_at,
)
from app.fhir.valuesets import UCUM
from app.kernel.faults import FaultKind, app_error


def begin(onto: Mapping[str, Json], kind: str, document_id: str) -> Document:
    """A copy of `onto` that may be changed, as resource `kind`/`document_id`.

    Raises:
        AppError: `BUG` when `onto` is another resource already: nothing may be written onto it.
    """
    fresh: Document = {"resourceType": kind, "id": document_id}
    document = fresh | copy.deepcopy(dict(onto))
    if document["resourceType"] != kind or document["id"] != document_id:
        raise app_error(FaultKind.BUG, "fhir.wrong-target", kind)
    return document


def put(document: Document, key: str, value: Json) -> None:
    """Set `key`, or remove it where there is nothing to say (json.html: no empty elements)."""
    if value is None or value in ("", [], {}):
        document.pop(key, None)
    else:
        document[key] = value


def codeable(term: Term, onto: Json = None) -> Document:
    """A CodeableConcept that reads back as `term`.

    Other codings survive as long as the code stays the same: they translate the same concept.
    """
    if isinstance(onto, dict) and concept_term(onto, term.system) == term:
        return onto
    concept: Document = dict(onto) if isinstance(onto, dict) else {}
    same = [coding for coding in dicts_at(concept, "coding") if _is(coding, term)]
    first = dict(same[0]) if same else {}
    put(first, "system", term.system)
    put(first, "code", term.code)
    put(first, "display", term.display)
    others = [c for c in dicts_at(concept, "coding") if not _is(c, term)] if same else []
    put(concept, "coding", [*([first] if first else []), *others])
    concept["text"] = term.text
    return concept


def _is(coding: Document, term: Term) -> bool:
    return (text_at(coding, "system"), text_at(coding, "code")) == (term.system, term.code)


def coded(coding: Coding) -> Document:
    """A Coding."""
    made: Document = {}
    for key, value in zip(("system", "code", "display"), coding, strict=True):
        put(made, key, value)
    return made


def concept(system: str, code: str, display: str = "") -> Document:
    """A CodeableConcept of one code."""
    return {"coding": [coded(Coding(system, code, display))]}


def set_code(document: Document, key: str, system: str, code: str, beside: str = "") -> None:
    """Make `code` the only code of `system` in the array of CodeableConcepts at `key`.

    An empty code takes it out. Codes of other systems stay. A new code joins the concept that has
    one of system `beside`, else it gets a concept of its own.
    """
    concepts = [dict(one) for one in dicts_at(document, key)]
    placed = not code
    for one in concepts:
        kept: list[Json] = []
        for coding in dicts_at(one, "coding"):
            if text_at(coding, "system") != system:
                kept.append(coding)
            elif not placed:
                kept.append(coding | {"code": code})
                placed = True
        put(one, "coding", kept)
    if not placed:
        near = next((one for one in concepts if beside and code_of(one, beside)), None)
        made = concept(system, code)
        if near is None:
            concepts.append(made)
        else:
            near["coding"] = [*list_at(near, "coding"), *list_at(made, "coding")]
    put(document, key, [one for one in concepts if one])


def reference(kind: str, target: str, display: str = "", onto: Json = None) -> Document:
    """A relative Reference to `kind`/`target`; an identical one keeps what else it says."""
    literal = f"{kind}/{target}"
    made: Document = dict(dict_at(onto)) if ref_at(onto) == literal else {}
    made["reference"] = literal
    put(made, "display", display)
    return made


def person(who: PractitionerId | None, name: str = "", onto: Json = None) -> Document:
    """A Reference to a practitioner, by name alone when that is all there is."""
    if who is not None:
        return reference("Practitioner", who, name, onto)
    return {"display": name} if name else {}


def quantity_of(number: Decimal | None, unit: str, ucum: str, onto: Json = None) -> Document:
    """A Quantity (R4 datatypes.html#Quantity); `ucum` is its UCUM code, `unit` what is shown."""
    made = dict(dict_at(onto))
    put(made, "value", number)
    put(made, "unit", unit)
    put(made, "system", UCUM if ucum else "")
    put(made, "code", ucum)
    return made


def set_extension(document: Document, url: str, key: str, value: Json) -> None:
    """Make `value` (element `key`) the only extension `url`; an empty one takes it out."""
    others = [one for one in list_at(document, "extension") if text_at(one, "url") != url]
    mine: list[Json] = [] if value in (None, "", {}, []) else [{"url": url, key: value}]
    put(document, "extension", [*others, *mine])
