from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import strategies as st

from app.domain.orders import Dosage, OrderKind, Priority
from app.domain.terms import OrderId, PractitionerId, Term
from app.fhir.document import Document, Json
from app.fhir.orders import write_order, write_stop
from app.fhir.valuesets import FREQUENCY, UCUM
from app.kernel.faults import AppError
from tests.unit.fhir import samples
from tests.unit.fhir.kit import drug, service, the

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
BID: Json = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}

IDS = st.sampled_from(["a-1", "b-2"])
MOMENTS = st.none() | st.integers(0, 2**31).map(lambda n: datetime.fromtimestamp(n, UTC))
WORDS = st.just("") | samples.text()
CODED = st.builds(
    Term, samples.text(), st.just("urn:x"), st.sampled_from(["1", "2"]), st.sampled_from(["", "En"])
)
OFTEN = st.none() | st.builds(Term, samples.text(), st.just(FREQUENCY), st.sampled_from(["bid"]))
DOSES = st.tuples(
    st.decimals(0, 1000, places=2), st.sampled_from(["mg", "mL"]), st.sampled_from(["毫克", "mg"])
) | st.just((None, "", ""))


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        (
            {
                "doseAndRate": [
                    {"doseRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2}}}
                ]
            },
            "1 mg – 2",
        ),
        ({"doseAndRate": [{"rateQuantity": {"value": 5, "unit": "mL/h"}}]}, "5 mL/h"),
        (
            {
                "doseAndRate": [
                    {"rateRatio": {"numerator": {"value": 1, "unit": "L"}, "denominator": {}}}
                ]
            },
            "1 L",
        ),
        ({"doseAndRate": [{"rateRange": {"high": {"value": 9}}}]}, "≤ 9"),
        ({"timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}}}, "3 × / 1 d"),
        ({"timing": {"repeat": {"period": 8, "periodUnit": "h"}}}, "1 × / 8 h"),
        ({"timing": {"repeat": {"dayOfWeek": ["mon"], "when": ["HS", 3]}}}, "mon HS"),
        ({"additionalInstruction": [{"text": "with food"}, {}]}, "with food"),
        ({"patientInstruction": "slowly"}, "slowly"),
        ({"text": "as told", "patientInstruction": "slowly"}, "as told"),
        ({}, ""),
    ],
)
def test_what_the_fields_cannot_hold_is_said_in_words(instruction: Document, text: str) -> None:
    assert the(drug(dosageInstruction=[instruction])).dosage == Dosage(text=text)


def test_a_dose_without_ucum_has_no_code_and_the_ordered_one_goes_first() -> None:
    rates: Json = [
        {"type": {"coding": [{"code": "calculated"}]}, "doseQuantity": {"value": 1}},
        {
            "type": {"coding": [{"code": "ordered"}]},
            "doseQuantity": {"value": 2, "unit": "Tabl.", "system": "urn:x", "code": "T"},
        },
    ]
    document = drug(dosageInstruction=[{"doseAndRate": rates}])
    order = the(document)
    assert order.dosage == Dosage(Decimal(2), "", "Tabl.")
    changed = replace(order, dosage=replace(order.dosage, dose=Decimal(3)))
    assert the(write_order(changed, document)) == replace(changed, priority=Priority.ROUTINE)
    gone = write_order(replace(order, dosage=Dosage()), document)
    kept: Json = [
        {"type": {"coding": [{"code": "calculated"}]}, "doseQuantity": {"value": 1}},
        {"type": {"coding": [{"code": "ordered"}]}},
    ]
    assert gone["dosageInstruction"] == [{"doseAndRate": kept}]


def test_another_frequency_takes_the_old_repeat_with_it_and_keeps_the_bounds() -> None:
    timing: Document = {
        "code": {"coding": [{"system": FREQUENCY, "code": "tid"}], "text": "tid"},
        "repeat": {"frequency": 3, "boundsDuration": {"value": 5, "unit": "d"}},
    }
    document = drug(dosageInstruction=[{"timing": timing, "method": {"text": "m"}}])
    order = the(document)
    bid = Term("bid", FREQUENCY, "bid")
    written = write_order(replace(order, dosage=Dosage(frequency=bid)), document, BID)
    (row,) = written["dosageInstruction"]  # type: ignore[misc,union-attr]  # known shape
    assert row == {
        "timing": {
            "code": {"coding": [{"system": FREQUENCY, "code": "bid"}], "text": "bid"},
            "repeat": {
                "frequency": 2,
                "period": 1,
                "periodUnit": "d",
                "boundsDuration": {"value": 5, "unit": "d"},
            },
        },
        "method": {"text": "m"},
    }
    never = write_order(replace(order, dosage=Dosage()), document)
    assert the(never).dosage.frequency is None


def test_the_start_of_an_order_is_the_start_of_its_bounds_or_its_first_event() -> None:
    event = drug(dosageInstruction=[{"timing": {"event": [NOON]}}])
    assert the(event).starts_at == AT_NOON
    moved = write_order(replace(the(event), starts_at=None), event)
    assert "dosageInstruction" not in moved
    assert the(drug()).starts_at is None


@pytest.mark.parametrize(
    "elements",
    [
        {"occurrenceDateTime": NOON},
        {"occurrencePeriod": {"start": NOON}},
        {"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": NOON}}}},
    ],
)
def test_a_service_starts_when_it_is_to_occur(elements: Document) -> None:
    order = the(service(**elements))
    assert order.starts_at == AT_NOON
    gone = write_order(replace(order, starts_at=None), service(**elements))
    assert not [key for key in gone if key.startswith("occurrence")]


