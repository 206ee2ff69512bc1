"""Banners of invented patients: one known well, one of whom nothing is known, one far away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.patients import (
    Allergy,
    AllergyState,
    Banner,
    CodeStatus,
    Measured,
    PatientRecord,
    Sex,
    Stay,
)
from app.domain.terms import (
    EncounterId,
    Named,
    PatientId,
    PractitionerId,
    Term,
    WardId,
)
from tests.support.desk_kit import NOW, WANG
from tests.support.phi_guard import plant


def a_banner(
    key: str = "li-ming", name: str = "李明远", english: str = "LI Mingyuan", **more: object
) -> Banner:
    """The banner of a patient of ward 3; `more` are fields of the banner."""
    plant(name, english)
    patient = PatientRecord(
        PatientId(key),
        name,
        phonetic=english.title(),
        english=english,
        sex=Sex.MALE,
        birth_date=datetime(1959, 3, 2).date(),  # noqa: DTZ001 - a birth date has no zone
        record_number="812733",
    )
    stay = Stay(
        EncounterId(f"stay-{key}"),
        patient.id,
        "in-progress",
        "0045217",
        NOW - timedelta(days=4, hours=3),
        ward=WardId("ward-3"),
        ward_name=Named("心内科三病区", "Cardiology Ward 3"),
        bed="12",
        attending=WANG.id,
        attending_name=WANG.name,
    )
    known = Allergy(
        "a1",
        patient.id,
        Term("青霉素", "http://snomed.info/sct", "764146007", "Penicillin"),
        checkable=True,
        none_known=False,
        active=True,
        criticality="high",
        reactions=("anaphylactic shock",),
        recorded_at=NOW - timedelta(days=400),
        recorded_by="周慧敏",
    )
    fields: dict[str, object] = {
        "patient": patient,
        "stay": stay,
        "allergy_state": AllergyState.KNOWN,
        "allergies": (known,),
        "weight": Measured(Decimal("68.0"), "kg", NOW - timedelta(days=2)),
        "code_status": CodeStatus.FULL,
        "flags": ("falls",),
        "isolation": ("contact",),
        "level_of_care": "1",
        "severity": "serious",
        "as_of": NOW - timedelta(seconds=9),
    }
    return Banner(**(fields | more))  # type: ignore[arg-type]  # the fields of a banner


def an_unknown_banner() -> Banner:
    """A patient of whom nothing is recorded but the identity of the record."""
    return Banner(PatientRecord(PatientId("unknown"), ""), None, AllergyState.NOT_RECORDED)


def ward_banners() -> tuple[Banner, ...]:
    near = a_banner()
    other = a_banner("zhao", "赵静怡", "ZHAO Jingyi", allergy_state=AllergyState.NONE_KNOWN)
    third = a_banner("qian", "钱文博", "QIAN Wenbo", allergy_state=AllergyState.UNAVAILABLE)
    far = a_banner("far", "孙立群", "SUN Liqun")
    assert far.stay is not None
    elsewhere = replace(far.stay, ward=WardId("icu"), attending=PractitionerId("dr-zhou"))
    return (near, other, third, replace(far, stay=elsewhere))
