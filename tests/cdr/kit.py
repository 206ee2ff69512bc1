"""A server model at the end of a short wire, and resources to write on it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

from app.fhir.document import Document
from sync.cdr.definitions import official
from sync.cdr.memory import MemoryStore
from sync.cdr.model import CdrModel
from sync.cdr.sqlite import SqliteStore
from sync.cdr.store import Store
from sync.cdr.validation import R4Validator
from sync.cdr.values import Policy, Request, Response, Stamp

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass
class TickingClock:
    """Stands still until it is moved."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class CountingIds:
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def new(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._numbers):012d}"


class Answer:
    """A response, read."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.body.decode()
        self.json: dict = json.loads(response.body) if response.body else {}

    @property
    def version(self) -> str:
        return str(self.json["meta"]["versionId"])

    @property
    def ids(self) -> list[str]:
        """Ids of the matches."""
        return [e["resource"]["id"] for e in self.entries("match")]

    @property
    def included(self) -> list[str]:
        return [
            f"{e['resource']['resourceType']}/{e['resource']['id']}"
            for e in self.entries("include")
        ]

    @property
    def code(self) -> str:
        """Our code of the first issue."""
        return str(self.json["issue"][0]["details"]["coding"][0]["code"])

    def entries(self, mode: str) -> list[dict]:
        found = self.json.get("entry", [])
        return [e for e in found if e.get("search", {}).get("mode") == mode]

    def link(self, relation: str) -> str | None:
        found = (x["url"] for x in self.json.get("link", []) if x["relation"] == relation)
        return next(found, None)


class Wire:
    """Calls the model as an HTTP client would."""

    def __init__(self, store: Store, policy: Policy | None = None) -> None:
        self.clock = TickingClock()
        self.store = store
        self.model = CdrModel(
            store,
            clock=self.clock,
            ids=CountingIds(),
            definitions=official(),
            policy=policy,
            validator=R4Validator(official()),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: Document | list | bytes | None = None,
        *,
        stamp: Stamp | None = None,
        **headers: str,
    ) -> Answer:
        place, _, query = path.removeprefix("http://cdr.invalid/fhir").lstrip("/").partition("?")
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        request = Request(
            method,
            place,
            tuple(parse_qsl(query, keep_blank_values=True)),
            {name.replace("_", "-"): value for name, value in headers.items()},
            data,
        )
        return Answer(self.model.handle(request, stamp))

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def put(self, document: Document, **headers: str) -> Answer:
        path = f"{document['resourceType']}/{document['id']}"
        return self.ask("PUT", path, document, **headers)

    def post(self, document: Document, **headers: str) -> Answer:
        return self.ask("POST", str(document["resourceType"]), document, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.ask("DELETE", path, **headers)

    def transaction(self, *entries: dict, kind: str = "transaction", **headers: str) -> Answer:
        bundle: Document = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
        return self.ask("POST", "", bundle, **headers)

    def filled(self, *documents: Document) -> Wire:
        """With these in it."""
        for document in documents:
            answer = self.put(document)
            assert answer.status in (200, 201), answer.text
        return self


def entry(document: Document, method: str = "PUT", **more: str) -> dict:
    """A transaction entry that writes `document`; `ifMatch`, `fullUrl` and so on in `more`."""
    type_ = str(document["resourceType"])
    url = type_ if method == "POST" else f"{type_}/{document['id']}"
    found: dict = {"resource": document, "request": {"method": method, "url": url}}
    if "fullUrl" in more:
        found["fullUrl"] = more.pop("fullUrl")
    found["request"] |= more
    return found


def memory(_: Path) -> Store:
    return MemoryStore()


def in_file(folder: Path) -> Store:
    return SqliteStore(folder / "cdr.db", official())


def a_patient(id_: str = "p-one", family: str = "Quarzhollin", **more: object) -> Document:
    patient: Document = {"resourceType": "Patient", "id": id_, "name": [{"family": family}]}
    return {**patient, **more}


def an_encounter(id_: str = "e-one", patient: str = "p-one", **more: object) -> Document:
    encounter: Document = {
        "resourceType": "Encounter",
        "id": id_,
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {**encounter, **more}


def an_observation(
    id_: str = "o-one", patient: str = "p-one", code: str = "8867-4", **more: object
) -> Document:
    observation: Document = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {**observation, **more}


def a_register(id_: str = "ws-outbox", seq: int = 1) -> Document:
    return {
        "resourceType": "Basic",
        "id": id_,
        "code": {"coding": [{"system": "urn:wardone:basic", "code": "outbox-register"}]},
        "extension": [{"url": "urn:wardone:register-seq", "valueInteger": seq}],
    }
