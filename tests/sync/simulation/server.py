"""The hospital's server in memory: several nodes with clocks of their own, and late commits."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlsplit

from app.fhir.document import Document, parse, to_bytes
from sync.cdr.definitions import official
from sync.cdr.memory import MemoryStore
from sync.cdr.model import CdrModel
from sync.cdr.values import Policy, Request, Response, Stamp, Version
from sync.transport import Answer
from sync.transport import Request as Sent
from tests.sync.simulation.virtual import SeededIds, Timeline, VirtualClock

BASE = "http://cdr.invalid/fhir"
POISON = b"poison-"
FHIR_JSON = {"Content-Type": "application/fhir+json; charset=utf-8"}
_DEFINITIONS = official()


class BackedUpStore(MemoryStore):
    """The store in memory, and copies of it as of a moment. A version never alters."""

    @property
    def log(self) -> list[Version]:
        """Every version, in the order of commits."""
        return self._log

    def copy(self) -> BackedUpStore:
        made = BackedUpStore()
        made._kept = {
            name: replace(one, versions=list(one.versions)) for name, one in self._kept.items()
        }
        made._by_key = {one.key: one for one in made._kept.values()}
        links = {target: set(keys) for target, keys in self._links.items()}
        made._links = defaultdict(set, links)
        made._log = list(self._log)
        return made


@dataclass(frozen=True, slots=True)
class Commit:
    """What one request wrote.

    Attributes:
        ms: True time of the commit; `lastUpdated` of the versions is the time of the start.
        by: The workstation, or "" for anybody else.
        batch: `X-Request-ID` of a transaction.
    """

    ms: int
    by: str
    batch: str
    versions: tuple[Version, ...]


class Server:
    """The product's own server model behind several nodes.

    Attributes:
        commits: Every commit there ever was, those a restored backup took back included.
    """

    def __init__(self, timeline: Timeline, store: BackedUpStore, policy: Policy, seed: int) -> None:
        self.timeline = timeline
        self.store = store
        self.policy = policy
        self.commits: list[Commit] = [Commit(0, "", "", tuple(store.log))]
        self.refuses_poison = True
        self.restored = 0
        self._clock = VirtualClock(timeline)
        self._ids = SeededIds(random.Random(seed))
        self.model = self._model()

    def begin(self, skew: timedelta) -> Stamp:
        """A transaction starts on a node whose clock is wrong by `skew`."""
        self._clock.offset = skew
        return self.model.begin()

    def answer(
        self, sent: Sent, skew: timedelta, stamp: Stamp | None = None, by: str = ""
    ) -> Answer:
        """Handle a request now; it is stamped now, or was when it began."""
        request = _request(sent)
        if self.refuses_poison and request.method == "POST" and POISON in request.body:
            return refusal(422, "business-rule")
        self._clock.offset = skew
        before = len(self.store.log)
        response = self.model.handle(request, stamp)
        written = tuple(self.store.log[before:])
        if written:
            batch = request.header("x-request-id")
            self.commits.append(Commit(self.timeline.ms, by, batch, written))
        return _answer(response)

    def put(
        self, document: Document, skew: timedelta = timedelta(0), stamp: Stamp | None = None
    ) -> int:
        """Somebody else writes; the status."""
        body = to_bytes(document)
        path = f"{document['resourceType']}/{document['id']}"
        return self.answer(Sent("PUT", path, FHIR_JSON, body), skew, stamp).status

    def delete(self, ref: str, skew: timedelta = timedelta(0)) -> int:
        return self.answer(Sent("DELETE", ref), skew).status

    def current(self, ref: str) -> Version | None:
        rtype, _, rid = ref.partition("/")
        return self.store.current(rtype, rid)

    def document(self, ref: str) -> Document | None:
        """The current document, None when there is none or it is deleted."""
        version = self.current(ref)
        return None if version is None or version.deleted else parse(version.body)

    def forget_pages(self) -> None:
        """Every `next` link is dead from now on, as after a restart of the server."""
        self.model.snapshots.expire()

    def restore(self, backup: BackedUpStore) -> None:
        """The server comes back as it was when the backup was made."""
        self.store = backup.copy()
        self.model = self._model()
        self.restored += 1

    def _model(self) -> CdrModel:
        return CdrModel(
            self.store,
            clock=self._clock,
            ids=self._ids,
            definitions=_DEFINITIONS,
            policy=self.policy,
        )


def refusal(status: int, code: str, retry_after: float | None = None) -> Answer:
    """An OperationOutcome of the server itself."""
    body = to_bytes(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}
    )
    return Answer(status, body, "application/fhir+json", retry_after=retry_after)


def _request(sent: Sent) -> Request:
    address = urlsplit(sent.path.removeprefix(BASE))
    return Request(
        sent.method,
        address.path.strip("/"),
        tuple(parse_qsl(address.query, keep_blank_values=True)),
        {name.lower(): value for name, value in sent.headers.items()},
        sent.body or b"",
        BASE,
    )


def _answer(response: Response) -> Answer:
    headers = response.headers
    return Answer(
        response.status,
        response.body,
        headers.get("Content-Type", "").split(";")[0],
        headers.get("ETag", ""),
        headers.get("Location", ""),
        parsedate_to_datetime(headers["Date"]),
    )
