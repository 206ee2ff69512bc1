from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage, Ending, Order, OrderClass, OrderKind, Priority
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, Term
from app.fhir.document import Document, Json, parse, to_bytes
from app.fhir.orders import REQUESTS, order_ref, read_order, write_order
from app.fhir.valuesets import FREQUENCY, ORDER_CLASS, ORDER_KIND, SNOMED, UCUM
from tests.unit.fhir import samples
from tests.unit.fhir.kit import drug, service, the
from tests.unit.fhir.validity import problems

NOON = "2026-11-01T12:00:00Z"
AT_NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
BID: Json = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}

IDS = st.sampled_from(["a-1", "b-2"])
MOMENTS = st.none() | st.integers(0, 2**31).map(lambda n: datetime.fromtimestamp(n, UTC))
RATES = st.tuples(st.decimals(0, 1000, places=1), st.sampled_from(["mL/h", "{tbl}"])) | st.just(
    (None, "")
)
WORDS = st.just("") | samples.text()
CODED = st.builds(
    Term, samples.text(), st.just("urn:x"), st.sampled_from(["1", "2"]), st.sampled_from(["", "En"])
)
OFTEN = st.none() | st.builds(Term, samples.text(), st.just(FREQUENCY), st.sampled_from(["bid"]))
DOSES = st.tuples(
    st.decimals(0, 1000, places=2), st.sampled_from(["mg", "mL"]), st.sampled_from(["毫克", "mg"])
) | st.just((None, "", ""))


@st.composite
def dosages(draw: st.DrawFn, *, drug: bool) -> Dosage:
    dose, unit, unit_text = draw(DOSES)
    route = draw(st.none() | CODED) if drug else None
    rate, rate_unit = draw(RATES) if drug else (None, "")
    return Dosage(dose, unit, unit_text, route, draw(OFTEN), draw(WORDS), rate, rate_unit)


