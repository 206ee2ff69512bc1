"""CDS Hooks 2.0.1 as a service speaks it: what it offers, what it is asked, what it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.orders import Dosage, Order
from app.domain.remote_cards import Link, Urgency
from app.domain.terms import PatientId, Term
from app.fhir.cds_hooks import Service
from app.fhir.cds_invariants import LONGEST_SUMMARY
from app.fhir.cds_markdown import one_line
from app.fhir.cds_prefetch import resources_in
from app.fhir.document import Document, Json
from app.fhir.elements import at, dict_at, dicts_at, list_at, text_at
from app.fhir.orders import read_order, write_order
from app.kernel.faults import FaultKind, app_error

_CUT = "…"
_MARKS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#"})


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks.

    Attributes:
        drafts: Key → order and the document it was read from; those that are no order are left out.
        selected: Keys of those chosen just now.
        given: Keys of the prefetch that came, those without data too.
        documents: Every resource of the prefetch, each once.
    """

    hook: str
    instance: str
    patient: PatientId
    drafts: tuple[tuple[str, Order, Document], ...] = ()
    selected: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class CardSuggestion:
    """Something to do about it. Without a document and without a reference it is words only.

    Attributes:
        resource: A draft as it should read.
        removes: `Type/id` of a draft to take out.
    """

    id: str
    label: str
    resource: Document | None = None
    removes: str = ""


@dataclass(frozen=True, slots=True)
class LocalCard:
    """A card of ours.

    Attributes:
        said: The sentence, of any length.
        detail: Markdown.
        topic: What kind of check it is.
    """

    id: str
    said: str
    urgency: Urgency
    source: Link
    detail: str = ""
    topic: Term | None = None
    suggestions: tuple[CardSuggestion, ...] = ()
    reasons: tuple[Term, ...] = ()


def write_services(services: tuple[Service, ...]) -> Document:
    """The discovery document."""
    told: list[Json] = [
        {
            "id": one.id,
            "hook": one.hook,
            **({"title": one.title} if one.title else {}),
            "description": one.description,
            **({"prefetch": dict(one.prefetch)} if one.prefetch else {}),
        }
        for one in services
    ]
    return {"services": told}


def read_question(value: Json) -> Question:
    """A call of a client.

    Raises:
        AppError: `REFUSED` when hook, hookInstance or the patient is missing, or an order is of
            another patient.
    """
    context = dict_at(value, "context")
    patient = text_at(context, "patientId").removeprefix("Patient/")
    hook, instance = text_at(value, "hook"), text_at(value, "hookInstance")
    if not hook or not instance or not patient:
        raise app_error(FaultKind.REFUSED, "cds.not-a-call", "hook, hookInstance or patientId")
    prefetch = dict_at(value, "prefetch")
    drafts = tuple(_drafts(context, patient))
    return Question(
        hook=hook,
        instance=instance,
        patient=PatientId(patient),
        drafts=drafts,
        selected=tuple(
            one.rpartition("/")[2] for one in list_at(context, "selections") if isinstance(one, str)
        ),
        given=frozenset(prefetch),
        documents=resources_in(prefetch),
    )


def write_response(cards: tuple[LocalCard, ...]) -> Document:
    """The body of the answer; without cards it says so."""
    return {"cards": [_card(one) for one in cards]}


def with_dosage(order: Order, document: Document, dosage: Dosage) -> Document:
    """The draft with another dosage, everything else in it as it was."""
    timing = at(document, "dosageInstruction", 0, "timing")
    return write_order(replace(order, dosage=dosage), document, timing)


def plain(text: str) -> str:
    """`text` as markdown that reads as itself."""
    return one_line(text).translate(_MARKS)


def _drafts(context: Document, patient: str) -> list[tuple[str, Order, Document]]:
    found: list[tuple[str, Order, Document]] = []
    for entry in dicts_at(context, "draftOrders", "entry"):
        document = dict_at(entry, "resource")
        order = read_order(document) if "resourceType" in document else None
        key = text_at(document, "id")
        if order is None or not key:
            continue
        if order.patient != patient:
            raise app_error(FaultKind.REFUSED, "cds.not-a-call", "an order of another patient")
        found.append((key, order, document))
    return found


def _card(card: LocalCard) -> Document:
    said = one_line(card.said)
    is_long = len(said) > LONGEST_SUMMARY
    summary = said[: LONGEST_SUMMARY - 1] + _CUT if is_long else said
    detail = "\n\n".join(part for part in (plain(said) if is_long else "", card.detail) if part)
    source: Document = {"label": card.source.label}
    if card.source.url:
        source["url"] = card.source.url
    if card.topic is not None:
        source["topic"] = _coding(card.topic)
    told: Document = {
        "uuid": card.id,
        "summary": summary,
        "indicator": card.urgency.value,
        "source": source,
    }
    if detail:
        told["detail"] = detail
    if card.suggestions:
        told["suggestions"] = [_suggestion(one) for one in card.suggestions]
        told["selectionBehavior"] = "at-most-one"
    if card.reasons:
        told["overrideReasons"] = [_coding(one) for one in card.reasons]
    return told


def _suggestion(one: CardSuggestion) -> Document:
    told: Document = {"label": one.label, "uuid": one.id}
    if one.removes:
        told["actions"] = [{"type": "delete", "description": one.label, "resourceId": one.removes}]
    elif one.resource is not None:
        told["actions"] = [{"type": "update", "description": one.label, "resource": one.resource}]
    return told


def _coding(term: Term) -> Document:
    return {"system": term.system, "code": term.code, "display": term.text}
