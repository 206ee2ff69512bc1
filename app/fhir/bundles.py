"""Bundle (R4 bundle.html): pages and answers read, transactions built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.elements import at, dict_at, dicts_at, instant_text, integer, text_at, when


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One `Bundle.entry`; "" and None for what it leaves out.

    Attributes:
        search_mode: `match`, `include`, `outcome`, or "".
        status: `response.status` as sent, such as `201 Created`.
        outcome: `response.outcome`.
        method, url: `request`, in a history.
    """

    resource: Document | None = field(default=None, repr=False)
    full_url: str = ""
    search_mode: str = ""
    status: str = ""
    location: str = ""
    etag: str = ""
    last_modified: datetime | None = None
    outcome: Document | None = field(default=None, repr=False)
    method: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReadBundle:
    """A Bundle as received; `total` is None where the server does not count."""

    type: str
    total: int | None
    next_link: str
    entries: tuple[ReadEntry, ...]


def read_bundle(document: Document) -> ReadBundle:
    """Read a Bundle. Every entry counts, an empty one too: answers are matched by position."""
    links = dicts_at(document, "link")
    urls = (text_at(link, "url") for link in links if text_at(link, "relation") == "next")
    entries = at(document, "entry")
    return ReadBundle(
        type=text_at(document, "type"),
        total=integer(at(document, "total")),
        next_link=next(urls, ""),
        entries=tuple(
            _entry(dict_at(one)) for one in (entries if isinstance(entries, list) else [])
        ),
    )


def is_searchset(document: Document) -> bool:
    """Whether it answers a search at all (R4 http.html#search)."""
    kind = (text_at(document, "resourceType"), text_at(document, "type"))
    return kind == ("Bundle", "searchset")


def _entry(entry: Document) -> ReadEntry:
    resource = dict_at(entry, "resource")
    response = dict_at(entry, "response")
    outcome = dict_at(response, "outcome")
    return ReadEntry(
        resource=resource if text_at(resource, "resourceType") else None,
        full_url=text_at(entry, "fullUrl"),
        search_mode=text_at(entry, "search", "mode"),
        status=text_at(response, "status"),
        location=text_at(response, "location"),
        etag=text_at(response, "etag"),
        last_modified=when(at(response, "lastModified")),
        outcome=outcome or None,
        method=text_at(entry, "request", "method"),
        url=text_at(entry, "request", "url"),
    )


@dataclass(frozen=True, slots=True)
class Put:
    """One resource of a transaction.

    Attributes:
        if_match: The `If-Match` value (`W/"3"`), or None to create it under its own id.
    """

    ref: Ref
    document: Document = field(repr=False)
    if_match: str | None = None


def transaction(puts: Iterable[Put]) -> Document:
    """A transaction of updates, in order (R4 http.html#transaction).

    No fullUrl is sent: with ids of our own nothing in it needs to be rewritten.
    """
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_put(put) for put in puts]}


def collection(documents: Iterable[Document], at: datetime) -> Document:
    """Documents as a file of their own (R4 bundle.html, `collection`): nothing may act on it."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": instant_text(at),
        "entry": [{"resource": document} for document in documents],
    }


def _put(put: Put) -> Document:
    request: Document = {"method": "PUT", "url": put.ref}
    if put.if_match is not None:
        request["ifMatch"] = put.if_match
    return {"resource": put.document, "request": request}
