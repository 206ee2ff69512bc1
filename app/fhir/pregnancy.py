"""Whether somebody is pregnant or breastfeeding, as an Observation says it in a code.

LOINC 82810-3 pregnancy status and 63895-7 breastfeeding status; the answers are those of
SNOMED CT or of the LOINC answer lists. Words alone, and "possible", say nothing.
"""

from __future__ import annotations

from app.fhir.document import Document
from app.fhir.elements import at, code_of
from app.fhir.valuesets import LOINC, SNOMED

PREGNANCY = "82810-3"
BREASTFEEDING = "63895-7"

_ANSWERS = {
    (PREGNANCY, "77386006"): True,
    (PREGNANCY, "LA15173-0"): True,
    (PREGNANCY, "60001007"): False,
    (PREGNANCY, "LA26683-5"): False,
    (BREASTFEEDING, "413712001"): True,
    (BREASTFEEDING, "LA33-6"): True,
    (BREASTFEEDING, "LA32-8"): False,
}


def read_status(document: Document) -> bool | None:
    """What it answers; None where it is asked something else, or the answer is not known."""
    asked, value = code_of(at(document, "code"), LOINC), at(document, "valueCodeableConcept")
    for system in (SNOMED, LOINC):
        found = _ANSWERS.get((asked, code_of(value, system)))
        if found is not None:
            return found
    return None