def test_the_details_of_a_service_are_its_dosage() -> None:
    document = service(
        orderDetail=[{"text": "2 L/min"}, {}, {"text": "nasal"}],
        quantityQuantity={"value": 2, "unit": "L/min", "system": UCUM, "code": "L/min"},
        occurrenceTiming={"code": {"text": "continuous"}},
    )
    order = the(document)
    assert order.dosage == Dosage(
        Decimal(2), "L/min", "L/min", None, Term("continuous"), "2 L/min; nasal"
    )
    once = replace(order, dosage=Dosage(text="once"))
    written = write_order(once, {**document, "quantityRange": {}})
    assert the(written).dosage == Dosage(text="once")
    assert "quantityRange" not in written
    assert "occurrenceTiming" not in written
    silent = write_order(replace(order, dosage=Dosage()), document)
    assert the(silent).dosage == Dosage()
    assert the(service(patientInstruction="fast")).dosage.text == "fast"
    timing: Json = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    assert the(service(occurrenceTiming=timing)).dosage.text == "1 × / 1 d"
    edited = write_order(
        replace(the(service(occurrenceTiming=timing)), dosage=Dosage(text="y")),
        service(occurrenceTiming=timing),
    )
    assert edited["occurrenceTiming"] == timing


@pytest.mark.parametrize(
    ("elements", "item", "ref"),
    [
        (
            {
                "contained": [
                    {"resourceType": "Medication"},
                    {"resourceType": "Medication", "id": "m", "code": {"text": "Heparin"}},
                ],
                "medicationReference": {"reference": "#m"},
            },
            "Heparin",
            None,
        ),
        (
            {
                "contained": [
                    {
                        "id": "m",
                        "ingredient": [
                            {"itemCodeableConcept": {"text": "KCl"}},
                            {},
                            {"itemCodeableConcept": {"text": "NaCl"}},
                        ],
                    }
                ],
                "medicationReference": {"reference": "#m"},
            },
            "KCl + NaCl",
            None,
        ),
        (
            {"medicationReference": {"reference": "Medication/x", "display": "Heparin"}},
            "Heparin",
            "Medication/x",
        ),
        ({"medicationReference": {"reference": "Medication/x"}}, "?", "Medication/x"),
        ({}, "?", None),
    ],
)
def test_a_medication_may_be_named_elsewhere(
    elements: Document, item: str, ref: str | None
) -> None:
    document = drug(**elements)
    del document["medicationCodeableConcept"]
    order = the(document)
    assert (order.item.text, order.medication) == (item, ref)
    named = write_order(replace(order, item=Term("Other")), document)
    assert the(named).item == Term("Other")
    assert "medicationReference" not in named


