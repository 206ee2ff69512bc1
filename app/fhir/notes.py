"""DocumentReference and Composition (R4 pages of those names) as `Note`; written as the former."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.terms import EncounterId, NoteId, PatientId, PractitionerId
from app.fhir.building import begin, codeable, person, put, reference, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    code_of,
    codings,
    dict_at,
    dicts_at,
    display_at,
    extension,
    id_at,
    instant_text,
    list_at,
    moment,
    practitioner_at,
    term_or_unnamed,
    text_at,
    when,
)
from app.fhir.guards import unknown_modifiers
from app.fhir.narrative import attachment_text, encoded, plain
from app.fhir.valuesets import COUNTERSIGNED_AT, LOINC, NOTE_KIND_OF_LOINC, NOTE_LOINC
from app.fhir.valuesets import NOTE_KIND as NOTE_KIND  # noqa: PLC0414 - callers build terms of it

_KINDS = {kind.value: kind for kind in NoteKind}
_STATUSES = {status.value: status for status in NoteStatus if status is not NoteStatus.UNKNOWN}
_STALE = ("url", "size", "hash")


def read_note(document: Document) -> Note:
    """Read a DocumentReference or, from a foreign feed, a Composition."""
    composed = document.get("resourceType") == "Composition"
    return _of_composition(document) if composed else _of_reference(document)


def write_note(note: Note, onto: Document) -> Document:
    """Write `note` onto a DocumentReference and leave the rest as it was.

    An element that reads as `note` has it already is not touched. A note without text keeps its
    content: an attached scan is not ours to change. `superseded`, `guarded`, `at_text` and the
    countersignature (`write_countersign`) are read only.
    """
    document = begin(onto, "DocumentReference", note.id)
    before = _of_reference(document)
    _write_status(document, note, before)
    _write_kind(document, note, before)
    _write_frame(document, note, before)
    if note.text is not None and note.text != before.text:
        document["content"] = _with_text(list_at(document, "content"), note.text)
    return document


def write_countersign(
    onto: Document, *, by: PractitionerId, at: datetime, by_name: str = ""
) -> Document:
    """Countersign: `authenticator` and its time; a preliminary note becomes final."""
    document = begin(onto, "DocumentReference", text_at(onto, "id"))
    if text_at(document, "docStatus") != NoteStatus.AMENDED.value:
        document["docStatus"] = NoteStatus.FINAL.value
    document["authenticator"] = person(by, by_name, document.get("authenticator"))
    set_extension(document, COUNTERSIGNED_AT, "valueDateTime", instant_text(at))
    return document


def _of_reference(document: Document) -> Note:
    encounter = id_at(document, "Encounter", "context", "encounter", 0)
    written_at, written_text = moment(at(document, "date"))
    texts = (attachment_text(at(one, "attachment")) for one in dicts_at(document, "content"))
    return Note(
        id=NoteId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        encounter=EncounterId(encounter) if encounter else None,
        kind=_kind(document),
        kind_term=term_or_unnamed(at(document, "type"), NOTE_KIND),
        status=_status(document, "docStatus"),
        title=text_at(document, "description"),
        text=next((text for text in texts if text is not None), None),
        at=written_at,
        author=practitioner_at(document, "author", 0),
        author_name=display_at(document, "author", 0),
        countersigned_by=display_at(document, "authenticator"),
        guarded=bool(unknown_modifiers(document)),
        superseded=text_at(document, "status") == "superseded",
        at_text=written_text,
        countersigner=practitioner_at(document, "authenticator"),
        countersigned_at=when(at(extension(document, COUNTERSIGNED_AT), "valueDateTime")),
    )


def _of_composition(document: Document) -> Note:
    encounter = id_at(document, "Encounter", "encounter")
    written_at, written_text = moment(at(document, "date"))
    witness = _witness(document)
    text = "\n".join(_sections(list_at(document, "section")))
    return Note(
        id=NoteId(text_at(document, "id")),
        patient=PatientId(id_at(document, "Patient", "subject")),
        encounter=EncounterId(encounter) if encounter else None,
        kind=_kind(document),
        kind_term=term_or_unnamed(at(document, "type"), NOTE_KIND),
        status=_status(document, "status"),
        title=text_at(document, "title"),
        text=text or plain(text_at(document, "text", "div")) or None,
        at=written_at,
        author=practitioner_at(document, "author", 0),
        author_name=display_at(document, "author", 0),
        countersigned_by=display_at(witness, "party"),
        guarded=bool(unknown_modifiers(document)),
        at_text=written_text,
        countersigner=practitioner_at(witness, "party"),
        countersigned_at=when(at(witness, "time")),
    )


def _witness(document: Document) -> Document:
    """Who attested a Composition besides its author (R4 composition-attestation-mode `legal`)."""
    author = text_at(document, "author", 0, "reference")
    for one in dicts_at(document, "attester"):
        party = text_at(one, "party", "reference")
        if text_at(one, "mode") == "legal" and party and party != author:
            return one
    return {}


def _sections(sections: list[Json]) -> Iterator[str]:
    for section in sections:
        lines = (text_at(section, "title"), plain(text_at(section, "text", "div")))
        yield from (line for line in lines if line)
        yield from _sections(list_at(section, "section"))


def _kind(document: Document) -> NoteKind:
    ours = _KINDS.get(code_of(at(document, "type"), NOTE_KIND))
    if ours is not None:
        return ours
    theirs = (c.code for c in codings(at(document, "type")) if c.system == LOINC)
    known = (NOTE_KIND_OF_LOINC.get(code) for code in theirs)
    return next((kind for kind in known if kind is not None), NoteKind.OTHER)


def _status(document: Document, key: str) -> NoteStatus:
    if text_at(document, "status") == NoteStatus.ENTERED_IN_ERROR.value:
        return NoteStatus.ENTERED_IN_ERROR
    return _STATUSES.get(text_at(document, key), NoteStatus.UNKNOWN)


def _write_status(document: Document, note: Note, before: Note) -> None:
    wrong = NoteStatus.ENTERED_IN_ERROR
    if note.status is not before.status:
        known = note.status is not NoteStatus.UNKNOWN
        put(document, "docStatus", note.status.value if known else None)
        if wrong in (note.status, before.status):
            document["status"] = "entered-in-error" if note.status is wrong else "current"
    document.setdefault("status", "current")


def _write_kind(document: Document, note: Note, before: Note) -> None:
    if (note.kind, note.kind_term) == (before.kind, before.kind_term) and "type" in document:
        return
    concept = codeable(note.kind_term, document.get("type"))
    wanted = [(NOTE_KIND, "" if note.kind is NoteKind.OTHER else note.kind.value)]
    wanted.append((LOINC, NOTE_LOINC.get(note.kind, "")))
    rows = list_at(concept, "coding")
    for system, code in wanted:
        if code and not code_of(concept, system):
            rows = [*rows, {"system": system, "code": code}]
    put(concept, "coding", rows)
    document["type"] = concept


def _write_frame(document: Document, note: Note, before: Note) -> None:
    if note.patient != before.patient or "subject" not in document:
        document["subject"] = reference("Patient", note.patient, onto=document.get("subject"))
    if note.encounter != before.encounter:
        context = dict(dict_at(document, "context"))
        made = [reference("Encounter", note.encounter)] if note.encounter else []
        put(context, "encounter", [*made, *list_at(context, "encounter")[1:]])
        put(document, "context", context)
    if note.at != before.at:
        put(document, "date", None if note.at is None else instant_text(note.at))
    if (note.author, note.author_name) != (before.author, before.author_name):
        authors = list_at(document, "author")
        first = person(note.author, note.author_name, authors[0] if authors else None)
        put(document, "author", [*([first] if first else []), *authors[1:]])
    if note.title != before.title:
        put(document, "description", note.title)


def _with_text(content: list[Json], text: str) -> list[Json]:
    """The content with `text` as its first readable attachment; what described the old one goes."""
    where = 0
    for n, one in enumerate(content):
        if attachment_text(at(one, "attachment")) is not None:
            where = n
            break
    one = dict(dict_at(content, where))
    attachment = {k: v for k, v in dict_at(one, "attachment").items() if k not in _STALE}
    one["attachment"] = attachment | {
        "contentType": "text/plain; charset=utf-8",
        "data": encoded(text),
    }
    return [*content[:where], one, *content[where + 1 :]]
