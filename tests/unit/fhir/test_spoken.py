"""What an order says of its origin by word of mouth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage, Order, OrderClass, OrderKind
from app.domain.terms import OrderId, PatientId, PractitionerId, Term
from app.domain.verbal_orders import Spoken
from app.fhir.document import Document
from app.fhir.orders import read_order, write_order
from app.fhir.reordering import write_anew
from app.fhir.spoken import read_spoken, write_confirmed, write_spoken
from app.fhir.valuesets import VERBAL, VERBAL_SITUATION
from tests.unit.fhir.kit import drug
from tests.unit.fhir.validity import problems

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
RESCUE = Term("抢救", VERBAL_SITUATION, "rescue", "rescue")
PEOPLE = st.sampled_from([PractitionerId("a-1"), PractitionerId("b-2")])
SPOKEN = st.builds(
    Spoken,
    by=PEOPLE,
    by_name=st.sampled_from(["", "李医生"]),
    situation=st.sampled_from([None, RESCUE]),
    read_back=st.booleans(),
    written_by=st.none() | PEOPLE,
    written_by_name=st.sampled_from(["", "赵护士"]),
    confirmed_at=st.sampled_from([None, AT]),
)
CLASSES = st.sampled_from([OrderClass.MEDICATION, OrderClass.LABORATORY, OrderClass.NURSING])


def an_order(spoken: Spoken | None, order_class: OrderClass = OrderClass.MEDICATION) -> Order:
    return Order(
        id=OrderId("o-1"),
        patient=PatientId("p"),
        encounter=None,
        order_class=order_class,
        kind=OrderKind.VERBAL,
        item=Term("肾上腺素"),
        dosage=Dosage(),
        status="active",
        requester=None if spoken is None else spoken.by,
        requester_name="" if spoken is None else spoken.by_name,
        spoken=spoken,
    )


@given(SPOKEN, CLASSES)
def test_what_was_said_reads_back_and_is_valid_r4(spoken: Spoken, order_class: OrderClass) -> None:
    order = an_order(spoken, order_class)

    written = write_order(order, {})

    assert read_order(written) == order
    assert problems(written) == []
    assert write_order(order, written) == written


@given(SPOKEN, CLASSES)
def test_the_physicians_word_is_added_and_nothing_else_changes(
    spoken: Spoken, order_class: OrderClass
) -> None:
    order = an_order(spoken, order_class)
    document = dict(write_order(order, {"extension": [{"url": "urn:x", "valueCode": "kept"}]}))

    write_confirmed(document, AT)

    assert read_order(document) == replace(order, spoken=replace(spoken, confirmed_at=AT))
    assert {"url": "urn:x", "valueCode": "kept"} in document["extension"]  # type: ignore[operator]  # a list


def test_an_order_of_ones_own_is_not_spoken_and_stays_so() -> None:
    document = write_order(an_order(None), {})
    before = dict(document)

    write_confirmed(document, AT)
    write_spoken(document, None)

    assert document == before
    assert read_spoken(document) is None


@pytest.mark.parametrize("system", ["urn:elsewhere", ""])
def test_a_situation_of_another_system_is_none_of_ours(system: str) -> None:
    coding: Document = {"system": system, "code": "rescue"}
    document = drug(
        requester={"reference": "Practitioner/li"},
        extension=[
            {
                "url": VERBAL,
                "extension": [{"url": "situation", "valueCodeableConcept": {"coding": [coding]}}],
            }
        ],
    )

    read = read_spoken(document)

    assert read == Spoken(PractitionerId("li"))


def test_without_a_physician_nobody_said_it() -> None:
    document = drug(extension=[{"url": VERBAL, "extension": []}])

    assert read_spoken(document) is None


def test_an_order_written_anew_is_its_authors_own() -> None:
    spoken = Spoken(PractitionerId("li"), "李医生", RESCUE, True, PractitionerId("zhao"))
    document = write_order(an_order(spoken), {})
    order = replace(an_order(spoken), requester=PractitionerId("wang"), requester_name="王")

    anew = write_anew(document, order)

    assert read_spoken(anew) is None
    assert "recorder" not in anew
    assert "recorder" in document
