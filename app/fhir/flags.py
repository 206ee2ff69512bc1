"""Flag (R4 flag.html) as `PatientFlag`."""

from __future__ import annotations

from app.domain.patients import PatientFlag
from app.domain.terms import PatientId
from app.fhir.document import Document
from app.fhir.elements import at, code_of, codings, id_at, period, term_or_unnamed, text_at
from app.fhir.valuesets import FLAG


def read_flag(document: Document) -> PatientFlag:
    """Read a Flag; `status` is required, and without it nobody knows whether the flag holds."""
    since, until = period(at(document, "period"))
    term = term_or_unnamed(at(document, "code"), FLAG)
    category = at(document, "category")
    first = next((coding.code for coding in codings(category) if coding.code), "")
    status = text_at(document, "status")
    return PatientFlag(
        id=text_at(document, "id"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        category=code_of(category, FLAG) or first,
        code=term.code,
        term=term,
        active=status == "active" if status else None,
        since=since,
        until=until,
    )
