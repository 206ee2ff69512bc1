"""CDS Hooks 2.0.1 as a client speaks it: services, requests, responses, feedback.

What 3.0 adds is passed over; what the specification forbids is refused by name. A service is
believed about nothing but its own words: actions of the system are never done, a card that breaks a
rule is not shown in part, and no picture is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.remote_cards import Link, RemoteCard, RemoteSuggestion, Reply, Urgency
from app.domain.terms import Term
from app.fhir.cds_actions import Drafts, read_changes
from app.fhir.cds_invariants import card_faults
from app.fhir.cds_markdown import harmless, one_line, read_markdown, safe_link
from app.fhir.document import Document, Json
from app.fhir.elements import dict_at, dicts_at, instant_text, list_at, text_at
from app.kernel.faults import FaultKind, app_error

MOST_CARDS = 50
"""Of one answer; a service that has more to say is not read to the end, and that is told."""
MOST_PREFETCH = 50

_RESOURCE = "resource"
_TOO_LONG = "summary"
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a discovery document (2.0.1, Discovery).

    Attributes:
        prefetch: Key → template of a query. Nobody but this service sees what they bring.
    """

    id: str
    hook: str
    description: str
    title: str = ""
    prefetch: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HookCall:
    """What a hook is called about (2.0.1, Hooks).

    Attributes:
        user: `Practitioner/id` of who is at the screen.
        drafts: What is being ordered, by key; each document's id is its key.
        selected: Keys of the drafts that were chosen just now (`order-select`).
    """

    hook: str
    instance: str
    user: str
    patient: str
    encounter: str = ""
    drafts: tuple[tuple[str, Document], ...] = ()
    selected: tuple[str, ...] = ()

    @property
    def shown(self) -> dict[str, Document]:
        """Key → draft as the service sees it: with its key for an id."""
        return {key: {**document, "id": key} for key, document in self.drafts}

    @property
    def context(self) -> Document:
        """The `context` of the request."""
        told: Document = {"userId": self.user, "patientId": self.patient}
        if self.encounter:
            told["encounterId"] = self.encounter
        shown = self.shown
        if shown:
            told["draftOrders"] = {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": document} for document in shown.values()],
            }
        if self.selected:
            told["selections"] = [
                f"{text_at(shown[key], 'resourceType')}/{key}" for key in self.selected
            ]
        return told


