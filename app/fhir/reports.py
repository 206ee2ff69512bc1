"""DiagnosticReport as `Report`, ImagingStudy (R4 pages of those names) as a timeline event."""

from __future__ import annotations

from datetime import UTC, tzinfo

from app.domain.chart import Event
from app.domain.results import Report
from app.domain.terms import PatientId, Ref, Term
from app.fhir.document import Document
from app.fhir.elements import (
    UNNAMED,
    at,
    codings,
    concept_term,
    dicts_at,
    display_at,
    id_at,
    list_at,
    moment,
    ref_at,
    refs_at,
    sort_instant,
    term_or_unnamed,
    text_at,
    when,
)
from app.fhir.narrative import attachment_text
from app.fhir.valuesets import LOINC, SERVICE_SYSTEMS, service_group


def read_report(document: Document) -> Report:
    """Read a DiagnosticReport."""
    taken_at, taken_text = moment(at(document, "effectiveDateTime"))
    if taken_at is None and not taken_text:
        taken_at, taken_text = moment(at(document, "effectivePeriod", "start"))
    forms = (attachment_text(form) for form in dicts_at(document, "presentedForm"))
    performers = dicts_at(document, "performer")
    return Report(
        id=text_at(document, "id"),
        patient=PatientId(id_at(document, "Patient", "subject")),
        category=_category(document),
        term=term_or_unnamed(at(document, "code"), LOINC),
        status=text_at(document, "status") or "unknown",
        at=taken_at,
        issued=when(at(document, "issued")),
        conclusion=_conclusion(document),
        results=refs_at(document, "result"),
        performer=next((name for name in map(display_at, performers) if name), ""),
        at_text=taken_text,
        body=next((text for text in forms if text), ""),
        studies=refs_at(document, "imagingStudy"),
        based_on=refs_at(document, "basedOn"),
        performer_ref=ref_at(document, "performer", 0),
    )


def _category(document: Document) -> str:
    found = codings(at(document, "category"))
    groups = (service_group(c.code) for c in found if c.system in SERVICE_SYSTEMS)
    own = (coding.code for coding in found if coding.code)
    return next((group for group in groups if group), "") or next(own, "")


def _conclusion(document: Document) -> str:
    if text := text_at(document, "conclusion"):
        return text
    terms = (concept_term(one) for one in list_at(document, "conclusionCode"))
    return "; ".join(term.text for term in terms if term is not None)


def read_imaging(document: Document, zone: tzinfo = UTC) -> Event | None:
    """Read an ImagingStudy, or None when nobody knows when it was made.

    A study dated without a time stands at the start of its day in `zone`, and says so.
    """
    started_at, started_text = moment(at(document, "started"))
    sorted_at = started_at or sort_instant(started_text, zone)
    if sorted_at is None:
        return None
    return Event(
        kind="imaging",
        at=sorted_at,
        title=_title(document),
        ref=Ref(f"ImagingStudy/{text_at(document, 'id')}"),
        status=text_at(document, "status"),
        at_text=started_text,
    )


def _title(document: Document) -> Term:
    series = (at(one, "modality") for one in dicts_at(document, "series"))
    rows = (at(document, "modality"), *series)
    found = (coding for row in rows for coding in codings(row) if coding.code)
    system, code, _ = next(found, ("", "", ""))
    if text := text_at(document, "description"):
        return Term(text, system, code)
    terms = (concept_term(one) for one in list_at(document, "procedureCode"))
    if term := next((term for term in terms if term is not None), None):
        return term
    return Term(code, system, code) if code else UNNAMED
