"""What an act is called, and about whom it is, wherever acts are listed."""

from __future__ import annotations

from app.domain.terms import PatientId
from ui.runtime.desk import Desk


def named_act(desk: Desk, act: str) -> str:
    """The act in words; one that nobody has named yet keeps its code."""
    text = desk.languages.text
    known = desk.languages.catalogue.has(f"act.{act}")
    return text(f"act.{act}") if known else text("queue.act.other", act=act)


def named_patient(desk: Desk, patient: PatientId | None, name: str) -> str:
    """Whom it is about; never blank."""
    text = desk.languages.text
    if patient is None:
        return text("queue.no_patient")
    return name or text("queue.patient_unknown")
