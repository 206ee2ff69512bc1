"""Lines of the journal of decision support, one line in a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WHO = PatientId("li-ming")


def an_event(**more: object) -> DecisionEvent:
    """Dr Wang passed an interaction; any field may be another."""
    event = DecisionEvent(
        at=AT,
        user=PractitionerId("dr-wang"),
        user_name="王医生",
        patient=WHO,
        encounter=EncounterId("stay-1"),
        hook="order-sign",
        instance="i-1",
        check="ddi",
        rule="onc-7",
        pack="interactions@2026.11",
        tier="interruptive",
        card="card-1",
        response=Response.OVERRIDDEN,
        subjects=(Named("华法林", "warfarin"), Named("阿司匹林")),
        orders=(OrderId("med-1"), OrderId("med-2")),
        reason="risk-benefit-ratio",
        text="每日复查 INR",
        shown_ms=1500,
        context="digest",
    )
    return replace(event, **more)  # type: ignore[arg-type]  # a test's own words
