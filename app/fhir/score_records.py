"""Observation (R4 observation.html) of a clinical score, written whole.

Category `survey`; `derivedFrom` are the measurements it was counted from, `component` its parts
with their points and what was answered for it, `interpretation` the band, `method` the version.
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.quantities import Quantity, spelled
from app.domain.score_records import ScoreRecord
from app.domain.terms import Term
from app.fhir.building import begin, codeable, concept, person, put, quantity_of, reference
from app.fhir.document import Document, Json
from app.fhir.elements import instant_text
from app.fhir.valuesets import OBSERVATION_CATEGORY

_POINTS = "{score}"


def write_score(record: ScoreRecord) -> Document:
    """A score as it was counted."""
    document = begin({}, "Observation", record.ref.partition("/")[2])
    document["status"] = "final"
    document["category"] = [concept(OBSERVATION_CATEGORY, "survey")]
    document["code"] = codeable(record.score)
    document["subject"] = reference("Patient", record.patient)
    stay = record.encounter and reference("Encounter", record.encounter)
    put(document, "encounter", stay or None)
    document["effectiveDateTime"] = document["issued"] = instant_text(record.at)
    document["performer"] = [person(record.by, record.by_name)]
    document["valueQuantity"] = _quantity(record.total, record.unit)
    put(document, "interpretation", [codeable(record.band)] if record.band is not None else [])
    put(document, "method", {"text": record.version} if record.version else {})
    put(document, "derivedFrom", [{"reference": one} for one in record.derived])
    parts = [_part(term, _quantity(points, _POINTS)) for term, points in record.parts]
    answers = [_answer(term, value) for term, value in record.answers]
    put(document, "component", [*parts, *answers])
    return document


def _quantity(number: Decimal, unit: str) -> Document:
    return quantity_of(number, spelled(unit), unit)


def _part(term: Term, value: Json) -> Document:
    return {"code": codeable(term), "valueQuantity": value}


def _answer(term: Term, value: Quantity | Term) -> Document:
    if isinstance(value, Quantity):
        return _part(term, _quantity(value.value, value.unit))
    return {"code": codeable(term), "valueCodeableConcept": codeable(value)}
