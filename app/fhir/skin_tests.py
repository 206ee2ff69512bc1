"""Observation (R4 observation.html) of a skin test that was read, as `SkinResult`, both ways.

`basedOn` are the orders it was made for, `value` says (-) or (+) with the codes of the pack; the
drug that was tested stands in an extension of ours, since R4 has no element for it.
"""

from __future__ import annotations

from functools import cache

from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import EncounterId, PatientId, Ref, Term
from app.fhir.building import begin, codeable, coded, concept, person, put, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    UNNAMED,
    Coding,
    at,
    code_of,
    codings,
    concept_term,
    display_at,
    extension,
    id_at,
    instant_text,
    practitioner_at,
    refs_at,
    text_at,
    when,
)
from app.fhir.valuesets import INTERPRETATION_SYSTEMS, OBSERVATION_CATEGORY, STEP, TESTED_DRUG
from resources.reading import rows

_COUNTED = frozenset({"final", "amended", "corrected"})
_READ = "READTEST"
"""Step of `resources/packs/loops`: somebody has read the skin test."""
_INTERPRETED = {"NEG": Reaction.NEGATIVE, "POS": Reaction.POSITIVE}


def is_skin_test(document: Document) -> bool:
    """Whether the document is the reading of a skin test."""
    test = _terms()["test"]
    return code_of(at(document, "code"), test.system) == test.code


def is_test_of(document: Document, drug: Ref) -> bool:
    """Whether the document orders a test for the sake of `drug`: `basedOn` says so."""
    return text_at(document, "resourceType") == "ServiceRequest" and drug in refs_at(
        document, "basedOn"
    )


def read_skin_result(document: Document) -> SkinResult | None:
    """Read it; None when it is another Observation, is not final, or says neither (-) nor (+)."""
    reaction = _reaction(document)
    if not is_skin_test(document) or reaction is None:
        return None
    if text_at(document, "status") not in _COUNTED:
        return None
    drug = concept_term(at(extension(document, TESTED_DRUG), "valueCodeableConcept"))
    encounter = id_at(document, "Encounter", "encounter")
    return SkinResult(
        ref=Ref(f"Observation/{text_at(document, 'id')}"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        drug=drug or UNNAMED,
        reaction=reaction,
        at=when(at(document, "effectiveDateTime")),
        orders=refs_at(document, "basedOn"),
        encounter=EncounterId(encounter) if encounter else None,
        by=practitioner_at(document, "performer", 0),
        by_name=display_at(document, "performer", 0),
        second=practitioner_at(document, "performer", 1),
        second_name=display_at(document, "performer", 1),
    )


def write_skin_result(result: SkinResult) -> Document:
    """A skin test as it was read."""
    terms = _terms()
    document = begin({}, "Observation", result.ref.partition("/")[2])
    document["status"] = "final"
    document["category"] = [concept(OBSERVATION_CATEGORY, "procedure")]
    test = terms["test"]
    both: list[Json] = [
        coded(Coding(test.system, test.code, test.display)),
        coded(Coding(STEP, _READ, "")),
    ]
    document["code"] = {"coding": both, "text": test.text}
    document["subject"] = reference("Patient", result.patient)
    stay = result.encounter and reference("Encounter", result.encounter)
    put(document, "encounter", stay or None)
    put(document, "basedOn", [{"reference": one} for one in result.orders])
    if result.at is not None:
        document["effectiveDateTime"] = document["issued"] = instant_text(result.at)
    second = [] if result.second is None else [person(result.second, result.second_name)]
    document["performer"] = [person(result.by, result.by_name), *second]
    document["valueCodeableConcept"] = codeable(terms[result.reaction.value])
    set_extension(document, TESTED_DRUG, "valueCodeableConcept", codeable(result.drug))
    return document


def _reaction(document: Document) -> Reaction | None:
    value = at(document, "valueCodeableConcept")
    for reaction in Reaction:
        term = _terms()[reaction.value]
        if code_of(value, term.system) == term.code:
            return reaction
    said = codings(at(document, "interpretation"))
    found = (_INTERPRETED.get(one.code) for one in said if one.system in INTERPRETATION_SYSTEMS)
    return next((one for one in found if one is not None), None)


@cache
def _terms() -> dict[str, Term]:
    """Codes of the pack by what they stand for."""
    return {
        row["name"]: Term(row["name_zh"], row["system"], row["code"], row["name_en"])
        for row in rows("verification", "codes")
    }
