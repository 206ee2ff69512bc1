"""Whether somebody is pregnant, in codes."""

from __future__ import annotations

import pytest

from app.fhir.document import Document
from app.fhir.pregnancy import read_status
from app.fhir.valuesets import LOINC, SNOMED
from tests.support.builders import an_observation, coded


def answered(asked: str, system: str, code: str) -> Document:
    found = an_observation(code=asked)
    del found["valueQuantity"]
    return found | {"valueCodeableConcept": coded(system, code)}


@pytest.mark.parametrize(
    ("asked", "system", "code", "answer"),
    [
        ("82810-3", SNOMED, "77386006", True),
        ("82810-3", LOINC, "LA15173-0", True),
        ("82810-3", SNOMED, "60001007", False),
        ("82810-3", LOINC, "LA26683-5", False),
        ("82810-3", SNOMED, "102874004", None),
        ("82810-3", "urn:x", "77386006", None),
        ("63895-7", SNOMED, "413712001", True),
        ("63895-7", LOINC, "LA32-8", False),
        ("63895-7", SNOMED, "77386006", None),
        ("2823-3", SNOMED, "77386006", None),
    ],
)
def test_only_a_known_answer_to_that_question_is_one(
    *, asked: str, system: str, code: str, answer: bool | None
) -> None:
    assert read_status(answered(asked, system, code)) is answer


def test_a_number_is_no_answer() -> None:
    assert read_status(an_observation(code="82810-3")) is None
