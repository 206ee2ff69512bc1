"""Subscription (R4 subscription.html): what a server is asked to announce, over its websocket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.fhir.document import Document
from app.fhir.elements import instant_text, text_at, when

WEBSOCKET = "websocket"
"""`Subscription.channel.type` whose only message is `ping <id>` (R4 subscription.html#channels)."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One standing question.

    Attributes:
        status: `requested` until the server has taken it up, then `active`; `error` and `off` mean
            that nothing will be announced.
        criteria: A search, such as `Task?owner=Practitioner/a`.
        channel: How it is announced.
        end: When the server turns it off by itself; None when it says no time.
        error: The server's own words.
    """

    id: str
    status: str
    criteria: str
    channel: str
    end: datetime | None = None
    error: str = ""


def write_subscription(document_id: str, criteria: str, end: datetime) -> Document:
    """A Subscription as it is asked for; it belongs to one workstation and is written whole.

    The channel has no payload: nothing of a patient travels on it (R4 subscription.html#payload).
    """
    return {
        "resourceType": "Subscription",
        "id": document_id,
        "status": "requested",
        "end": instant_text(end),
        "reason": "WardOne: a hint to fetch now; polling goes on without it",
        "criteria": criteria,
        "channel": {"type": WEBSOCKET},
    }


def read_subscription(document: Document) -> Subscription | None:
    """Read a Subscription; None when the document is something else."""
    if document.get("resourceType") != "Subscription":
        return None
    return Subscription(
        id=text_at(document, "id"),
        status=text_at(document, "status"),
        criteria=text_at(document, "criteria"),
        channel=text_at(document, "channel", "type"),
        end=when(document.get("end")),
        error=text_at(document, "error"),
    )
