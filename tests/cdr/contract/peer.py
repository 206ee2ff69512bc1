"""Any FHIR server, by its base address and plain requests alone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

import requests

FHIR = "application/fhir+json"
_TIMEOUT = 60


@dataclass
class Peer:
    """A server under test. Ids are fresh for each case, so that a used server serves as well."""

    base: str
    token: str = ""
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.base = self.base.rstrip("/")
        self.http.headers["Accept"] = FHIR
        if self.token:
            self.http.headers["Authorization"] = f"Bearer {self.token}"

    def ask(
        self, method: str, path: str = "", body: dict | str | None = None, **headers: str
    ) -> requests.Response:
        """One request; `path` may be a whole address, `if_match` becomes `If-Match`."""
        address = path if "://" in path else f"{self.base}/{path}" if path else self.base
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        data = json.dumps(body) if isinstance(body, dict) else body
        if data is not None:
            sent.setdefault("Content-Type", FHIR)
        return self.http.request(method, address, data=data, headers=sent, timeout=_TIMEOUT)

    def put(self, document: dict, **headers: str) -> requests.Response:
        path = f"{document['resourceType']}/{document['id']}"
        return self.ask("PUT", path, document, **headers)

    def transaction(self, *entries: dict, **headers: str) -> requests.Response:
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}
        return self.ask("POST", "", bundle, **headers)

    def version(self, path: str) -> str:
        return str(self.ask("GET", path).json().get("meta", {}).get("versionId", ""))

    def is_there(self, path: str) -> bool:
        return self.ask("GET", path).status_code == 200

    def ids(self, path: str, **headers: str) -> list[str]:
        """Ids of the matches on one page."""
        entries = self.ask("GET", path, **headers).json().get("entry", [])
        matches = [e for e in entries if e.get("search", {}).get("mode", "match") == "match"]
        return [e["resource"]["id"] for e in matches]


def fresh() -> str:
    """An id as the workstation makes them; it has at least one letter."""
    return f"a{uuid.uuid4().hex[1:8]}-{str(uuid.uuid4())[9:]}"


def patient(id_: str, **more: object) -> dict:
    return {"resourceType": "Patient", "id": id_, "name": [{"family": "Contract"}], **more}


def observation(id_: str, patient_id: str, **more: object) -> dict:
    coding = {"system": "http://loinc.org", "code": "8867-4"}
    found = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [coding]},
    }
    return {**found, "subject": {"reference": f"Patient/{patient_id}"}, **more}


def register(id_: str, seq: int) -> dict:
    """The fencing register of a workstation."""
    return {
        "resourceType": "Basic",
        "id": id_,
        "code": {"coding": [{"system": "urn:wardone:basic", "code": "outbox-register"}]},
        "extension": [
            {"url": "urn:wardone:register-seq", "valueInteger": seq},
            {"url": "urn:wardone:register-last-batch", "valueString": f"batch-{seq}"},
        ],
    }


def put_entry(document: dict, if_match: str = "") -> dict:
    request = {"method": "PUT", "url": f"{document['resourceType']}/{document['id']}"}
    if if_match:
        request["ifMatch"] = if_match
    return {"resource": document, "request": request}