@dataclass(frozen=True, slots=True)
class Response:
    """What a service answered.

    Attributes:
        refused: The rules that cards broke which are not shown, each once; `too-many` when cards
            were left out, `system-actions` when the service wanted something done by itself.
    """

    cards: tuple[RemoteCard, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of a card (2.0.1, Feedback); there is none of a card that was ignored.

    Attributes:
        suggestions: Ids of those that were taken.
        reason: With which it was overridden.
        comment: What the clinician typed.
    """

    card: str
    reply: Reply
    at: datetime
    suggestions: tuple[str, ...] = ()
    reason: Term | None = None
    comment: str = ""


def read_services(value: Json) -> tuple[Service, ...]:
    """The services of a discovery document; one without id, hook or description is passed over.

    Raises:
        AppError: `REFUSED` when it is no discovery document.
    """
    if not isinstance(value, dict) or not isinstance(value.get("services"), list):
        raise app_error(FaultKind.REFUSED, "cds.not-services", type(value).__name__)
    read = (_service(one) for one in dicts_at(value, "services"))
    return tuple(one for one in read if one is not None)


def write_request(call: HookCall, prefetch: Mapping[str, Json]) -> Document:
    """The body of a call. Neither a server nor a token to read more with is offered."""
    body: Document = {"hook": call.hook, "hookInstance": call.instance, "context": call.context}
    if prefetch:
        body["prefetch"] = dict(prefetch)
    return body


def read_response(value: Json, drafts: Drafts) -> Response:
    """The cards of a response, worst first, in the service's order within an urgency.

    Raises:
        AppError: `REFUSED` when it is no response.
    """
    if not isinstance(value, dict) or not isinstance(value.get("cards"), list):
        raise app_error(FaultKind.REFUSED, "cds.not-cards", type(value).__name__)
    refused: list[str] = []
    cards: list[RemoteCard] = []
    given = list_at(value, "cards")
    for one in given[:MOST_CARDS]:
        card = _without_gaps(one)
        faults = card_faults(card) if isinstance(card, dict) else ("not-an-object",)
        if isinstance(card, dict) and not _breaks(card, faults):
            cards.append(_card(card, drafts))
        else:
            refused += faults
    if len(given) > MOST_CARDS:
        refused.append("too-many")
    if list_at(value, "systemActions"):
        refused.append("system-actions")
    cards.sort(key=lambda card: card.urgency.rank)
    return Response(tuple(cards), tuple(dict.fromkeys(refused)))


def write_feedback(told: tuple[Feedback, ...]) -> Document:
    """The body of `POST …/{id}/feedback`."""
    return {"feedback": [_feedback(one) for one in told]}


def _breaks(card: Document, faults: tuple[str, ...]) -> bool:
    """Whether a card is not to be shown. One with too long a summary is: the words count."""
    return bool(set(faults) - {_TOO_LONG}) or not text_at(card, "summary")


def _service(one: Document) -> Service | None:
    found = Service(
        id=text_at(one, "id"),
        hook=text_at(one, "hook"),
        description=one_line(text_at(one, "description")),
        title=one_line(text_at(one, "title")),
        prefetch=tuple(
            (key, template)
            for key, template in list(dict_at(one, "prefetch").items())[:MOST_PREFETCH]
            if isinstance(template, str) and key and template
        ),
    )
    return found if found.id and found.hook and found.description else None


def _without_gaps(value: Json) -> Json:
    """`value` without what has no value, all the way down but for resources: there `null` counts.

    R4 keeps the places of a list by null (json.html, primitive elements).
    """
    match value:
        case dict():
            inner = {
                key: one if key == _RESOURCE else _without_gaps(one) for key, one in value.items()
            }
            return {key: one for key, one in inner.items() if not _is_gap(one)}
        case list():
            return [one for one in map(_without_gaps, value) if not _is_gap(one)]
        case _:
            return value


def _is_gap(value: Json) -> bool:
    """Forbidden, and harmless: an element without a value is one that is not there."""
    return value is None or value in ([], {}) or (isinstance(value, str) and not one_line(value))


def _card(card: Document, drafts: Drafts) -> RemoteCard:
    source = dict_at(card, "source")
    return RemoteCard(
        id=text_at(card, "uuid"),
        summary=one_line(text_at(card, "summary")),
        urgency=Urgency(text_at(card, "indicator")),
        source=Link(_label(source), safe_link(text_at(source, "url"))),
        detail=read_markdown(text_at(card, "detail")),
        suggestions=tuple(_suggestion(one, drafts) for one in dicts_at(card, "suggestions")),
        one_at_most=card.get("selectionBehavior") == "at-most-one",
        reasons=tuple(_reason(one) for one in dicts_at(card, "overrideReasons")),
        links=tuple(
            Link(_label(one), url)
            for one in dicts_at(card, "links")
            if one.get("type") == "absolute" and (url := safe_link(text_at(one, "url")))
        ),
    )


def _suggestion(one: Document, drafts: Drafts) -> RemoteSuggestion:
    partly = one.get("actionSelectionBehavior", "all") != "all"  # 3.0: some of them, at will
    return RemoteSuggestion(
        label=_label(one),
        id=text_at(one, "uuid"),
        changes=() if partly else read_changes(dicts_at(one, "actions"), drafts),
        recommended=one.get("isRecommended") is True,
    )


def _label(one: Document) -> str:
    return one_line(text_at(one, "label"))[:_LONGEST_LABEL]


def _reason(one: Document) -> Term:
    words = one_line(text_at(one, "display"))[:_LONGEST_LABEL]
    return Term(words, text_at(one, "system"), text_at(one, "code"), words)


def _feedback(one: Feedback) -> Document:
    told: Document = {
        "card": one.card,
        "outcome": one.reply.value,
        "outcomeTimestamp": instant_text(one.at),
    }
    if one.reply is Reply.ACCEPTED:
        if one.suggestions:
            told["acceptedSuggestions"] = [{"id": key} for key in one.suggestions]
        return told
    why: Document = {}
    if one.reason is not None and one.reason.code:
        coding: Document = {"code": one.reason.code}
        if one.reason.system:
            coding["system"] = one.reason.system
        coding["display"] = one.reason.display or one.reason.text
        why["reason"] = coding
    if comment := harmless(one.comment).strip():
        why["userComment"] = comment
    if why:
        told["overrideReason"] = why
    return told