@st.composite
def diets(draw: st.DrawFn) -> Dosage:
    """A diet has no dose; what it is and how often is all there is."""
    return Dosage(frequency=draw(OFTEN), text=draw(WORDS))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Orders that R4 can hold: a ServiceRequest has no route, its PRN no other kind."""
    order_class = draw(st.sampled_from(OrderClass))
    drug, diet = order_class is OrderClass.MEDICATION, order_class is OrderClass.DIET
    stopped = draw(st.booleans())
    group = "" if diet else draw(st.sampled_from(["", "g-1", "g-2"]))
    quantity, quantity_unit = draw(RATES) if drug else (None, "")
    held = draw(st.booleans())
    dosage = draw(diets() if diet else dosages(drug=drug))
    has_days = drug and dosage != Dosage()
    return Order(
        id=OrderId("o-1"),
        patient=PatientId(draw(IDS)),
        encounter=draw(st.none() | IDS.map(EncounterId)),
        order_class=order_class,
        kind=draw(st.sampled_from(OrderKind)),
        item=draw(CODED | st.builds(Term, samples.text())),
        dosage=dosage,
        status=draw(st.sampled_from(["active", "on-hold", "completed", "unknown"])),
        priority=draw(st.sampled_from(Priority)),
        reason=draw(WORDS),
        note=draw(WORDS),
        authored_at=draw(MOMENTS.filter(bool) if diet else MOMENTS),
        requester=draw(st.none() | IDS.map(PractitionerId)),
        requester_name=draw(WORDS),
        starts_at=draw(MOMENTS),
        stopped_at=draw(MOMENTS) if stopped else None,
        stopped_by=PractitionerId("d-9") if stopped else None,
        stop_reason=draw(WORDS) if stopped else "",
        ending=draw(st.sampled_from(Ending)) if stopped else None,
        group=group,
        place=draw(st.integers(0, 3)) if group else 0,
        ends_at=draw(MOMENTS),
        quantity=quantity,
        quantity_unit=quantity_unit,
        skin_test="" if diet else draw(st.sampled_from(["", "required", "exempt"])),
        origin=draw(st.sampled_from(["", "pneumonia|1.0.0"])),
        replaces=draw(st.sampled_from([None, Ref("MedicationRequest/old")])),
        held_at=draw(MOMENTS) if held else None,
        hold_reason=draw(WORDS) if held else "",
        first_day=draw(st.none() | st.integers(0, 9)) if has_days else None,
    )


STRANGE = st.dictionaries(samples.text().map(lambda key: f"x-{key}"), samples.json_values())


@given(orders(), STRANGE)
def test_an_order_reads_back_as_it_was_written(order: Order, more: Document) -> None:
    written = write_order(order, more, BID)
    assert read_order(written) == order
    assert read_order(parse(to_bytes(written))) == order
    assert {key: written[key] for key in more} == more


def _kept_as(order: Order) -> str:
    return order_ref(order).partition("/")[0]


@given(orders(), orders(), STRANGE)
def test_an_order_reads_back_whatever_stood_there(
    before: Order, order: Order, more: Document
) -> None:
    if _kept_as(before) != _kept_as(order):
        order = replace(
            before, status=order.status, reason=order.reason, note=order.note, ends_at=order.ends_at
        )
    onto = write_order(before, more, BID)
    written = write_order(order, onto, BID)
    assert read_order(written) == order
    assert {key: written[key] for key in more} == more


@given(orders(), STRANGE)
def test_writing_an_order_twice_changes_nothing(order: Order, more: Document) -> None:
    written = write_order(order, more, BID)
    assert write_order(order, written, BID) == written
    assert write_order(order, written) == written


@pytest.mark.parametrize("document", samples.of_type(*REQUESTS))
def test_writing_what_a_foreign_order_says_already_changes_nothing(document: Document) -> None:
    order = read_order(document)
    if order is not None:
        assert write_order(order, document) == document


@given(orders())
def test_what_is_written_is_valid_r4(order: Order) -> None:
    assert problems(write_order(order, {}, BID)) == []


def test_a_medication_order_has_the_shape_of_the_mapping() -> None:
    order = Order(
        id=OrderId("o-1"),
        patient=PatientId("p"),
        encounter=EncounterId("e"),
        order_class=OrderClass.MEDICATION,
        kind=OrderKind.LONG_TERM,
        item=Term("阿司匹林肠溶片", "urn:wardone:formulary", "asa", "Aspirin"),
        dosage=Dosage(
            Decimal("100.0"), "mg", "毫克", Term("口服", "r", "po"), Term("bid", FREQUENCY, "bid"),
            "阿司匹林肠溶片 100 mg 口服 bid",
        ),
        status="active",
        authored_at=AT_NOON,
        requester=PractitionerId("d"),
        starts_at=AT_NOON,
    )  # fmt: skip
    assert write_order(order, {}, BID) == {
        "resourceType": "MedicationRequest",
        "id": "o-1",
        "status": "active",
        "intent": "order",
        "category": [{"coding": [{"system": ORDER_KIND, "code": "long-term"}]}],
        "priority": "routine",
        "medicationCodeableConcept": {
            "coding": [{"system": "urn:wardone:formulary", "code": "asa", "display": "Aspirin"}],
            "text": "阿司匹林肠溶片",
        },
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "authoredOn": NOON,
        "requester": {"reference": "Practitioner/d"},
        "dosageInstruction": [
            {
                "text": "阿司匹林肠溶片 100 mg 口服 bid",
                "doseAndRate": [
                    {
                        "doseQuantity": {
                            "value": Decimal("100.0"),
                            "unit": "毫克",
                            "system": UCUM,
                            "code": "mg",
                        }
                    }
                ],
                "route": {"coding": [{"system": "r", "code": "po"}], "text": "口服"},
                "timing": {
                    "repeat": {
                        "frequency": 2,
                        "period": 1,
                        "periodUnit": "d",
                        "boundsPeriod": {"start": NOON},
                    },
                    "code": {"coding": [{"system": FREQUENCY, "code": "bid"}], "text": "bid"},
                },
            }
        ],
    }


@pytest.mark.parametrize("intent", ["order", "original-order", "instance-order", "directive", ""])
def test_what_asks_for_something_is_an_order(intent: str) -> None:
    assert read_order(service(intent=intent)) is not None


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_a_proposal_or_a_plan_is_no_order(intent: str) -> None:
    assert read_order(service(intent=intent)) is None
    assert read_order(drug(intent=intent)) is None
    assert read_order({"resourceType": "RequestGroup", "intent": "order"}) is None


@pytest.mark.parametrize("make", [service, drug])
def test_what_must_not_be_done_is_never_a_current_order(make: type[Document]) -> None:
    forbidden = the(make(doNotPerform=True))
    assert (forbidden.prohibited, forbidden.guarded, forbidden.current) == (True, True, False)
    allowed = the(make(doNotPerform=False))
    assert (allowed.prohibited, allowed.guarded, allowed.current) == (False, False, True)


def test_an_unknown_modifier_guards_an_order() -> None:
    assert the(service(modifierExtension=[{"url": "urn:x", "valueBoolean": True}])).guarded


@pytest.mark.parametrize(
    ("system", "code", "order_class"),
    [
        (ORDER_CLASS, "diet", OrderClass.DIET),
        (ORDER_CLASS, "nonsense", OrderClass.OTHER),
        (SNOMED, "108252007", OrderClass.LABORATORY),
        (SNOMED, "363679005", OrderClass.IMAGING),
        (SNOMED, "11429006", OrderClass.CONSULTATION),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", OrderClass.LABORATORY),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", OrderClass.IMAGING),
        ("http://terminology.hl7.org/CodeSystem/v2-0074", "SP", OrderClass.OTHER),
        ("urn:own", "LAB", OrderClass.OTHER),
    ],
)
def test_the_class_of_a_foreign_order_is_what_its_category_says(
    system: str, code: str, order_class: OrderClass
) -> None:
    category: Json = [{"coding": [{"system": system, "code": code}]}]
    assert the(service(category=category)).order_class is order_class


@pytest.mark.parametrize(
    ("elements", "kind"),
    [
        ({"category": [{"coding": [{"system": ORDER_KIND, "code": "sos"}]}]}, OrderKind.SOS),
        ({"category": [{"coding": [{"code": "discharge"}]}]}, OrderKind.DISCHARGE),
        ({"dosageInstruction": [{"asNeededBoolean": True}]}, OrderKind.PRN),
        ({"dosageInstruction": [{"asNeededCodeableConcept": {"text": "pain"}}]}, OrderKind.PRN),
        ({"dosageInstruction": [{"asNeededBoolean": False}]}, None),
        ({"courseOfTherapyType": {"coding": [{"code": "continuous"}]}}, None),
    ],
)
def test_how_long_an_order_holds_is_not_guessed(elements: Document, kind: OrderKind | None) -> None:
    assert the(drug(**elements)).kind is kind


@pytest.mark.parametrize(
    ("code", "priority"),
    [("asap", Priority.URGENT), ("stat", Priority.STAT), ("", Priority.ROUTINE)],
)
def test_a_priority_we_do_not_offer_is_read_and_left_alone(code: str, priority: Priority) -> None:
    document = service(priority=code, category=[{"text": "c"}])
    assert the(document).priority is priority
    if code:
        assert write_order(the(document), document)["priority"] == code


def test_a_taper_has_no_single_dose() -> None:
    steps: Json = [
        {"sequence": 2, "text": "then 20 mg"},
        {
            "sequence": 1,
            "doseAndRate": [{"doseQuantity": {"value": 40, "unit": "mg"}}],
            "route": {"text": "oral"},
            "timing": {"code": {"text": "once daily"}, "repeat": {"boundsPeriod": {"start": NOON}}},
        },
        {},
    ]
    order = the(drug(dosageInstruction=steps))
    assert order.dosage == Dosage(text="40 mg, oral, once daily; then 20 mg")
    assert order.starts_at == AT_NOON
    edited = replace(order, dosage=Dosage(text="20 mg"), starts_at=None)
    written = write_order(edited, drug(dosageInstruction=steps))
    assert written["dosageInstruction"] == [{"text": "20 mg"}]


def test_a_diet_takes_other_words_and_gives_them_back() -> None:
    diet = Order(
        id=OrderId("d-1"),
        patient=PatientId("p"),
        encounter=None,
        order_class=OrderClass.DIET,
        kind=OrderKind.LONG_TERM,
        item=Term("软食", "urn:wardone:diet", "soft"),
        dosage=Dosage(),
        status="active",
        authored_at=AT_NOON,
    )
    written = write_order(diet, {})
    assert write_order(diet, written) == written
    noted = replace(
        diet,
        patient=PatientId("q"),
        encounter=EncounterId("e"),
        note="少量多餐",
        reason="术后",
        priority=Priority.URGENT,
        kind=OrderKind.TEMPORARY,
        authored_at=AT_NOON + timedelta(hours=1),
        requester=PractitionerId("d"),
        dosage=Dosage(frequency=Term("每日三次", FREQUENCY, "tid"), text="少盐"),
        item=Term("半流质", "urn:wardone:diet", "semi"),
    )
    assert the(write_order(noted, written)) == noted
    assert the(write_order(diet, write_order(noted, written))) == diet