def test_a_foreign_order_keeps_what_else_it_says() -> None:
    document = drug(
        reasonCode=[{"text": "a"}, {"text": "b"}, {}, {"text": "a"}],
        note=[{"text": "n", "time": NOON}, {"text": "m"}],
        authoredOn="2026-11-01",
        requester={"display": "Dr X"},
        dispenseRequest={"quantity": {"value": 1}},
    )
    order = the(document)
    assert (order.reason, order.note) == ("a; b", "n\nm")
    assert (order.authored_at, order.authored_text) == (None, "2026-11-01")
    assert (order.requester, order.requester_name) == (None, "Dr X")
    written = write_order(replace(order, reason="c", note="o", requester_name=""), document)
    assert written["reasonCode"] == [{"text": "c"}]
    assert written["note"] == [{"text": "o", "time": NOON}]
    assert "requester" not in written
    assert written["dispenseRequest"] == document["dispenseRequest"]
    assert written["authoredOn"] == "2026-11-01"


def test_an_order_as_needed_for_a_reason_keeps_the_reason() -> None:
    pain: Json = {"asNeededCodeableConcept": {"text": "pain"}}
    document = drug(dosageInstruction=[pain])
    assert write_order(replace(the(document), kind=OrderKind.SOS), document)[
        "dosageInstruction"
    ] == [pain]


def test_a_kind_that_is_taken_back_leaves_no_trace() -> None:
    order = replace(the(service()), kind=OrderKind.PRN)
    needed = write_order(order, service())
    assert needed["asNeededBoolean"] is True
    plain = write_order(replace(order, kind=None), needed)
    assert the(plain).kind is None
    assert "asNeededBoolean" not in plain


@pytest.mark.parametrize(("make", "status"), [(drug, "stopped"), (service, "revoked")])
def test_an_order_is_stopped_by_somebody_for_a_reason(make: type[Document], status: str) -> None:
    onto = make(extension=[{"url": "urn:other", "valueCode": "x"}], more={"a": 1})
    stopped = write_stop(onto, at=AT_NOON, by=PractitionerId("d"), reason="皮疹")
    order = the(stopped)
    assert (order.status, order.stopped_at, order.stopped_by) == (status, AT_NOON, "d")
    assert (order.stop_reason, order.current) == ("皮疹", False)
    assert stopped["more"] == {"a": 1}
    assert {"url": "urn:other", "valueCode": "x"} in stopped["extension"]  # type: ignore[operator]  # known shape
    assert write_stop(stopped, at=AT_NOON, by=PractitionerId("d"), reason="皮疹") == stopped
    assert "statusReason" not in write_stop(onto, at=AT_NOON, by=PractitionerId("d"), reason="")
    assert "extension" in onto and onto["status"] == "active"


def test_a_foreign_stop_gives_its_own_reason() -> None:
    assert the(drug(status="stopped", statusReason={"text": "rash"})).stop_reason == "rash"
    assert the(drug(status="stopped")).stop_reason == ""
    assert the(drug(status="on-hold", statusReason={"text": "fasting"})).stop_reason == ""


def test_only_an_order_can_be_stopped() -> None:
    with pytest.raises(AppError) as caught:
        write_stop({"resourceType": "Task"}, at=AT_NOON, by=PractitionerId("d"), reason="x")
    assert caught.value.fault.message.code == "fhir.wrong-target"


def test_an_order_is_never_written_onto_another() -> None:
    order = replace(the(service()), id=OrderId("other"))
    with pytest.raises(AppError):
        write_order(order, service())
    with pytest.raises(AppError):
        write_order(the(service()), drug(id="s"))
