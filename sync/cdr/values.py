"""What goes in and out of the server model: requests, responses, versions and its policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.fhir.document import Document


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the FHIR base, without HTTP.

    Attributes:
        method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
        path: Below the base, without a leading slash: `Patient/a/_history`.
        query: Decoded pairs in their order.
        headers: Lower-case names.
        body: As received, already decompressed.
        base: Address that absolute links in the answer begin with; no trailing slash.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = "http://cdr.invalid/fhir"

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one resource.

    Attributes:
        type: Resource type.
        id: Logical id.
        number: 1, 2, 3 … ; the `versionId`.
        updated: `lastUpdated` in milliseconds since 1970, UTC.
        method: What made it: `POST`, `PUT`, `PATCH` or `DELETE`.
        body: The JSON with its stamped meta; empty when this version is a deletion.
        sequence: Place in the order of commits; given by the store.
        key: The store's own number of the resource; given by the store, 0 for a resource that
            is new to it.
    """

    type: str
    id: str
    number: int
    updated: int
    method: str
    body: bytes
    sequence: int = 0
    key: int = 0

    @property
    def deleted(self) -> bool:
        return not self.body

    @property
    def etag(self) -> str:
        return f'W/"{self.number}"'

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def location(self) -> str:
        return f"{self.type}/{self.id}/_history/{self.number}"


@dataclass(frozen=True, slots=True)
class Policy:
    """How this server behaves where servers differ; the defaults are HAPI-like.

    Attributes:
        referential_integrity: Refuse a write that refers to nothing, and a delete of something
            that is referred to.
        suppress_unchanged: A PUT of what is already there makes no version.
        stale_status: Answer to a stale If-Match: 412 by the standard, 409 as HAPI.
        default_page: Page size when none is asked for.
        max_page: Largest page given, whatever is asked for.
        page_lifetime: How long a `next` link lives after its last use.
        reuse_searches: Answer a repeated search with the cached list for this long, unless it
            says `Cache-Control: no-cache`; zero means never.
        if_match_creates: If-Match on something that is not there creates it, as HAPI does.
        ids_need_a_letter: Refuse a client's id that is all digits.
        validate: Check structure and required codes of what is written.
        one_bind_per_line: A websocket hears of one Subscription, as HAPI has it.
    """

    referential_integrity: bool = True
    suppress_unchanged: bool = True
    stale_status: int = 412
    default_page: int = 20
    max_page: int = 1000
    page_lifetime: timedelta = timedelta(minutes=60)
    reuse_searches: timedelta = timedelta(0)
    if_match_creates: bool = False
    ids_need_a_letter: bool = True
    validate: bool = True
    one_bind_per_line: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """The start of a transaction: what `lastUpdated` of everything it writes will say."""

    at: datetime

    @property
    def milliseconds(self) -> int:
        return milliseconds(self.at)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def instant(at: int) -> str:
    """A FHIR instant of milliseconds since 1970."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def http_date(at: int) -> str:
    """An RFC 9110 date, in English whatever the locale says."""
    moment = _EPOCH + timedelta(milliseconds=at)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    month = names.split()[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} GMT"


def stamped(document: Document, number: int, updated: int) -> Document:
    """The document with the server's own meta, type and id first."""
    found = document.get("meta")
    meta: Document = dict(found) if isinstance(found, dict) else {}
    meta |= {"versionId": str(number), "lastUpdated": instant(updated)}
    head: Document = {"resourceType": document["resourceType"], "id": document["id"], "meta": meta}
    return head | {key: value for key, value in document.items() if key not in head}
