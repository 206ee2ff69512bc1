"""Ctrl+K: patients, pages and commands from one field."""

from __future__ import annotations

from datetime import datetime

from app.ports.reading import PatientHit
from ui.runtime.desk import Desk
from widgets.palette_popup import PaletteEntry

_PATIENT = "patient:"


def patient_entry(desk: Desk, hit: PatientHit, now: datetime) -> PaletteEntry:
    """A patient with what tells namesakes apart: sex, age and birth date, numbers, place."""
    text, formats = desk.languages.text, desk.formats
    patient, stay = hit.patient, hit.stay
    born = patient.birth_date or patient.birth_date_text
    age = (
        text(
            "banner.age_born",
            age=formats.age(born, now),
            born=formats.date(patient.birth_date)
            if patient.birth_date
            else formats.partial(patient.birth_date_text),
        )
        if born
        else text("banner.birth_unknown")
    )
    ward = stay.ward_name.shown(desk.languages.language) if stay and stay.ward_name else ""
    place = text("banner.ward_bed", ward=ward, bed=stay.bed) if stay and ward and stay.bed else ward
    parts = (
        text(f"banner.sex.{patient.sex.value}") if patient.sex else "",
        age,
        stay.admission_number if stay else "",
        patient.record_number,
        place or text("banner.no_stay"),
    )
    return PaletteEntry(
        f"{_PATIENT}{patient.id}",
        patient.name or text("banner.name_unknown"),
        " · ".join(part for part in parts if part),
        icon="user",
        group=text("palette.patient"),
    )


def patient_of(key: str) -> str:
    """The patient that an entry stands for, or ""."""
    return key.removeprefix(_PATIENT) if key.startswith(_PATIENT) else ""
