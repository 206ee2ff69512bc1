"""A skin test that was read, as an R4 Observation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import EncounterId, PractitionerId, Ref
from app.fhir.document import Document, Json
from app.fhir.elements import UNNAMED
from app.fhir.loop_documents import links, read_mark
from app.fhir.observations import read_observed
from app.fhir.skin_tests import is_skin_test, is_test_of, read_skin_result, write_skin_result
from tests.unit.domain.verifying_kit import a_reading
from tests.unit.fhir.kit import V3, concept, observation, service
from tests.unit.fhir.validity import problems

DRUG = Ref("MedicationRequest/o1")
RESULT = a_reading(
    Reaction.POSITIVE,
    orders=(DRUG, Ref("ServiceRequest/t1")),
    encounter=EncounterId("stay-1"),
    by=PractitionerId("zhao"),
    by_name="赵护士",
    second=PractitionerId("qian"),
    second_name="钱护士",
)


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        replace(RESULT, reaction=Reaction.NEGATIVE, second=None, second_name=""),
        replace(RESULT, encounter=None, orders=()),
        replace(RESULT, at=None),
    ],
)
def test_a_reading_reads_as_it_was_written_and_is_r4(result: SkinResult) -> None:
    document = write_skin_result(result)

    assert read_skin_result(document) == result
    assert problems(document) == []
    assert is_skin_test(document)


def test_it_names_its_step_of_the_closed_loop_and_the_orders_it_follows() -> None:
    document = write_skin_result(RESULT)
    mark = read_mark(document)

    assert mark is not None
    assert (mark.steps, mark.status, mark.by) == (("READTEST",), "final", "赵护士")
    assert links(document) == (DRUG, Ref("ServiceRequest/t1"))


def test_among_the_results_it_stands_in_words() -> None:
    (shown,) = read_observed(write_skin_result(RESULT))

    assert (shown.term.text, shown.value.text) == ("皮试", "阳性(+)")


def changed(**elements: Json) -> Document:
    return write_skin_result(RESULT) | elements


def test_what_is_not_final_says_nothing_or_is_another_observation_is_none() -> None:
    assert read_skin_result(observation()) is None
    assert read_skin_result(changed(status="preliminary")) is None
    assert read_skin_result(changed(status="entered-in-error")) is None
    assert read_skin_result(changed(valueCodeableConcept=concept("x"))) is None
    assert read_skin_result(changed(status="amended")) is not None


@pytest.mark.parametrize(
    ("code", "system", "reaction"),
    [
        ("NEG", V3, Reaction.NEGATIVE),
        ("POS", V3, Reaction.POSITIVE),
        ("H", V3, None),
        ("POS", "urn:x", None),
    ],
)
def test_another_program_may_say_it_by_the_interpretation(
    code: str, system: str, reaction: Reaction | None
) -> None:
    found = read_skin_result(
        changed(valueCodeableConcept={"text": "见附件"}, interpretation=[concept(code, system)])
    )

    assert (found.reaction if found is not None else None) is reaction


def test_a_reading_that_does_not_name_the_drug_is_kept_for_its_orders() -> None:
    found = read_skin_result(changed(extension=[]))

    assert found is not None
    assert (found.drug, found.orders) == (UNNAMED, RESULT.orders)


def test_an_order_of_a_test_names_the_drug_it_is_for() -> None:
    test = service(basedOn=[{"reference": DRUG}])

    assert is_test_of(test, DRUG)
    assert not is_test_of(test, Ref("MedicationRequest/o2"))
    assert not is_test_of(service(), DRUG)
    assert not is_test_of(test | {"resourceType": "MedicationRequest"}, DRUG)
