"""Encounter (R4 encounter.html) as `Stay`."""

from __future__ import annotations

from app.domain.patients import Stay
from app.domain.terms import EncounterId, Named, PatientId, Ref
from app.fhir.document import Document
from app.fhir.elements import (
    at,
    codings,
    dict_at,
    dicts_at,
    display_at,
    id_at,
    period,
    practitioner_at,
    ref_at,
    sort_instant,
    text_at,
)
from app.fhir.valuesets import IDENTIFIER_VISIT, INPATIENT_CLASSES, PLACE_RANK


def is_inpatient(document: Document) -> bool:
    """Whether an Encounter is an admission to a bed (`class` IMP or one of its children)."""
    found = at(document, "class")
    return any(coding.code in INPATIENT_CLASSES for coding in codings(found))


def read_stay(document: Document) -> Stay:
    """Read an Encounter. Places and people stay references: projections name them."""
    admitted, ended = period(at(document, "period"))
    places = _places(document)
    attending = _attending(document)
    name = display_at(attending, "individual")
    department = display_at(document, "serviceProvider")
    diagnosis = _diagnosis(document)
    return Stay(
        id=EncounterId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        status=text_at(document, "status"),
        admission_number=_admission_number(document),
        admitted_at=admitted,
        ended_at=ended,
        location=places[0] if places else _last_place(document),
        department=Named(department) if department else None,
        attending=practitioner_at(attending, "individual"),
        attending_name=Named(name) if name else None,
        diagnosis=display_at(diagnosis, "condition"),
        locations=places,
        department_ref=ref_at(document, "serviceProvider"),
        diagnosis_ref=ref_at(diagnosis, "condition"),
    )


def _places(document: Document) -> tuple[Ref, ...]:
    """What is occupied now: said to be active, or not said to be over; narrowest first."""
    rows = [
        one
        for one in dicts_at(document, "location")
        if text_at(one, "status") == "active"
        or (not text_at(one, "status") and not text_at(one, "period", "end"))
    ]
    refs = (ref_at(one, "location") for one in sorted(rows, key=_width))
    return tuple(ref for ref in refs if ref is not None)


def _width(place: Document) -> int:
    kinds = [PLACE_RANK.get(c.code) for c in codings(at(place, "physicalType"))]
    known = [rank for rank in kinds if rank is not None]
    # Without a kind the feed's own order decides: the bed is named before its ward.
    return min(known, default=1)


def _last_place(document: Document) -> Ref | None:
    """Where a finished stay ended. A patient still in is never put back into a bed they left."""
    if text_at(document, "status") != "finished":
        return None
    rows = [one for one in dicts_at(document, "location") if ref_at(one, "location") is not None]
    starts = [sort_instant(at(one, "period", "start")) for one in rows]
    if not rows:
        return None
    if all(starts):
        newest = max(start for start in starts if start is not None)
        rows = [one for one, start in zip(rows, starts, strict=True) if start == newest]
    return ref_at(min(rows, key=_width), "location")


def _attending(document: Document) -> Document:
    people = [
        one
        for one in dicts_at(document, "participant")
        if any(coding.code == "ATND" for coding in codings(at(one, "type")))
    ]
    present = [one for one in people if not text_at(one, "period", "end")]
    return next(iter(present or people), {})


def _diagnosis(document: Document) -> Document:
    rows = dicts_at(document, "diagnosis")
    admission = [r for r in rows if any(c.code == "AD" for c in codings(at(r, "use")))]
    plain = [r for r in rows if not dict_at(r, "use")]
    return next(iter(admission + plain), {})


def _admission_number(document: Document) -> str:
    for one in dicts_at(document, "identifier"):
        kinds = {coding.code for coding in codings(at(one, "type")) if "0203" in coding.system}
        if IDENTIFIER_VISIT in kinds and text_at(one, "use") != "old":
            return text_at(one, "value")
    return ""
