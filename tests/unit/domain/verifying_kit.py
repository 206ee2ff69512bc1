"""Orders that wait for a nurse, one line in a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.order_verification import (
    Acknowledgement,
    Awaiting,
    VerificationRules,
    Verified,
    Wait,
)
from app.domain.orders import Dosage, Order, OrderClass, OrderKind
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, Term
from app.fhir.orders import order_ref

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PATIENT = PatientId("li-ming")
DRUG = Term("青霉素", "urn:wardone:formulary", "neml2026-001")
RULES = VerificationRules(
    most=100,
    review_required=False,
    skin_valid=timedelta(hours=24),
    skin_second_reader=True,
    stops_listed=timedelta(hours=72),
)


def an_order(key: str = "o1", **more: object) -> Order:
    order = Order(
        OrderId(key),
        PATIENT,
        EncounterId("stay-1"),
        OrderClass.MEDICATION,
        OrderKind.LONG_TERM,
        DRUG,
        Dosage(),
        "active",
        authored_at=NOW,
    )
    return replace(order, **more)  # type: ignore[arg-type]  # a test may override any field


def ref_of(order: Order) -> Ref:
    return order_ref(order)


def a_wait(order: Order | None = None, wait: Wait = Wait.NEW, **more: object) -> Awaiting:
    one = order or an_order()
    return replace(Awaiting(ref_of(one), one, wait), **more)  # type: ignore[arg-type]  # any field


def said(what: Acknowledgement, hours: float = 0, order: Order | None = None) -> Verified:
    one = order or an_order()
    at = NOW + timedelta(hours=hours)
    return Verified(ref_of(one), PATIENT, what, at, PractitionerId("zhao"), "赵护士")


def a_reading(
    reaction: Reaction = Reaction.NEGATIVE, hours: float | None = -1, **more: object
) -> SkinResult:
    at = None if hours is None else NOW + timedelta(hours=hours)
    made = SkinResult(Ref("Observation/s1"), PATIENT, DRUG, reaction, at)
    return replace(made, **more)  # type: ignore[arg-type]  # a test may override any field
