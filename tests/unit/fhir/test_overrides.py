"""Why an order stands although something spoke against it, on the order itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.deciding import Override
from app.domain.orders import Dosage, Order, OrderClass, OrderKind
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId, Term
from app.fhir.document import Document
from app.fhir.guards import unknown_modifiers
from app.fhir.orders import read_order, write_order
from app.fhir.overrides import read_overrides, write_overrides
from app.fhir.valuesets import OVERRIDE_REASON

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BENEFIT = Term("获益大于风险", OVERRIDE_REASON, "risk-benefit-ratio", "benefit outweighs the risk")
PASSED = Override(
    check="ddi",
    tier="interruptive",
    rule="onc-7@interactions@2026.11",
    subjects=(Named("华法林", "warfarin"), Named("阿司匹林")),
    reason=BENEFIT,
    text="每日复查 INR",
    card="abc+def",
    by=PractitionerId("zhao"),
    by_name="赵敏",
    at=AT,
)
HARD = replace(
    PASSED, tier="hard-stop", card="xyz", witness=PractitionerId("li"), witness_name="李主任"
)
ORDER = Order(
    id=OrderId("order-1"),
    patient=PatientId("patient-1"),
    encounter=EncounterId("stay-1"),
    order_class=OrderClass.MEDICATION,
    kind=OrderKind.LONG_TERM,
    item=Term("华法林", "urn:wardone:formulary", "warfarin"),
    dosage=Dosage(Decimal(3), "mg", "mg"),
    status="active",
)


def test_an_order_carries_what_was_passed() -> None:
    document = write_order(replace(ORDER, overrides=(PASSED, HARD)), onto={})
    read = read_order(document)

    assert read is not None
    assert read.overrides == (PASSED, HARD)
    assert not read.guarded
    assert not unknown_modifiers(document)
    assert document["detectedIssue"] == [
        {"reference": "#override-1"},
        {"reference": "#override-2"},
    ]


def test_an_order_without_any_says_nothing_of_it() -> None:
    document = write_order(ORDER, onto={})

    assert "contained" not in document
    assert "detectedIssue" not in document
    assert read_overrides(document) == ()


def test_a_change_of_the_order_leaves_them_as_they_are() -> None:
    document = write_order(replace(ORDER, overrides=(HARD,)), onto={})
    changed = write_order(replace(ORDER, overrides=(HARD,), status="stopped"), onto=document)

    assert changed == {**document, "status": "stopped"}


def test_issues_of_other_systems_stay() -> None:
    theirs: Document = {
        "resourceType": "DetectedIssue",
        "id": "theirs",
        "status": "final",
        "code": {"text": "a warning of theirs"},
    }
    document = write_order(ORDER, onto={})
    document["contained"] = [theirs]
    document["detectedIssue"] = [{"reference": "#theirs"}, {"reference": "DetectedIssue/9"}]

    write_overrides(document, (PASSED,))
    write_overrides(document, (PASSED, HARD))

    assert read_overrides(document) == (PASSED, HARD)
    assert document["detectedIssue"] == [
        {"reference": "#theirs"},
        {"reference": "DetectedIssue/9"},
        {"reference": "#override-1"},
        {"reference": "#override-2"},
    ]
    assert theirs in document["contained"]  # type: ignore[operator]  # a list, as written above


def test_what_another_system_left_out_is_not_known() -> None:
    document: Document = {
        "contained": [
            {
                "resourceType": "DetectedIssue",
                "id": "override-1",
                "code": {"coding": [{"system": "urn:wardone:decision-check", "code": "ddi"}]},
                "evidence": [{"code": [{"text": "华法林"}]}],
            }
        ]
    }

    (read,) = read_overrides(document)

    assert read.at is None
    assert read.by is None
    assert read.tier == ""
    assert read.subjects == (Named("华法林"),)


def test_another_resource_has_none() -> None:
    service = replace(ORDER, order_class=OrderClass.NURSING, overrides=(PASSED,))

    assert "contained" not in write_order(service, onto={})


_NAMED = st.builds(Named, st.text(min_size=1).filter(str.strip), st.sampled_from(["", "warfarin"]))
_OVERRIDES = st.builds(
    Override,
    check=st.sampled_from(["ddi", "allergy"]),
    tier=st.sampled_from(["hard-stop", "interruptive"]),
    rule=st.just("r@p"),
    subjects=st.lists(_NAMED, max_size=3).map(tuple),
    reason=st.just(BENEFIT),
    text=st.sampled_from(["", "每日复查 INR"]),
    card=st.sampled_from(["", "k"]),
    by=st.sampled_from([None, PractitionerId("zhao")]),
    by_name=st.sampled_from(["", "赵敏"]),
    at=st.sampled_from([None, AT]),
    witness_name=st.sampled_from(["", "李主任"]),
)


@given(st.lists(_OVERRIDES, max_size=3).map(tuple))
def test_what_is_written_reads_back(overrides: tuple[Override, ...]) -> None:
    document: Document = {"resourceType": "MedicationRequest", "id": "order-1"}

    write_overrides(document, overrides)

    assert read_overrides(document) == overrides
