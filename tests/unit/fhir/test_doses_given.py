"""Administrations as they are written, and the alerts of those given twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from app.domain.duplicates import Duplicate, Why
from app.domain.orders import Administration
from app.domain.slots import DoseGiven, DoseSlot, slot_id
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, Term
from app.fhir.administrations import read_administration, read_given, write_administration
from app.fhir.alerts import has_report, lead_alert, write_alerts, write_report, write_report_message
from app.fhir.derived import combined
from app.fhir.document import Document, reference_to
from app.fhir.slots import (
    is_slot,
)
from app.fhir.workflow import read_communication, read_task
from tests.unit.fhir.validity import problems

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORDER, PATIENT = OrderId("order-1"), PatientId("patient-1")
NURSE, COLLEAGUE = PractitionerId("nurse"), PractitionerId("colleague")
SLOT = DoseSlot(slot_id(ORDER, NOW), ORDER, PATIENT, EncounterId("stay-1"), NOW)


T = TypeVar("T")


def some(value: T | None) -> T:
    """What is surely there."""
    assert value is not None
    return value


PRN: Document = {
    "resourceType": "MedicationRequest",
    "id": ORDER,
    "status": "active",
    "intent": "order",
    "subject": {"reference": "Patient/patient-1"},
    "medicationCodeableConcept": {"text": "对乙酰氨基酚"},
    "dosageInstruction": [{"text": "1 g prn", "asNeededBoolean": True}],
}


# --- administrations


def test_an_administration_reads_as_it_was_written() -> None:
    made = Administration(
        id="a-1",
        patient=PATIENT,
        encounter=EncounterId("stay-1"),
        order=ORDER,
        item=Term("对乙酰氨基酚"),
        status="completed",
        at=NOW,
        dose=Decimal("0.5"),
        unit="g",
        unit_text="g",
        route=Term("口服", "urn:r", "po"),
        performer="赵护士",
        slot=SLOT.ref,
        override="override-offline",
        note="患者清醒",
    )

    document = write_administration(made, PRN, by=NURSE, witness=(COLLEAGUE, "钱护士"))

    assert problems(document) == []
    assert read_administration(document) == replace(made, performer_ref=Ref("Practitioner/nurse"))
    functions = [one["function"]["coding"][0]["code"] for one in document["performer"]]  # type: ignore[union-attr,index,call-overload]  # as just written
    assert functions == ["performer", "verifier"]
    assert read_given(document) == DoseGiven(
        Ref("MedicationAdministration/a-1"),
        PATIENT,
        ORDER,
        SLOT.ref,
        NOW,
        Decimal("0.5"),
        "g",
        NURSE,
        "赵护士",
    )


def test_a_dose_not_given_says_why_and_is_none_that_was_given() -> None:
    made = Administration(
        id="a-1",
        patient=PATIENT,
        encounter=None,
        order=ORDER,
        item=Term("?"),
        status="not-done",
        at=NOW,
        performer="赵护士",
    )
    why = Term("患者拒绝", "urn:wardone:not-given", "refused")

    document = write_administration(made, PRN, by=NURSE, not_given=why)

    assert problems(document) == []
    assert read_administration(document).reason == "患者拒绝"
    assert read_given(document) is None
    assert read_given(document | {"status": "completed", "request": {}}) is None


def test_a_drug_that_is_only_referred_to_is_referred_to_again() -> None:
    order = {key: value for key, value in PRN.items() if key != "medicationCodeableConcept"}
    inside: Document = {"resourceType": "Medication", "id": "m", "code": {"text": "吗啡"}}
    order |= {"contained": [inside], "medicationReference": {"reference": "#m"}}
    made = Administration("a", PATIENT, None, None, Term("?"), "completed", None)

    document = write_administration(made, order, by=NURSE)

    assert read_administration(document).item == Term("吗啡")
    assert "effectiveDateTime" not in document
    assert "request" not in document


# --- alerts


def found(other: PractitionerId | None = COLLEAGUE) -> Duplicate:
    first = DoseGiven(
        Ref("MedicationAdministration/1"), PATIENT, ORDER, SLOT.ref, NOW, None, "", NURSE
    )
    second = replace(first, ref=Ref("MedicationAdministration/2"), by=other)
    return Duplicate(first, second, Why.SAME_SLOT)


def test_both_givers_and_the_lead_are_told_urgently() -> None:
    alerts = write_alerts(found(), by=NURSE, at=NOW)

    items = [read_task(one) for one in alerts]
    assert [(one.owner, one.owner_role) for one in items] == [
        (None, "head-nurse"),
        (NURSE, ""),
        (COLLEAGUE, ""),
    ]
    assert all(one.urgent and one.open and one.code == "duplicate-act" for one in items)
    assert reference_to(alerts[0]) == lead_alert(found().pair)
    assert [problems(one) for one in alerts] == [[], [], []]
    assert len(write_alerts(found(NURSE), by=NURSE, at=NOW)) == 2
    assert len(write_alerts(found(None), by=NURSE, at=NOW)) == 2
    assert not any(is_slot(one) for one in alerts)


def test_a_report_ends_the_alert_and_completing_it_alone_does_not() -> None:
    (alert, *_) = write_alerts(found(), by=NURSE, at=NOW)
    reported = write_report(alert, "无不良后果", by=COLLEAGUE, by_name="钱护士", at=NOW)

    assert has_report(reported)
    assert problems(reported) == []
    assert not has_report(alert)
    assert not has_report(alert | {"status": "completed"})


def test_a_report_travels_as_a_message_about_both() -> None:
    for to, role in ((COLLEAGUE, ""), (None, "head-nurse")):
        document = write_report_message(
            message_id="m",
            pair=found().pair,
            text="无不良后果",
            by=NURSE,
            by_name="赵护士",
            at=NOW,
            to=to,
            patient=PATIENT,
        )
        item = read_communication(document)
        assert problems(document) == []
        assert (item.owner, item.owner_role, item.body) == (to, role, "无不良后果")
        assert [one["reference"] for one in document["about"]] == list(found().pair)  # type: ignore[union-attr,index,call-overload]  # as just written


def test_two_alerts_are_one_unless_both_have_been_answered() -> None:
    (alert, *_) = write_alerts(found(), by=NURSE, at=NOW)
    (theirs, *_) = write_alerts(found(), by=COLLEAGUE, at=NOW + timedelta(minutes=1))
    reported = write_report(alert, "一", by=NURSE, by_name="", at=NOW)
    other = write_report(theirs, "二", by=COLLEAGUE, by_name="", at=NOW)

    assert combined(alert, theirs) == theirs
    assert combined(alert, other) == other
    assert combined(reported, theirs) == reported
    assert combined(reported, other) is None
